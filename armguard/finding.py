"""What armguard found, as data: the one result type of static and live checks alike.

A `Location` is a file and a JSON pointer; its line and column are filled in at the very end, and
only for what is reported, so nothing in here needs the evaluator, files or a network.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Literal

from armguard.pointer import pointer_to
from armguard.record import field, record


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

VerdictKind = Literal[
    "emptied", "missing", "replaced", "kept", "dormant", "not-written", "undecided"
]

ChangeKind = Literal["lost", "narrowed", "widened", "granted", "kept", "undecided"]


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


@record
class Access:
    """One entry of a vault's list of access policies, as the template has it.

    What is not known is the text of its expression, `[parameters('objectId')]`; what is not
    written is empty.
    """

    object_id: str
    tenant_id: str
    application_id: str
    permissions: tuple[tuple[str, tuple[str, ...]], ...]
    """(kind, names): the kinds of object in the order of the entry, with what is permitted"""


@record
class PrincipalChange:
    """What a deployment changes for one principal of a deployed vault."""

    object_id: str
    tenant_id: str
    application_id: str | None
    name: str | None
    """of the resource that has the identity, or of the user-assigned identity; None: not known"""
    workspaces: tuple[str, ...]
    """all that use the identity, sorted"""
    change: ChangeKind
    lost: Mapping[str, list[str]]
    """kind -> names; where the change is undecided, the worst case"""
    gained: Mapping[str, list[str]]
    kind: Literal["system", "user"] | None = None
    """of the identity; None: not known"""
    whole: bool = False
    """whether the entry itself goes, or may"""
    perhaps: Mapping[str, list[str]] = field(default_factory=dict)
    """what may go besides what surely does"""
    type: str | None = None
    """`Microsoft.Web/sites`: of the resource that has the identity, where that is no workspace"""

    @property
    def key(self) -> str:
        """Which entry it is about, in one text."""
        return f"{self.tenant_id}/{self.object_id}/{self.application_id or ''}"

    @property
    def is_loss(self) -> bool:
        """Whether it takes something away, or may."""
        if self.change == "undecided":
            return bool(self.lost)
        return self.change in ("lost", "narrowed")


Source = Literal["live", "snapshot", "reading"]
"""Where deployed state is from: Azure itself, a snapshot, or other files that people have."""


@record
class LiveState:
    """A vault as it is deployed, and what the deployment changes for each principal."""

    source: Source
    state: Literal["exists", "absent", "deleted", "unread"]
    rbac: bool | None
    """whether role assignments decide about access today; None: it does not exist"""
    changes: tuple[PrincipalChange, ...]
    note: str | None


@record
class VaultReport:
    """One vault of one deployment, and what the deployment does to its access policies."""

    name: str
    id: str | None
    location: Location
    verdict: VerdictKind
    certainty: Certainty | None
    reason: str | None
    workspaces: tuple[str, ...]
    access: tuple[Access, ...] = ()
    """who has access after a deployment, where the verdict is `replaced`"""
    live: LiveState | None = None
    """None: not compared with deployed vaults, or its id is not known"""


@record
class DeploymentReport:
    """One template with one set of parameters."""

    template: str
    parameters: tuple[str, ...]
    vaults: tuple[VaultReport, ...]
    environment: str = ""
    """of the configuration; empty: none"""
    subscription: str = ""
    """where it goes; empty: not known"""
    resource_group: str = ""


@record
class Skipped:
    path: str
    reason: str


@record
class RulePage:
    """A rule as documentation: `page` is Markdown."""

    id: str
    severity: Severity
    summary: str
    page: str
    address: str = ""
    """where it is on the web; empty: nowhere"""


@record
class Summary:
    templates: int = 0
    deployments: int = 0
    vaults: int = 0
    workspaces: int = 0
    errors: int = 0
    warnings: int = 0
    notes: int = 0
    undecided: int = 0
    suppressed: int = 0
    baselined: int = 0
    closed: int = 0
    """templates that others deploy and that were not looked into"""
    skipped: int = 0


@record
class Crash:
    """A file whose analysis ran into a bug in armguard, and the kind of the error."""

    path: str
    error: str

    def __str__(self) -> str:
        return f"{self.path}: {self.error}"


@record
class Origin:
    """Where a report was made, and of what; empty where nobody looked."""

    repository: str | None = None
    """an absolute URI without credentials"""
    revision: str | None = None
    branch: str | None = None
    folder: str = ""
    """the working directory inside the repository, as in `infra/`; empty at its top"""
    automation_id: str = "armguard/"
    automation: tuple[tuple[str, str], ...] = ()
    """properties that Azure DevOps looks for"""
    workspace_folder: str = ""
    """the working directory inside of what GitHub or GitLab has checked out, as in `infra`"""
    working_directory: str = ""
    """absolute, with `/`"""
    made_at: str = ""
    """when the report was made, as in `2027-01-31 12:00 UTC`"""
    command: str = ""
    """without values of parameters"""
    configuration: str = ""  # its file
    uncommitted: bool = False
    """whether files that git knows are other than in `revision`"""


@record
class Report:
    """All that a reporter needs."""

    deployments: tuple[DeploymentReport, ...] = ()
    findings: tuple[Finding, ...] = ()
    summary: Summary = field(default_factory=Summary)
    rules: tuple[RulePage, ...] = ()
    sources: Mapping[str, str] = field(default_factory=dict)
    """path -> text of every file that a finding points into"""
    skipped: tuple[Skipped, ...] = ()
    notices: tuple[str, ...] = ()
    """what a person should know about this run, said before the summary"""
    crashes: tuple[Crash, ...] = ()
    has_baseline: bool = False
    """whether the findings were compared with a baseline"""
    unread: tuple[str, ...] = ()
    """what was asked about deployed state and could not be answered, one sentence each"""
    read: tuple[str, ...] = ()
    """all files that were read for it, sorted"""
    origin: Origin = field(default_factory=Origin)
    compared: str = ""
    """what vaults were compared with, and of when that is, in words; empty: with nothing"""
    guide: tuple[tuple[str, str], ...] = ()
    """the ways out: the title of each section, and what it says in Markdown"""
