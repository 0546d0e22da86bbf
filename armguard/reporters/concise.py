"""The report as one line per finding and the counts, for editors, `grep` and long lists.

What a run has to say besides is left out, but for a bug in armguard: a file that was not analysed
must not look as one in which nothing was found.
"""

from __future__ import annotations

from collections.abc import Iterator

from armguard.finding.report import Report
from armguard.reporters.text import crashed, headline, summary_line


def render(report: Report) -> str:
    return "".join(f"{each}\n" for each in _lines(report))


def _lines(report: Report) -> Iterator[str]:
    yield from (headline(each) for each in report.findings if each.counts)
    yield from map(crashed, report.crashes)
    yield summary_line(report.summary)
