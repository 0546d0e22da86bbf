"""How sure a verdict is follows from where the values came from."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from support import make_deployment

Ask = Callable[..., Any]
EMPTY = {"type": "array", "defaultValue": []}
RBAC = {"type": "bool", "defaultValue": True}
NAME = {"type": "string", "defaultValue": "kv-default"}


@pytest.mark.parametrize(
    ("properties", "headers", "parameters", "supplied", "expected"),
    [
        ({"accessPolicies": []}, {}, {}, {}, ("emptied", "certain")),
        (
            {"accessPolicies": "[parameters('l')]"}, {}, {"l": EMPTY}, {},
            ("emptied", "default"),
        ),
        (
            {"accessPolicies": "[parameters('l')]"}, {}, {"l": EMPTY}, {"l": []},
            ("emptied", "certain"),
        ),
        (
            {"accessPolicies": "[variables('v')]"}, {}, {"l": EMPTY}, {},
            ("emptied", "default"),
        ),
        (
            {"accessPolicies": "[union(parameters('l'), parameters('m'))]"},
            {}, {"l": EMPTY, "m": EMPTY}, {},
            ("emptied", "default"),
        ),
        (
            {"accessPolicies": []},
            {"name": "[parameters('n')]", "location": "[parameters('n')]"},
            {"n": NAME}, {},
            ("emptied", "certain"),
        ),
        (
            {"accessPolicies": [{"objectId": "[parameters('n')]", "tenantId": "t"}]},
            {}, {"n": NAME}, {},
            ("replaced", "certain"),
        ),
        (
            {"accessPolicies": [], "enableRbacAuthorization": "[parameters('r')]"},
            {}, {"r": RBAC}, {},
            ("dormant", "default"),
        ),
        (
            {"accessPolicies": [], "enableRbacAuthorization": "[parameters('r')]"},
            {}, {"r": RBAC}, {"r": False},
            ("emptied", "certain"),
        ),
        (
            {"accessPolicies": [], "createMode": "[if(parameters('r'), 'recover', 'default')]"},
            {}, {"r": RBAC}, {},
            ("kept", "default"),
        ),
        (
            {"accessPolicies": []},
            {"condition": "[equals(parameters('n'), 'kv-default')]"},
            {"n": NAME}, {},
            ("emptied", "default"),
        ),
        (
            {"accessPolicies": []},
            {"condition": "[equals(parameters('n'), 'kv-default')]"},
            {"n": NAME}, {"n": "other"},
            ("not-written", "certain"),
        ),
        (
            {"accessPolicies": []},
            {"condition": "[not(empty(parameters('n')))]"},
            {"n": NAME}, {},
            ("emptied", "default"),
        ),
        (
            {"accessPolicies": []},
            {"copy": {"name": "c", "count": "[if(parameters('r'), 1, 0)]"}},
            {"r": RBAC}, {},
            ("emptied", "default"),
        ),
        (
            {"accessPolicies": []},
            {"copy": {"name": "c", "count": "[length(createArray(parameters('n')))]"}},
            {"n": NAME}, {},
            ("emptied", "certain"),
        ),
        (
            {"accessPolicies": "[if(parameters('open'), createArray(), createArray(1))]"},
            {}, {"open": {"type": "bool"}}, {},
            ("emptied", "possible"),
        ),
        (
            {"accessPolicies": "[if(parameters('open'), createArray(), parameters('l'))]"},
            {}, {"open": {"type": "bool"}, "l": EMPTY}, {},
            ("emptied", "default"),
        ),
        (
            {"accessPolicies": "[parameters('l')]"},
            {}, {"l": {"type": "array"}}, {},
            ("undecided", None),
        ),
    ],
)  # fmt: skip
def test_certainty(
    properties: Any,
    headers: Any,
    parameters: Any,
    supplied: Any,
    expected: tuple[str, str | None],
    verdict_on: Ask,
) -> None:
    variables = {"v": "[parameters('l')]"} if "l" in parameters else {}
    got = verdict_on(properties, headers, parameters, supplied, variables=variables)
    assert got == expected


def test_the_default_of_a_nested_template_is_nobodys_to_override(
    template: Ask, vault: Ask, judged: Ask
) -> None:
    inside = template([vault(accessPolicies="[parameters('l')]")], parameters={"l": EMPTY})
    nested = make_deployment("n", inside)
    assert judged(template([nested])).certainty == "certain"
    nested = make_deployment("n", inside, parameters={"l": "[parameters('o')]"})
    assert judged(template([nested], parameters={"o": EMPTY})).certainty == "default"


@pytest.mark.parametrize(
    ("policies", "expected"),
    [
        ([], ("emptied", "certain", None)),
        (
            "[parameters('n')]",
            (
                "undecided",
                None,
                "accessPolicies is [parameters('n')]: Azure would refuse it, since the value of"
                " parameter 'n' must be String, but is Integer",
            ),
        ),
        (
            "[if(equals(parameters('n'), 'x'), createArray(), null())]",
            ("emptied", "possible", None),
        ),
    ],
)
def test_a_refused_parameter_counts_as_not_supplied(
    policies: Any, expected: Any, template: Ask, vault: Ask, judged: Ask
) -> None:
    document = template([vault(accessPolicies=policies)], parameters={"n": NAME})
    got = judged(document, n=5)
    assert (got.verdict, got.certainty, got.reason) == expected
