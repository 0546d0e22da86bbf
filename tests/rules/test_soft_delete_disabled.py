"""soft-delete-disabled: exactly false, on a vault that is written, under either access model."""

from typing import Any

import pytest

RULE = "soft-delete-disabled"
OFF = {"type": "bool", "defaultValue": False}


@pytest.mark.parametrize("rbac", [True, False])
def test_violating(check: Any, vault_of: Any, policy: Any, rbac: bool) -> None:
    properties = {"enableSoftDelete": False, "enableRbacAuthorization": rbac}
    checked = check(vault_of(policies=[policy()], properties=properties))
    assert checked.told(RULE) == [
        (
            "warning",
            "certain",
            "vault 'kv' is deployed with enableSoftDelete false, which makes the deployment fail"
            " where the vault exists; leave it out or write true",
            '"enableSoftDelete": false',
        )
    ]


@pytest.mark.parametrize("value", [True, None, "false", "[not(parameters('off'))]"])
def test_compliant(check: Any, vault_of: Any, value: Any) -> None:
    resource = vault_of(policies=[], properties={"enableSoftDelete": value})
    assert check(resource, parameters={"off": OFF}).told(RULE) == []


@pytest.mark.parametrize(
    ("value", "certainty"), [("[parameters('off')]", "default"), ("[equals(1, 2)]", "certain")]
)
def test_values(check: Any, vault_of: Any, value: Any, certainty: str) -> None:
    resource = vault_of(policies=[], properties={"enableSoftDelete": value})
    found = check(resource, parameters={"off": OFF}).of(RULE)
    assert [finding.certainty for finding in found] == [certainty]


def test_undecided_which_value_it_has(check: Any, vault_of: Any) -> None:
    resource = vault_of(policies=[], properties={"enableSoftDelete": "[parameters('on')]"})
    declared = {"on": {"type": "bool"}}
    assert check(resource, parameters=declared).told(RULE) == []
    assert len(check(resource, parameters=declared, given={"on": False}).told(RULE)) == 1


def test_the_default_is_named(check: Any, vault_of: Any) -> None:
    checked = check(
        vault_of(policies=[], properties={"enableSoftDelete": "[parameters('off')]"}),
        parameters={"off": OFF},
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


@pytest.mark.parametrize(
    ("value", "certainty"), [(False, ["certain"]), ("[equals(parameters('n'), 1)]", [])]
)
def test_refused_parameters_leave_open_what_hangs_on_them(
    check: Any, vault_of: Any, value: Any, certainty: list[str]
) -> None:
    checked = check(
        vault_of(policies=[], properties={"enableSoftDelete": value}),
        parameters={"n": {"type": "int", "defaultValue": "one"}},
    )
    assert [finding.certainty for finding in checked.of(RULE)] == certainty
    assert len(checked.of("parameters-rejected")) == 1


def test_undecided_whether_the_vault_is_written(check: Any, vault_of: Any) -> None:
    vault = vault_of(policies=[], condition="[parameters('c')]")
    vault["properties"]["enableSoftDelete"] = False
    checked = check(vault, parameters={"c": {"type": "bool"}})
    ((severity, certainty, message, span),) = checked.told("soft-delete-disabled")
    assert (severity, certainty, span) == ("warning", "possible", '"enableSoftDelete": false')
    assert message.endswith(", if parameters('c') is true")
