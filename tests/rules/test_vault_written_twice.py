"""vault-written-twice: two resources of one deployment, or two templates of one run.

Conditions that exclude each other, parameter sets of one template and linked modules are not two
writers.
"""

from typing import Any

import pytest
from support import make_deployment, make_template

RULE = "vault-written-twice"
TWICE = (
    "vault 'KV' is written twice by this deployment, so its access policies are those of whichever"
    " write comes last"
)
PARAMETERS = {
    "option": {"type": "string", "allowedValues": ["new", "existing"]},
    "p": {"type": "bool"},
    "q": {"type": "bool"},
    "off": {"type": "bool", "defaultValue": False},
    "name": {"type": "string"},
}


def nested(name: str, *resources: Any, **members: Any) -> dict[str, Any]:
    return make_deployment(name, make_template(*resources), evaluation=None, **members)


def linked(name: str, path: str, **members: Any) -> dict[str, Any]:
    return make_deployment(name, link={"relativePath": path}, **members)


def test_violating(check: Any, vault_of: Any, policy: Any, written: Any) -> None:
    second = vault_of("KV", policies=[policy()])
    checked = check(vault_of("kv", policies=[]), nested("n", second))
    assert checked.told(RULE) == [("error", "certain", TWICE, written(second))]
    (finding,) = checked.of(RULE)
    (first,) = finding.related
    assert first.location.pointer == "/resources/0"


@pytest.mark.parametrize(
    ("first", "second", "certainty"),
    [
        ("[parameters('p')]", "[not(parameters('p'))]", None),
        (
            "[equals(parameters('option'), 'new')]",
            "[equals(parameters('option'), 'existing')]",
            None,
        ),
        ("[equals(parameters('name'), 'a')]", "[equals(parameters('name'), 'b')]", None),
        ("[parameters('off')]", "[not(parameters('off'))]", None),
        (True, False, None),
        ("[parameters('p')]", "[parameters('p')]", "possible"),
        ("[parameters('p')]", "[parameters('q')]", "possible"),
        ("[parameters('p')]", True, "possible"),
        ("[not(parameters('off'))]", True, "default"),
        (True, True, "certain"),
    ],
)
def test_conditions(
    check: Any, vault_of: Any, first: Any, second: Any, certainty: str | None
) -> None:
    checked = check(
        vault_of(policies=[], condition=first),
        vault_of(policies=[], condition=second),
        parameters=PARAMETERS,
    )
    found = [(finding.severity, finding.certainty) for finding in checked.of(RULE)]
    severity = "warning" if certainty == "possible" else "error"
    assert found == ([] if certainty is None else [(severity, certainty)])


def test_undecided_whether_both_are_written(check: Any, vault_of: Any, written: Any) -> None:
    second = vault_of("KV", policies=[], condition="[parameters('q')]")
    checked = check(
        vault_of(policies=[], condition="[parameters('p')]"), second, parameters=PARAMETERS
    )
    world = ", if parameters('p') is true and parameters('q') is true"
    assert checked.told(RULE) == [("warning", "possible", TWICE + world, written(second))]


@pytest.mark.parametrize(
    "second",
    [
        {"name": "other"},
        {"properties": {"enableRbacAuthorization": True}},
        {"properties": {"createMode": "recover"}},
        {"existing": True},
    ],
)
def test_compliant(check: Any, vault_of: Any, second: dict[str, Any]) -> None:
    assert check(vault_of("kv", policies=[]), vault_of(policies=[], **second)).told(RULE) == []


def test_undecided_which_vault_the_second_is(check: Any, vault_of: Any) -> None:
    vaults = vault_of("kv", policies=[]), vault_of("[parameters('name')]", policies=[])
    declared = {"name": {"type": "string"}}
    assert check(*vaults, parameters=declared).told(RULE) == []
    assert len(check(*vaults, parameters=declared, given={"name": "kv"}).told(RULE)) == 1


def test_another_resource_group_is_another_vault(check: Any, vault_of: Any) -> None:
    other = nested("n", vault_of(policies=[]), resourceGroup="other")
    assert check(vault_of(policies=[]), other).of(RULE) == []


def test_undecided_which_lists_are_written(check: Any, vault_of: Any, written: Any) -> None:
    second = vault_of("KV", policies="[parameters('l')]")
    checked = check(
        vault_of(policies="[parameters('l')]"), second, parameters={"l": {"type": "array"}}
    )
    assert checked.told(RULE) == [("warning", "certain", TWICE, written(second))]


def test_equal_unknown_names(check: Any, vault_of: Any) -> None:
    checked = check(
        vault_of("[parameters('name')]", policies=[]),
        nested("n", vault_of("[toLower(parameters('name'))]", policies=[])),
        parameters=PARAMETERS,
    )
    (finding,) = checked.of(RULE)
    assert finding.message.startswith("vault [toLower(parameters('name'))] is written twice")


def test_a_new_name_each_time_is_never_the_same(check: Any, vault_of: Any) -> None:
    guid = {"type": "string", "defaultValue": "[newGuid()]"}
    checked = check(
        vault_of("[parameters('a')]", policies=[]),
        vault_of("[parameters('b')]", policies=[]),
        parameters={"a": guid, "b": guid},
    )
    assert checked.of(RULE) == []


def test_a_loop_whose_name_does_not_count(check: Any, vault_of: Any) -> None:
    loop = {"name": "v", "count": 3}
    (finding,) = check(vault_of("kv", policies=[], copy=loop)).of(RULE)
    assert finding.location.pointer == "/resources/0"
    loop_over = vault_of("[concat('kv', copyIndex())]", policies=[], copy=loop)
    assert check(loop_over).of(RULE) == []


