"""Judged templates, and the same ones judged again with other texts, without touching a file.

Only what a changed file takes part in is judged anew; the order and the number of the judged stay.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping
from functools import cached_property
from typing import TYPE_CHECKING, Any

from armguard.checking.checks import Checks
from armguard.checking.judging import Judged, connect, judge, opened
from armguard.checking.loading import template_of
from armguard.checking.parameter_values import ParameterFiles, assigned_parameters
from armguard.checking.planning import Job
from armguard.errors import UnreadableFileError
from armguard.evaluation.unknown import Value
from armguard.finding import Finding, Location
from armguard.pointer import keys_of
from armguard.record import replace
from armguard.source.bicep_paths import is_bicep
from armguard.source.json_text import parse_json
from armguard.source.linking import Links
from armguard.source.text_edits import Edit, by_path, edited
from armguard.templates.deployment import Deployment

if TYPE_CHECKING:
    from armguard.deployed.inventory import DeployedState
    from armguard.source.bicep.compiled_files import CompiledFiles
    from armguard.source.bicep.places import Places
    from armguard.source.bicep.trying import ChangedFiles


class Texts:
    """The texts of files, those that were changed before those that are read."""

    def __init__(
        self,
        read: Callable[[str], str],
        changed: Mapping[str, str] | None = None,
        bicep: CompiledFiles | None = None,
        own: dict[str, frozenset[str]] | None = None,
    ) -> None:
        """`bicep`: the Bicep files of the run; None: there are none. `own`: what is known of the
        files that these take in."""
        self._read = read
        self.changed = changed or {}
        self._documents: dict[str, Any] = {}
        self._bicep = bicep
        self._own = {} if own is None else own

    def close(self) -> None:
        if self._bicep is not None:
            self._bicep.close()

    def text(self, path: str) -> str:
        """Raises `UnreadableFileError`."""
        return self.changed[path] if path in self.changed else self._read(path)

    def original(self, path: str) -> str:
        """As it was before any change."""
        return self._read(path)

    @cached_property
    def _compiled(self) -> ChangedFiles | None:
        if self._bicep is None:
            return None
        from armguard.source.bicep.trying import ChangedFiles

        return ChangedFiles(self._bicep, self.changed)

    def places(self, path: str) -> Places | None:
        """Where what a Bicep file is compiled to comes from; None: it is none. Raises
        `UnreadableFileError`."""
        compiled = self._compiled
        return compiled.places(path) if compiled is not None and is_bicep(path) else None

    def document(self, path: str) -> Any:
        """What is in a file, or what it is compiled to. Raises `UnreadableFileError`."""
        places = self.places(path)
        if places is not None:
            return places.document
        if path not in self._documents:
            self._documents[path] = parse_json(self.text(path))
        return self._documents[path]

    def with_changes(self, changed: Mapping[str, str]) -> Texts:
        return Texts(self._read, {**self.changed, **changed}, self._bicep, self._own)

    def own_files(self, path: str) -> frozenset[str]:
        """The files that have a say in what is in a file: those that a Bicep file takes in."""
        if not is_bicep(path):
            return frozenset((path,))
        if path not in self._own:
            from armguard.source.bicep.trying import own_files

            self._own[path] = frozenset(own_files(path))
        return self._own[path]


class Looked:
    """All that was judged with some texts, and what the rules say of it."""

    def __init__(
        self,
        texts: Texts,
        judged: tuple[Judged, ...],
        checks: Checks,
        links: Links,
        deployed: DeployedState | None = None,
        assignments: tuple[tuple[str, str], ...] = (),
    ) -> None:
        self.texts = texts
        self.judged = judged
        self.links = replace(links, read=texts.text)
        self.deployed = deployed
        self._checks = checks
        self._assignments = assignments
        self._found: dict[int, tuple[Finding, ...]] = {}

    def close(self) -> None:
        """End what compiles."""
        self.texts.close()

    def findings_of(self, index: int) -> tuple[Finding, ...]:
        """What the selected rules find in one of the judged, accepted or not."""
        if index not in self._found:
            found = self._checks.in_template(self.judged[index])
            self._found[index] = tuple(self._checks.selected(found))
        return self._found[index]

    @cached_property
    def findings(self) -> tuple[Finding, ...]:
        return tuple(each for i in range(len(self.judged)) for each in self.findings_of(i))

    def source_of(self, place: Location) -> Location:
        """Where something is written: of what is compiled from Bicep the file, and the names that
        declare it there, which stay when the compiled template changes."""
        places = self.texts.places(place.path)
        declared = None if places is None else places.declared_at(place.pointer)
        if declared is None:
            return place
        path, names = declared
        return Location(path).child(*names)

    @cached_property
    def vaults(self) -> dict[Location, tuple[str | int, ...]]:
        """Place of each vault -> what stays of it when that moves: its file, the name as it is
        written, and which one of that name it is."""
        places: dict[tuple[str, str], set[Location]] = {}
        for judged in self.judged:
            for each in judged.case.assessment.vaults:
                place = self.source_of(each.place)
                key = (place.path, each.resource.written)
                places.setdefault(key, set()).add(place)
        return {
            place: (*key, number)
            for key, found in places.items()
            for number, place in enumerate(sorted(found, key=in_text))
        }

    def with_files(self, paths: Iterable[str]) -> list[int]:
        """The positions of those in which one of these files takes part."""
        wanted = set(paths)
        return [
            index
            for index, each in enumerate(self.judged)
            if any(not wanted.isdisjoint(self.texts.own_files(path)) for path in _files_of(each))
        ]

    def opened(
        self, index: int, edits: Iterable[Edit] = (), instead: Mapping[str, Value] | None = None
    ) -> Deployment:
        """A new evaluation of one of the judged, after edits and with other values of root
        parameters, by lower-case names, where some are given. Raises `EvaluationError`, and
        `UnreadableFileError` for a text that can't be read any more."""
        job = self.judged[index].job
        assert job is not None
        texts, changed = self.texts, self._edited(edits)
        if changed:
            texts = texts.with_changes(changed)
            files = ParameterFiles(texts.document)
            job = self._job(self.judged[index], texts, files, changed)
        links = replace(self.links, read=texts.text)
        return opened(job, links, deployed=self.deployed, instead=instead)

    def _edited(self, edits: Iterable[Edit]) -> dict[str, str]:
        """The texts that are changed by edits; raises `EditError`."""
        text = self.texts.text
        return {path: edited(text(path), each) for path, each in by_path(edits).items()}

    def changed_since(self, before: Looked) -> list[int]:
        """The positions of those in which a file takes part that has another text by now."""
        changed = self.texts.changed
        old = before.texts.changed
        return self.with_files(path for path, text in changed.items() if old.get(path) != text)

    def after(self, edits: Iterable[Edit]) -> Looked:
        """The same after edits. Raises `UnreadableFileError` for a text that can't be read any
        more, and `EditError`."""
        changed = self._edited(edits)
        texts = self.texts.with_changes(changed)
        links = replace(self.links, read=texts.text)
        affected = set(self.with_files(changed))
        files = ParameterFiles(texts.document)
        judged = [
            judge(self._job(each, texts, files, changed), (), self.deployed, links)
            if index in affected
            else each
            for index, each in enumerate(self.judged)
        ]
        looked = Looked(
            texts, connect(judged), self._checks, links, self.deployed, self._assignments
        )
        for index, found in self._found.items():
            if index not in affected:
                looked._found[index] = found
        return looked

    def without_deployed_state(self, indices: Collection[int]) -> Looked:
        """The same, those at these positions as if deployed state had not been asked about."""
        judged = [
            judge(each.job, (), None, self.links)
            if index in indices and each.job is not None
            else each
            for index, each in enumerate(self.judged)
        ]
        return Looked(
            self.texts, connect(judged), self._checks, self.links, None, self._assignments
        )

    def _job(
        self, judged: Judged, texts: Texts, files: ParameterFiles, changed: Mapping[str, str]
    ) -> Job:
        assert judged.job is not None
        job = judged.job
        path = job.template.path
        if not texts.own_files(path).isdisjoint(changed):
            template = template_of(path, texts.text(path), texts.document(path), named=True)
            if template is None:
                raise UnreadableFileError(f"'{path}' would be no template any more")
            job = replace(
                job,
                template=replace(
                    job.template,
                    document=template.document,
                    # what Bicep files are compiled to may hold more than their root says
                    may_concern_vaults=is_bicep(path) or template.may_concern_vaults,
                    kept=template.kept,
                ),
            )
        given = files.given(job.parameter_files)
        given.update(assigned_parameters(self._assignments, job.template.document))
        return replace(job, given=given)


