"""Suppressions: what they cover, when they hold, and what is said about those that do not."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support import SCHEMA, make_deployment, make_request, make_template, make_vault, write_file

from armguard import check
from armguard.acceptance.suppressions import judge, today
from armguard.acceptance.written import Below, OnLine, WrittenSuppression, is_date, suppressions_in
from armguard.analysis import check_paths
from armguard.configuration.file import load_configuration
from armguard.errors import UnreadableFileError, UsageError
from armguard.finding import Certainty, Finding, Location, Position, Severity, Suppression
from armguard.finding.report import Report
from armguard.reporters import render
from armguard.source.json_text import parse_json

EMPTIED = "access-policies-emptied"
TODAY = "2026-06-15"


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def vault(name: str = "kv", policies: Any = (), **members: Any) -> dict[str, Any]:
    return make_vault(name, list(policies), **members)


def ignoring(*entries: Any) -> dict[str, Any]:
    return {"armguard": {"ignore": list(entries)}}


def entry(rule: str = EMPTIED, reason: str = "deployed once", **members: Any) -> dict[str, Any]:
    return {"rule": rule, "reason": reason, **members}


def write(*resources: dict[str, Any], path: str = "t.json", **members: Any) -> str:
    write_file(path, make_template(*resources, **members), indent=2)
    return path


def checked(*paths: str, select: tuple[str, ...] = (), **options: Any) -> Report:
    own = ("suppression-expired", "suppression-unused", "suppression-without-reason")
    request = make_request(
        *paths,
        select=select or (EMPTIED, *own),
        configuration=load_configuration(),
        today=TODAY,
        **options,
    )
    return check_paths(request, lambda: b"")


def told(report: Report) -> list[tuple[str, str | None]]:
    """(rule, reason of its suppression) of each finding."""
    return [(f.rule, f.suppressed.reason if f.suppressed else None) for f in report.findings]


def own_finding(report: Report) -> Finding:
    (finding,) = (f for f in report.findings if f.rule.startswith("suppression-"))
    assert finding.severity is Severity.WARNING
    return finding


def test_metadata_of_a_resource_covers_the_resource() -> None:
    write(vault("kv-a", metadata=ignoring(entry())), vault("kv-b"))
    report = checked()
    assert told(report) == [(EMPTIED, "deployed once"), (EMPTIED, None)]
    assert (report.summary.errors, report.summary.suppressed) == (1, 1)
    assert "1 finding is suppressed" in report.notices


def test_metadata_of_the_template_covers_all_of_it() -> None:
    write(vault("kv-a"), vault("kv-b"), metadata=ignoring(entry(until="2026-06-15")))
    report = checked()
    assert [f.suppressed for f in report.findings] == [
        Suppression("deployed once", "2026-06-15", in_source=True)
    ] * 2
    assert report.summary.errors == 0


def test_metadata_of_a_nested_deployment_covers_what_is_in_it() -> None:
    inside = make_template(vault("kv-in"))
    nested = make_deployment("nested", inside, metadata=ignoring(entry()))
    write(nested, vault("kv-out"))
    assert told(checked()) == [(EMPTIED, "deployed once"), (EMPTIED, None)]


def test_metadata_covers_only_its_rule() -> None:
    write(vault(metadata=ignoring(entry("undecided-vault"))))
    report = checked()
    assert told(report) == [(EMPTIED, None)]
    assert report.summary.errors == 1


def test_the_python_api_honours_metadata() -> None:
    template = make_template(vault(metadata=ignoring(entry())))
    by_rule = {finding.rule: finding for finding in check(template).findings}
    assert by_rule[EMPTIED].suppressed == Suppression("deployed once", in_source=True)


COMMENTED = """{
  "$schema": "SCHEMA",
  "contentVersion": "1.0.0.0",
  "resources": [
    {
      "type": "Microsoft.KeyVault/vaults",
      "apiVersion": "2023-07-01",
      "name": "kv",
      "properties": {
        ABOVE
        "accessPolicies": [] BEHIND
      }
    }
  ]
}
""".replace("SCHEMA", SCHEMA)


@pytest.mark.parametrize(
    ("above", "behind", "reason"),
    [
        (f"// armguard: ignore[{EMPTIED}] deployed once", "", "deployed once"),
        ("", f"// armguard: ignore[{EMPTIED}] deployed once", "deployed once"),
        (f"/* armguard: ignore[{EMPTIED}] deployed once */", "", "deployed once"),
        (f"//armguard:ignore [{EMPTIED}]: deployed once", "", "deployed once"),
        (f"// armguard: ignore[recover-mode, {EMPTIED}] both", "", "both"),
        (f"// armguard: ignore[{EMPTIED}] one\n// armguard: ignore[recover-mode] two", "", "one"),
        (f"/* armguard: ignore[{EMPTIED}] long\n   story */", "", "long"),
        (f"// armguard: ignore[{EMPTIED}] too early\n\n", "", None),
        (f"// armguard: ignore[{EMPTIED}] until 2026-06-15: soon", "", "soon"),
        (f"// armguard: ignore[{EMPTIED}] until 2026-06-14: gone", "", None),
        (f"// armguard: ignore[{EMPTIED}]", "", None),
        ("// armguard: ignore all of this", "", None),
        ('"x": "// armguard: ignore[access-policies-emptied] in a text",', "", None),
    ],
)
def test_comments(above: str, behind: str, reason: str | None) -> None:
    text = COMMENTED.replace("ABOVE", above).replace("BEHIND", behind)
    Path("t.json").write_text(text)
    report = checked()
    assert (EMPTIED, reason) in told(report)


def test_a_comment_may_end_a_line_of_windows() -> None:
    text = COMMENTED.replace("ABOVE", "").replace("BEHIND", f"// armguard: ignore[{EMPTIED}] why")
    Path("t.json").write_bytes(text.replace("\n", "\r\n").encode())
    assert told(checked()) == [(EMPTIED, "why")]


def test_a_suppression_without_a_reason_does_not_hold() -> None:
    write(vault(metadata=ignoring({"rule": EMPTIED, "reason": " "})))
    report = checked()
    assert report.summary.errors == 1
    finding = own_finding(report)
    assert finding.rule == "suppression-without-reason"
    assert finding.message == (
        "the suppression of 'access-policies-emptied' gives no reason, so the finding stays; say"
        " why it is accepted"
    )
    assert finding.location.pointer == "/resources/0/metadata/armguard/ignore/0"
    line = Path("t.json").read_text().split("\n")[finding.location.start.line - 1]  # type: ignore[union-attr]
    assert line.strip() == "{"


@pytest.mark.parametrize("entries", [[EMPTIED], {"rule": EMPTIED}, EMPTIED])
def test_shorter_forms_give_no_reason(entries: Any) -> None:
    write(vault(metadata={"armguard": {"ignore": entries}}))
    assert own_finding(checked()).rule == "suppression-without-reason"


def test_an_expired_suppression_does_not_hold() -> None:
    write(vault(metadata=ignoring(entry(until="2026-06-14"))))
    report = checked()
    assert report.summary.errors == 1
    assert own_finding(report).message == (
        "the suppression of 'access-policies-emptied' ended with 2026-06-14, so the finding is"
        " back: deployed once"
    )


@pytest.mark.parametrize("until", ["2026-13-01", "tomorrow", "", "2026-06-1"])
def test_a_day_that_is_none_does_not_hold(until: str) -> None:
    write(vault(metadata=ignoring(entry(until=until))))
    report = checked()
    assert report.summary.errors == 1
    assert own_finding(report).message == (
        f"the suppression of 'access-policies-emptied' does not hold: '{until}' is no date; write"
        " it as in 2027-01-31"
    )


def test_an_unused_suppression_is_reported_where_it_stands() -> None:
    write(vault(policies=[{"objectId": "x"}], metadata=ignoring(entry())))
    finding = own_finding(checked())
    assert finding.rule == "suppression-unused"
    assert finding.message == (
        "the suppression of 'access-policies-emptied' suppresses nothing any more; remove it"
    )
    assert finding.location.pointer == "/resources/0/metadata/armguard/ignore/0"


def test_an_unused_comment_is_reported_at_the_comment() -> None:
    comment = f"// armguard: ignore[{EMPTIED}] x"
    text = COMMENTED.replace("ABOVE", f"{comment}\n\n").replace("BEHIND", "")
    Path("t.json").write_text(text)
    finding = own_finding(checked())
    assert finding.rule == "suppression-unused"
    assert finding.location.start == Position(10, 9)


def test_nothing_is_unused_whose_rule_was_not_looked_for() -> None:
    write(vault(metadata=ignoring(entry("recover-mode"))))
    assert [f.rule for f in checked().findings] == [EMPTIED]


def test_a_misspelled_rule_is_reported() -> None:
    write(vault(metadata=ignoring(entry("acess-policies-emptied"))))
    assert own_finding(checked()).message == (
        "there is no rule 'acess-policies-emptied' to suppress; did you mean"
        " 'access-policies-emptied'?"
    )


def test_a_rule_of_a_pack_that_is_not_used_is_left_alone() -> None:
    write(vault(metadata=ignoring(entry("contoso-naming"))))
    assert [f.rule for f in checked().findings] == [EMPTIED]


def test_findings_about_suppressions_are_selected_as_others() -> None:
    write(vault(metadata=ignoring(EMPTIED)))
    assert [f.rule for f in checked(select=(EMPTIED,)).findings] == [EMPTIED]


def configure(text: str) -> None:
    Path("armguard.toml").write_text(text)


@pytest.mark.parametrize(
    ("where", "suppressed"),
    [
        ("", True),
        ('path = "infra/t.json"', True),
        ('path = "infra/"', True),
        ('path = "*.json"', True),
        ('path = "other/"', False),
        ('resource = "kv-train"', True),
        ('resource = "KV-*"', True),
        ('resource = "kv"', False),
        ('path = "infra/**"\nresource = "kv-?rain"', True),
        ('path = "infra/**"\nresource = "x"', False),
    ],
)
def test_configured_by_path_and_resource(where: str, suppressed: bool) -> None:
    write(vault("kv-train"), path="infra/t.json")
    configure(f'[[suppress]]\nrule = "{EMPTIED}"\nreason = "why"\n{where}\n')
    report = checked(select=(EMPTIED,))
    assert told(report) == [(EMPTIED, "why" if suppressed else None)]


def test_configured_by_the_name_as_it_is_written() -> None:
    name = "[concat('kv-', uniqueString(resourceGroup().id))]"
    write(vault(name))
    configure(f'[[suppress]]\nrule = "{EMPTIED}"\nreason = "why"\nresource = "{name}"\n')
    assert told(checked()) == [(EMPTIED, "why")]


@pytest.mark.parametrize(
    ("more", "rule"),
    [
        ("", "suppression-without-reason"),
        ('reason = ""', "suppression-without-reason"),
        ('reason = "x"\nuntil = 2020-01-01', "suppression-expired"),
        ('reason = "x"\npath = "t.json"\nresource = "other"', "suppression-unused"),
    ],
)
def test_findings_about_the_configuration_point_into_it(more: str, rule: str) -> None:
    write(vault())
    configure(f'\n\n[[suppress]]\nrule = "{EMPTIED}"\n{more}\n')
    finding = own_finding(checked())
    assert finding.rule == rule
    assert finding.location.path == "armguard.toml"
    assert finding.location.start == Position(3, 1)


def test_a_pattern_is_unused_only_if_all_was_checked() -> None:
    write(vault(), path="infra/a.json")
    write(vault(policies=[{"objectId": "x"}]), path="infra/b.json")
    configure(
        f'[[suppress]]\nrule = "{EMPTIED}"\nreason = "why"\npath = "infra/*.json"\n'
        f'[[suppress]]\nrule = "{EMPTIED}"\nreason = "why"\npath = "infra/b.json"\n'
    )
    assert own_finding(checked()).location.start == Position(5, 1)
    assert own_finding(checked("infra/b.json")).location.start == Position(5, 1)
    assert [f.rule for f in checked("infra/a.json").findings] == [EMPTIED]


def test_a_folder_is_a_pattern_too() -> None:
    write(vault(policies=[{"objectId": "x"}]), path="infra/a.json")
    configure(f'[[suppress]]\nrule = "{EMPTIED}"\nreason = "why"\npath = "infra/"\n')
    assert checked("infra/a.json").findings == ()
    assert own_finding(checked()).rule == "suppression-unused"


def test_a_configured_rule_must_exist() -> None:
    write(vault())
    configure('[[suppress]]\nrule = "access-policy-emptied"\nreason = "x"\n')
    with pytest.raises(UsageError) as error:
        checked()
    assert str(error.value) == (
        "armguard.toml:1: there is no rule 'access-policy-emptied'; did you mean"
        " 'access-policies-emptied'?"
    )


def test_what_is_suppressed_is_in_the_json_and_not_in_the_text() -> None:
    write(vault(metadata=ignoring(entry(until="2999-12-31"))))
    report = checked()
    document = json.loads(render("json", report))
    assert document["summary"]["suppressed"] == 1
    assert document["summary"]["errors"] == 0
    (finding,) = document["findings"]
    assert finding["suppressed"] == {"reason": "deployed once", "until": "2999-12-31"}
    assert EMPTIED not in render("text", report)


def written_in(text: str) -> list[WrittenSuppression]:
    try:
        document = parse_json(text)
    except UnreadableFileError:
        document = None
    return suppressions_in("t.json", text, document)


def test_where_suppressions_stand() -> None:
    text = json.dumps(
        {"a": [{"Metadata": {"armguard": {"Ignore": [entry()]}}}], "metadata": {"armguard": 1}}
    )
    (written,) = written_in(text)
    assert written.where == Below("t.json", "/a/0")
    assert written.location == Location("t.json", "/a/0/Metadata/armguard/Ignore/0")
    text = '{ // armguard: ignore[a] x\n  "b": 1 // armguard: ignore[b] y\n}'
    first, second = written_in(text)
    assert (first.where, second.where) == (OnLine("t.json", 1), OnLine("t.json", 2))


@pytest.mark.parametrize("text", ["{", "[]", '{"metadata": {"armguard": {"ignore": {}}}', "null"])
def test_what_is_no_template_suppresses_nothing(text: str) -> None:
    assert written_in(text) == []


JSON = st.recursive(
    st.none() | st.booleans() | st.text(max_size=5) | st.sampled_from([EMPTIED, "2027-01-31"]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["metadata", "armguard", "ignore", "rule", "reason", "until", "x"]),
            inner,
            max_size=4,
        )
    ),
    max_leaves=20,
)


@settings(max_examples=100, deadline=None)
@given(JSON, st.text(max_size=20))
def test_no_metadata_and_no_comment_is_too_strange(value: Any, comment: str) -> None:
    text = json.dumps({"metadata": {"armguard": value}, "y": value}, indent=1)
    text = text.replace("\n", f" // armguard: ignore[{comment}\n", 1)
    for written in written_in(text):
        assert isinstance(written.rule, str)
        assert isinstance(written.reason, str)


def test_thousands_of_suppressions_are_looked_up_by_place() -> None:
    count = 3000
    members = {f"k{n}": {"metadata": ignoring(entry())} for n in range(count)}
    written = written_in(json.dumps(members))
    findings = [
        Finding(EMPTIED, Severity.ERROR, Certainty.CERTAIN, "m", Location("t.json", f"/k{n}/a/b"))
        for n in range(count)
    ]
    judged, own = judge(
        findings, written, on=TODAY, known=(EMPTIED,), is_due=lambda suppression: True
    )
    assert all(finding.suppressed for finding in judged)
    assert own == ()


def test_days() -> None:
    assert is_date(today())
    assert not is_date("2026-02-30")
    assert not is_date("20260201")


@pytest.mark.usefixtures("ends")
def test_thousands_of_comments_above_each_other_and_in_one_line(folder: Path) -> None:
    path = Path(write(vault()))
    text = path.read_text()
    path.write_text("// armguard: ignore[access-policies-emptied] known\n" * 20_000 + text)
    assert len(checked(str(path)).findings) > 20_000
    comments = "/* armguard: ignore[access-policies-emptied] known */" * 20_000
    path.write_text("{" + comments + json.dumps(json.loads(text))[1:])
    assert any(each.suppressed for each in checked(str(path)).findings)


@pytest.mark.usefixtures("ends")
def test_thousands_of_comments_with_a_slip(folder: Path) -> None:
    path = Path(write(vault()))
    line = "// armguard: ignore[access-policies-emptid] known\n"
    path.write_text(line * 20_000 + path.read_text())
    assert len(checked(str(path)).findings) > 20_000