def test_violating_in_two_templates(
    check_files: Any, template_of: Any, vault_of: Any, policy: Any, written: Any
) -> None:
    second = vault_of("KV-shared", policies=[])
    checked = check_files(
        {
            "network.json": template_of(vault_of("kv-shared", policies=[policy()])),
            "workspace.json": template_of(second),
        }
    )
    assert checked.told(RULE) == [
        (
            "error",
            "certain",
            "vault 'KV-shared' is written by this template and by 'network.json', so its access"
            " policies are those of whichever is deployed last",
            written(second),
        )
    ]
    (finding,) = checked.of(RULE)
    assert finding.location.path == "workspace.json"
    (first,) = finding.related
    assert (first.location.path, first.location.pointer) == ("network.json", "/resources/0")


def test_two_templates_with_lists_that_are_not_known(
    check_files: Any, template_of: Any, vault_of: Any
) -> None:
    one = template_of(vault_of(policies="[parameters('l')]"), parameters={"l": {"type": "array"}})
    checked = check_files({"a.json": one, "b.json": one})
    assert [finding.severity for finding in checked.of(RULE)] == ["warning"]


def test_a_name_by_default(check_files: Any, template_of: Any, vault_of: Any) -> None:
    by_default = template_of(
        vault_of("[parameters('name')]", policies=[]),
        parameters={"name": {"type": "string", "defaultValue": "kv"}},
    )
    checked = check_files(
        {"a.json": by_default, "b.json": template_of(vault_of("kv", policies=[]))}
    )
    assert [finding.certainty for finding in checked.of(RULE)] == ["default"]


def test_undecided_whether_two_templates_mean_the_same_vault(
    check_files: Any, template_of: Any, vault_of: Any
) -> None:
    one = template_of(vault_of("[concat('kv', uniqueString(resourceGroup().id))]", policies=[]))
    assert check_files({"a.json": one, "b.json": one}).told(RULE) == []


def test_scopes_that_differ(check_files: Any, template_of: Any, vault_of: Any) -> None:
    files = {
        f"{name}.json": template_of(nested("n", vault_of("kv", policies=[]), resourceGroup=name))
        for name in ("a", "b")
    }
    assert check_files(files).of(RULE) == []


def test_scopes_that_may_be_the_same(check_files: Any, template_of: Any, vault_of: Any) -> None:
    checked = check_files(
        {
            "a.json": template_of(nested("n", vault_of("kv", policies=[]), resourceGroup="a")),
            "b.json": template_of(vault_of("kv", policies=[])),
        }
    )
    assert len(checked.of(RULE)) == 1


def test_parameter_sets_of_one_template(check_files: Any, template_of: Any, vault_of: Any) -> None:
    parameters = {"parameters": {"name": {"value": "kv"}}}
    main = template_of(
        vault_of("[parameters('name')]", policies=[]), parameters={"name": {"type": "string"}}
    )
    checked = check_files(
        {
            "main.json": main,
            "main.parameters.dev.json": parameters,
            "main.parameters.prod.json": parameters,
        }
    )
    assert len(checked.report.deployments) == 2
    assert checked.of(RULE) == []


def test_a_linked_template_is_no_root(check_files: Any, template_of: Any, vault_of: Any) -> None:
    files = {
        "main.json": template_of(linked("m", "modules/vault.json")),
        "modules/vault.json": template_of(vault_of("kv", policies=[])),
    }
    assert check_files(files).of(RULE) == []


def test_one_module_of_two_roots(check_files: Any, template_of: Any, vault_of: Any) -> None:
    checked = check_files(
        {
            "a.json": template_of(linked("m", "modules/vault.json")),
            "b.json": template_of(linked("m", "modules/vault.json")),
            "modules/vault.json": template_of(vault_of("kv", policies=[])),
        }
    )
    (finding,) = checked.of(RULE)
    assert finding.location.path == "b.json"
    assert [each.location.path for each in finding.related] == ["a.json"]


def test_one_module_twice(check_files: Any, template_of: Any, vault_of: Any) -> None:
    checked = check_files(
        {
            "a.json": template_of(linked("m", "vault.json"), linked("n", "vault.json")),
            "vault.json": template_of(vault_of("kv", policies=[])),
        }
    )
    (finding,) = checked.of(RULE)
    assert (finding.location.path, finding.location.pointer) == ("a.json", "/resources/1")
    assert [each.location.pointer for each in finding.related] == ["/resources/0"]


def test_a_vault_with_rbac_is_shared_without_harm(
    check_files: Any, template_of: Any, vault_of: Any
) -> None:
    on = template_of(vault_of(policies=[], properties={"enableRbacAuthorization": True}))
    assert check_files({"a.json": on, "b.json": on}).of(RULE) == []


def test_the_world_is_that_of_one_write_that_wipes(check: Any, vault_of: Any) -> None:
    one = vault_of(policies="[if(parameters('p'), createArray(), parameters('x'))]")
    two = vault_of(policies="[if(parameters('p'), parameters('x'), createArray())]")
    declared = {"p": {"type": "bool"}, "x": {"type": "array"}}
    (message,) = (told[2] for told in check(one, two, parameters=declared).told(RULE))
    assert message.count("parameters('p')") == 1


def test_the_case_in_which_the_other_template_writes_it(
    check_files: Any, template_of: Any, vault_of: Any
) -> None:
    declared = {"c": {"type": "bool"}, "l": {"type": "array"}}
    open_ = vault_of(condition="[parameters('c')]", policies="[parameters('l')]")
    files = {
        "a.json": template_of(open_, parameters=declared),
        "b.json": template_of(vault_of(policies=[])),
    }
    ((_, certainty, message, _),) = check_files(files).told(RULE)
    assert (certainty, message.endswith(", if parameters('c') is true")) == ("possible", True)
