"""Where the rules that compare with deployed vaults point."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from conftest_deployed import (
    Compared,
    deployed_vault,
    entry_of,
    inventory_of,
    workspace_of,
    written_child,
    written_vault,
)

Compare = Callable[..., Compared]
ON = {"enableRbacAuthorization": True}
READING, WRITING = entry_of("app"), entry_of("app", secrets=["get", "set"])
MLW = workspace_of("mlw", "mlw")


def pointed_at(compared: Compared, rule: str) -> str:
    """The text of the only finding of a rule, from its start to its end, blanks as one."""
    (finding,) = compared.of(rule)
    start, end = finding.location.start, finding.location.end
    assert start is not None
    assert end is not None
    lines = compared.report.sources["main.json"].splitlines()[start.line - 1 : end.line]
    lines[-1] = lines[-1][: end.column - 1]
    lines[0] = lines[0][start.column - 1 :]
    return " ".join(" ".join(lines).split())


@pytest.mark.parametrize(
    ("rule", "live", "workspaces", "written", "expected"),
    [
        ("access-lost", [READING], [], [written_vault([])], '"accessPolicies": []'),
        (
            "access-narrowed",
            [WRITING],
            [],
            [written_child("replace", READING)],
            '"accessPolicies": [ { "tenantId"',
        ),
        (
            "access-narrowed",
            [WRITING],
            [],
            [written_vault([READING])],
            '"accessPolicies": [ { "tenantId"',
        ),
        (
            "permission-model-flip",
            [READING],
            [],
            [written_vault([], properties=ON)],
            '"enableRbacAuthorization": true',
        ),
        (
            "deployment-would-fail",
            [READING],
            [],
            [written_vault([READING], location="northeurope")],
            '"location": "northeurope"',
        ),
        (
            "workspace-access-already-lost",
            [READING],
            [MLW],
            [written_vault([READING])],
            '"accessPolicies": [ { "tenantId"',
        ),
    ],
)
def test_finding_points_at_the_property(
    compare: Compare, rule: str, live: list[Any], workspaces: list[Any], written: Any, expected: str
) -> None:
    inventory = inventory_of(deployed_vault(*live), workspaces=workspaces)
    assert pointed_at(compare(inventory, *written), rule).startswith(expected)
