"""Vaults in a nested deployment that is switched off are listed; no trouble in it is told of."""

from __future__ import annotations

from typing import Any

import pytest
from support import make_deployment, make_template, make_vault

import armguard

OFF = {"off": {"type": "bool", "defaultValue": False}}


def nested(*resources: Any, condition: Any = "[parameters('off')]", **more: Any) -> Any:
    template = make_template(*resources)
    return make_deployment("tier", template, condition=condition, properties=more)


@pytest.mark.parametrize("scope", ["inner", "outer"])
@pytest.mark.parametrize(
    ("condition", "certainty"), [(False, "certain"), ("[parameters('off')]", "default")]
)
def test_they_are_not_written(scope: str, condition: Any, certainty: str) -> None:
    options = {"expressionEvaluationOptions": {"scope": scope}}
    module = nested(nested(make_vault("kv", []), condition=True), condition=condition, **options)
    report = armguard.check(make_template(module, parameters=OFF))
    (vault,) = report.deployments[0].vaults
    assert (vault.name, vault.verdict, vault.certainty) == ("kv", "not-written", certainty)
    assert report.findings == ()


@pytest.mark.parametrize(
    "inside",
    [
        nested(make_vault("kv", []), condition="[nonsense()]"),
        nested(template=None, templateLink={"uri": "https://example.com/vault.json"}),
        nested(template="[parameters('nobody')]"),
        make_vault("[nonsense()]", "[nonsense()]", condition="[nonsense()]"),
        {"type": "Microsoft.KeyVault/vaults", "name": "x", "copy": {"name": "c", "count": "[x()]"}},
    ],
)
def test_nobody_evaluates_what_is_in_it(inside: Any) -> None:
    report = armguard.check(make_template(nested(inside), parameters=OFF))
    assert report.findings == ()
    assert (report.summary.closed, report.summary.undecided) == (0, 0)
