"""Reads templates. What is none is skipped and counted; what can't be read is told of.

What is a template its `$schema` says, not its name, and before that it is only guessed, on the safe
side, what need not be parsed. A policy definition, or an artifact of a Blueprint, may hold one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from armguard.errors import UnreadableFileError
from armguard.evaluation.values import find_key
from armguard.finding import Location
from armguard.finding.report import Skipped
from armguard.record import field, record, replace
from armguard.source.bicep_paths import is_bicep
from armguard.source.discovery import STDIN, Candidate, Discovery, Unreadable
from armguard.source.json_file import JsonFile
from armguard.source.json_files import what_is
from armguard.source.json_text import decode
from armguard.source.one_file import RealPaths
from armguard.source.pairing import Pairing
from armguard.source.schema import is_parameters, is_template
from armguard.source.words import has_word
from armguard.templates.holding import may_hold

if TYPE_CHECKING:
    from armguard.templates.kept_file import KeptTemplate


@record
class Template:
    """A template that could be read, and the parameter files that were named for it."""

    path: str
    document: Mapping[str, Any]
    """the template: all of the file, unless that holds it"""
    parameter_files: tuple[str, ...] | None = None
    """None: those beside it are looked for"""
    may_concern_vaults: bool = True
    """False: nothing in its text speaks of vaults, workspaces or other files"""
    kept: KeptTemplate | None = None
    """how the file holds it, if the file is something else"""
    links: tuple[str, ...] = ()
    """other paths of the same file that were found as well"""
    named: bool = False
    """whether somebody asked for this very file"""
    named_files: tuple[str, ...] = ()
    """parameter files that somebody named beside it"""
    from_stdin: bool = False
    """whether it was read from standard input, so that nothing is beside it, whatever it is called
    """

    @property
    def names(self) -> tuple[str, ...]:
        """All paths of the file."""
        return (self.path, *self.links)

    @property
    def place(self) -> Location:
        keys = () if self.kept is None else self.kept.keys
        return Location(self.path).child(*keys)

    @property
    def file(self) -> Mapping[str, Any]:
        """All that was parsed."""
        return self.document if self.kept is None else self.kept.file


def template_of(path: str, text: str, document: Any, *, named: bool) -> Template | None:
    """What was parsed, if it is a template or holds one; `named`: somebody took it for one."""
    kept = None
    if not is_template(document) and not (named and _is_meant_as_template(document)):
        from armguard.templates.kept_file import kept_template

        kept = kept_template(document)
        if kept is None:
            return None
        document = kept.template
    concerned = _may_concern_vaults(text, document)
    return Template(path, document, may_concern_vaults=concerned, kept=kept, named=named)


@record
class Sources:
    templates: tuple[Template, ...] = ()
    """sorted by path"""
    texts: Mapping[str, str] = field(default_factory=dict)
    """path -> text of every file that says that it is a template, also of one that can't be
    parsed"""
    unreadable: tuple[Unreadable, ...] = ()
    skipped: tuple[Skipped, ...] = ()
    parameter_files: tuple[str, ...] = ()
    """those that were met in a folder"""
    notices: tuple[str, ...] = ()
    """what a person should know about it, one sentence each"""


def load(
    discovery: Discovery,
    read_stdin: Callable[[], bytes],
    pairing: Pairing,
    *,
    force_exclude: bool = False,
) -> Sources:
    """What there is to check: each file once, under the name that somebody gave and under its own
    rather than that of a link. With `force_exclude` a runner chose the files, so one that is named
    is treated as one that was met in a folder."""
    reader = _Reader(read_stdin, pairing)
    reader.unreadable.extend(discovery.unreadable)
    reader.skipped.extend(Skipped(path, reason) for path, reason in discovery.skipped)
    candidates = discovery.candidates
    bicep = None
    if any(is_bicep(each.path) for each in candidates):
        from armguard.checking.bicep_loading import BicepLoading

        bicep = BicepLoading(candidates, pairing, force_exclude=force_exclude)
        candidates = bicep.candidates
    parameter_files = []
    by_name = sorted(candidates, key=lambda each: (not each.named, reader.is_link(each)))
    for candidate in by_name:
        meant = candidate.named and not force_exclude
        if reader.is_parameter_file(candidate.path, meant):
            parameter_files.append(candidate)
        else:
            reader.read(candidate.path, named=meant)
    named = (each.path for each in parameter_files if each.named)
    named_for = reader.templates_of(named, meant=not force_exclude)
    without_files = set(reader.templates)
    for path, files in named_for.items():
        # of Bicep, what can't be compiled is an error only where a person asked for it
        own = reader.read(path, named=not (force_exclude and is_bicep(path)))
        if own is None:
            continue
        found = reader.templates[own]
        if own in without_files:
            # with all others that are found beside it
            reader.templates[own] = replace(found, named_files=tuple(files))
        else:
            every = (*(found.parameter_files or ()), *files)
            reader.templates[own] = replace(found, parameter_files=every)
    notices = discovery.notices
    if bicep is not None:
        for path in bicep.from_registry:
            reader.take_from_registry(path)
        told = bicep.told(reader.templates)
        notices = (*notices, *told.notices)
        reader.take(told.unreadable, told.skipped, told.names)
    return Sources(
        tuple(reader.templates[path] for path in sorted(reader.templates)),
        reader.texts,
        tuple(reader.unreadable),
        tuple(reader.skipped),
        tuple(each.path for each in parameter_files if not each.named),
        notices,
    )


def with_stdin_as(path: str, sources: Sources) -> Sources:
    """The same, with what was read from standard input under this path, in place of the file that
    may be there as well."""

    def own(each: str) -> str:
        return path if each == STDIN else each

    texts = sources.texts
    if STDIN in texts:
        texts = {**{each: texts[each] for each in texts if each != STDIN}, path: texts[STDIN]}
    is_read = any(each.path == STDIN for each in sources.templates)
    templates = [each for each in sources.templates if not (is_read and path in each.names)]
    return replace(
        sources,
        templates=tuple(
            sorted(
                (replace(each, path=own(each.path)) for each in templates),
                key=lambda each: each.path,
            )
        ),
        texts=texts,
        unreadable=tuple(replace(each, path=own(each.path)) for each in sources.unreadable),
        skipped=tuple(replace(each, path=own(each.path)) for each in sources.skipped),
    )


class _Reader:
    """What was read so far."""

    def __init__(self, read_stdin: Callable[[], bytes], pairing: Pairing) -> None:
        self._read_stdin = read_stdin
        self._pairing = pairing
        self._real_paths = RealPaths()
        self._names: dict[str, str] = {}
        self.templates: dict[str, Template] = {}
        self.texts: dict[str, str] = {}
        self.unreadable: list[Unreadable] = []
        self.skipped: list[Skipped] = []

    def is_link(self, candidate: Candidate) -> bool:
        return candidate.path != STDIN and self._real_paths.is_link(candidate.path)

    def is_parameter_file(self, path: str, meant: bool) -> bool:
        if path == STDIN:
            return False
        self._pairing.files.of(path, meant=meant)
        return self._pairing.is_parameter_file(path)

    def templates_of(self, parameter_files: Iterable[str], *, meant: bool) -> dict[str, list[str]]:
        """The templates that these parameter files belong to, each with its files."""
        found: dict[str, list[str]] = {}
        for path in parameter_files:
            templates = self._pairing.templates_of(path)
            if len(templates) == 1:
                found.setdefault(templates[0], []).append(path)
            elif is_bicep(path) and self._pairing.files.of(path).error is not None:
                continue  # that is told of
            elif meant and not templates and (error := self._pairing.files.of(path).error):
                self.unreadable.append(
                    Unreadable(path, error.discreet, error.offset, "parameter file")
                )
            else:
                self.skipped.append(Skipped(path, why_not_used(templates)))
        return found

    def take_from_registry(self, parameter_file: str) -> None:
        """Take the template that a Bicep parameter file has from a registry."""
        file = self._pairing.files.bicep.template_of(parameter_file)
        assert file is not None
        template = template_of(parameter_file, file.compiled or "", file.document, named=True)
        if template is not None:
            self.templates[parameter_file] = replace(template, parameter_files=(parameter_file,))
            self.texts[parameter_file] = file.text or ""

    def take(
        self,
        unreadable: Iterable[Unreadable],
        skipped: Iterable[Skipped],
        names: Mapping[str, str],
    ) -> None:
        """What is told of Bicep files, and other names of templates that were read."""
        known = {each.root for each in self.unreadable if each.root}
        self.unreadable.extend(each for each in unreadable if each.root not in known)
        self.skipped.extend(skipped)
        for path, other in names.items():
            own = self.templates.get(path)
            if own is not None:
                self.templates[path] = replace(own, links=(*own.links, other))

    def read(self, path: str, *, named: bool) -> str | None:
        """Take a file for a template if it is one. The path under which it is; None: it is none."""
        own = path if path == STDIN else self._names.setdefault(self._real_paths.of(path), path)
        if own == path and path not in self.templates:
            return path if self._is_template(path, named) else None
        known = self.templates.get(own)
        if known is None:
            return None
        if path not in known.names:
            self.templates[own] = replace(
                known, links=(*known.links, path), named=known.named or named
            )
        return own

    def _is_template(self, path: str, named: bool) -> bool:
        file = self._file(path, named)
        if file.error is not None:
            self._refuse(path, file, file.error, named)
            return False
        template = None
        if file.kind != "parameters" and file.document is not None:
            text = file.compiled or file.text or ""
            template = template_of(path, text, file.document, named=named)
        if template is None:
            return self._is_none(path)
        self.texts[path] = file.text or ""
        self.templates[path] = replace(template, from_stdin=path == STDIN)
        return True

    def _file(self, path: str, named: bool) -> JsonFile:
        if path != STDIN:
            return self._pairing.files.of(path, meant=named)
        try:
            return what_is(decode(self._read_stdin()), meant=True)
        except UnreadableFileError as error:
            return JsonFile("template", error=error)

    def _refuse(self, path: str, file: JsonFile, error: UnreadableFileError, named: bool) -> None:
        says_so = file.kind == "template"
        if is_bicep(path):
            from armguard.checking.bicep_loading import refused

            self.take(refused(self._pairing.files.bicep, path, named), (), {})
            return
        if not says_so and not named:
            reason = "not a deployment template" if file.text is not None else str(error)
            self.skipped.append(Skipped(path, reason))
            return
        if file.text is not None:
            self.texts[path] = file.text
        # what does not say that it is a template may be anything, also a file of secrets
        reason = str(error) if says_so or file.text is None else error.discreet
        self.unreadable.append(Unreadable(path, reason, error.offset))

    def _is_none(self, path: str) -> bool:
        self.skipped.append(Skipped(path, "not a deployment template"))
        return False


def why_not_used(templates: Sequence[str]) -> str:
    """Why a parameter file is used with none of the templates that it fits."""
    match templates:
        case ():
            return "a parameter file that belongs to no template of its folder"
        case (template,):
            return f"a parameter file of {template}, which is not checked with it"
        case _:
            return f"a parameter file that fits several templates: {', '.join(templates[:3])}"


def _is_meant_as_template(document: Any) -> bool:
    return not is_parameters(document) and find_key(document, "resources") is not None


def _may_concern_vaults(text: str, document: Mapping[str, Any]) -> bool:
    """Whether a template can hold a vault, a workspace or a link to another template: their types
    stand in the text, unless somebody escaped its letters or they come from elsewhere."""
    return has_word(text, "keyvault", "machinelearning", "\\u00") or may_hold(document)
