"""What armguard found, as data: the one result type of static and live checks alike.

A `Location` is a file and a JSON pointer; its line and column are filled in at the very end, and
only for what is reported, so nothing in here needs the evaluator, files or a network.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Literal

from armguard.pointer import pointer_to
from armguard.record import record


class Certainty(StrEnum):
    """How sure a statement about a template is; it follows from where the values came from."""

    CERTAIN = "certain"
    """so with this template and these parameters"""
    DEFAULT = "default"
    """so unless somebody overrides a parameter that now has its default"""
    POSSIBLE = "possible"
    """so in one of the worlds that the template itself writes down"""


class Severity(StrEnum):
    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"

    def given(self, certainty: Certainty) -> Severity:
        """What is left of it: an error that is only possible is a warning."""
        doubtful = self is Severity.ERROR and certainty is Certainty.POSSIBLE
        return Severity.WARNING if doubtful else self


Hazard = Literal["list", "workspace", "version"]
"""What a remedy is for: the list of access policies that is written, a workspace that it leaves
out, or an API version that retires."""


@record
class Position:
    """Line and column, both from 1, columns in characters."""

    line: int
    column: int


@record
class Location:
    """A place in a file: `pointer` is an RFC 6901 JSON pointer; `end` is exclusive.

    Start and end are filled in for what is reported, at the very end.
    """

    path: str
    pointer: str = ""
    start: Position | None = None
    end: Position | None = None
    compiled: str = ""
    """the Bicep file whose compiled template the pointer is into, of which `path` may be a module;
    empty: it is into the file itself"""

    @property
    def pointed(self) -> str:
        """The path of what the pointer is into."""
        return self.compiled or self.path

    def child(self, *keys: str | int) -> Location:
        """The place of a member or an element further down."""
        return Location(self.path, self.pointer + pointer_to(keys))

    def __str__(self) -> str:
        if self.start is None:
            return self.path
        return f"{self.path}:{self.start.line}:{self.start.column}"


def at_offset(path: str, offset: int | None) -> Location:
    """A place that only its offset in characters tells; None: the file as a whole."""
    return Location(path, "" if offset is None else f"#{offset}")


@record
class Related:
    message: str
    location: Location


@record
class Detail:
    """One indented line below a finding; a `Location` in `text` is printed as path:line:column."""

    label: str
    text: tuple[str | Location, ...]


@record
class ResourceName:
    type: str
    name: str
    """evaluated; an unknown one is its expression, cut to `LONGEST_NAME`"""
    written: str = ""
    """the name as it is written"""

    def __str__(self) -> str:
        """The name in a sentence: 'kv1', or its expression where it is not known."""
        return quoted(self.name)


def quoted(name: str) -> str:
    """A name in a sentence: 'kv1', or its expression where it is not known."""
    name = brief(name)
    return name if name[:1] == "[" else f"'{name}'"


LONGEST_NAME = 500
"""Characters of a name in a report; where it is not known, it is an expression."""


def brief(name: str) -> str:
    """A name for people, who read no more than 120 characters of one."""
    return cut(name, 120)


def cut(text: str, most: int) -> str:
    """A text of at most `most` characters, without its middle where it has more."""
    if len(text) <= most:
        return text
    end = (most - 3) // 2
    return f"{text[: most - 3 - end]}...{text[-end:]}"


@record
class Suppression:
    reason: str
    until: str | None = None
    in_source: bool = False
    """whether it stands in the template, not in the configuration"""


@record
class Replacement:
    """What stands from `start` to `end` of a text becomes `text`; offsets in characters."""

    path: str
    start: int
    end: int
    text: str


@record
class Repair:
    """A remedy that was tried and proven, as changes of files."""

    remedy: str
    does: str
    """one sentence"""
    replacements: tuple[Replacement, ...]
    """sorted by file and place; they never overlap"""


@record
class Finding:
    rule: str
    severity: Severity
    certainty: Certainty
    message: str
    location: Location
    related: tuple[Related, ...] = ()
    details: tuple[Detail, ...] = ()
    resource: ResourceName | None = None
    subject: str = ""
    """which of several things at its place it is about, such as one of several principals of a
    list; findings of one rule at one place about different subjects stay apart"""
    parameters: tuple[str, ...] = ()
    """the parameter files with which it occurs; empty: with the template's own defaults"""
    remedies: tuple[str, ...] = ()
    """the names of those that may be applied, as far as that is known without trying"""
    hazard: Hazard | None = None
    """what a remedy of it has to be for; None: there is none"""
    vault: Location | None = None
    """where the resource of the vault is written that a remedy would change"""
    repair: Repair | None = None
    """the first remedy that is possible; None: there is none, or nobody asked"""
    leaves_open: Literal["vault", "template", "file", "root"] | None = None
    """what nobody can say anything about for the reason that it gives"""
    fingerprint: str = ""
    suppressed: Suppression | None = None
    baselined: bool = False

    @property
    def counts(self) -> bool:
        """Whether nobody has accepted it; only then it is part of the summary's counts."""
        return self.suppressed is None and not self.baselined
