"""Pages in Markdown on a terminal: headings, lists, tables and code as somebody reads them.

Whatever is no terminal gets the Markdown itself, which programs and pagers can read.
"""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Mapping
from typing import TextIO

from armguard.cli.streams import knows_escapes, print_text, wants_color
from armguard.safe_text import visible

_WIDEST = 100
"""Wider lines of prose are hard to read."""

_LINK_IN_REPOSITORY = re.compile(r"\[([^\]]*)\]\((?!https?:)[^)]*\)")
_REFERENCE = re.compile(r"^- (https?://\S+)$", re.MULTILINE)
_TABLE = re.compile(r"^(\|.*\|)\n\|[-:| ]+\|\n((?:\|.*\|\n)+)", re.MULTILINE)
_CELL_END = re.compile(r"(?<!\\)\|")
_STYLES = {
    # no background, which would be a guess about the terminal's own
    "markdown.code": "bold cyan",
    "markdown.code_block": "none",
    "markdown.h1": "bold underline",
    "markdown.h2": "bold underline",
}
_COMMENT = re.compile(r"^<!--.*?-->\n", re.MULTILINE | re.DOTALL)


def print_page(markdown: str) -> None:
    """Print a page in the way in which standard output can show it."""
    stream: TextIO | None = sys.stdout
    if stream is None or not stream.isatty() or (stream.encoding or "").lower() != "utf-8":
        print_text(markdown)
        return
    from shutil import get_terminal_size

    print_text(rendered(markdown, get_terminal_size().columns, os.environ, stream))


def rendered(
    markdown: str, columns: int, environment: Mapping[str, str], stream: TextIO | None
) -> str:
    """A page for a terminal of so many columns. Its text, which may be that of a policy, becomes no
    escape sequence."""
    from io import StringIO

    from rich.console import Console
    from rich.markdown import Markdown
    from rich.theme import Theme

    safe = "\n".join(map(visible, markdown.split("\n")))
    # of what leads to another page of docs/ only the words mean something here
    text = _LINK_IN_REPOSITORY.sub(r"\1", _COMMENT.sub("", safe))
    width = min(columns, _WIDEST)
    text = _TABLE.sub(lambda found: _fitting(found, width), text)
    colored = wants_color("auto", environment, stream)
    links = colored and knows_escapes(environment, stream)
    if links:
        text = _REFERENCE.sub(r"- <\1>", text)
    page = StringIO()
    console = Console(
        file=page,
        width=width,
        force_terminal=colored,
        color_system="standard" if colored else None,
        legacy_windows=False,
        theme=Theme(_STYLES),
        _environ={},
    )
    console.print(Markdown(text, code_theme="ansi_dark", hyperlinks=links))
    return "".join(f"{line.rstrip()}\n" for line in page.getvalue().splitlines())


def _fitting(table: re.Match[str], width: int) -> str:
    """A table that is too wide for the terminal as one list for each of its rows."""
    if max(map(len, table[0].splitlines())) <= width:
        return table[0]
    _, *headings = _cells(table[1])
    parts = []
    for row in table[2].splitlines():
        first, *cells = _cells(row)
        said = zip(headings, cells, strict=False)
        parts.append(f"**{first}**\n\n" + "".join(f"- {name}: {cell}\n" for name, cell in said))
    return "\n".join(parts)


def _cells(row: str) -> list[str]:
    return [each.strip() for each in _CELL_END.split(row.strip().strip("|"))]
