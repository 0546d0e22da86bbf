"""What a reporter is given: the vaults and the findings of a run, and how it was made."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from armguard.finding import Certainty, Finding, Location, Severity
from armguard.record import field, record

VerdictKind = Literal[
    "emptied", "missing", "replaced", "kept", "dormant", "not-written", "undecided"
]

ChangeKind = Literal["lost", "narrowed", "widened", "granted", "kept", "undecided"]


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
