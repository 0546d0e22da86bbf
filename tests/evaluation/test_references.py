"""reference() and its kin: what is written in the template itself is known, the rest is left."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

import armguard

Ask = Callable[..., Any]
GROUP = "/subscriptions/00000000-0000-0000-0000-0000000000bb/resourceGroups/rg-one"
TARGET = f"{GROUP}/providers/My.Own/things/target"


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("reference('target').size", 5),
        ("reference('TARGET').SIZE", 5),
        ("reference(resourceId('My.Own/things', 'target')).size", 5),
        ("reference('target', '2024-01-01').size", 5),
        ("reference('target', '2024-01-01', 'Full').properties.size", 5),
        ("reference('target').inner.list[0]", "x"),
        ("reference('target')['inner'].list", ["x"]),
        ("concat('is ', string(reference('target').size))", "is 5"),
        ("reference('target').computed", "ab"),
        ("reference('target').other", f"[reference('{TARGET}', '2024-01-01').other]"),
        (
            "reference('target').inner.more.still",
            f"[reference('{TARGET}', '2024-01-01').inner.more.still]",
        ),
        ("reference('target', '2023-01-01').size", f"[reference('{TARGET}', '2023-01-01').size]"),
        (
            "reference('target', '2024-01-01', 'Full').location",
            f"[reference('{TARGET}', '2024-01-01', 'Full').location]",
        ),
        ("reference('/a/b', '2024-01-01').c", "[reference('/a/b', '2024-01-01').c]"),
        (
            "listKeys('target', '2024-01-01').keys[0]",
            "[listKeys('target', '2024-01-01').keys[0]]",
        ),
        ("listAnything('target', '1').a", "[listAnything('target', '1').a]"),
    ],
)
def test_what_is_written_is_known(
    text: str, value: Any, template: Ask, thing: Ask, expanded: Ask
) -> None:
    target = thing("target", size=5, inner={"list": ["x"]}, computed="[concat('a', 'b')]")
    resources = [thing("asking", asked=f"[{text}]"), target]
    shown = expanded(template(resources)).resources[0]["properties"]["asked"]
    assert shown == value


def test_symbolic_names_are_referred_to(template: Ask, thing: Ask, expanded: Ask) -> None:
    resources = {
        "asking": thing("a", by="[reference('it').size]", info="[resourceInfo('it').name]"),
        "it": thing("target", size=5),
        "loop": {
            **thing("[format('l{0}', copyIndex())]", index="[copyIndex()]"),
            "copy": {"name": "loop", "count": 2},
        },
        "all": thing(
            "b", sizes="[map(references('loop'), lambda('x', lambdaVariables('x').index))]"
        ),
        "one": thing("c", first="[reference(format('loop[{0}]', 1)).index]"),
    }
    shown = {
        resource["name"]: resource["properties"]
        for resource in expanded(template(resources, languageVersion="2.0")).resources
    }
    assert shown["a"] == {"by": 5, "info": "target"}
    assert shown["b"] == {"sizes": [0, 1]}
    assert shown["c"] == {"first": 1}


@pytest.mark.parametrize("written", [{"condition": False}, {"existing": True}])
def test_what_is_not_written_is_not_known(
    written: Any, template: Ask, thing: Ask, expanded: Ask
) -> None:
    resources = {
        "it": {**thing("target", size=5), **written},
        "asking": thing("a", asked="[reference('it').size]"),
    }
    shown = expanded(template(resources, languageVersion="2.0")).resources[-1]
    assert shown["properties"]["asked"].startswith("[reference('")


def test_two_that_refer_to_each_other_are_left(template: Ask, thing: Ask, expanded: Ask) -> None:
    resources = [
        thing("a", of="[reference('b').of]"),
        thing("b", of="[reference('a').of]"),
        thing("c", of="[reference('c').of]"),
    ]
    for resource in expanded(template(resources)).resources:
        assert resource["properties"]["of"].startswith("[reference(")


def test_a_check_does_not_look_at_what_it_does_not_need(
    template: Ask, thing: Ask, vault: Ask
) -> None:
    import armguard

    resources = [
        thing("broken", a="[nosuch()]"),
        {**thing("[nosuch()]"), "condition": "[nosuch()]"},
        vault(accessPolicies=[]),
    ]
    report = armguard.check(template(resources))
    assert [finding.rule for finding in report.findings] == ["access-policies-emptied"]


@pytest.mark.parametrize(
    ("text", "verdict", "certainty"),
    [
        ("tryGet(reference('cluster'), 'profile')", "emptied", "possible"),
        ("reference('cluster').profile", "emptied", "possible"),
        ("tryGet(reference('cluster'), 'none')", "emptied", "possible"),
        ("tryGet(reference('cluster').inner, 'profile')", "emptied", "possible"),
        ("reference('cluster').size", "replaced", "certain"),
    ],
)
def test_what_is_written_as_null_azure_may_fill_in(
    text: str, verdict: str, certainty: str, template: Ask, vault: Ask, thing: Ask
) -> None:
    """Only in a check: the engine predicts null."""
    cluster = thing("cluster", profile=None, inner={"profile": None}, size=5)
    policies = f"[if(empty({text}), createArray(), createArray('somebody'))]"
    if "size" in text:
        policies = f"[if(equals({text}, 6), createArray(), createArray('somebody'))]"
    report = armguard.check(template([cluster, vault(accessPolicies=policies)]))
    (judged,) = report.deployments[0].vaults
    assert (judged.verdict, judged.certainty) == (verdict, certainty)