def _files_of(judged: Judged) -> set[str]:
    return {*judged.case.assessment.documents, *judged.parameter_files, judged.path}


def once(edits: Iterable[Edit]) -> tuple[Edit, ...]:
    """Of Bicep each edit once: several places of a compiled template may come from one text."""
    found: dict[object, Edit] = {}
    for each in edits:
        is_same = is_bicep(each.path)
        found[(each.path, each.start, each.end, each.text) if is_same else id(each)] = each
    return tuple(found.values())


def in_text(place: Location) -> list[tuple[int, str]]:
    """For sorting places of one file: as in the text, as far as elements of arrays go."""
    return [(int(key), "") if key.isdecimal() else (-1, key) for key in keys_of(place.pointer)]


def count(findings: Iterable[Finding]) -> Counter[tuple[str, ...]]:
    """How many findings there are of each kind, wherever they stand now."""
    return Counter(map(identity, findings))


def identity(finding: Finding) -> tuple[str, ...]:
    """What stays of a finding when its place moves."""
    return (*cause(finding), *finding.parameters)


def cause(finding: Finding) -> tuple[str, ...]:
    """The same of what is told once in a report, with whichever parameter files it occurs."""
    if finding.hazard == "version":
        # told once for each file, at the first resource that it is about
        return (finding.rule, finding.location.path)
    resource = finding.resource
    name = () if resource is None else (resource.type, resource.written or resource.name)
    return (finding.rule, finding.subject, *name)
