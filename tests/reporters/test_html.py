"""The HTML report as text: complete, well formed, self-contained, and nothing in it is markup.

What it does in a browser is in test_html_browser.py.
"""

from __future__ import annotations

import re
from base64 import b64encode
from hashlib import sha256
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from armguard.finding import (
    Certainty,
    Detail,
    Finding,
    Location,
    Position,
    Related,
    ResourceName,
    Severity,
    Suppression,
)
from armguard.finding.report import (
    Access,
    Crash,
    DeploymentReport,
    LiveState,
    PrincipalChange,
    Report,
    RulePage,
    Skipped,
    Summary,
    VaultReport,
)
from armguard.reporters.html.page import render

SOURCE = """{ "resources": [],
  "parameters": {
    "secret": { "type": "securestring", "defaultValue": "hunter2" },
    "policies": {
      "type": "array",
      "defaultValue": []
    }
  },
  "accessPolicies": "[parameters('policies')]"
}
"""
PLACE = Location("main.json", "/accessPolicies", Position(9, 3), Position(9, 47))
DEFAULT = Location("main.json", "/parameters/policies", Position(6, 7), Position(6, 25))
SECRET = Location("main.json", "/parameters/secret", Position(3, 5), Position(3, 68))
EMPTIED = Finding(
    rule="access-policies-emptied",
    severity=Severity.ERROR,
    certainty=Certainty.DEFAULT,
    message="vault 'kv1' is deployed with an empty accessPolicies list",
    location=PLACE,
    related=(Related("parameter 'secret' has a default", SECRET),),
    details=(Detail("because", ("parameter 'policies' defaults to [] (", DEFAULT, ")")),),
    parameters=("main.prod.parameters.json",),
    resource=ResourceName("Microsoft.KeyVault/vaults", "kv1"),
    remedies=("create-once", "rbac"),
    hazard="list",
)
POLICIES = (
    Access("user-1", "tenant-1", "", (("keys", ("get", "wrapKey")), ("Secrets", ("get",)))),
    Access("[parameters('id')]", "", "app-1", (("storage", ()),)),
    Access("", "", "", (("keys", ("[parameters('k')]",)),)),
)
LIVE = LiveState(
    "snapshot",
    "exists",
    rbac=False,
    changes=(
        PrincipalChange("o1", "t1", None, "ml-prod", ("ml-prod",), "lost", {"keys": ["all"]}, {}),
        PrincipalChange("o2", "t1", "a2", None, (), "widened", {}, {"secrets": ["get", "list"]}),
        PrincipalChange("o3", "t1", None, None, (), "narrowed", {"keys": ["get"]}, {}),
    ),
    note=None,
)


def vault(name: str, verdict: str, **changes: object) -> VaultReport:
    members = {
        "name": name,
        "id": None,
        "location": Location("main.json", "", Position(1, 1), Position(10, 2)),
        "verdict": verdict,
        "certainty": Certainty.CERTAIN,
        "reason": None,
        "workspaces": (),
        **changes,
    }
    return VaultReport(**members)  # type: ignore[arg-type]


REPORT = Report(
    deployments=(
        DeploymentReport("main.json", (), (vault("kv-safe", "dormant"),)),
        DeploymentReport(
            "main.json",
            ("main.prod.parameters.json",),
            (
                vault("kv-open", "undecided", certainty=None, reason="no value for 'x'"),
                vault("kv-list", "replaced", access=POLICIES, live=LIVE),
                vault("kv1", "emptied", workspaces=("ml-prod",), id="/subscriptions/s/kv1"),
            ),
        ),
    ),
    findings=(
        EMPTIED,
        Finding(
            "unreadable-template",
            Severity.ERROR,
            Certainty.CERTAIN,
            "it is no JSON",
            Location("broken.json", ""),
            leaves_open="file",
        ),
        Finding(
            "recover-mode",
            Severity.NOTE,
            Certainty.CERTAIN,
            "it recovers",
            PLACE,
            suppressed=Suppression("wanted", "2030-01-01"),
        ),
        Finding("recover-mode", Severity.NOTE, Certainty.CERTAIN, "it too", PLACE, baselined=True),
    ),
    summary=Summary(templates=2, deployments=2, vaults=4, errors=2, undecided=1, suppressed=1),
    rules=(
        RulePage("access-policies-emptied", Severity.ERROR, "an empty list", "# Page\n\n- <b>"),
        RulePage("recover-mode", Severity.NOTE, "recovers", "# Other"),
        RulePage("never-found", Severity.NOTE, "never", "# Not here"),
    ),
    sources={"main.json": SOURCE},
    skipped=(Skipped("package.json", "not a deployment template"),),
    notices=("main.json is checked with main.prod.parameters.json",),
    crashes=(Crash("odd.json", "ValueError"),),
    guide=(("create-once", "**When.** Mostly."),),
)


