"""All that the rules need to know about one template with one set of parameters, as plain data.

Nothing in here evaluates anything any more: values that are not known are `Unknown`, and what is
read of a vault or of a child was read in the world that decides its verdict.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from armguard.evaluation.facts import Keeper
from armguard.evaluation.scope import Consulted, Evaluated
from armguard.evaluation.unknown import Unknown, Value
from armguard.finding import Certainty, Location, ResourceName
from armguard.keyvault.access import AccessPolicy, Identity
from armguard.keyvault.complete_mode import Answer, Deletion
from armguard.keyvault.declared import Closed
from armguard.keyvault.other_values import OtherValues
from armguard.keyvault.refusals import Refusal
from armguard.keyvault.sureness import Written
from armguard.keyvault.verdict import Verdict
from armguard.record import field, record
from armguard.templates.parameters import Problem


@record
class Setting:
    """What a resource says about one thing, such as enableSoftDelete or its location."""

    name: str
    place: Location
    """where it is written, or the nearest that there is around it"""
    evaluated: Evaluated

    @property
    def value(self) -> Value:
        """None where it is not written."""
        return self.evaluated.value

    @property
    def failed(self) -> bool:
        """Whether it could not be evaluated."""
        return isinstance(self.value, Unknown) and self.value.failed


@record
class PolicyChange:
    """A child resource `vault/add`, `vault/replace` or `vault/remove`."""

    resource: ResourceName
    place: Location
    name_place: Location
    vault: Value
    """the id of the vault"""
    operations: tuple[str | None, ...]
    """add, replace or remove, in lower case, each that it is in some world; None: not known"""
    operation_certainty: Certainty
    """`default`: another value of a parameter may make it another one"""
    written: Written | None
    """None: it is not written, or its condition can't be evaluated"""
    settings: Mapping[str, Setting]
    """apiVersion, accessPolicies"""
    policies: tuple[AccessPolicy, ...]
    refusals: tuple[Refusal, ...] = ()
    """why the service refuses to write it, however it comes out; none: it does not"""

    @property
    def operation(self) -> str | None:
        """The only one that it can be; None: not known."""
        return self.operations[0] if len(self.operations) == 1 else None


@record
class Workspace:
    """An Azure Machine Learning workspace."""

    name: str
    place: Location
    identity: Identity | None
    """None: it is not known which kind it has"""
    elsewhere: bool = False
    """whether another template of the run writes it"""
    by_its_key: bool = False
    """whether it uses the vault for the key with which it is encrypted, not as its own"""


@record
class WorkspaceUse:
    """A workspace that is written, and the id of the vault that it uses."""

    workspace: Workspace
    vault: Value


@record
class OtherWrite:
    """Another write of the same vault."""

    vault: AssessedVault
    template: str | None
    """the other template that writes it; None: it is this one"""
    certainty: Certainty = Certainty.CERTAIN
    """how sure it is that both are written"""
    said: tuple[str, ...] = ()
    """in which world"""


@record
class AssessedVault:
    key: str
    """that of the resource; tells it from all others of the run"""
    name: str
    resource: ResourceName
    """the vault; the first child of one that only its children write"""
    id: Value
    places: tuple[Location, ...]
    """the resource's, then those of the nested deployments around it, from the inside out"""
    verdict: Verdict
    by_children: bool
    """whether only children write it"""
    written: Written | None
    """None: it is not written, or its condition can't be evaluated"""
    name_certainty: Certainty
    settings: Mapping[str, Setting]
    policies: tuple[AccessPolicy, ...]
    """those of its own list, where the verdict is `replaced`"""
    workspaces: tuple[Workspace, ...]
    """the Azure Machine Learning workspaces that use it"""
    changes: tuple[PolicyChange, ...]
    symbolic: bool
    """whether its template is written in languageVersion 2.0"""
    has_condition: bool
    only_once: bool
    """whether onlyIfNotExists keeps it from being written again"""
    switch: str | None
    """the parameter that the template already has for not writing it"""
    complete: Answer
    """whether a deployment in Complete mode takes its resource group for its own"""
    files: tuple[Consulted, ...]
    """those that are taken for linked ones, in which it is"""
    keeper: Keeper | None
    """what keeps its template for a later deployment; None: this deployment writes it"""
    also_written: tuple[OtherWrite, ...] = ()
    refusals: tuple[Refusal, ...] = ()
    """why the service refuses to write it, so that it takes nothing away; none: it does not"""
    other_values: OtherValues = OtherValues()
    """what other values of parameters would make of it"""

    @property
    def place(self) -> Location:
        return self.places[0]


@record
class ParallelWrites:
    """Two children of a vault that may be written at the same time."""

    vault: str
    """its name"""
    vault_id: str | None
    """see `id_key`"""
    first: Location
    second: Location
    """the same as `first` where both are iterations of one loop"""
    loop: Location | None
    """of the `copy` that makes them so, where one does"""
    certainty: Certainty
    said: tuple[str, ...] = ()
    """in which world, or what may order them all the same"""


@record
class Assessment:
    vaults: tuple[AssessedVault, ...] = ()
    workspaces: int = 0
    closed: tuple[Closed, ...] = ()
    """nested deployments that could not be looked into"""
    problems: tuple[Problem, ...] = ()
    """what Azure would refuse outside of the vaults' own properties"""
    rejected: tuple[Problem, ...] = ()
    """what Azure would refuse about the parameters; it counts as not supplied"""
    documents: Mapping[str, Any] = field(default_factory=dict)
    """path -> parsed JSON of the files that take part, the template first, for showing what is
    written"""
    linked: frozenset[str] = frozenset()
    """the paths of the templates that it links, and that these link"""
    mode: str = "incremental"
    """the mode of the root deployment: incremental or complete"""
    changes: tuple[PolicyChange, ...] = ()
    """all children that change access policies, also those of vaults that are not declared"""
    uses: tuple[WorkspaceUse, ...] = ()
    """which workspace uses which vault, also one that is not declared here"""
    deletions: tuple[Deletion, ...] = ()
    tenant: Value = None
    """that of the deployment"""
    parallel: tuple[ParallelWrites, ...] = ()
    """children of one vault that are written at the same time"""

    @property
    def template(self) -> str:
        """The path of the root template."""
        return next(iter(self.documents))

    @property
    def is_open(self) -> bool:
        """Whether something about it could not be decided."""
        undecided = any(vault.verdict.kind == "undecided" for vault in self.vaults)
        return undecided or bool(self.problems or self.closed)
