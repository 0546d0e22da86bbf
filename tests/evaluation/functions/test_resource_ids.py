"""resourceId() and its kin: segments, scopes, and ids of what is elsewhere."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

import armguard
from armguard.errors import EvaluationError

SUBSCRIPTION = "/subscriptions/00000000-0000-0000-0000-0000000000bb"
OTHER = "00000000-0000-0000-0000-0000000000dd"
GROUP = f"{SUBSCRIPTION}/resourceGroups/rg-one"


def at(place: Any, text: str, **changes: Any) -> Any:
    return armguard.evaluate(f"[{text}]", scope=replace(place, **changes))


@pytest.mark.parametrize(
    ("text", "identifier"),
    [
        ("resourceId('A.B/cs', 'c')", f"{GROUP}/providers/A.B/cs/c"),
        ("resourceId('A.B/cs/ds', 'c', 'd')", f"{GROUP}/providers/A.B/cs/c/ds/d"),
        ("resourceId('rg-two', 'A.B/cs', 'c')",
         f"{SUBSCRIPTION}/resourceGroups/rg-two/providers/A.B/cs/c"),
        (f"resourceId('{OTHER}', 'rg-two', 'A.B/cs', 'c')",
         f"/subscriptions/{OTHER}/resourceGroups/rg-two/providers/A.B/cs/c"),
        ("subscriptionResourceId('A.B/cs', 'c')", f"{SUBSCRIPTION}/providers/A.B/cs/c"),
        (f"subscriptionResourceId('{OTHER}', 'A.B/cs', 'c')",
         f"/subscriptions/{OTHER}/providers/A.B/cs/c"),
        ("tenantResourceId('A.B/cs', 'c')", "/providers/A.B/cs/c"),
        ("extensionResourceId('/x/y', 'A.B/cs', 'c')", "/x/y/providers/A.B/cs/c"),
        ("managementGroupResourceId('mg', 'A.B/cs', 'c')",
         "/providers/Microsoft.Management/managementGroups/mg/providers/A.B/cs/c"),
        ("resourceGroup().id", GROUP),
        ("resourceGroup().location", "westeurope"),
        ("subscription().id", SUBSCRIPTION),
        ("tenant().tenantId", "00000000-0000-0000-0000-0000000000aa"),
        ("deployment().name", "run-1"),
    ],
)  # fmt: skip
def test_ids(text: str, identifier: str, place: Any) -> None:
    assert at(place, text) == identifier


def test_outside_of_groups_ids_have_none(place: Any) -> None:
    assert at(place, "resourceId('A.B/cs', 'c')", level="subscription") == (
        f"{SUBSCRIPTION}/providers/A.B/cs/c"
    )
    for level in ("managementGroup", "tenant"):
        assert at(place, "resourceId('A.B/cs', 'c')", level=level) == "/providers/A.B/cs/c"


@pytest.mark.parametrize(
    "text",
    [
        "resourceId('cs', 'c')",
        "resourceId('A.B/cs')",
        "resourceId('A.B/cs', 'c', 'd')",
        "resourceId('A.B/cs/ds', 'c')",
        "resourceId('A.B/cs', 1)",
        "subscriptionResourceId('A.B/cs')",
        "tenantResourceId('A.B/cs/ds', 'c')",
        "extensionResourceId('/x/y')",
        "managementGroup().name",
        "deployment().location",
        "resourceGroup().nothing",
    ],
)
def test_what_ids_refuse(text: str, place: Any) -> None:
    with pytest.raises(EvaluationError):
        at(place, text)


@pytest.mark.parametrize(
    ("text", "piece"),
    [
        ("resourceId('A.B/cs', 'c')", "/providers/A.B/cs/c"),
        ("resourceId('A.B/cs', environment().name)", "environment().name"),
        ("extensionResourceId(resourceGroup().id, 'A.B/cs', 'c')", "/providers/A.B/cs/c"),
    ],
)
def test_an_id_of_something_unknown_keeps_what_is_known(text: str, piece: str) -> None:
    value = armguard.evaluate(f"[{text}]")
    assert isinstance(value, armguard.Unknown)
    assert piece in str(value)