class Reader(HTMLParser):
    """Collects texts and attributes, and fails where tags are not closed in order."""

    VOID = ("meta", "input", "br", "hr")

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.texts: list[tuple[str, str]] = []
        self.attributes: list[tuple[str, str, str]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.attributes += ((tag, name, value or "") for name, value in attrs)
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        assert tag in self.VOID

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.texts.append((self.open[-1] if self.open else "", data))

    def values(self, *names: str) -> list[str]:
        return [value for _, name, value in self.attributes if name in names]


def read(page: str) -> Reader:
    reader = Reader()
    reader.feed(page)
    reader.close()
    assert reader.open == []
    return reader


def section(name: str, report: Report = REPORT) -> str:
    """The text of one section of the page, blanks put together."""
    (found,) = re.findall(
        f'<section id="{name}".*?</section>(?=\n<section id=|\n<nav|\n</main>)',
        render(report),
        re.S,
    )
    texts = read(found).texts
    return " ".join(" ".join(text for _, text in texts).split())


def test_it_is_well_formed_and_loads_nothing() -> None:
    page = render(REPORT)
    reader = read(page)
    assert page.startswith("<!doctype html>\n")
    assert page.endswith("</html>\n")
    assert reader.values("src", "data", "action", "srcset", "style") == []
    assert all(href.startswith("#") for href in reader.values("href"))
    assert not re.search(r"url\(|@import", page)
    assert [name for name in reader.values("id") if reader.values("id").count(name) > 1] == []


def test_links_lead_somewhere() -> None:
    reader = read(render(REPORT))
    assert {href[1:] for href in reader.values("href")} <= set(reader.values("id"))
    assert set(reader.values("aria-labelledby")) <= set(reader.values("id"))


def test_the_policy_allows_the_own_script_and_styles_only() -> None:
    page = render(REPORT)
    (policy,) = (v for v in read(page).values("content") if v.startswith("default-src"))
    hashes = []
    for tag in ("style", "script"):
        (text,) = re.findall(f"<{tag}[^>]*>(.*?)</{tag}>", page, re.S)
        hashes.append("sha256-" + b64encode(sha256(text.encode()).digest()).decode())
    assert policy == (
        f"default-src 'none'; style-src '{hashes[0]}'; script-src '{hashes[1]}';"
        " base-uri 'none'; form-action 'none'"
    )


def test_the_summary() -> None:
    text = section("summary")
    assert "checked 2 templates (2 deployments, 4 vaults): 2 errors, 0 warnings, 0 notes;" in text
    assert "Not counted: 2 findings that somebody has accepted." in text
    assert "What happens to the access of 1 vault could not be decided." in text
    assert section("vaults").startswith("Vaults some lost 1 emptied 1 undecided 1 dormant 1")


def test_the_worst_vault_comes_first() -> None:
    text = section("vaults")
    names = ["kv-list", "kv1", "kv-open", "kv-safe"]
    assert sorted(names, key=text.index) == names
    assert "some lost kv-list main.json:1:1 Deployed with main.prod.parameters.json." in text
    assert "emptied kv1 main.json:1:1 Deployed with main.prod.parameters.json." in text
    assert "everybody loses access. How sure: certain, so with this template" in text
    assert "Used by workspace ml-prod /subscriptions/s/kv1" in text
    assert "no value for 'x'" in text
    assert "dormant kv-safe main.json:1:1 Deployed with the template's defaults." in text


def test_the_matrix_of_principals_and_permissions() -> None:
    text = section("vaults")
    assert "Principal (object id) Tenant keys secrets certificates storage" in text
    assert "user-1 tenant-1 get, wrapKey get - -" in text
    assert "[parameters('id')] by application app-1 not written - - - -" in text
    assert "not written not written [parameters('k')] - - -" in text


def test_what_changes_for_those_who_have_access_today() -> None:
    text = section("vaults")
    assert "The deployed vault (snapshot) uses access policies today." in text
    assert "ml-prod o1 loses all keys: all - ml-prod" in text
    assert "o2 by application a2 gains some - secrets: get, list -" in text


@pytest.mark.parametrize(
    ("state", "said"),
    [
        ("absent", "does not exist today"),
        ("deleted", "is soft-deleted"),
        ("unread", "was not read"),
    ],
)
def test_vaults_that_are_not_there(state: str, said: str) -> None:
    live = LiveState("live", state, None, (), "why")  # type: ignore[arg-type]
    report = Report(deployments=(DeploymentReport("t", (), (vault("v", "kept", live=live),)),))
    assert f"The deployed vault (live) {said}" in section("vaults", report)
    assert "(why)." in section("vaults", report)


def test_a_finding_with_its_excerpts() -> None:
    text = section("findings")
    assert "error vault 'kv1' is deployed with an empty accessPolicies list main.json:9:3" in text
    assert "how sure default: so unless somebody overrides the parameter" in text
    assert "vault kv1 because" in text
    assert "ways out create-once more" not in text
    assert "<mark>&quot;accessPolicies&quot;: &quot;[parameters(&#x27;policies" in render(REPORT)
    assert (
        "because parameter 'policies' defaults to [] (main.json:6:7) \"defaultValue\": []" in text
    )
    assert "with main.prod.parameters.json more armguard rules access-policies-emptied" in text


def test_secrets_are_not_in_it() -> None:
    assert "hunter2" not in render(REPORT)
    assert '"defaultValue": "*******"' in section("findings")


def test_accepted_findings_are_apart() -> None:
    text = section("accepted")
    assert "main.json:9:3 recover-mode it recovers - suppressed: wanted (until 2030-01-01)" in text
    assert "main.json:9:3 recover-mode it too - in the baseline" in text
    assert "it recovers" not in section("findings")
    assert "Accepted findings" not in render(Report())


def test_what_was_not_analysed_and_why() -> None:
    assert section("left-out") == (
        "What was not analysed, and why"
        " 1 file: a bug in armguard, please report it: ValueError odd.json"
        " 1 file: it is no JSON broken.json"
        " 1 file: not a deployment template package.json"
        " 1 vault could not be decided; see Vaults ."
    )
    assert "Every file was analysed." in section("left-out", Report())
    closed = section("left-out", Report(summary=Summary(templates=1, closed=2)))
    assert closed.endswith("2 templates that others deploy could not be looked into.")


def test_long_lists_are_folded() -> None:
    many = tuple(Skipped(f"{number}.json", "not a template") for number in range(21))
    assert "<details open><summary>20 files: not" in render(Report(skipped=many[:20]))
    assert "<details><summary>21 files: not" in render(Report(skipped=many))


def test_the_pages_of_the_rules_that_found_something() -> None:
    text = section("rules")
    assert "access-policies-emptied an empty list Page <b> recover-mode" in text
    assert "Not here" not in text


def test_an_empty_report() -> None:
    page = render(Report())
    read(page)
    assert "Nothing was found." in page
    assert "No vault is deployed by these templates." in page


def test_equal_reports_are_equal_bytes() -> None:
    assert render(REPORT) == render(REPORT)


TEXT = st.text(
    st.one_of(st.sampled_from("<>&\"'/!-=\x1b\r\n\u202e\ud800 語"), st.characters()), max_size=30
)


@given(TEXT, TEXT, st.integers(1, 30), st.integers(1, 30))
def test_no_text_becomes_markup(first: str, second: str, start: int, end: int) -> None:
    place = Location(first, second, Position(1, start), Position(1, end))
    finding = Finding(
        first,
        Severity.NOTE,
        Certainty.CERTAIN,
        second,
        place,
        details=(Detail(first, (second, place)),),
    )
    access = Access(first, second, first, ((second, (first, second)),))
    change = PrincipalChange(
        first, second, first, second, (first,), "lost", {second: [first]}, {first: [second]}
    )
    live = LiveState("live", "exists", True, (change,), second)
    report = Report(
        deployments=(
            DeploymentReport(
                first,
                (second,),
                (vault(first, "replaced", id=second, access=(access,), live=live, reason=first),),
            ),
        ),
        findings=(finding,),
        rules=(RulePage(first, Severity.NOTE, second, f"{first}\n{second}"),),
        sources={first: second + first},
        skipped=(Skipped(first, second),),
        notices=(second,),
        crashes=(Crash(first, second),),
    )
    page = render(report)
    known = {(tag, name) for tag, name, _ in read(render(REPORT)).attributes}
    assert {(tag, name) for tag, name, _ in read(page).attributes} <= known
    assert len(re.findall("<script|<style", page)) == 2
    assert not set("\x1b\r\u202e\ud800") & set(page)
