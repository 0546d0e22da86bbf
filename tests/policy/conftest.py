"""Small policies and deployments in memory."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from armguard.evaluation.facts import DeploymentScope, root_facts
from armguard.evaluation.runtime import NoRuntime
from armguard.evaluation.scope import Session
from armguard.finding import Location
from armguard.policy.definition import Policy
from armguard.policy.loader import parse_yaml
from armguard.policy.reading import policy_of
from armguard.templates.deployment import Deployment
from armguard.templates.parameters import GivenParameter, supply


def make_policy(require: Any, where: Any = None, **members: Any) -> Policy:
    """A policy about everything whose title is 'it is wrong'."""
    written = {
        "id": "own-policy",
        "title": "it is wrong",
        "severity": "error",
        "why": "Because.\n\nAt length.",
        "applies-to": "*",
        "require": require,
        "remedy": "Make it right.",
        **({} if where is None else {"where": where}),
        **members,
    }
    return policy_of(parse_yaml(json.dumps(written), "own.yaml"))


def make_deployment(template: dict[str, Any], **given: Any) -> Deployment:
    """A root deployment to a resource group as a check makes it."""
    values = {name.lower(): GivenParameter(name, {"value": given[name]}) for name in given}
    return Deployment(
        template,
        Location("main.json"),
        supply(values),
        root_facts(DeploymentScope(), "resourceGroup"),
        Session(strict=False, runtime=NoRuntime()),
    )


@pytest.fixture(scope="session")
def policy() -> Callable[..., Policy]:
    return make_policy


@pytest.fixture(scope="session")
def deploy() -> Callable[..., Deployment]:
    return make_deployment
