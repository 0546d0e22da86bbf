"""The findings of the HTML report, the worst first, with excerpts; and the accepted ones.

Severity and text can be filtered: the script of the page relies on the classes that are given here.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from html import escape

from armguard.finding import Finding, Severity
from armguard.finding.report import Report
from armguard.reporters._details import told, worst_first
from armguard.reporters._excerpts.rows import Excerpts, Row
from armguard.reporters.html.effects import Effect, Told
from armguard.reporters.html.summary import CERTAINTIES
from armguard.reporters.html.text import badge, link, shown, table

_COLUMNS = 240
"""Characters of a line in an excerpt; the page breaks lines, so this is about size only."""
_FEW = 10
"""Vaults that are named with a finding."""
_WEIGHTS = {Severity.ERROR: "bad", Severity.WARNING: "doubtful", Severity.NOTE: "plain"}


def counted(report: Report) -> tuple[Told, ...]:
    """The findings that count, the worst first."""
    found = enumerate(worst_first(report), 1)
    return tuple(Told(finding, f"finding-{number}") for number, finding in found)


def not_counted(report: Report) -> tuple[Told, ...]:
    """The findings that somebody has accepted."""
    found = enumerate((each for each in report.findings if not each.counts), 1)
    return tuple(Told(finding, f"accepted-{number}") for number, finding in found)


def findings(
    report: Report,
    found: Sequence[Told],
    vaults: Mapping[str, Sequence[Effect]],
    anchors: Mapping[str, str],
) -> Iterator[str]:
    """`vaults`: the id of a finding -> what it is about; `anchors`: a rule or a way out -> the id
    of its description in the page."""
    excerpts = Excerpts(report.sources, _COLUMNS)
    if not found:
        yield "<p>Nothing was found.</p>\n"
    for each in found:
        yield from _finding(each, excerpts, vaults.get(each.anchor, ()), anchors)


def accepted(found: Sequence[Told], vaults: Mapping[str, Sequence[Effect]]) -> str:
    """The findings that are suppressed or in the baseline."""
    rows = [
        (
            f'<span id="{each.anchor}">{shown(str(each.finding.location))}</span>',
            shown(each.finding.rule),
            shown(each.finding.message),
            _about(vaults.get(each.anchor, ())) or "-",
            shown(_acceptance(each.finding)),
        )
        for each in found
    ]
    titles = ("Where", "Rule", "What", "Vault", "Why it does not count")
    return table("Accepted findings, which do not count", titles, rows)


def _acceptance(finding: Finding) -> str:
    if finding.suppressed is None:
        return "in the baseline"
    until = f" (until {finding.suppressed.until})" if finding.suppressed.until else ""
    return f"suppressed: {finding.suppressed.reason or 'no reason is given'}{until}"


def _about(vaults: Sequence[Effect]) -> str:
    """Links to the vaults."""
    links = [link(each.anchor, shown(each.name)) for each in vaults[:_FEW]]
    if len(vaults) > _FEW:
        links.append(f"and {len(vaults) - _FEW} more")
    return ", ".join(links)


def _finding(
    each: Told, excerpts: Excerpts, vaults: Sequence[Effect], anchors: Mapping[str, str]
) -> Iterator[str]:
    finding = each.finding
    severity, certainty = finding.severity.value, finding.certainty
    rule = shown(finding.rule)
    if finding.rule in anchors:
        rule = link(anchors[finding.rule], rule)
    yield (
        f'<article id="{each.anchor}" class="finding {severity}">'
        f"<h3>{badge(severity, _WEIGHTS[finding.severity])} {shown(finding.message)}</h3>"
        f'<p class="place"><code>{shown(str(finding.location))}</code> {rule}</p>\n'
        f"{_excerpt(excerpts.around(finding.location))}<dl>"
    )
    if finding.leaves_open is None:
        yield f"<dt>how sure</dt><dd>{certainty.value}: {CERTAINTIES[certainty]}</dd>\n"
    if vaults:
        yield f"<dt>vault</dt><dd>{_about(vaults)}</dd>\n"
    label = ""
    for detail, places in told(finding):
        text = shown("".join(map(str, detail.text)))
        # several of one kind, such as all who lose something, have their name once
        yield "" if detail.label == label else f"<dt>{shown(detail.label)}</dt>"
        yield f"<dd>{text}"
        label = detail.label
        yield from (_excerpt(excerpts.beginning(place)) for place in places)
        yield "</dd>\n"
    ways = [link(anchors[way], shown(way)) for way in finding.remedies if way in anchors]
    if ways:
        yield f"<dt>ways out</dt><dd>{', '.join(ways)}</dd>\n"
    yield "</dl></article>\n"


def _excerpt(rows: Sequence[Row]) -> str:
    return f'<pre class="excerpt">{"".join(map(_line, rows))}</pre>\n' if rows else ""


def _line(row: Row) -> str:
    text = row.text
    before, marked, behind = text[: row.start], text[row.start : row.end], text[row.end :]
    written = f"{escape(before)}<mark>{escape(marked)}</mark>{escape(behind)}"
    return f'<code data-line="{row.number}">{written if row.end else escape(text)}</code>'
