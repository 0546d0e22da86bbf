"""What is not known can't grow without end either: undecided at once, and never printed in full."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

import armguard
from armguard.errors import BudgetSpentError
from armguard.evaluation.scope import LEVELS, Budget
from armguard.evaluation.unknown import Reason, Unknown
from armguard.evaluation.weight import HEAVIEST, Scales
from armguard.expressions.syntax import Call, Expression, Literal, to_text
from armguard.finding import LONGEST_NAME

Ask = Callable[..., Any]

GIVEN = {
    "list": {"type": "array"},
    "text": {"type": "string"},
    "flag": {"type": "bool"},
    "object": {"type": "object"},
    "choice": {"type": "string", "allowedValues": ["a", "b"]},
}
TIMES = 24
LONGEST = 3_000
"""Characters of a message: an expression in it is cut off after a third of that."""

# (how each variable is made of the one before, what the first one is)
DOUBLED = [
    ("concat({0}, {0})", "[parameters('list')]"),
    ("union({0}, {0})", "[parameters('list')]"),
    ("createArray({0}, {0})", "[parameters('list')]"),
    ("concat(array({0}), array({0}))", "[parameters('text')]"),
    ("createObject('a', {0}, 'b', {0})", "[parameters('text')]"),
    ("createObject({0}, {0})", "[parameters('text')]"),
    ("union({0}, {0})", "[parameters('object')]"),
    ("shallowMerge(createArray({0}, {0}))", "[parameters('object')]"),
    ("{0}[{0}]", "[parameters('object')]"),
    ("concat({0}, '-', {0})", "[parameters('text')]"),
    ("concat({0}, {0})", "[parameters('choice')]"),
    ("format('{{0}}-{{1}}', {0}, {0})", "[parameters('text')]"),
    ("uniqueString({0}, {0})", "[parameters('text')]"),
    ("and({0}, {0})", "[parameters('flag')]"),
    ("or(not({0}), {0})", "[parameters('flag')]"),
    ("equals({0}, not({0}))", "[parameters('flag')]"),
    ("if({0}, {0}, false())", "[parameters('flag')]"),
    ("if(parameters('flag'), concat({0}, {0}), {0})", "[parameters('list')]"),
    ("coalesce({0}, {0})", "[parameters('list')]"),
]


def doubled(write: str, first: str) -> dict[str, str]:
    """Variables of which each is twice the one before, and that does not know the first."""
    variables = {"v0": first}
    for index in range(1, TIMES):
        variables[f"v{index}"] = f"[{write.format(f'variables({chr(39)}v{index - 1}{chr(39)})')}]"
    return {**variables, "last": f"[variables('v{TIMES - 1}')]"}


@pytest.mark.usefixtures("ends")
@pytest.mark.parametrize(("write", "first"), DOUBLED)
def test_what_is_not_known_is_doubled(write: str, first: str, template: Ask, vault: Ask) -> None:
    last = "[variables('last')]"
    vaults = [
        vault("kv-list", accessPolicies=last),
        vault("kv-flag", enableRbacAuthorization=last, accessPolicies=[]),
        {**vault("kv-condition", accessPolicies=[]), "condition": last},
        vault("[variables('last')]", accessPolicies="[parameters('list')]"),
        vault("kv-fine", accessPolicies=[]),
    ]
    document = template(vaults, parameters=GIVEN, variables=doubled(write, first))
    report = armguard.check(document)
    assert report.crashes == ()
    verdicts = {each.name: each.verdict for each in report.deployments[0].vaults}
    assert len(verdicts) == len(vaults)
    # a flag that chooses between two conditions has two worlds, and one of them ends badly
    for name in ("kv-fine", "kv-condition"):
        assert verdicts.pop(name) in ("emptied", "undecided")
    assert set(verdicts.values()) == {"undecided"}
    assert max(len(each.message) for each in report.findings) < LONGEST


@pytest.mark.usefixtures("ends")
def test_a_list_with_a_known_entry_is_not_empty(template: Ask, vault: Ask) -> None:
    entry = {"objectId": "[variables('last')]", "tenantId": "t", "permissions": {}}
    variables = doubled("concat({0}, {0})", "[parameters('text')]")
    document = template([vault(accessPolicies=[entry])], parameters=GIVEN, variables=variables)
    assert armguard.check(document).deployments[0].vaults[0].verdict == "replaced"


@pytest.mark.usefixtures("ends")
def test_what_only_azure_knows_is_doubled_in_an_expansion(template: Ask, thing: Ask) -> None:
    variables = doubled("concat({0}, {0})", "[resourceGroup().tags.any]")
    document = template([thing(asked="[variables('last')]")], variables=variables)
    (shown,) = armguard.expand(document).resources
    assert shown["properties"]["asked"].startswith("[concat(")
    assert len(shown["properties"]["asked"]) < 100 * HEAVIEST


def test_the_same_value_is_the_same_however_long_it_is(template: Ask, vault: Ask) -> None:
    """A child is known to be about its vault, by a name that nobody could write down."""
    name = "variables('last')"
    change = {
        "type": "Microsoft.KeyVault/vaults/accessPolicies",
        "apiVersion": "2026-02-01",
        "name": f"[concat({name}, '/add')]",
        "properties": {"accessPolicies": []},
    }
    variables = doubled("concat({0}, {0})", "[parameters('text')]")
    resources = [vault(f"[{name}]", accessPolicies=[]), change]
    document = template(resources, parameters=GIVEN, variables=variables)
    (found,) = armguard.check(document).deployments[0].vaults
    assert (found.name, found.verdict) == (f"[{name}]", "emptied")


def test_a_long_unknown_name_is_cut_off(template: Ask, vault: Ask) -> None:
    variables = doubled("concat({0}, {0})", "[parameters('text')]")
    resources = [vault("[variables('v9')]", accessPolicies=[])]
    document = template(resources, parameters=GIVEN, variables=variables)
    (found,) = armguard.check(document).deployments[0].vaults
    assert "..." in found.name
    assert found.name.endswith("parameters('text'))))))))))]")
    assert len(found.name) == LONGEST_NAME


def residual(levels: int) -> Expression:
    node: Expression = Call("parameters", (Literal("p"),))
    for _ in range(levels):
        node = Call("concat", (node, node))
    return node


def test_shared_nodes_are_weighed_as_often_as_they_are_met() -> None:
    weight = Scales().weigh(residual(10))
    assert weight is not None
    assert weight.nodes == 2**10 * 2 + 2**10 - 1


@pytest.mark.usefixtures("ends")
def test_a_thousand_doublings_are_weighed() -> None:
    scales = Scales()
    weight = scales.weigh(residual(1_000))
    assert weight is not None
    assert weight.is_too_much
    assert weight == scales.weigh(residual(1_000))
    assert weight != scales.weigh(Call("concat", (residual(999), Literal("x"))))


def test_equal_weights_are_of_equal_residuals() -> None:
    first = Call("concat", (residual(8), Literal(["a", "b"])))
    for other in (["ab"], ["a", "b", ""], {"a": "b"}, ["a", 1], ["a", None]):
        assert Scales().weigh(first) != Scales().weigh(
            Call("concat", (residual(8), Literal(other)))
        )
    assert Scales().weigh(first) == Scales().weigh(
        Call("concat", (residual(8), Literal(["a", "b"])))
    )


def test_what_is_light_stays_as_it_is() -> None:
    value = Unknown(Reason.NOT_SUPPLIED, residual(3), "")
    budget = Budget(steps=0)
    assert budget.bounded(value) is value


def test_what_is_heavy_costs_steps_and_what_is_too_heavy_is_no_residual_any_more() -> None:
    heavy = Unknown(Reason.NOT_SUPPLIED, residual(10), "")
    with pytest.raises(BudgetSpentError):
        Budget(steps=100).bounded(heavy)
    bounded = Budget().bounded(Unknown(Reason.NOT_SUPPLIED, residual(30), ""))
    assert bounded.failed
    assert len(to_text(bounded.residual)) < 100


def test_values_are_measured_with_what_is_unknown_in_them() -> None:
    with pytest.raises(BudgetSpentError):
        Budget(steps=300).measure([Unknown(Reason.NOT_SUPPLIED, residual(10), "")])


def test_values_are_not_nested_deeper_than_can_be_walked() -> None:
    value: Any = []
    for _ in range(LEVELS):
        value = [value]
    with pytest.raises(BudgetSpentError, match=f"more than {LEVELS} levels"):
        Budget().measure(value)
    Budget().measure(value[0])
