"""A policy as its page in Markdown; what it says and its examples come from the YAML alone."""

from __future__ import annotations

import json
from collections.abc import Iterator

from armguard.explaining.rule_page import rule_page
from armguard.finding.report import RulePage
from armguard.policy.definition import ExampleKind, Policy, condition_text
from armguard.record import replace
from armguard.version import page_address


def page_of(policy: Policy) -> RulePage:
    page = rule_page(policy.id, policy.severity, policy.title, "\n\n".join(_parts(policy)))
    return replace(page, address=page_address(policy.id)) if policy.is_shipped else page


def _parts(policy: Policy) -> Iterator[str]:
    yield f"# {policy.id}"
    yield "## What it checks"
    yield f"{policy.title[:1].upper()}{policy.title[1:]}."
    yield f"Applies to {', '.join(f'`{each}`' for each in policy.types)}."
    if policy.where is not None:
        yield f"Only where {condition_text(policy.where)}."
    yield f"Requires {condition_text(policy.require)}."
    yield "## Why"
    yield policy.why
    yield from _examples(policy, "violating", "## Example")
    yield "## Use instead"
    yield policy.remedy
    yield from _examples(policy, "compliant")
    yield "## When it can't know"
    yield (
        "Where a value on the way is unknown, the policy is undecided: a note says what is unknown."
    )
    yield from _examples(policy, "undecided")
    if policy.references:
        yield "## References"
        yield "\n".join(f"- {each}" for each in policy.references)


def _examples(policy: Policy, kind: ExampleKind, heading: str = "") -> Iterator[str]:
    found = [each for each in policy.examples if each.kind == kind]
    if found and heading:
        yield heading
    for example in found:
        yield f"```json\n{json.dumps(example.written, indent=2, ensure_ascii=False)}\n```"
