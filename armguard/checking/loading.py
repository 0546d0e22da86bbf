"""Reads templates. What is none is skipped and counted; what can't be read is told of.

What is a template its `$schema` says, not its name, and before that it is only guessed, on the safe
side, what need not be parsed. A policy definition, or an artifact of a Blueprint, may hold one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Any

from armguard.errors import UnreadableFileError
from armguard.evaluation.values import find_key
from armguard.finding import Location, Skipped
from armguard.record import field, record, replace
from armguard.source.discovery import STDIN, Candidate, Discovery, Unreadable
from armguard.source.json_text import decode, parse_json, read_text
from armguard.source.one_file import RealPaths
from armguard.source.pairing import Pairing, is_parameter_file
from armguard.source.schema import (
    claims_to_be_template,
    is_parameters,
    is_parameters_text,
    is_template,
    is_template_file,
    is_template_text,
    may_be_template,
)
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
    return Template(
        path, document, may_concern_vaults=_may_concern_vaults(text, document), kept=kept
    )


@record
class Sources:
    templates: tuple[Template, ...] = ()
    """sorted by path"""
    texts: Mapping[str, str] = field(default_factory=dict)
    """path -> text of every file that says that it is a template, also of one that can't be
    parsed"""
    unreadable: tuple[Unreadable, ...] = ()
    skipped: tuple[Skipped, ...] = ()


def load(
    discovery: Discovery,
    read_stdin: Callable[[], bytes],
    *,
    force_exclude: bool = False,
) -> Sources:
    """What there is to check: each file once, under the name that somebody gave and under its own
    rather than that of a link. With `force_exclude` a runner chose the files, so one that is named
    is treated as one that was met in a folder."""
    reader = _Reader(read_stdin)
    reader.unreadable.extend(discovery.unreadable)
    reader.skipped.extend(Skipped(path, reason) for path, reason in discovery.skipped)
    parameter_files = []
    by_name = sorted(discovery.candidates, key=lambda each: (not each.named, reader.is_link(each)))
    for candidate in by_name:
        if candidate.path != STDIN and is_parameter_file(candidate.path):
            parameter_files.append(candidate)
        else:
            reader.read(candidate.path, named=candidate.named and not force_exclude)
    named_for = reader.templates_of(each.path for each in parameter_files if each.named)
    without_files = set(reader.templates)
    for path, files in named_for.items():
        own = reader.read(path, named=True)
        if own is not None and own not in without_files:
            found = reader.templates[own]
            every = (*(found.parameter_files or ()), *files)
            reader.templates[own] = replace(found, parameter_files=every)
    return Sources(
        tuple(reader.templates[path] for path in sorted(reader.templates)),
        reader.texts,
        tuple(reader.unreadable),
        tuple(reader.skipped),
    )


class _Reader:
    """What was read so far."""

    def __init__(self, read_stdin: Callable[[], bytes]) -> None:
        self._read_stdin = read_stdin
        self._real_paths = RealPaths()
        self._names: dict[str, str] = {}
        self.templates: dict[str, Template] = {}
        self.texts: dict[str, str] = {}
        self.unreadable: list[Unreadable] = []
        self.skipped: list[Skipped] = []

    def is_link(self, candidate: Candidate) -> bool:
        return candidate.path != STDIN and self._real_paths.is_link(candidate.path)

    def templates_of(self, parameter_files: Iterable[str]) -> dict[str, list[str]]:
        """The templates that these parameter files belong to, each with its files."""
        pairing = Pairing()
        found: dict[str, list[str]] = {}
        for path in parameter_files:
            template = pairing.template_of_parameters(path)
            if template is None:
                reason = "a parameter file without a template beside it"
                self.skipped.append(Skipped(path, reason))
            else:
                found.setdefault(template, []).append(path)
        return found

    def read(self, path: str, *, named: bool) -> str | None:
        """Take a file for a template if it is one. The path under which it is; None: it is none."""
        own = path if path == STDIN else self._names.setdefault(self._real_paths.of(path), path)
        if own == path and path not in self.templates:
            return path if self._is_template(path, named) else None
        known = self.templates.get(own)
        if known is None:
            return None
        if path not in known.names:
            self.templates[own] = replace(known, links=(*known.links, path))
        return own

    def _is_template(self, path: str, named: bool) -> bool:
        try:
            text = decode(self._read_stdin()) if path == STDIN else read_text(path)
        except UnreadableFileError as error:
            if named or path == STDIN or is_template_file(path):
                self.unreadable.append(Unreadable(path, str(error)))
            else:
                self.skipped.append(Skipped(path, str(error)))
            return False
        if not named and not may_be_template(text):
            return self._is_none(path)
        try:
            document = parse_json(text)
        except UnreadableFileError as error:
            says_so = is_template_text(text) or claims_to_be_template(text)
            if not says_so and (not named or is_parameters_text(text)):
                return self._is_none(path)
            self.texts[path] = text
            # what does not say that it is a template may be anything, also a file of secrets
            reason = str(error) if says_so else error.discreet
            self.unreadable.append(Unreadable(path, reason, error.offset))
            return False
        template = template_of(path, text, document, named=named)
        if template is None:
            return self._is_none(path)
        self.texts[path] = text
        self.templates[path] = template
        return True

    def _is_none(self, path: str) -> bool:
        self.skipped.append(Skipped(path, "not a deployment template"))
        return False


def _is_meant_as_template(document: Any) -> bool:
    return not is_parameters(document) and find_key(document, "resources") is not None


def _may_concern_vaults(text: str, document: Mapping[str, Any]) -> bool:
    """Whether a template can hold a vault, a workspace or a link to another template: their types
    stand in the text, unless somebody escaped its letters or they come from elsewhere."""
    lower = text.lower()
    words = ("keyvault", "machinelearning", "\\u00")
    return any(word in lower for word in words) or may_hold(document)
