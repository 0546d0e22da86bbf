"""One cause, one finding: a place in a template is one, whatever parameter files show it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from support import Ran, make_template, make_vault, run_armguard, write_file

EMPTY = {"value": []}
GRANTED = {"value": [{"tenantId": "t", "objectId": "o", "permissions": {"secrets": ["get"]}}]}
GIVEN = "accessPolicies is [parameters('policies')] and parameter 'policies' is given []"


@pytest.fixture
def checked(tmp_path: Path) -> Any:
    """What is found in a template whose vault takes its list from a parameter, by default empty,
    with the parameters of each file."""
    template = make_template(
        make_vault("[parameters('name')]", policies="[parameters('policies')]"),
        parameters={
            "name": {"type": "string"},
            "policies": {"type": "array", "defaultValue": []},
        },
    )
    write_file(tmp_path / "main.json", template)

    def check(files: dict[str, Any], *arguments: str, format_: str = "json") -> Ran:
        for name, policies in files.items():
            values = {"name": {"value": f"kv-{name}"}}
            if policies is not None:
                values["policies"] = policies
            write_file(tmp_path / f"{name}.json", {"parameters": values})
        given = [word for name in files for word in ("--parameters", f"{name}.json")]
        words = ("check", "main.json", *given, f"--format={format_}", *arguments)
        return run_armguard(*words, folder=tmp_path)

    return check


def labelled(ran: Ran, label: str) -> list[str]:
    head = f"  {label}: "
    return [each.removeprefix(head) for each in ran.stdout.splitlines() if each.startswith(head)]


def test_a_default_and_a_parameter_file_are_two_origins_of_one_finding(checked: Any) -> None:
    files = {"dev": None, "test": None, "prod": EMPTY, "dr": GRANTED}
    rule = "--select=access-policies-emptied"
    (finding,) = checked(files, rule).document["findings"]
    # the worst: what a file gives is sure
    assert (finding["severity"], finding["certainty"]) == ("error", "certain")
    assert finding["message"].startswith("vault 'kv-prod' is deployed with")
    assert finding["parameters"] == ["dev.json", "test.json", "prod.json"]
    related = [(each["path"], each["pointer"]) for each in finding["related"]]
    assert sorted(related) == [
        ("main.json", "/parameters/policies/defaultValue"),
        ("prod.json", "/parameters/policies"),
    ]
    ran = checked(files, rule, format_="text")
    default = "accessPolicies is [parameters('policies')] and parameter 'policies' defaults to []"
    assert labelled(ran, "because") == [
        f"{GIVEN} (prod.json:6:3)",
        f"{default} (main.json:10:4); dev.json, test.json do not set it",
    ]
    assert labelled(ran, "also") == ["kv-dev, kv-test"]


def test_ten_origins_are_told_and_how_many_more_there_are(checked: Any) -> None:
    files = dict.fromkeys((f"f{number:02}" for number in range(13)), EMPTY)
    ran = checked(files, "--select=access-policies-emptied", format_="text")
    told = labelled(ran, "because")
    assert told == [*(f"{GIVEN} (f{number:02}.json:6:3)" for number in range(10)), "and 3 more"]
    ran = checked(files, "--select=access-policies-emptied", format_="pretty")
    assert "see:" not in ran.stdout


def test_what_others_say_besides_their_names_is_told(checked: Any) -> None:
    """Of one the list is not known for another reason than of the other."""
    files = {"dev": {"value": "#{Policies}#"}, "prod": {"reference": {"secretName": "s"}}}
    ran = checked(files, "--select=undecided-vault", format_="text")
    (headline,) = (each for each in ran.stdout.splitlines() if each.startswith("main.json:"))
    assert "'kv-dev' is not known" in headline
    (also,) = labelled(ran, "also")
    assert "'kv-prod' is not known" in also
    assert headline.partition("known")[2] != also.partition("known")[2]


def test_what_is_accepted_for_one_vault_counts_for_the_other(checked: Any, tmp_path: Path) -> None:
    """They are one finding, of which only the one that is accepted is taken away."""
    table = '[[suppress]]\nrule = "access-policies-emptied"\nresource = "kv-{}"\nreason = "known"\n'
    files = {"dev": None, "prod": EMPTY}
    rule = "--select=access-policies-emptied"
    (whole,) = checked(files, rule).document["findings"]
    for accepted, other in ("dev", "prod"), ("prod", "dev"):
        write_file(tmp_path / "armguard.toml", table.format(accepted))
        found = checked(files, rule).document["findings"]
        assert [(each["parameters"], bool(each["suppressed"])) for each in found] == [
            ([f"{other}.json"], False),
            ([f"{accepted}.json"], True),
        ]
        # so that a baseline knows what is left
        assert found[0]["fingerprint"] == whole["fingerprint"]


def test_the_fingerprint_is_the_same_whichever_file_comes_first(checked: Any) -> None:
    files = {"dev": None, "prod": EMPTY, "test": EMPTY}
    found = [
        checked(each, "--select=access-policies-emptied").document["findings"]
        for each in (files, dict(reversed(files.items())), {"dev": None}, {"prod": EMPTY})
    ]
    assert {each["fingerprint"] for report in found for each in report} == {
        found[0][0]["fingerprint"]
    }
    assert [len(each) for each in found] == [1, 1, 1, 1]


def test_a_baseline_of_one_environment_is_one_of_all(checked: Any) -> None:
    rule = "--select=access-policies-emptied"
    checked({"dev": None}, rule, "--write-baseline=baseline.json")
    ran = checked({"dev": None, "prod": EMPTY}, rule, "--baseline=baseline.json")
    assert [each["baselined"] for each in ran.document["findings"]] == [True]
