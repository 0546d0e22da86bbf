"""suppression-unused: one that had its chance to suppress something, and did not."""

from typing import Any

import pytest

RULE = "suppression-unused"
EMPTIED = "access-policies-emptied"
UNUSED = "the suppression of 'access-policies-emptied' suppresses nothing any more; remove it"


def ignoring(rule: str = EMPTIED) -> dict[str, Any]:
    return {"armguard": {"ignore": [{"rule": rule, "reason": "deployed once"}]}}


def test_compliant(check: Any, vault_of: Any) -> None:
    checked = check(vault_of(policies=[], metadata=ignoring()))
    assert checked.told(RULE) == []
    assert checked.report.summary.suppressed == 1


def test_compliant_where_one_set_of_parameters_needs_it(
    check_files: Any, template_of: Any, vault_of: Any, policy: Any
) -> None:
    vault = vault_of(policies="[parameters('list')]", metadata=ignoring())
    checked = check_files(
        {
            "main.json": template_of(vault, parameters={"list": {"type": "array"}}),
            "main.parameters.dev.json": {"parameters": {"list": {"value": []}}},
            "main.parameters.prod.json": {"parameters": {"list": {"value": [policy()]}}},
        }
    )
    assert checked.told(RULE) == []
    assert checked.report.summary.suppressed == 1


def test_violating(check: Any, vault_of: Any, policy: Any, written: Any) -> None:
    checked = check(vault_of(policies=[policy()], metadata=ignoring()))
    entry = ignoring()["armguard"]["ignore"][0]
    assert checked.told(RULE) == [("warning", "certain", UNUSED, written(entry))]


def test_violating_comment(check_files: Any, template_of: Any, vault_of: Any, written: Any) -> None:
    comment = f"// armguard: ignore[{EMPTIED}] deployed once"
    vault = written(vault_of(policies=[])).replace('"accessPolicies"', '\n"accessPolicies"')
    text = written(template_of()).replace("[]", f"[\n{comment}\n\n{vault}]")
    checked = check_files({"main.json": text})
    assert checked.told(RULE) == [("warning", "certain", UNUSED, comment)]
    assert len(checked.told(EMPTIED)) == 1


def test_violating_misspelled_rule(check: Any, vault_of: Any, written: Any) -> None:
    metadata = ignoring("acess-policies-emptied")
    message = (
        "there is no rule 'acess-policies-emptied' to suppress; did you mean"
        " 'access-policies-emptied'?"
    )
    entry = metadata["armguard"]["ignore"][0]
    assert check(vault_of(policies=[], metadata=metadata)).told(RULE) == [
        ("warning", "certain", message, written(entry))
    ]


def test_undecided_while_the_vault_is_undecided(check: Any, vault_of: Any) -> None:
    vault = vault_of(policies="[parameters('list')]", metadata=ignoring())
    assert check(vault, parameters={"list": {"type": "array"}}).told(RULE) == []


@pytest.mark.parametrize(
    ("policies", "request_"),
    [("[parameters('list')]", {"ignore": ("undecided-vault",)}), ("[nosuch(1)]", {})],
)
def test_undecided_even_if_nothing_says_so(
    check_files: Any, template_of: Any, vault_of: Any, policies: str, request_: Any
) -> None:
    vault = vault_of(policies=policies, metadata=ignoring())
    files = {"main.json": template_of(vault, parameters={"list": {"type": "array"}})}
    assert check_files(files, **request_).told(RULE) == []


def test_undecided_while_the_parameters_are_rejected(check: Any, vault_of: Any) -> None:
    vault = vault_of(policies=[], metadata=ignoring())
    assert check(vault, parameters={"p": {"type": "int", "defaultValue": "x"}}).told(RULE) == []


@pytest.mark.parametrize(
    "request_", [{"select": (RULE,)}, {"ignore": (EMPTIED,)}], ids=["not-selected", "ignored"]
)
def test_undecided_while_its_rule_was_not_looked_for(
    check_files: Any, template_of: Any, vault_of: Any, policy: Any, request_: dict[str, Any]
) -> None:
    vault = vault_of(policies=[policy()], metadata=ignoring())
    assert check_files({"main.json": template_of(vault)}, **request_).told(RULE) == []


def test_undecided_whether_a_pack_has_its_rule(check: Any, vault_of: Any) -> None:
    assert check(vault_of(policies=[], metadata=ignoring("contoso-naming"))).told(RULE) == []
