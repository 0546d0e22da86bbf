"""`armguard rules`."""

import json

import pytest

from armguard.cli import main
from armguard.cli.rules import page_text, table
from armguard.finding import RulePage, Severity

PAGES = (
    RulePage("access-policies-emptied", Severity.ERROR, "the list is empty", "# Page\n\nText.\n"),
    RulePage(
        "undecided-vault",
        Severity.NOTE,
        "a vault that could not be decided, with the reason and what would decide it",
        "a vault that could not be decided, with the reason and what would decide it\n\nMore.",
    ),
)


def test_table_is_aligned_and_wrapped_to_80_columns() -> None:
    assert table(PAGES) == (
        "access-policies-emptied  error    the list is empty\n"
        "undecided-vault          note     a vault that could not be decided, with the\n"
        "                                  reason and what would decide it\n"
    )


def test_page_says_the_summary_once() -> None:
    assert page_text(PAGES[0]) == (
        "access-policies-emptied (error): the list is empty\n\n# Page\n\nText.\n"
    )
    assert page_text(PAGES[1]).count("a vault that could not be decided") == 1


def test_every_rule_is_listed_and_explained(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["rules"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert max(map(len, lines)) <= 80
    listed = [line.split()[0] for line in lines if not line.startswith(" ")]
    assert "access-policies-emptied" in listed
    assert listed == sorted(listed)
    for rule in listed:
        assert main(["rules", rule]) == 0
        assert capsys.readouterr().out.startswith(f"{rule} (")


def test_json_of_all_and_of_one(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["rules", "--format", "json"]) == 0
    document = json.loads(capsys.readouterr().out)
    assert document["version"] == 1
    by_id = {rule["id"]: rule for rule in document["rules"]}
    assert by_id["access-policies-emptied"]["severity"] == "error"
    assert by_id["access-policies-emptied"].keys() == {"id", "severity", "summary", "page"}

    assert main(["rules", "undecided-vault", "--format", "json"]) == 0
    assert json.loads(capsys.readouterr().out)["rules"] == [by_id["undecided-vault"]]


@pytest.mark.parametrize(
    ("rule", "advice"),
    [
        ("access-policies-emptid", "did you mean 'access-policies-emptied'?"),
        ("UNDECIDED-VAULT", "did you mean 'undecided-vault'?"),
        ("xyzzy", "'armguard rules' lists them"),
    ],
)
def test_an_unknown_rule_gets_advice(
    rule: str, advice: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["rules", rule]) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err == f"error: unknown rule '{rule}'; {advice}\n"
