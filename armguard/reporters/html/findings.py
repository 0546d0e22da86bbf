"""The findings of the HTML report, file by file, with excerpts; and below them the accepted ones.

Severity and text can be filtered: the script of the page relies on the classes that are given here.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from html import escape
from itertools import groupby

from armguard.finding import Certainty, Finding, Report
from armguard.reporters._details import told
from armguard.reporters._excerpts.rows import Excerpts, Row
from armguard.reporters.html.text import badge, shown, table

_COLUMNS = 240
"""Characters of a line in an excerpt; the page breaks lines, so this is about size only."""

_CERTAINTIES = {
    Certainty.CERTAIN: "so with this template and these parameters",
    Certainty.DEFAULT: "so unless somebody overrides the parameter that now has its default",
    Certainty.POSSIBLE: "so in one of the cases that the template itself writes down",
}


def findings(report: Report, anchors: Mapping[str, str]) -> Iterator[str]:
    """The findings that count; `anchors`: rule -> the id of its description in the page."""
    excerpts = Excerpts(report.sources, _COLUMNS)
    open_ = [each for each in report.findings if each.counts]
    if not open_:
        yield "<p>Nothing was found.</p>\n"
    for path, group in groupby(open_, key=lambda each: each.location.path):
        yield f'<section class="file"><h3>{shown(path)}</h3>\n'
        for finding in group:
            yield from _finding(finding, excerpts, anchors)
        yield "</section>\n"


def accepted(report: Report) -> str:
    """The findings that are suppressed or in the baseline; empty where there are none."""
    rows = [
        (
            shown(str(each.location)),
            shown(each.rule),
            shown(each.message),
            shown(_acceptance(each)),
        )
        for each in report.findings
        if each.suppressed or each.baselined
    ]
    if not rows:
        return ""
    return table("Accepted findings, which do not count", ("Where", "Rule", "What", "Why"), rows)


def _acceptance(finding: Finding) -> str:
    if finding.suppressed is None:
        return "in the baseline"
    until = f" (until {finding.suppressed.until})" if finding.suppressed.until else ""
    return f"suppressed: {finding.suppressed.reason or 'no reason is given'}{until}"


def _finding(finding: Finding, excerpts: Excerpts, anchors: Mapping[str, str]) -> Iterator[str]:
    severity, certainty = finding.severity.value, finding.certainty
    rule = shown(finding.rule)
    if finding.rule in anchors:
        rule = f'<a href="#{anchors[finding.rule]}">{rule}</a>'
    yield (
        f'<article class="finding {severity}"><h4>{badge(severity)} {shown(finding.message)}</h4>'
        f'<p class="place"><code>{shown(str(finding.location))}</code> {rule}'
        f' <span title="{_CERTAINTIES[certainty]}">{certainty.value}</span></p>\n'
        f"{_excerpt(excerpts.around(finding.location))}<dl>"
    )
    for detail, places in told(finding):
        text = shown("".join(map(str, detail.text)))
        yield f"<dt>{shown(detail.label)}</dt><dd>{text}"
        yield from (_excerpt(excerpts.beginning(place)) for place in places)
        yield "</dd>\n"
    yield "</dl></article>\n"


def _excerpt(rows: Sequence[Row]) -> str:
    return f"<pre>{''.join(map(_line, rows))}</pre>\n" if rows else ""


def _line(row: Row) -> str:
    text = row.text
    before, marked, behind = text[: row.start], text[row.start : row.end], text[row.end :]
    written = f"{escape(before)}<mark>{escape(marked)}</mark>{escape(behind)}"
    return f'<code data-line="{row.number}">{written if row.end else escape(text)}</code>'
