"""Verdicts on the vaults of small templates, without any knowledge of the place."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

import armguard
from armguard.finding.report import VaultReport

ONE = {
    "tenantId": "00000000-0000-0000-0000-0000000000aa",
    "objectId": "00000000-0000-0000-0000-000000000001",
    "permissions": {"secrets": ["get"]},
}


@pytest.fixture(scope="session")
def one() -> dict[str, Any]:
    """An access policy."""
    return ONE


@pytest.fixture(scope="session")
def judged() -> Callable[..., VaultReport]:
    """The report on the only vault of a template."""

    def judge(template: Any, **supplied: Any) -> VaultReport:
        given = {name: {"value": value} for name, value in supplied.items()}
        report = armguard.check(template, given)
        assert report.crashes == ()
        (vault,) = report.deployments[0].vaults
        return vault

    return judge


@pytest.fixture(scope="session")
def verdict_on(
    template: Callable[..., dict[str, Any]],
    vault: Callable[..., dict[str, Any]],
    judged: Callable[..., VaultReport],
) -> Callable[..., tuple[str, str | None]]:
    """(verdict, certainty) of a vault that is written with these properties and headers."""

    def judge(
        properties: dict[str, Any],
        headers: dict[str, Any] | None = None,
        parameters: dict[str, Any] | None = None,
        supplied: dict[str, Any] | None = None,
        **members: Any,
    ) -> tuple[str, str | None]:
        resource = {**vault(**properties), **(headers or {})}
        document = template([resource], parameters=parameters or {}, **members)
        report = judged(document, **(supplied or {}))
        return report.verdict, report.certainty

    return judge
