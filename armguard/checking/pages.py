"""The pages of the rules with the remedies for what they find, and the guide to these remedies."""

from __future__ import annotations

import re
from collections.abc import Iterable

from armguard.finding import Hazard
from armguard.finding.report import Report, RulePage
from armguard.record import replace
from armguard.remedies import all_remedies
from armguard.rules import all_rules, rule_pages
from armguard.source.shipped import shipped

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


def ways_out_of(report: Report) -> tuple[tuple[str, str], ...]:
    """The sections of the guide to the ways out that are of use for what counts; those that are
    about no single remedy belong to the loss of access. Empty where nothing can be repaired."""
    hazards = {each.hazard for each in report.findings if each.counts} - {None}
    others = {each.name for each in all_remedies() if hazards.isdisjoint(each.hazards)}
    guide = shipped("docs", "remedies.md") if hazards else None
    if guide is None:
        return ()
    is_loss = hazards != {"version"}
    remedies = {each.name for each in all_remedies()}
    _, *sections = re.split(r"(?m)^## (.+)\n", guide.read_text("utf-8"))
    return tuple(
        (title, page.strip())
        for title, page in zip(sections[::2], sections[1::2], strict=True)
        if title not in others and (is_loss or title in remedies)
    )
