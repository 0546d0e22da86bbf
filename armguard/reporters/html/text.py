"""Pieces of HTML: whatever comes from a template goes through `shown` on its way into the page."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from html import escape

from armguard.safe_text import visible


def shown(untrusted: str) -> str:
    """Text that shows exactly what it is, between tags as in an attribute in quotes."""
    return escape(visible(untrusted))


def badge(word: str, weight: str) -> str:
    """A severity, or what becomes of a vault; `weight` gives its colour. Both are armguard's own
    words."""
    return f'<span class="badge {weight}">{word}</span>'


def link(anchor: str, content: str) -> str:
    """A link to a place in the page; the content is HTML already."""
    return f'<a href="#{anchor}">{content}</a>'


def section(name: str, title: str, content: Iterable[str]) -> Iterator[str]:
    """A part of the page with a heading."""
    yield f'<section id="{name}" aria-labelledby="{name}-title">'
    yield f'<h2 id="{name}-title">{title}</h2>\n'
    yield from content
    yield "</section>\n"


def answers(pairs: Iterable[tuple[str, str]]) -> Iterator[str]:
    """Names with what belongs to them, which is HTML already; without those that have nothing."""
    yield "<dl>"
    yield from (f"<dt>{name}</dt><dd>{what}</dd>\n" for name, what in pairs if what)
    yield "</dl>\n"


def bullets(items: Iterable[str]) -> str:
    """A list of what is HTML already; empty for none."""
    written = "".join(f"<li>{each}</li>\n" for each in items)
    return f"<ul>{written}</ul>\n" if written else ""


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
    return f'<tr><th scope="row">{first}</th>{"".join(f"<td>{cell}</td>" for cell in rest)}</tr>\n'
