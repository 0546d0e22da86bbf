"""The Markdown report, read by a Markdown parser: tables hold, text stays text, and it ends."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from markdown_it.token import Token

from armguard.finding import Certainty, Detail, Finding, Location, Position, Severity, Suppression
from armguard.finding.report import (
    Crash,
    DeploymentReport,
    LiveState,
    PrincipalChange,
    Report,
    Skipped,
    Summary,
    VaultReport,
)
from armguard.record import replace
from armguard.reporters.markdown import render

PLACE = Location("t.json", "", Position(3, 5), Position(3, 9))
GITHUB_LIMIT = 65_536
TAGS = {"<br>", "<span>", "</span>", "<details>", "</details>", "<summary>", "</summary>"}


def finding(message: str = "m", **changes: object) -> Finding:
    members = {
        "rule": "emptied",
        "severity": Severity.ERROR,
        "certainty": Certainty.CERTAIN,
        "message": message,
        "location": PLACE,
        **changes,
    }
    return Finding(**members)  # type: ignore[arg-type]


def deployment(*vaults: VaultReport, template: str = "t.json") -> DeploymentReport:
    return DeploymentReport(template, (), vaults)


def vault(verdict: str = "emptied", name: str = "kv") -> VaultReport:
    return VaultReport(name, None, PLACE, verdict, Certainty.CERTAIN, None, ())  # type: ignore[arg-type]


def tokens(text: str) -> list[Token]:
    """Blocks and what is inside of them, in one list."""
    blocks = MarkdownIt("commonmark", {"html": True}).enable("table").parse(text)
    return [token for block in blocks for token in (block, *(block.children or ()))]


def rows(text: str) -> list[list[str]]:
    """The cells of all tables as the text that a reader sees."""
    found: list[list[str]] = []
    for previous, block in pairwise(MarkdownIt("commonmark").enable("table").parse(text)):
        if previous.type == "tr_open":
            found.append([])
        if previous.type in ("td_open", "th_open"):
            seen = (c.content for c in block.children or () if c.type in ("text", "text_special"))
            found[-1].append("".join(seen))
    return found


def test_a_report() -> None:
    details = (Detail("because", ("p defaults to [] (", PLACE, ")")),)
    report = Report(
        deployments=(deployment(vault("kept", "kv2"), vault()),),
        findings=(finding(details=details),),
        summary=Summary(templates=1, deployments=1, vaults=2, errors=1, suppressed=2),
        skipped=(Skipped("p.json", "not a deployment template"),),
        crashes=(Crash("c.json", "TypeError"),),
        notices=("t.json is checked with p.json",),
    )
    assert render(report) == (
        "<!-- armguard -->\n"
        "## armguard\n"
        "\n"
        "checked 1 template (1 deployment, 2 vaults): 1 error, 0 warnings, 0 notes;"
        " 0 undecided, 0 skipped, 2 suppressed\n"
        "\n"
        "|  | Where | What |\n"
        "| --- | --- | --- |\n"
        "| error | t.json:3:5 | **emptied**<br>m (certain) |\n"
        "\n"
        "<details>\n"
        "<summary>Why, and how to fix it</summary>\n"
        "\n"
        "**t.json:3:5** emptied\n"
        "\n"
        "- because: p defaults to \\[\\] (t.json:3:5)\n"
        "- more: armguard rules emptied\n"
        "\n"
        "\n"
        "</details>\n"
        "\n"
        "<details>\n"
        "<summary>What happens to the access policies of each vault</summary>\n"
        "\n"
        "| Verdict | Vault | Template | Parameters |\n"
        "| --- | --- | --- | --- |\n"
        "| emptied (certain) | kv | t.json | defaults |\n"
        "| kept (certain) | kv2 | t.json | defaults |\n"
        "\n"
        "</details>\n"
        "\n"
        "<details>\n"
        "<summary>What was not analysed</summary>\n"
        "\n"
        "| File | Why |\n"
        "| --- | --- |\n"
        "| c.json | a bug in armguard, please report it: TypeError |\n"
        "| p.json | not a deployment template |\n"
        "\n"
        "</details>\n"
        "\n"
        "<details>\n"
        "<summary>About this run</summary>\n"
        "\n"
        "| Note |\n"
        "| --- |\n"
        "| t.json is checked with p.json |\n"
        "\n"
        "</details>\n"
    )


def test_a_clean_report_is_its_summary() -> None:
    assert render(Report()).splitlines()[:3] == ["<!-- armguard -->", "## armguard", ""]
    assert "|" not in render(Report())


def test_the_worst_come_first() -> None:
    found = (
        finding("n", severity=Severity.NOTE),
        finding("w", severity=Severity.WARNING),
        finding(),
    )
    severities = [row[0] for row in rows(render(Report(findings=found))) if len(row) == 3]
    assert severities == ["", "error", "warning", "note"]


def test_known_findings_are_left_out() -> None:
    known = (finding(baselined=True), finding(suppressed=Suppression("why")))
    assert rows(render(Report(findings=known))) == []


def test_it_is_capped_and_says_so() -> None:
    text = render(Report(findings=tuple(finding(f"m{n}") for n in range(5000))))
    assert text.count("| error |") == 50
    assert "\nand 4950 more\n" in text
    assert "\nand 4970 more\n" in text


def live_vault(name: str = "kv", text: str = "app") -> VaultReport:
    who = PrincipalChange(text, "t", None, text, (text,), "lost", {"secrets": ["get"]}, {})
    return replace(vault(name=name), live=LiveState("live", "exists", False, (who,), text))


def test_who_loses_access() -> None:
    text = render(Report(deployments=(deployment(live_vault()),)))
    assert "<summary>Who has access now, and what changes</summary>" in text
    assert "\n- live: vault 'kv' uses access policies (app)\n" in text
    assert "\n  - lost: app (app); loses secrets get; used by app\n" in text


def test_each_principal_that_loses_access_has_a_row_the_sure_ones_first() -> None:
    keys, secrets, both = {"keys": ["get", "list"]}, {"secrets": ["set"]}, ("mlw-dev", "mlw-qa")
    changes = (
        PrincipalChange("p1", "t", None, None, (), "kept", {}, {}),
        PrincipalChange("p2", "t", "a2", None, (), "undecided", keys, {}),
        PrincipalChange("p3", "t", None, None, (), "narrowed", keys, {}, perhaps=secrets),
        PrincipalChange("p4", "t", None, "id-dev", both, "lost", keys, {}, whole=True),
        PrincipalChange("p5", "t", None, None, (), "lost", {}, {}, whole=True),
        PrincipalChange("p6", "t", None, None, (), "undecided", {}, keys),
    )
    deployed = replace(vault(), live=LiveState("live", "exists", False, changes, None))
    text = render(Report(deployments=(deployment(deployed), deployment(deployed))))
    assert rows(text.partition("<details>")[0]) == [
        ["Who loses access", "Vault", "What is lost"],
        ["id-dev (p4), used by mlw-dev, mlw-qa", "kv", "keys get list"],
        ["p5", "kv", "the entry"],
        ["p3", "kv", "keys get list; perhaps also secrets set"],
        ["p2 with application a2", "kv", "perhaps keys get list"],
    ]


def test_where_nobody_loses_access_there_is_no_table_of_losses() -> None:
    kept = (PrincipalChange("p1", "t", None, None, (), "kept", {}, {}),)
    deployed = replace(vault(), live=LiveState("live", "exists", False, kept, None))
    assert "Who loses access" not in render(Report(deployments=(deployment(deployed),)))


def test_what_was_not_read_comes_first() -> None:
    text = render(Report(findings=(finding(),), unread=("vault 'kv': no right",)))
    start = text.index("Not everything was read")
    assert start < text.index("vault 'kv': no right") < text.index("| error |")
    assert "<details>" not in text[:start]


@pytest.mark.parametrize("character", ["x", "@", "[", "\x00", "<", "🔑"])
def test_the_largest_report_fits_into_a_comment(character: str) -> None:
    long = character * 3000
    details = tuple(Detail(long, (long,)) for _ in range(30))
    report = Report(
        deployments=(deployment(*(live_vault(long, long) for _ in range(100)), template=long),),
        findings=tuple(finding(long, details=details) for _ in range(100)),
        skipped=(Skipped(long, long),) * 100,
        notices=(long,) * 100,
        crashes=(Crash(long, long),) * 100,
        unread=(long,) * 100,
    )
    text = render(report)
    assert len(text) < GITHUB_LIMIT
    assert text.count("<details>") == text.count("</details>") == 5


@pytest.mark.parametrize(
    "hostile",
    [
        "[click](https://example.com)",
        "![image](https://example.com/x.png)",
        "<script>alert(1)</script>",
        "<https://example.com>",
        "https://example.com",
        "www.example.com",
        "a | b | c",
        "\\| \\",
        "`code` ``",
        "**bold** _it_ ~~gone~~",
        "@everyone #1",
        "</details>",
        "&lt; &#60;",
        "$x$",
        "- - -",
        "# heading",
    ],
)
def test_text_stays_text(hostile: str) -> None:
    text = render(
        Report(
            deployments=(deployment(vault(name=hostile), template=hostile),),
            findings=(finding(hostile, details=(Detail("because", (hostile,)),)),),
            skipped=(Skipped(hostile, hostile),),
            notices=(hostile,),
        )
    )
    cells = [cell for row in rows(text) for cell in row]
    assert cells.count(hostile) == 5
    assert f"emptied{hostile} (certain)" in cells
    assert_inert(text)
    assert "://" not in text, "GitHub makes links of bare addresses"
    assert "www." not in text


def assert_inert(text: str) -> None:
    found = tokens(text)
    kinds = {token.type for token in found}
    assert not kinds & {"link_open", "image", "code_inline", "code_block", "fence", "em_open", "hr"}
    for token in found:
        if token.type == "html_inline":
            assert token.content in TAGS
        if token.type == "html_block":
            assert token.content.startswith(
                ("<!-- armguard -->\n", "<details>\n<summary>", "</details>")
            )
        if token.type == "text":
            assert not {"@", "#"} & set(token.content[:-1]), "a mention or a reference to an issue"


@given(
    st.text(
        st.one_of(st.sampled_from("\\|`[]()<>*_~!@#&$:/w.-+= \n1"), st.characters()), max_size=40
    )
)
def test_any_text_stays_in_its_cell(text: str) -> None:
    written = render(Report(findings=(finding(text, rule=text),), notices=(text, text)))
    widths = [len(row) for row in rows(written)]
    assert widths == [3, 3, 1, 1, 1]
    assert_inert(written)
