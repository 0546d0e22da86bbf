"""Loops of nested deployments in each other: looked into as far as any real template goes, and what
was not looked into is said."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from support import make_deployment

import armguard
from armguard.evaluation.scope import OPENINGS, RESOURCES_INSIDE

Ask = Callable[..., Any]


def in_loops(resources: list[Any], *counts: int, make: Ask) -> dict[str, Any]:
    """A template that deploys the resources in loops of nested deployments, the outermost last."""
    document: dict[str, Any] = make(resources)
    for level, count in enumerate(counts):
        name = f"[concat('level{level}-', copyIndex())]"
        copy = {"name": "round", "count": count}
        document = make([make_deployment(name, document, copy=copy)])
    return document


def told(report: armguard.Report) -> set[str]:
    return {each.message for each in report.findings if each.rule == "undecided-vault"}


@pytest.mark.usefixtures("ends")
def test_millions_are_not_looked_into(template: Ask, vault: Ask) -> None:
    document = in_loops([vault(accessPolicies=[])], *[8] * 8, make=template)
    report = armguard.check(document)
    assert report.crashes == ()
    assert len(report.deployments[0].vaults) < OPENINGS
    messages = told(report)
    assert len(messages) == 8
    assert all("was not looked into, so vaults in it are undecided: after" in m for m in messages)


@pytest.mark.usefixtures("ends")
def test_loops_of_many_vaults_are_not_all_looked_into(template: Ask, vault: Ask) -> None:
    many = {**vault("[concat('kv', copyIndex())]", accessPolicies=[])}
    many["copy"] = {"name": "each", "count": 800}
    report = armguard.check(in_loops([many], 800, make=template))
    count = len(report.deployments[0].vaults)
    assert RESOURCES_INSIDE < count < RESOURCES_INSIDE + 1_000
    assert told(report)


@pytest.mark.usefixtures("ends")
def test_an_expansion_says_what_it_left_out(template: Ask, thing: Ask) -> None:
    expansion = armguard.expand(in_loops([thing()], *[8] * 8, make=template))
    assert len(expansion.resources) < OPENINGS
    left_out = [each for each in expansion.problems if "was not opened: after" in each.message]
    assert len(left_out) == len(expansion.problems) > 0


def test_as_many_as_real_templates_have_are_all_looked_into(template: Ask, vault: Ask) -> None:
    report = armguard.check(in_loops([vault(accessPolicies=[])], 4, 5, 6, make=template))
    assert len(report.deployments[0].vaults) == 4 * 5 * 6
    assert not told(report)
