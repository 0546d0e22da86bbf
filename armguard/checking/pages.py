"""The pages of the rules with the remedies for what they find, for those who show pages."""

from __future__ import annotations

from collections.abc import Iterable

from armguard.finding import Hazard, RulePage
from armguard.record import replace
from armguard.remedies import all_remedies
from armguard.rules import all_rules, rule_pages

_BEFORE = "\n## Suppress\n"


def pages_with_remedies(pages: Iterable[RulePage] | None = None) -> tuple[RulePage, ...]:
    """These pages, or those of all rules, each with links to what repairs what the rule finds."""
    hazards = {each.id: each.hazard for each in all_rules()}
    every = rule_pages() if pages is None else pages
    return tuple(_with_remedies(each, hazards.get(each.id)) for each in every)


def _with_remedies(page: RulePage, hazard: Hazard | None) -> RulePage:
    if hazard is None:
        return page
    lines = [
        f"- [{each.name}](../remedies.md#{each.name}): {each.summary}"
        for each in all_remedies()
        if hazard in each.hazards
    ]
    said = (
        "",
        "## Remedies",
        "",
        "`armguard fix --list` tells which are possible.",
        "",
        *lines,
        "",
    )
    before, heading, after = page.page.partition(_BEFORE)
    return replace(page, page="\n".join((before.rstrip("\n"), *said)) + heading + after)
