"""What is said below a finding, and which places are shown with it.

Every related place is told of once: rules name most of them in a detail already.
"""

from __future__ import annotations

from collections.abc import Iterator

from armguard.finding import Detail, Finding, Location


def told(finding: Finding) -> Iterator[tuple[Detail, tuple[Location, ...]]]:
    """The details of a finding, each with the places to show below it."""
    shown = {finding.location}
    for detail in _details(finding):
        places = [each for each in detail.text if isinstance(each, Location)]
        new = tuple(dict.fromkeys(each for each in places if each not in shown))
        shown.update(new)
        yield detail, new


def _details(finding: Finding) -> Iterator[Detail]:
    yield from finding.details
    named = {each for detail in finding.details for each in detail.text}
    for related in finding.related:
        if related.location not in named:
            yield Detail("see", (f"{related.message} (", related.location, ")"))
    if finding.parameters:
        yield Detail("with", (", ".join(finding.parameters),))
    yield Detail("more", (f"armguard rules {finding.rule}",))
