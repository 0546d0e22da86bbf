"""Which line of a TOML file says what: tomllib reads values and forgets where they stood.

It is for people only: found by looking at the beginning of each line, so a text over several lines
that looks like TOML itself can lead it astray, and nothing may ever be decided by it.
"""

from __future__ import annotations

import re

Path = tuple[str | int, ...]
"""Keys from the top, with the index behind that of an array of tables: ("paths", 0, "glob")"""

_HEADER = re.compile(r"\s*+(\[\[?)\s*+([^\[\]]+?)\s*+\]")
_KEY = re.compile(r"""\s*+((?:[\w.-]|"[^"\n]*"|'[^'\n]*'|[ \t]*+\.[ \t]*+)++)\s*+=""")
_PART = re.compile(r"""[\w-]++|"[^"]*"|'[^']*'""")


class TomlLines:
    """Where the keys below `prefix` begin in `text`."""

    def __init__(self, text: str, prefix: tuple[str, ...] = ()) -> None:
        self._prefix = prefix
        self._found: dict[Path, tuple[int, int]] = {}
        counts: dict[Path, int] = {}
        table: Path = ()
        offset = 0
        for number, line in enumerate(text.split("\n"), start=1):
            header, key = _HEADER.match(line), _KEY.match(line)
            if header:
                table = _parts(header[2])
                if header[1] == "[[":
                    counts[table] = counts.get(table, -1) + 1
                    table = (*table, counts[table])
                self._remember(table, number, offset)
            elif key:
                self._remember((*table, *_parts(key[1])), number, offset)
            offset += len(line) + 1

    def line(self, *path: str | int) -> int | None:
        """The line, from 1, of a key or of the nearest thing around it; None: nothing is known."""
        place = self._nearest(path)
        return None if place is None else place[0]

    def offset(self, *path: str | int) -> int:
        """Where that line begins, in characters; 0 where nothing is known."""
        place = self._nearest(path)
        return 0 if place is None else place[1]

    def _remember(self, path: Path, number: int, offset: int) -> None:
        for length in range(1, len(path) + 1):
            self._found.setdefault(path[:length], (number, offset))

    def _nearest(self, path: Path) -> tuple[int, int] | None:
        full = (*self._prefix, *path)
        for length in range(len(full), len(self._prefix) - 1, -1):
            if full[:length] in self._found:
                return self._found[full[:length]]
        return None


def _parts(text: str) -> Path:
    return tuple(part.strip("\"'") for part in _PART.findall(text))
