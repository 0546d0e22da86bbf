"""Pieces of HTML: whatever comes from a template goes through `shown` on its way into the page."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape

from armguard.safe_text import visible


def shown(untrusted: str) -> str:
    """Text that shows exactly what it is, between tags as in an attribute in quotes."""
    return escape(visible(untrusted))


def badge(word: str) -> str:
    """A severity or a verdict; these are armguard's own words."""
    return f'<span class="badge {word}">{word}</span>'


def table(caption: str, titles: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    """A table of cells that are HTML already; the first cell of a row is its heading."""
    head = "".join(f'<th scope="col">{title}</th>' for title in titles)
    body = "".join(map(_row, rows))
    return (
        # wider than a narrow window: it scrolls, and the keyboard must reach it for that
        f'<div class="wide" tabindex="0" role="group" aria-label="{caption}">'
        f"<table><caption>{caption}</caption><thead><tr>{head}</tr></thead>"
        f"<tbody>{body}</tbody></table></div>\n"
    )


def _row(cells: Iterable[str]) -> str:
    first, *rest = cells
    return f'<tr><th scope="row">{first}</th>{"".join(f"<td>{cell}</td>" for cell in rest)}</tr>'
