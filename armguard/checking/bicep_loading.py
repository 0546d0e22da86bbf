"""The Bicep files of a run, compiled and ready to be read as templates, and what is to be told of
those that can't be.

A generated `main.json` beside its `main.bicep` is the same root: the Bicep file is checked where it
can be compiled, else what was generated.
"""

from __future__ import annotations

import os
from collections.abc import Collection, Iterator, Mapping
from typing import TYPE_CHECKING

from armguard.checking.bicep_roots import bicep_roots
from armguard.finding.report import Skipped
from armguard.record import field, record
from armguard.source.bicep.files import modules_of, twin_of, used_template
from armguard.source.bicep.places import is_compiled
from armguard.source.bicep_paths import is_bicep
from armguard.source.discovery import Candidate, Unreadable, shown_path
from armguard.source.location import Lines
from armguard.source.pairing import Pairing

if TYPE_CHECKING:
    from armguard.source.bicep.compiled_files import CompiledFiles
    from armguard.source.bicep.diagnostics import Diagnostic

_MOST_ERRORS = 10


@record
class Told:
    """What follows for the files of a run."""

    unreadable: tuple[Unreadable, ...] = ()
    skipped: tuple[Skipped, ...] = ()
    notices: tuple[str, ...] = ()
    names: Mapping[str, str] = field(default_factory=dict)
    """template -> the file that stands for the same root"""


class BicepLoading:
    """`candidates` are all files to be read: what is no Bicep, and what could be compiled."""

    def __init__(
        self, candidates: Collection[Candidate], pairing: Pairing, *, force_exclude: bool
    ) -> None:
        self._pairing = pairing
        self._files = pairing.files.bicep
        others = [each for each in candidates if not is_bicep(each.path)]
        self._roots = bicep_roots(
            [each for each in candidates if is_bicep(each.path)],
            lambda path: bool(pairing.beside(path).by_name),
            force_exclude=force_exclude,
            is_excluded=pairing.is_excluded,
        )
        self._force_exclude = force_exclude
        parameters = [each.path for each in self._roots.parameters]
        pairing.note(parameters)
        self._files.prepare((each.path for each in self._roots.templates), parameters)
        compiled = [each for each in self._roots.templates if self._is_compiled(each.path)]
        self._twins = {each.path: twin for each in compiled if (twin := self._twin(each.path))}
        instead = {twin: root for root, twin in self._twins.items()}
        parts = {part: root.path for root in compiled for part in modules_of(root.path)}
        self._left_out: list[Skipped] = []
        remaining = []
        for each in others:
            owner = instead.get(each.path)
            part_of = parts.get(each.path)
            if each.named and not force_exclude:
                remaining.append(each)
            elif owner is not None:
                reason = f"{owner} is checked in its place, which it is compiled from"
                self._left_out.append(Skipped(each.path, reason))
            elif part_of is not None and not pairing.beside(each.path).by_name:
                self._left_out.append(Skipped(each.path, f"it is deployed as a part of {part_of}"))
            else:
                remaining.append(each)
        self.from_registry = tuple(
            path
            for path in parameters
            if used_template(path) is None and self._files.template_of(path) is not None
        )
        sets = (each for each in self._roots.parameters if each.path not in self.from_registry)
        self.candidates = tuple(sorted((*remaining, *compiled, *sets)))

    def _is_compiled(self, path: str) -> bool:
        return self._files.refusal(path) is None

    def _twin(self, path: str) -> str | None:
        """The template beside a Bicep file that was generated from it."""
        twin = twin_of(path)
        if not os.path.isfile(twin) or not is_compiled(self._pairing.files.of(twin).document):
            return None
        return twin

    def told(self, templates: Collection[str]) -> Told:
        """`templates`: all that were read."""
        unreadable: list[Unreadable] = []
        skipped = [*self._roots.parts, *self._left_out]
        names = dict(self._twins)
        notices = [
            f"{root} is checked in place of {twin}, which is compiled from it"
            for root, twin in self._twins.items()
            if any(each.path == twin for each in self._left_out)
        ]
        for root in self._roots.templates:
            if self._is_compiled(root.path):
                continue
            named = root.named and not self._force_exclude
            twin = self._twin(root.path)
            if twin is not None and twin in templates and not named:
                names[twin] = root.path
                refusal = self._files.refusal(root.path)
                assert refusal is not None
                skipped.append(Skipped(root.path, f"{twin} beside it is read in its place"))
                notices.append(f"{twin} is checked in place of {root.path}: {refusal.reason}")
            else:
                unreadable.extend(refused(self._files, root.path, named))
        known = {each.root for each in unreadable}
        for each in self._roots.parameters:
            # the errors of a template are not told once more for those who use it
            if not self._is_compiled(each.path) and used_template(each.path) not in known:
                named = each.named and not self._force_exclude
                unreadable.extend(refused(self._files, each.path, named))
        return Told(tuple(unreadable), tuple(skipped), tuple(notices), names)


def refused(files: CompiledFiles, path: str, named: bool) -> Iterator[Unreadable]:
    """Why a file could not be compiled: of one that was named each error by itself."""
    refusal = files.refusal(path)
    assert refusal is not None
    places = [_place(each, files) for each in refusal.errors[:_MOST_ERRORS]]
    if not places:
        yield Unreadable(path, refusal.reason, kind="Bicep file", named=named, root=path)
    elif named:
        for where, offset, what in places:
            yield Unreadable(where, what, offset, "Bicep file", named, path)
    else:
        where, offset, _ = places[0]
        related = tuple(places[1:])
        yield Unreadable(where, refusal.reason, offset, "Bicep file", named, path, related)


def _place(error: Diagnostic, files: CompiledFiles) -> tuple[str, int | None, str]:
    """File, offset and what is wrong there."""
    path = shown_path(error.path)
    text = files.text_of(path)
    offset = None if text is None else _offset(text, error.line, error.column)
    return path, offset, f"{error.code}: {error.text}"


def _offset(text: str, line: int, column: int) -> int:
    """Of a line and a column in UTF-16 units, both from 1."""
    start = Lines(text).offset(line)
    units = text[start : start + column].encode("utf-16-le", "surrogatepass")[: 2 * (column - 1)]
    return start + len(units.decode("utf-16-le", "ignore"))
