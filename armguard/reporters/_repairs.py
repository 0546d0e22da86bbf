"""A repair as the lines of a diff, without what may be a secret in the files that it changes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from armguard.finding import Repair
from armguard.reporters._differences import difference
from armguard.reporters._excerpts.concealed import concealed
from armguard.source.text_edits import Edit, edited


def repaired(repair: Repair, sources: Mapping[str, str]) -> Iterator[str]:
    """The lines, safe to print; `sources`: the texts of the files."""
    for path in dict.fromkeys(each.path for each in repair.replacements):
        old = concealed(path, sources[path])
        edits = (
            Edit(path, each.start, each.end, each.text)
            for each in repair.replacements
            if each.path == path
        )
        yield from difference(path, old, edited(old, edits))
