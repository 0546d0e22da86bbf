"""A person who has only the HTML file can answer: what happens, to whom, since when that is known,
what to do, and how sure it is. The checklist, for each situation in which somebody gets one."""

from __future__ import annotations

import re
from html import unescape
from pathlib import Path

import pytest
from html_scenarios import SCENARIOS, id_of, page_of

from armguard.version import __version__

GOLDENS = Path(__file__).parent / "goldens" / "html"
MADE = "this check of 2026-06-21 10:00 UTC"
STATIC = f"{MADE}; from the templates alone, not compared with deployed vaults"
DEFAULT = "1 finding default: so unless somebody overrides the parameter that now has its default"
CERTAIN = "certain: so with this template and these parameters"

CHECKLIST: dict[str, dict[str, tuple[str, ...]]] = {
    "one-finding": {
        "What happens": (
            "The next deployment removes all access policies of 1 vault; workspace mlw-orders stops"
            " working",
        ),
        "To whom": ("emptied kv-orders : everybody who has access", "mlw-orders stops working"),
        "Known since": (STATIC,),
        "What to do": ("armguard fix main.json --remedy create-once", "After a wipe"),
        "How sure": (DEFAULT,),
    },
    "sample-repository": {
        "What happens": ("removes all access policies of 1 vault; workspace mlw-forecast-dev",),
        "To whom": ("emptied kv-forecast-dev in environment dev", "mlw-forecast-dev stops"),
        "Known since": (STATIC, "1 finding not in the baseline"),
        "What to do": ("armguard fix infra/main.json --remedy create-once", "create-once"),
        "How sure": (DEFAULT,),
    },
    "comparison": {
        "What happens": (
            "The next deployment takes access from 14 principals of 1 vault; workspace mlw-orders"
            " stops working",
        ),
        "To whom": ("some lost kv-orders : mlw-orders", id_of(2), "mlw-orders stops working"),
        "Known since": (MADE, "compared with the snapshot of 2026-06-20 08:00 UTC"),
        "What to do": ("armguard fix main.json --remedy", "After a wipe"),
        "How sure": (CERTAIN,),
    },
    "many-vaults": {
        "What happens": (
            "The next deployments remove all access policies of 100 vaults and replace all access"
            " policies of 100 vaults",
        ),
        "To whom": ("emptied kv-000", "and 190 more vaults"),
        "Known since": (STATIC,),
        "What to do": ("armguard fix service-000.json", "more findings"),
        "How sure": (f"findings {CERTAIN}",),
    },
    "nothing-found": {
        "What happens": ("No loss of access was found in 1 vault",),
        "To whom": ("to nobody, as far as is known",),
        "Known since": (STATIC,),
        "What to do": ("nothing, as far as is known",),
        "How sure": ("1 vault decided, none left open",),
    },
    "nothing-to-check": {
        "What happens": ("Nothing was checked, so nothing is known",),
        "To whom": ("nobody knows: nothing was checked",),
        "Known since": (MADE,),
        "What to do": ("check a template, or a folder that holds one",),
        "How sure": ("nothing is known",),
    },
    "undecided": {
        "What happens": ("Whether anybody loses access to 1 vault could not be decided",),
        "To whom": ("undecided kv-orders : whoever has access, if anybody loses it",),
        "Known since": (STATIC,),
        "What to do": ("name the parameter file with --parameters FILE",),
        "How sure": ("1 vault undecided: nobody can say from what is known",),
    },
    "possible": {
        "What happens": ("The next deployment may remove all access policies of 1 vault",),
        "To whom": ("may be emptied kv-orders",),
        "Known since": (STATIC,),
        "What to do": ("armguard fix main.json",),
        "How sure": ("1 finding possible: so in one of the cases that the template itself",),
    },
    "nothing-compared": {
        "What happens": ("The next deployment removes all access policies of 1 vault",),
        "To whom": ("emptied [parameters('name')]",),
        "Known since": ("no vault could be compared with the snapshot of 2026-06-20 08:00 UTC",),
        "What to do": ("armguard fix main.json",),
        "How sure": (CERTAIN,),
    },
}
"""Situation -> question -> what the answer says."""


def words(html: str) -> str:
    return " ".join(unescape(re.sub(r"<[^>]*>", " ", html)).split())


def answer(page: str, question: str) -> str:
    """What the top of the page answers; the first question is that of its headline."""
    if question == "What happens":
        (found,) = re.findall("<h1>(.*?)</h1>", page, re.DOTALL)
    else:
        (found,) = re.findall(f"<dt>{question}</dt><dd>(.*?)</dd>", page, re.DOTALL)
    return words(found)


def test_every_situation_has_its_checklist() -> None:
    assert list(CHECKLIST) == list(SCENARIOS)


