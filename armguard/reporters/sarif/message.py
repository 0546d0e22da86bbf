"""The message of a SARIF result, in which places are links to its related locations.

A link is written `[text](1)`, and viewers look for such links everywhere in a message: text of a
template must not become one.
"""

from __future__ import annotations

import re
from typing import Any

from armguard.finding import Finding, Location
from armguard.record import record
from armguard.safe_text import visible

MESSAGE_ID = "default"
"""Of the only message string of every rule, `{0} ({1}).`: the sentence and its certainty."""

_PLACEHOLDER = re.compile(r"\{\d")
_IN_LINK = str.maketrans({"[": r"\[", "]": r"\]", "\\": r"\\"})


@record
class Link:
    """A related location: `number` is its id, `text` what is to be said of it."""

    number: int
    place: Location
    text: str

    @property
    def written(self) -> str:
        return f"[{visible(str(self.place)).translate(_IN_LINK)}]({self.number})"


def message_with_links(finding: Finding) -> tuple[dict[str, Any], tuple[Link, ...]]:
    """The sentence, a line for each detail, and the places that both name."""
    links = _Links(finding)
    sentence = plain(finding.message)
    lines = [f"{sentence} ({finding.certainty.value})."]
    for detail in finding.details:
        lines.append(f"{plain(detail.label)}: {links.linked(detail.text)}")
    lines.extend(f"see: {link.text} ({link.written})" for link in links.untold())
    text = "\n".join(lines)
    message: dict[str, Any] = {"text": text}
    # viewers put the arguments into the text as well, where a `{0}` of a template would ask for one
    if not _PLACEHOLDER.search(text):
        message |= {"id": MESSAGE_ID, "arguments": [sentence, finding.certainty.value]}
    return message, links.all()


def plain(text: str) -> str:
    """Untrusted text in which nothing is a link."""
    return visible(text).replace("](", "] (")


class _Links:
    """The links of one finding, each place once."""

    def __init__(self, finding: Finding) -> None:
        self._links: dict[tuple[str, str], Link] = {}
        self._told: set[int] = set()
        for related in finding.related:
            self._add(related.location, related.message)
        for detail in finding.details:
            for part in detail.text:
                if isinstance(part, Location):
                    self._add(part, detail.label)

    def _add(self, place: Location, text: str) -> None:
        key = _key(place)
        if key not in self._links:
            self._links[key] = Link(len(self._links) + 1, place, plain(text))

    def linked(self, parts: tuple[str | Location, ...]) -> str:
        text = ""
        for part in parts:
            if isinstance(part, Location):
                link = self._links[_key(part)]
                self._told.add(link.number)
                text += link.written
            else:
                # a link must not come about where two parts meet
                text += plain(f" {part}" if text[-1:] == "]" and part[:1] == "(" else part)
        return text

    def untold(self) -> tuple[Link, ...]:
        return tuple(link for link in self._links.values() if link.number not in self._told)

    def all(self) -> tuple[Link, ...]:
        return tuple(self._links.values())


def _key(place: Location) -> tuple[str, str]:
    return str(place), place.pointer
