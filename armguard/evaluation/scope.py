"""What names mean at one place of a template: parameters, variables, loops, deployment context.

Everything is looked up lazily and remembered together with what it depended on. A `Scope` is
cheap: one is made for each loop iteration, lambda call and user function call.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum
from typing import TYPE_CHECKING, Literal

from armguard.errors import BudgetSpentError
from armguard.evaluation.unknown import Reason, Unknown, Value
from armguard.expressions.syntax import Call, Expression, Property, to_text
from armguard.expressions.syntax import Literal as LiteralNode
from armguard.record import field, record, replace
from armguard.source.place import Place

if TYPE_CHECKING:
    from armguard.evaluation.names import Names
    from armguard.evaluation.runtime import Runtime

Level = Literal["resourceGroup", "subscription", "managementGroup", "tenant"]


@record
class DeploymentScope:
    """Where, when and under which name a template is deployed; what is None is unknown.

    `level` None: the one that the template's `$schema` names. `location` is the resource group's,
    `deployment_location` the deployment's own at the other levels. `utc_now` is an ISO 8601 text,
    `new_guid` what newGuid() gives.
    """

    level: Level | None = None
    tenant_id: str | None = None
    subscription_id: str | None = None
    resource_group: str | None = None
    location: str | None = None
    management_group: str | None = None
    deployment_name: str | None = None
    deployment_location: str | None = None
    utc_now: str | None = None
    new_guid: str | None = None


@record
class Facts:
    """The context of one deployment, root or nested; each member a text or `Unknown`."""

    level: Level
    tenant_id: Value
    subscription_id: Value
    resource_group: Value
    location: Value
    management_group: Value
    deployment_name: Value
    deployment_location: Value
    utc_now: Value
    new_guid: Value
    content_version: Value = "1.0.0.0"


def root_facts(scope: DeploymentScope, level: Level) -> Facts:
    """The facts of a root deployment; what `scope` leaves out becomes unknown."""

    def given(value: str | None, function: str, member: str, detail: str) -> Value:
        residual = Property(Call(function, ()), member)
        return value if value is not None else Unknown(Reason.CONTEXT, residual, detail)

    return Facts(
        level=scope.level or level,
        tenant_id=given(
            scope.tenant_id, "tenant", "tenantId", "the tenant is not known (--tenant)"
        ),
        subscription_id=given(
            scope.subscription_id,
            "subscription",
            "subscriptionId",
            "the subscription is not known (--subscription)",
        ),
        resource_group=given(
            scope.resource_group,
            "resourceGroup",
            "name",
            "the resource group is not known (--resource-group)",
        ),
        location=given(
            scope.location,
            "resourceGroup",
            "location",
            "the location of the resource group is not known (--location)",
        ),
        management_group=given(
            scope.management_group,
            "managementGroup",
            "name",
            "the management group is not known (--management-group)",
        ),
        deployment_name=given(
            scope.deployment_name,
            "deployment",
            "name",
            "the name of the deployment is chosen when it is started",
        ),
        deployment_location=given(
            scope.deployment_location or scope.location,
            "deployment",
            "location",
            "the location of the deployment is not known (--location)",
        ),
        utc_now=scope.utc_now
        if scope.utc_now is not None
        else Unknown(
            Reason.NON_DETERMINISTIC,
            Call("utcNow", ()),
            "utcNow() is another time at each deployment",
        ),
        new_guid=scope.new_guid
        if scope.new_guid is not None
        else Unknown(
            Reason.NON_DETERMINISTIC,
            Call("newGuid", ()),
            "newGuid() is another value at each deployment",
        ),
    )


class Where(Enum):
    """Where an expression stands, as far as Azure allows other functions there."""

    PARAMETER_DEFAULT = "the default of a parameter"
    VARIABLE = "a variable"
    GATE = "a condition or the count of a loop"
    RESOURCE = "a resource"
    OUTPUT = "an output"
    FUNCTION = "a user-defined function"
    ARGUMENT = "an argument of reference() or list...()"


Origin = Literal["supplied", "passed", "default", "fixed", "nowhere", "written"]


@record
class Consulted:
    """Something that a value depended on.

    Origins: a parameter is `supplied` (a given fact), `passed` (by the deployment around a nested
    one), at its `default`, or `nowhere` set; of a nested deployment's own default the origin is
    `fixed`, since nobody can override it. `choice` is an open condition, with its residual.
    """

    kind: Literal["parameter", "variable", "choice", "assumption"]
    name: str
    origin: Origin
    location: Place | None = None
    secret: bool = False
    """whether what is written there must not be shown"""
    residual: Expression | None = None
    """what is open; `name` is its identity then, so it does not count in comparisons"""

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Consulted) and self._key() == other._key()

    def __hash__(self) -> int:
        return hash(self._key())

    def _key(self) -> tuple[str, str, str, Place | None]:
        return self.kind, self.name, self.origin, self.location


@record
class Evaluated:
    value: Value
    consulted: tuple[Consulted, ...] = ()


STEPS = 900_000
DEPTH = 90


class Budget:
    """How much one evaluation may still cost; a spent budget raises `BudgetSpentError`."""

    __slots__ = ("depth", "steps")

    def __init__(self, steps: int = STEPS) -> None:
        self.steps = steps
        self.depth = 0

    def spend(self, steps: int) -> None:
        """Count `steps` evaluated calls, copied elements, or hundreds of characters."""
        self.steps -= steps
        if self.steps < 0:
            raise BudgetSpentError("evaluating this takes more steps than any real template needs")

    def measure(self, value: Value) -> None:
        """Count all that an array or object holds, so that no value can double again and again."""
        pending = [value] if type(value) in (list, dict) else []
        while pending:
            container = pending.pop()
            self.spend(1 + len(container))
            elements = container.values() if isinstance(container, dict) else container
            pending.extend(element for element in elements if isinstance(element, (list, dict)))


class Session:
    """What is common to the whole evaluation of one root template in one world."""

    def __init__(
        self,
        *,
        strict: bool,
        runtime: Runtime,
        assumptions: Mapping[str, Value] | None = None,
        forgotten: frozenset[str] = frozenset(),
        budget: Budget | None = None,
    ) -> None:
        """`assumptions`: identity of a residual -> what it is taken to be in this world;
        `forgotten`: parameters of the root template, in lower case, whose default is left out of
        account."""
        self.strict = strict
        self.runtime = runtime
        self.assumptions = assumptions or {}
        self.forgotten = forgotten
        self.budget = budget or Budget()
        self.alternatives: dict[str, list[Value]] = {}
        """identity of a parameter that is not supplied -> its allowedValues"""
        self.trail: dict[Consulted, None] | None = None
        """what has been consulted since somebody began to listen"""

    def consult(self, consulted: Consulted) -> None:
        if self.trail is not None:
            self.trail[consulted] = None


@record
class Scope:
    session: Session
    names: Names
    facts: Facts
    where: Where = Where.RESOURCE
    copies: Mapping[str, Value] = field(default_factory=dict)
    """index of each enclosing loop, by its lower-case name"""
    copy_index: Value = None
    """index of the enclosing resource loop, for copyIndex() without a name; None outside loops"""
    lambdas: Mapping[str, Value] = field(default_factory=dict)
    """lambda variables by lower-case name"""

    def at(self, where: Where) -> Scope:
        return self if where is self.where else replace(self, where=where)

    def in_resource_loop(self, name: str, index: Value) -> Scope:
        return replace(self, copies={**self.copies, name.lower(): index}, copy_index=index)

    def in_property_loop(self, name: str, index: Value) -> Scope:
        return replace(self, copies={**self.copies, name.lower(): index})

    def with_lambda_variables(self, variables: Mapping[str, Value]) -> Scope:
        return replace(self, lambdas={**self.lambdas, **variables})


def compose_text(*parts: Value) -> Value:
    """The concatenation of texts, as far as they are known."""
    cause = next((part for part in parts if isinstance(part, Unknown)), None)
    if cause is None:
        return "".join(parts)
    pieces: list[Expression] = []
    for part in parts:
        for piece in _pieces(part):
            last = pieces[-1] if pieces else None
            if isinstance(last, LiteralNode) and isinstance(piece, LiteralNode):
                pieces[-1] = LiteralNode(f"{last.value}{piece.value}")
            else:
                pieces.append(piece)
    whole = pieces[0] if len(pieces) == 1 else Call("concat", tuple(pieces))
    return Unknown(cause.reason, whole, cause.detail)


def _pieces(part: Value) -> tuple[Expression, ...]:
    if not isinstance(part, Unknown):
        return (LiteralNode(part),)
    residual = part.residual
    if isinstance(residual, Call) and residual.name == "concat":
        return residual.arguments
    return (residual,)


def shown(value: Value) -> str:
    """A text for people: an unknown one is its expression in brackets."""
    return f"[{to_text(value.residual)}]" if isinstance(value, Unknown) else str(value)
