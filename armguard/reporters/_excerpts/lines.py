"""Excerpts of a source text for reports: the text of a region, and that of the lines around it.

Values of parameters that may be secret are never quoted, in no neighbouring line either: a report
travels further than a template.
"""

from __future__ import annotations

from io import StringIO

from armguard.finding import Location
from armguard.record import record
from armguard.reporters._excerpts.concealed import concealed

_AROUND = 2
_MAXIMUM = 2000
"""Characters of an excerpt; a template in one line would otherwise be quoted as a whole."""


@record
class Excerpt:
    """Whole lines `first` to `last`, both from 1; `text` is without the last line's end."""

    first: int
    last: int
    text: str


class SourceLines:
    """The lines of one file; made once for all findings that point into it."""

    def __init__(self, path: str, text: str) -> None:
        # like the positions of findings, and unlike splitlines(): only CR, LF and both end a line
        self._rows = list(StringIO(concealed(path, text.removeprefix("\ufeff")), newline=""))
        if not self._rows or self._rows[-1][-1] in "\r\n":
            self._rows.append("")

    @property
    def count(self) -> int:
        return len(self._rows)

    def region(self, location: Location) -> str | None:
        """The text from start to end; None where it is unknown or too long."""
        start, end = location.start, location.end
        if start is None or end is None:
            return None
        rows = self._rows[start.line - 1 : end.line]
        if not rows:
            return None
        rows[-1] = rows[-1][: end.column - 1]
        text = "".join(rows)[start.column - 1 :]
        return text if 0 < len(text) <= _MAXIMUM else None

    def around(self, location: Location) -> Excerpt | None:
        """The lines of a region with two more above and below; None where they are too long."""
        start, end = location.start, location.end
        if start is None or end is None:
            return None
        first = max(start.line - _AROUND, 1)
        last = min(end.line + _AROUND, len(self._rows))
        rows = self._rows[first - 1 : last]
        if not rows:
            return None
        text = "".join((*rows[:-1], rows[-1].rstrip("\r\n")))
        return Excerpt(first, last, text) if 0 < len(text) <= _MAXIMUM else None
