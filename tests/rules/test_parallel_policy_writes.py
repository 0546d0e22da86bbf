"""parallel-policy-writes: children of one vault that nothing puts into an order."""

from typing import Any

import pytest
from support import make_change, make_deployment, make_policy, make_template, make_vault

RULE = "parallel-policy-writes"
REFUSED = (
    " the access policies of vault 'kv' at the same time, which Azure refuses now and then with 409"
    " ConflictError"
)
TWO, LOOP = f"two children change{REFUSED}", f"the iterations of this loop change{REFUSED}"
LIST = {"list": {"type": "array", "defaultValue": ["a", "b", "c"]}}


def child(name: str = "kv/add", *after: str, **more: Any) -> Any:
    waits = {"dependsOn": list(after)} if after else {}
    return make_change(name, [make_policy()], **waits, **more)


def module(name: str, *resources: Any, **more: Any) -> dict[str, Any]:
    return make_deployment(name, make_template(*resources or [child()]), **more)


def loop(count: Any = 3, **more: Any) -> dict[str, Any]:
    return {"copy": {"name": "each", "count": count, **more}}


SCRIPT = {
    "type": "Microsoft.Resources/deploymentScripts",
    "apiVersion": "2023-08-01",
    "name": "wait",
    "dependsOn": ["[resourceId('Microsoft.Resources/deployments', 'one')]"],
}
CHILD_ID = "[resourceId('Microsoft.KeyVault/vaults/accessPolicies', 'KV', 'Replace')]"
ONE_ID = "[resourceId('Microsoft.Resources/deployments', 'one')]"


@pytest.mark.parametrize(
    "resources",
    [
        [child()],
        [child("kv/add"), child("other/add")],
        [make_vault(policies=[]), child("kv/add", "kv")],
        [child("kv/add"), child("kv/replace", "kv/add")],
        [
            child("kv/replace"),
            child("kv/add", CHILD_ID),
        ],
        [
            child("kv/replace"),
            child("kv/add", "Microsoft.KeyVault/vaults/kv/accessPolicies/replace"),
        ],
        [
            child("kv/replace"),
            child("kv/add", "[concat('Microsoft.KeyVault/vaults/accessPolicies/', 'kv/replace')]"),
        ],
        [module("one"), module("two", dependsOn=["one"])],
        [module("one"), module("two", dependsOn=[ONE_ID])],
        [
            module("one"),
            module("two", dependsOn=["[concat('Microsoft.Resources/deployments/','one')]"]),
        ],
        [module("one"), SCRIPT, module("two", dependsOn=["wait"])],
        [module("one"), child("kv/add", ONE_ID)],
        [
            module("one"),
            module("two", parameters={"x": "[reference('one').outputs.y]"}),
        ],
        [
            module("one"),
            module("two", parameters={"x": f"[reference({ONE_ID[1:-1]}).y]"}),
        ],
        [module("[concat('m', copyIndex())]", **loop(mode="Serial"))],
        [module("[concat('m', copyIndex())]", **loop(mode="serial", batchSize=1))],
        [module("[concat('m', copyIndex())]", **loop(count=1))],
        [module("[concat('m', copyIndex())]", **loop(mode="serial")), child("kv/add", "each")],
        [child("[concat('kv', copyIndex(), '/add')]", **loop())],
        [child("[concat('kv', copyIndex(), '/add')]", **loop("[parameters('open')]"))],
        [module("m0"), module("m1", dependsOn=["m0"]), module("m2", dependsOn=["m1"])],
        [
            child("kv/add", condition="[parameters('flag')]"),
            child("kv/replace", condition="[not(parameters('flag'))]"),
        ],
        [child("kv/add"), child("kv/replace", condition=False)],
        [child("kv/add"), child("kv/policy")],
        [make_vault(policies=[], properties={"enableRbacAuthorization": True}), child(), child()],
        [module("outer", module("one"), module("two", dependsOn=["one"]))],
    ],
)
def test_compliant(check: Any, resources: Any) -> None:
    declared = {**LIST, "flag": {"type": "bool"}, "open": {"type": "int"}}
    assert check(*resources, parameters=declared).told(RULE) == []


