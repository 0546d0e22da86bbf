"""soft-delete-disabled: exactly false, on a vault that is written, under either access model."""

from typing import Any

import pytest

RULE = "soft-delete-disabled"


@pytest.mark.parametrize("rbac", [True, False])
def test_false(check: Any, vault_of: Any, policy: Any, rbac: bool) -> None:
    properties = {"enableSoftDelete": False, "enableRbacAuthorization": rbac}
    checked = check(vault_of(policies=[policy()], properties=properties))
    (finding,) = checked.of(RULE)
    assert finding.message == (
        "vault 'kv' is deployed with enableSoftDelete false, which makes the deployment fail where"
        " the vault exists; leave it out or write true"
    )
    assert (finding.severity, finding.certainty) == ("warning", "certain")
    assert finding.location.pointer == "/resources/0/properties/enableSoftDelete"
    assert checked.span(finding) == '"enableSoftDelete": false'


@pytest.mark.parametrize(
    ("written", "certainty"),
    [
        (True, None),
        (None, None),
        ("false", None),
        ("[parameters('open')]", None),
        ("[parameters('off')]", "default"),
        ("[not(parameters('off'))]", None),
        ("[equals(1, 2)]", "certain"),
    ],
)
def test_values(check: Any, vault_of: Any, written: Any, certainty: str | None) -> None:
    checked = check(
        vault_of(policies=[], properties={"enableSoftDelete": written}),
        parameters={"open": {"type": "bool"}, "off": {"type": "bool", "defaultValue": False}},
    )
    found = [finding.certainty for finding in checked.of(RULE)]
    assert found == ([] if certainty is None else [certainty])


def test_the_default_is_named(check: Any, vault_of: Any) -> None:
    checked = check(
        vault_of(policies=[], properties={"enableSoftDelete": "[parameters('off')]"}),
        parameters={"off": {"type": "bool", "defaultValue": False}},
    )
    (finding,) = checked.of(RULE)
    (because,) = [detail.text for detail in finding.details if detail.label == "because"]
    assert "parameter 'off' defaults to false" in "".join(map(str, because))


@pytest.mark.parametrize(
    ("member", "certainty"),
    [
        ({"condition": False}, None),
        ({"condition": "[parameters('open')]"}, "possible"),
        ({"@options": {"onlyIfNotExists": []}}, None),
    ],
)
def test_a_vault_that_is_not_written(
    check: Any, vault_of: Any, member: dict[str, Any], certainty: str | None
) -> None:
    checked = check(
        vault_of(policies=[], properties={"enableSoftDelete": False}, **member),
        parameters={"open": {"type": "bool"}},
    )
    found = [finding.certainty for finding in checked.of(RULE)]
    assert found == ([] if certainty is None else [certainty])


def test_refused_parameters_leave_it_open(check: Any, vault_of: Any) -> None:
    checked = check(
        vault_of(policies=[], properties={"enableSoftDelete": False}),
        parameters={"n": {"type": "int", "defaultValue": "one"}},
    )
    assert checked.of(RULE) == []
    assert len(checked.of("parameters-rejected")) == 1