@pytest.mark.parametrize("name", SCENARIOS)
def test_whoever_has_only_the_page_can_answer(name: str) -> None:
    page = page_of(name)
    for question, parts in CHECKLIST[name].items():
        text = answer(page, question)
        assert [part for part in parts if part not in text] == [], (question, text)
    title = words(re.findall("<title>(.*?)</title>", page)[0])
    assert title == f"armguard: {answer(page, 'What happens')}"


@pytest.mark.parametrize("name", SCENARIOS)
def test_every_link_leads_somewhere_and_nothing_is_loaded(name: str) -> None:
    page = page_of(name)
    ids = re.findall(r' id="([^"]*)"', page)
    assert len(ids) == len(set(ids))
    links = re.findall(r'href="([^"]*)"', page)
    assert {each[1:] for each in links if each.startswith("#")} <= set(ids)
    assert all(each.startswith(("#", "https://learn.microsoft.com/")) for each in links)
    assert not re.search(r"""<[^>]*\s(src|srcset|style|on\w+|action|data)=""", page)


@pytest.mark.parametrize("name", ["one-finding", "comparison", "sample-repository", "many-vaults"])
def test_vaults_and_findings_lead_to_each_other(name: str) -> None:
    page = page_of(name)
    vault_part, finding_part = (
        re.findall(f'<section id="{each}".*?</section>', page, re.DOTALL)[0]
        for each in ("vaults", "findings")
    )
    assert 'href="#finding-1"' in vault_part
    assert 'href="#vault-1"' in finding_part


def test_the_evidence() -> None:
    evidence = words(page_of("comparison").partition('<section id="evidence"')[2])
    assert "Made 2026-06-21 10:00 UTC Command armguard check main.json --against" in evidence
    assert "Compared with the snapshot of 2026-06-20 08:00 UTC" in evidence
    place = "11111111-2222-4333-8444-555555555555 rg-orders"
    assert f"main.json the template's defaults - {place}" in evidence
    assert "nothing: the templates alone" in words(page_of("nothing-found"))


def test_no_secret_is_in_it() -> None:
    page = page_of("one-finding")
    assert "hunter2" not in page
    assert "--set &#x27;key=***&#x27;" in page


def test_what_is_accepted_is_marked_and_leads_to_why() -> None:
    page = page_of("sample-repository")
    part = re.findall('<section id="vaults".*?</section>', page, re.DOTALL)[0]
    marked = [each for each in part.split("<details")[1:] if ">accepted</span>" in each]
    assert len(marked) == 4
    assert all('href="#accepted-' in each for each in marked)
    assert "exports-vault" not in answer(page, "To whom")


def test_environments_are_named() -> None:
    evidence = words(page_of("sample-repository").partition('<section id="evidence"')[2])
    assert "infra/main.json infra/main.prod.parameters.json prod 11111111-2222" in evidence
    assert "infra/main.json infra/main.dev.parameters.json dev not given rg-forecast" in evidence


def test_the_ways_out_can_be_read_without_armguard() -> None:
    page = page_of("one-finding")
    guide = page.partition('<section id="ways"')[2].partition("</section>")[0]
    for title in ("create-once", "use-existing", "keep-live", "rbac", "After a wipe"):
        assert f"<h3>{title}</h3>" in guide
    assert "raise-api-version</h3>" not in guide, "no version retires here"
    assert "<table>" in guide
    assert "&quot;condition&quot;" in guide
    assert "az ml workspace sync-keys" in guide
    assert '<section id="ways"' not in page_of("nothing-found")
    assert '<section id="ways"' not in page_of("undecided")


def test_the_page_of_300_vaults_is_of_moderate_size() -> None:
    assert len(page_of("many-vaults")) < 700_000


@pytest.mark.parametrize("name", SCENARIOS)
def test_the_page_is_as_it_was(name: str, request: pytest.FixtureRequest) -> None:
    golden = GOLDENS / f"{name}.html"
    page = shortened(page_of(name))
    if request.config.getoption("--update-goldens"):
        golden.parent.mkdir(parents=True, exist_ok=True)
        golden.write_text(page, "utf-8")
        return
    assert page == golden.read_text("utf-8"), "run 'pytest --update-goldens'"


def shortened(page: str) -> str:
    """The page without styles, script and what is in the documentation; of a long one the ends, and
    how many vaults and findings it has."""
    body = page.partition("<body>\n")[2].replace(__version__, "VERSION")
    body = re.sub(r'(<section id="(ways|rules)").*?</section>', r"\1 ...", body, flags=re.DOTALL)
    lines = body.splitlines(keepends=True)
    if len(lines) < 800:
        return body
    counts = [f"{body.count(each)} {each}" for each in ('class="vault"', 'class="finding ')]
    return "".join((*lines[:150], f"... {', '.join(counts)} ...\n", *lines[-150:]))
