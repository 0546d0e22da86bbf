"""The pages of the rules that found something, and the ways out, to read without armguard."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from armguard.finding.report import Report, RulePage
from armguard.reporters.html.markdown import as_html
from armguard.reporters.html.text import shown


def rules_of(report: Report) -> dict[str, RulePage]:
    """The rules that found something: id in the page -> rule."""
    found = {finding.rule for finding in report.findings}
    rules = [rule for rule in report.rules if rule.id in found]
    return {f"rule-{number}": rule for number, rule in enumerate(rules, 1)}


def ways_of(report: Report) -> dict[str, str]:
    """The sections of the guide: id in the page -> title."""
    return {f"way-{number}": title for number, (title, _) in enumerate(report.guide, 1)}


def rule_pages(rules: Mapping[str, RulePage], targets: Mapping[str, str]) -> Iterator[str]:
    """`targets`: what a link of a page may name -> its id in the report."""
    for anchor, rule in rules.items():
        title = f"<code>{shown(rule.id)}</code> {shown(rule.summary)}"
        yield from _folded(anchor, title, _without_title(rule), targets)


def guide(report: Report, targets: Mapping[str, str]) -> Iterator[str]:
    for anchor, (title, page) in zip(ways_of(report), report.guide, strict=True):
        yield from _folded(anchor, shown(title), page, targets)


def _without_title(rule: RulePage) -> str:
    first, _, rest = rule.page.lstrip().partition("\n")
    return rest if first == f"# {rule.id}" else rule.page


def _folded(anchor: str, title: str, page: str, targets: Mapping[str, str]) -> Sequence[str]:
    return (
        f'<details class="page"><summary><h3>{title}</h3></summary>\n',
        # inside, because browsers unfold what a link leads into
        f'<div id="{anchor}">{as_html(page, 4, targets)}</div></details>\n',
    )
