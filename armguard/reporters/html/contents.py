"""The index of the HTML report: its sections, and in each the first of what it has."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from armguard.finding import cut
from armguard.record import record
from armguard.reporters.html.effects import Effect, Told
from armguard.reporters.html.text import link, shown

_MOST = 12
"""Entries of a section."""
_LONGEST = 80
"""Characters of an entry."""


@record
class Part:
    """A section as the index names it."""

    anchor: str
    title: str
    number: int | None = None
    """how many there are of what it shows; None: that is not counted"""
    entries: tuple[tuple[str, str], ...] = ()
    """(id, text) of what is in it"""


def of_vaults(effects: Sequence[Effect]) -> Part:
    entries = ((each.anchor, f"{each.name}: {each.state.word}") for each in effects)
    return Part("vaults", "Vaults", len(effects), tuple(entries))


def of_findings(told: Sequence[Told]) -> Part:
    entries = (
        (each.anchor, f"{each.finding.rule} {each.finding.location}".strip()) for each in told
    )
    return Part("findings", "Findings", len(told), tuple(entries))


def of_pages(anchor: str, title: str, pages: Mapping[str, str]) -> Part:
    """`pages`: id in the page -> title."""
    return Part(anchor, title, len(pages), tuple(pages.items()))


def contents(parts: Iterable[Part]) -> str:
    return f'<nav aria-label="Contents"><ul>{"".join(map(_part, parts))}</ul></nav>\n'


def _part(part: Part) -> str:
    number = "" if part.number is None else f" ({part.number})"
    entries = [
        f"<li>{link(anchor, shown(cut(text, _LONGEST)))}</li>\n"
        for anchor, text in part.entries[:_MOST]
    ]
    more = len(part.entries) - len(entries)
    if more > 0:
        entries.append(f"<li>and {more} more</li>\n")
    inner = f"<ul>{''.join(entries)}</ul>" if entries else ""
    return f"<li>{link(part.anchor, part.title)}{number}{inner}</li>\n"
