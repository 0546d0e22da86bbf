"""Going straight to one resource finds what a walk through all of them finds."""

from __future__ import annotations

from typing import Any

import pytest

from armguard.evaluation.facts import DeploymentScope, root_facts
from armguard.evaluation.runtime import NoRuntime
from armguard.evaluation.scope import Session
from armguard.finding import Location
from armguard.templates.deployment import Deployment


def deployment_of(resources: Any) -> Deployment:
    template = {"parameters": {"n": {"type": "int"}}, "resources": resources}
    facts = root_facts(DeploymentScope(), "resourceGroup")
    return Deployment(
        template, Location("t.json"), {}, facts, Session(strict=False, runtime=NoRuntime())
    )


def thing(name: str = "t", **members: Any) -> dict[str, Any]:
    return {"type": "My.Own/things", "apiVersion": "2024-01-01", "name": name, **members}


CHILDREN = [thing("a"), thing("b", resources=[thing("c", type="parts"), thing("d", type="parts")])]
LOOP = {"name": "l", "count": 3}
ODD = "[odd|name/with~every[0]thing"


@pytest.mark.parametrize(
    ("resources", "number"),
    [
        (CHILDREN, 4),
        ([thing("x[copyIndex()]", copy=LOOP), thing("y")], 4),
        ([thing("x", copy={**LOOP, "count": 0}), thing("y")], 1),
        ([thing("x", copy={**LOOP, "count": "[parameters('n')]"}), thing("y")], 2),
        ({"one": thing("x"), "two": thing("y", copy=LOOP)}, 4),
        ({ODD: thing("x", copy=LOOP), "two": thing("y")}, 4),
        ({"a": thing("x"), "a|b": thing("y"), "a[b": thing("z"), "a~": thing("u")}, 4),
        ([thing(str(number)) for number in range(12)], 12),
    ],
)
def test_each_is_found_by_its_key(resources: Any, number: int) -> None:
    deployment = deployment_of(resources)
    walked = list(deployment.resources())
    assert len(walked) == number
    for resource in walked:
        found = [each for each in deployment.resources(towards=resource.key) if each is resource]
        assert found == [resource]


def test_others_are_not_even_made() -> None:
    deployment = deployment_of([thing("x", copy={**LOOP, "count": 800}), *CHILDREN])
    (one,) = deployment.resources(towards="|/resources/0[799]")
    assert one.key == "|/resources/0[799]"
    around, inside = deployment.resources(towards="|/resources/2|/resources/2/resources/1")
    assert (around.key, inside.key) == (
        "|/resources/2",
        "|/resources/2|/resources/2/resources/1",
    )


@pytest.mark.parametrize(
    "key",
    ["", "|", "|/resources", "|/resources/99", "|/resources/0[7]", "|/outputs/0", "|/resources/x"],
)
def test_what_is_not_there(key: str) -> None:
    deployment = deployment_of([thing("x", copy=LOOP), thing("y")])
    assert list(deployment.resources(towards=key)) == []
