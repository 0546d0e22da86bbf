"""Functions that are never computed, and what is checked of their arguments all the same."""

from __future__ import annotations

from collections.abc import Callable

import pytest

import armguard


@pytest.mark.parametrize(
    "text",
    [
        "providers('Microsoft.KeyVault')",
        "providers('Microsoft.KeyVault', 'vaults')",
        "pickZones('Microsoft.Compute', 'virtualMachines', 'westeurope')",
        "pickZones('Microsoft.Compute', 'virtualMachines', 'westeurope', 3, 0)",
        "toLogicalZones(1)",
        "toPhysicalZone('s', 'westeurope', '1', json('1.5'))",
        "roleDefinitions('Owner')",
    ],
)
def test_a_call_stays_in_place(text: str) -> None:
    assert isinstance(armguard.evaluate(f"[{text}]"), armguard.Unknown)


@pytest.mark.parametrize(
    "text",
    [
        "providers()",
        "providers(1)",
        "providers('Microsoft.KeyVault', 'vaults', 'x')",
        "pickZones('Microsoft.Compute', 'virtualMachines', null())",
        "pickZones('Microsoft.Compute', 'virtualMachines', 'westeurope', 0)",
        "pickZones('Microsoft.Compute', 'virtualMachines', 'westeurope', -1)",
        "roleDefinitions(1)",
    ],
)
def test_what_they_refuse(text: str, is_refused: Callable[..., None]) -> None:
    is_refused(text)
