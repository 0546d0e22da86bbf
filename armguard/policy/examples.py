"""The examples of a policy, run: each must come out as the policy says it does."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from armguard.errors import EvaluationError
from armguard.evaluation.facts import DeploymentScope, root_facts
from armguard.evaluation.runtime import NoRuntime
from armguard.evaluation.scope import Session
from armguard.finding import Location
from armguard.policy.definition import Example, Policy
from armguard.policy.engine import judge
from armguard.templates.deployment import Deployment
from armguard.templates.template import level_of


def wrong_examples_of(policy: Policy) -> Iterator[str]:
    """One sentence for each example that comes out otherwise than it is filed."""
    for example in policy.examples:
        place = f"{policy.path}:{example.line}"
        try:
            outcome = _outcome(policy, example)
        except EvaluationError as error:
            outcome = f"no template: {error}"
        if outcome != example.kind:
            yield f"{place}: this {example.kind} example of '{policy.id}' is {outcome}"


def _outcome(policy: Policy, example: Example) -> str:
    template = template_of(example)
    deployment = Deployment(
        template,
        Location("<example>"),
        {},
        root_facts(DeploymentScope(), level_of(template)),
        Session(strict=False, runtime=NoRuntime()),
    )
    kinds = {judged.kind for judged in judge((policy,), deployment)}
    applies = any(policy.applies_to(each.type) for each in deployment.resources())
    if kinds & {"violated", "possible"}:
        return "violating"
    if "undecided" in kinds:
        return "undecided"
    return "compliant" if applies or kinds else "about no resource of the policy"


def template_of(example: Example) -> Mapping[str, Any]:
    """The example as a template: what is a resource by itself becomes its only one."""
    if "resources" in example.written and "type" not in example.written:
        return example.written
    return {"resources": [{"name": "example", **example.written}]}
