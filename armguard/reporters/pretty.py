"""The report for somebody at a terminal: excerpts with what matters underlined, file by file.

A terminal shows the end, so the worst comes last, and is said once more above the last line, which
is the summary of the text report, word for word. Of rich only its table of character widths is
used: laying out 5,000 findings with it takes thirty times as long as writing them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby

from rich.cells import cell_len, get_character_cell_size

from armguard.finding import Certainty, Detail, Finding, Repair, Severity
from armguard.finding.report import Report
from armguard.record import replace
from armguard.reporters import text
from armguard.reporters._details import plural, told
from armguard.reporters._excerpts.rows import CUT, Excerpts, Row
from armguard.reporters._repairs import repaired
from armguard.safe_text import line, visible

_PAPER = 80
"""The width where there is no terminal."""

_NARROWEST, _WIDEST = 40, 200
"""Narrower leaves no room for an excerpt."""

_WIDEST_PROSE = 100
"""Wider lines of prose are hard to read; excerpts and diffs take all the room there is."""

_INDENT = "  "
_LABEL = 9
"""Columns for `because: `; longer labels push their text to the right."""

_NUMBER = 5
"""Columns for the number of a line."""

_OF_FINDING, _OF_DETAIL = 4, 3
"""Lines of an excerpt."""

_MOST_OF_A_REPAIR = 40
"""Lines of a diff."""

_GUTTER = len(_INDENT) + _NUMBER + len(" | ")
_COLOURS = {Severity.ERROR: "1;31", Severity.WARNING: "1;33", Severity.NOTE: "1;36"}
_BOLD, _QUIET, _BLUE, _GREEN = "1", "2", "34", "1;32"
_SEVERITIES, _CERTAINTIES = tuple(Severity), tuple(Certainty)

_WAYS_OUT = ("fix", "or")
"""The details that send somebody to another place, which is shown there."""

_LEGEND = {
    Certainty.CERTAIN: "so with this template and these parameters",
    Certainty.DEFAULT: "so unless somebody gives the named parameter another value",
    Certainty.POSSIBLE: "so in one of the cases that the template itself provides for",
}
_COLONS = re.compile(":(?=:)")


def render(
    report: Report, *, width: int | None = None, color: bool = False, links: bool = False
) -> str:
    """The report for a terminal of `width` columns, by default 80; `color`: with colours; `links`:
    the rules lead to their pages, where these are on the web, and no address has to be read."""
    columns = max(_NARROWEST, min(width or _PAPER, _WIDEST))
    return "".join(f"{each}\n" for each in _Page(report, columns, color, links).lines())


class _Page:
    def __init__(self, report: Report, width: int, color: bool, links: bool) -> None:
        self._report = report
        self._width = width
        self._prose = min(width, _WIDEST_PROSE)
        self._color = color
        self._links = links
        self._addresses = {each.id: each.address for each in report.rules}
        self._excerpts = Excerpts(report.sources, width - _GUTTER - 2 * len(CUT))

    def lines(self) -> Iterator[str]:
        report = self._report
        shown = worst_last(report.findings)
        for path, findings in groupby(shown, key=lambda each: each.location.path):
            yield from self._file(path, list(findings))
        yield from self._legend(shown)
        *remarks, summary = text.render(replace(report, findings=())).splitlines()
        for remark in remarks:
            yield from self._remark(remark)
        if remarks and shown:
            yield ""
        if shown and shown[-1].severity is not Severity.NOTE:
            yield from self._decisive(shown[-1])
        yield self._styled(summary, self._colour_of_summary())

    def _legend(self, shown: Sequence[Finding]) -> Iterator[str]:
        """What the words in parentheses mean, where one is not plain."""
        used = {each.certainty for each in shown}
        if used <= {Certainty.CERTAIN}:
            return
        for certainty, meaning in _LEGEND.items():
            if certainty in used:
                for each in _wrapped(f"({certainty.value}): {meaning}", self._prose):
                    yield self._styled(each, _QUIET)
        yield ""

    def _decisive(self, worst: Finding) -> Iterator[str]:
        said = f"{worst.severity.value}: {worst.message} ({worst.certainty.value})"
        for each in _wrapped(_prose(said), self._prose):
            yield self._styled(each, _COLOURS[worst.severity])
        yield f"{self._styled('-->', _BLUE)} {visible(str(worst.location))}"

    def _colour_of_summary(self) -> str:
        summary = self._report.summary
        if summary.errors:
            return _COLOURS[Severity.ERROR]
        if summary.warnings:
            return _COLOURS[Severity.WARNING]
        open_questions = summary.undecided or summary.closed or self._report.crashes
        return _BOLD if open_questions or not summary.templates else _GREEN

    def _file(self, path: str, findings: Sequence[Finding]) -> Iterator[str]:
        counts = [
            plural(number, severity.value)
            for severity in Severity
            if (number := sum(each.severity is severity for each in findings))
        ]
        title = self._styled(line(path), _BOLD)
        yield f"{title}  {self._styled(', '.join(counts), _QUIET)}"
        yield ""
        for finding in findings:
            yield from self._finding(finding)
            yield ""

    def _finding(self, finding: Finding) -> Iterator[str]:
        severity = finding.severity
        said = f"{severity.value}[{finding.rule}]: {finding.message} ({finding.certainty.value})"
        first, *more = _wrapped(_prose(said), self._prose - len(_INDENT))
        address = self._addresses.get(finding.rule, "")
        styled = self._styled(severity.value, _COLOURS[severity])
        rest = first[len(severity.value) :]
        if self._links and address:
            rest = rest.replace(finding.rule, _link(finding.rule, address), 1)
        yield _INDENT + styled + rest
        yield from (_INDENT + each for each in more)
        arrow = self._styled("-->", _BLUE)
        # in one piece, however long: many terminals make a link of it
        yield f"{_INDENT}{arrow} {visible(str(finding.location))}"
        yield from self._excerpt(self._excerpts.part(finding.location, _OF_FINDING), severity)
        for detail, places in told(finding):
            yield from self._labelled(detail)
            for place in places if detail.label not in _WAYS_OUT else ():
                yield from self._excerpt(self._excerpts.part(place, _OF_DETAIL), severity)
        if address and not self._links:
            # in one piece as well
            yield f"{_INDENT}{' ' * _LABEL}{address}"
        if finding.repair is not None:
            yield from self._repair(finding.repair)

    def _repair(self, repair: Repair) -> Iterator[str]:
        yield from self._labelled(Detail(repair.remedy, (repair.does,)))
        rows = [*repaired(repair, self._report.sources)]
        for row in rows[:_MOST_OF_A_REPAIR]:
            code = {"+": "32", "-": "31", "@": "36"}.get(row[:1], "")
            is_change = row[:1] in ("+", "-")
            for shown in self._folded(row.expandtabs(4), whole=is_change):
                yield f"{_INDENT * 2}{self._styled(shown, code) if code else shown}".rstrip()
        if len(rows) > _MOST_OF_A_REPAIR:
            more = f"... {len(rows) - _MOST_OF_A_REPAIR} more lines: armguard fix shows them"
            yield f"{_INDENT * 2}{self._styled(more, _QUIET)}"

    def _folded(self, row: str, *, whole: bool) -> Iterator[str]:
        """A row of a diff, where its end may be what differs in as many lines as it needs."""
        room = self._width - 2 * len(_INDENT)
        shown = _beginning(row, room)
        yield shown
        while whole and (row := row[len(shown) :]):
            shown = _beginning(row, room - len(_INDENT))
            yield _INDENT + line(shown)

    def _labelled(self, detail: Detail) -> Iterator[str]:
        label = f"{visible(detail.label)}:".ljust(_LABEL - 1) + " "
        room = self._prose - len(_INDENT) - len(label)
        first, *more = _wrapped(_prose("".join(map(str, detail.text))), room)
        yield f"{_INDENT}{self._styled(label, _BOLD)}{first}"
        yield from (" " * (len(_INDENT) + len(label)) + each for each in more)

    def _excerpt(self, rows: Sequence[Row], severity: Severity) -> Iterator[str]:
        for row in rows:
            number = self._styled(f"{row.number:>{_NUMBER}} |", _BLUE)
            shown = _beginning(row.text, self._width - _GUTTER)
            yield f"{_INDENT}{number} {shown}".rstrip()
            if row.end:
                bar = self._styled(" " * _NUMBER + " |", _BLUE)
                blank = " " * cell_len(shown[: row.start])
                marks = "^" * max(cell_len(shown[row.start : row.end]), 1)
                yield f"{_INDENT}{bar} {blank}{self._styled(marks, _COLOURS[severity])}"

    def _remark(self, remark: str) -> Iterator[str]:
        """A line of the text report, which is safe already."""
        words = remark.lstrip()
        indent = remark[: len(remark) - len(words)]
        first, *more = _wrapped(_prose(words), self._prose - len(indent) - len(_INDENT))
        yield indent + first
        yield from (indent + _INDENT + each for each in more)

    def _styled(self, text: str, code: str) -> str:
        return f"\x1b[{code}m{text}\x1b[0m" if self._color else text


def _link(text: str, address: str) -> str:
    """OSC 8, which terminals that do not know it leave out; the address is one of our own."""
    return f"\x1b]8;;{address}\x1b\\{text}\x1b]8;;\x1b\\"


def worst_last(findings: Iterable[Finding]) -> list[Finding]:
    """Those that count, file by file: of files and in each file the worst comes last."""
    files: dict[str, list[Finding]] = {}
    for each in findings:
        if each.counts:
            files.setdefault(each.location.path, []).append(each)
    sorted_files = (sorted(each, key=_badness) for each in files.values())
    return [each for file in sorted(sorted_files, key=lambda f: _badness(f[-1])) for each in file]


def _badness(finding: Finding) -> tuple[int, int]:
    return -_SEVERITIES.index(finding.severity), -_CERTAINTIES.index(finding.certainty)


def _prose(untrusted: str) -> str:
    """One line that may be broken anywhere: on GitHub `::` at the beginning is a command."""
    return _COLONS.sub(r"\\u003a", visible(untrusted))


def _wrapped(words: str, width: int) -> list[str]:
    """Lines of at most `width` columns; only words that are longer are broken."""
    lines: list[str] = []
    width = max(width, _NARROWEST // 2)
    used = width + 1
    for word in words.split(" "):
        size = len(word) if word.isascii() else cell_len(word)
        if used + 1 + size <= width:
            lines[-1] += f" {word}"
            used += 1 + size
            continue
        while size > width:
            head = _beginning(word, width)
            lines.append(head)
            word = word[len(head) :]
            size = cell_len(word)
        lines.append(word)
        used = size
    return lines


def _beginning(row: str, width: int) -> str:
    """As much of a text as fits into `width` columns."""
    if row.isascii():
        return row[:width]
    used = 0
    for index, character in enumerate(row):
        used += get_character_cell_size(character)
        if used > width:
            return row[:index]
    return row