@pytest.mark.parametrize(
    "resources",
    [
        [child("kv/add"), child("KV/replace")],
        [make_vault(policies=[]), child("kv/add", "kv"), child("kv/replace", "kv")],
        [module("one"), module("two")],
        [module("one"), child("kv/add")],
        [module("outer", module("one"), module("two"))],
        [module("one", dependsOn=["a"]), module("two", dependsOn=["a"])],
        [
            module("one"),
            module("two", condition=False, dependsOn=["one"]),
            module("three", dependsOn=["two"]),
        ],
        [module("one"), module("two", parameters={"x": "one"})],
        [module("m0"), module("m1", dependsOn=["m0"]), module("m2", dependsOn=["m0"])],
    ],
)
def test_violating(check: Any, resources: Any) -> None:
    ((severity, certainty, message, span),) = check(*resources).told(RULE)
    assert (severity, certainty, message) == ("warning", "certain", TWO)
    assert span.startswith('{ "type": "Microsoft.KeyVault/vaults/accessPolicies"')


@pytest.mark.parametrize("more", [{}, {"mode": "parallel"}, {"mode": "serial", "batchSize": 2}])
@pytest.mark.parametrize("kind", ["child", "module"])
def test_violating_in_a_loop(check: Any, written: Any, more: Any, kind: str) -> None:
    copy = loop("[length(parameters('list'))]", **more)
    name = "[concat('m', copyIndex())]"
    resource = child(**copy) if kind == "child" else module(name, **copy)
    checked = check(resource, parameters=LIST)
    span = written(copy["copy"], "copy")
    assert checked.told(RULE) == [("warning", "default", LOOP, span)]


def test_violating_with_symbolic_names(check: Any) -> None:
    both = {
        "languageVersion": "2.0",
        "resources": {"one": child("kv/add"), "two": child("kv/remove")},
    }
    assert len(check(**both).told(RULE)) == 1
    both["resources"]["two"] = child("kv/remove", "one")
    assert check(**both).told(RULE) == []


def test_a_loop_that_makes_its_own_chain(check: Any) -> None:
    before = "[if(equals(copyIndex(), 0), 'none', concat('m', sub(copyIndex(), 1)))]"
    chain = module("[concat('m', copyIndex())]", dependsOn=[before], **loop())
    assert check(chain).of(RULE) == []


def test_one_finding_for_each_vault(check: Any) -> None:
    names = ("kv/add", "kv/replace", "kv/remove", "other/add", "other/replace")
    assert len(check(*map(child, names)).of(RULE)) == 2


def test_undecided_what_it_depends_on(check: Any) -> None:
    two = module("two", dependsOn=["[parameters('first')]"])
    checked = check(module("one"), two, parameters={"first": {"type": "string"}})
    ((severity, certainty, message, _),) = checked.told(RULE)
    assert (severity, certainty) == ("warning", "possible")
    assert message == f"{TWO}, if no dependsOn that is not known orders them"


def test_undecided_how_often_a_loop_runs(check: Any, written: Any) -> None:
    copy = loop("[parameters('count')]")
    checked = check(child(**copy), parameters={"count": {"type": "int"}})
    message = f"{LOOP}, if it runs more than once"
    assert checked.told(RULE) == [("warning", "possible", message, written(copy["copy"], "copy"))]
    copy = loop("[parameters('count')]", mode="serial")
    assert check(child(**copy), parameters={"count": {"type": "int"}}).told(RULE) == []


def test_undecided_whether_both_are_written(check: Any) -> None:
    second = child("kv/replace", condition="[parameters('flag')]")
    checked = check(child(), second, parameters={"flag": {"type": "bool"}})
    ((_, certainty, message, _),) = checked.told(RULE)
    assert (certainty, message) == ("possible", f"{TWO}, if parameters('flag') is true")


@pytest.mark.parametrize(("count", "certainty"), [(2, "certain"), ("[parameters('n')]", "default")])
def test_a_loop_that_runs_twice_by_default(
    check: Any, change: Any, policy: Any, count: Any, certainty: str
) -> None:
    looped = {**change("kv/add", [policy()]), "copy": {"name": "c", "count": count}}
    checked = check(looped, parameters={"n": {"type": "int", "defaultValue": 2}})
    assert [each.certainty for each in checked.of("parallel-policy-writes")] == [certainty]
