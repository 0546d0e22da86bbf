"""The pages of the rules, each with the remedies for what it finds."""

from __future__ import annotations

from collections.abc import Iterable

from armguard.explaining.rule_page import rule_page
from armguard.finding import Hazard, RulePage
from armguard.rules import Rule, all_rules


def rule_pages(rules: Iterable[Rule] | None = None) -> tuple[RulePage, ...]:
    """These rules, or all, as documentation."""
    every = all_rules() if rules is None else rules
    return tuple(
        rule_page(each.id, each.severity, each.summary, each.page, _remedies(each.hazard))
        for each in every
    )


def _remedies(hazard: Hazard | None) -> str:
    """The section that names the remedies, each with a link to what is said of it."""
    if hazard is None:
        return ""
    from armguard.remedies import all_remedies

    lines = [
        f"- [{each.name}](../remedies.md#{each.name}): {each.summary}"
        for each in all_remedies()
        if hazard in each.hazards
    ]
    return "\n".join(
        ("## Remedies", "", "`armguard fix --list` tells which are possible.", "", *lines)
    )
