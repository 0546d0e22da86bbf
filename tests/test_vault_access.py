"""Who has access after a deployment, as the report of a vault says it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

import armguard
from armguard.finding.report import Access

Make = Callable[..., dict[str, Any]]


def access(template: Make, vault: Make, entries: Any, **members: Any) -> tuple[Access, ...]:
    report = armguard.check(template([vault(accessPolicies=entries)], **members))
    ((reported,),) = (each.vaults for each in report.deployments)
    return reported.access


@pytest.mark.parametrize(
    ("entry", "expected"),
    [
        (
            {"tenantId": "t", "objectId": "o", "permissions": {"secrets": ["get", "List"]}},
            Access("o", "t", "", (("secrets", ("get", "List")),)),
        ),
        (
            {
                "tenantId": "[subscription().tenantId]",
                "objectId": "[parameters('who')]",
                "applicationId": "a",
                "permissions": {"keys": [], "secrets": "[parameters('what')]"},
            },
            Access(
                "[parameters('who')]",
                "[tenant().tenantId]",
                "a",
                (("keys", ()), ("secrets", ("[parameters('what')]",))),
            ),
        ),
        (
            {"objectId": "o", "permissions": {"keys": ["get", "[parameters('who')]"]}},
            Access("o", "", "", (("keys", ("get", "[parameters('who')]")),)),
        ),
        (
            {"objectId": "o", "permissions": "[parameters('all')]"},
            Access(
                "o",
                "",
                "",
                tuple(
                    (kind, ("[parameters('all')]",))
                    for kind in ("keys", "secrets", "certificates", "storage")
                ),
            ),
        ),
        ({"objectId": "o"}, Access("o", "", "", ())),
    ],
)
def test_an_entry(template: Make, vault: Make, entry: Any, expected: Access) -> None:
    types = {"who": "string", "what": "array", "all": "object"}
    parameters = {name: {"type": kind} for name, kind in types.items()}
    assert access(template, vault, [entry], parameters=parameters) == (expected,)


@pytest.mark.parametrize("entries", [[], "[parameters('list')]"])
def test_no_list_no_access(template: Make, vault: Make, entries: Any) -> None:
    parameters = {"list": {"type": "array"}}
    assert access(template, vault, entries, parameters=parameters) == ()
