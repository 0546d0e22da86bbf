"""What names mean at one place of a template: parameters, variables, loops, deployment context.

Everything is looked up lazily and remembered together with what it depended on. A `Scope` is
cheap: one is made for each loop iteration, lambda call and user function call.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum
from typing import Literal as OneOf
from typing import Protocol

from armguard.errors import BudgetSpentError, EvaluationError
from armguard.evaluation.facts import Facts
from armguard.evaluation.runtime import Runtime
from armguard.evaluation.unknown import Reason, Text, Unknown, Value
from armguard.evaluation.values import is_deeper
from armguard.evaluation.weight import Scales
from armguard.expressions.syntax import Call, Expression, Literal
from armguard.finding import Location
from armguard.record import field, record, replace


class Where(Enum):
    """Where an expression stands, as far as Azure allows other functions there."""

    PARAMETER_DEFAULT = "the default of a parameter"
    VARIABLE = "a variable"
    GATE = "a condition or the count of a loop"
    RESOURCE = "a resource"
    OUTPUT = "an output"
    FUNCTION = "a user-defined function"
    ARGUMENT = "an argument of reference() or list...()"


Origin = OneOf["supplied", "unset", "passed", "default", "fixed", "nowhere", "written"]


@record
class Consulted:
    """Something that a value depended on.

    Origins: a parameter is `supplied` (a given fact), `passed` (by the deployment around a nested
    one), at its `default`, or `nowhere` set; `unset`: a parameter file has a variable for it, which
    is taken for not set; of a nested deployment's own default the origin is `fixed`, since nobody
    can override it. `choice` is an open condition, with its residual. A `file` is one of this
    repository, by `default` taken for what is linked at `location`.
    """

    kind: OneOf["parameter", "variable", "choice", "assumption", "file"]
    name: str
    origin: Origin
    location: Location | None = None
    secret: bool = False
    """whether what is written there must not be shown"""
    residual: Expression | None = None
    """what is open; `name` is its identity then, so it does not count in comparisons"""
    conceals: bool = False
    """whether something inside of it may be secret"""
    count: int | None = None
    """of a variable that a loop makes: how many elements that has"""

    @property
    def is_default(self) -> bool:
        """Whether it is a parameter of the root template that somebody may still override."""
        return self.kind == "parameter" and self.origin in ("default", "unset")

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Consulted) and self._key() == other._key()

    def __hash__(self) -> int:
        return hash(self._key())

    def _key(self) -> tuple[str, str, str, Location | None]:
        return self.kind, self.name, self.origin, self.location


@record
class Evaluated:
    value: Value
    consulted: tuple[Consulted, ...] = ()


STEPS = 900_000
DEPTH = 270
"""Three for a call, variable or function inside of another one, two for an array or object: about
as many frames of Python as each of them takes."""
CALL, LEVEL = 3, 2
LEVELS = DEPTH // LEVEL
_HEAVY = 1_000
_WEIGHT_OF_A_STEP = 8


class Budget:
    """How much one evaluation may still cost; a spent budget raises `BudgetSpentError`."""

    __slots__ = ("depth", "scales", "steps")

    def __init__(self, steps: int = STEPS) -> None:
        self.steps = steps
        self.depth = 0
        self.scales = Scales()

    def spend(self, steps: int) -> None:
        """Count `steps` evaluated calls, copied elements, or hundreds of characters."""
        self.steps -= steps
        if self.steps < 0:
            raise BudgetSpentError("evaluating this takes more steps than any real template needs")

    def descend(self, units: int) -> None:
        """Count what is evaluated inside of something else; whoever calls takes it back."""
        self.depth += units
        if self.depth > DEPTH:
            raise BudgetSpentError("expressions, variables and functions are nested too deep")

    def measure(self, value: Value) -> None:
        """Count all that an array or object holds, so that no value can double again and again."""
        level = [value] if isinstance(value, (list, dict)) else []
        levels = 0
        while level:
            refuse_levels(levels := levels + 1)
            below: list[list[Value] | dict[str, Value]] = []
            for container in level:
                self.spend(1 + len(container))
                for element in container.values() if isinstance(container, dict) else container:
                    if isinstance(element, (list, dict)):
                        below.append(element)
                    elif type(element) is Unknown:
                        self.bounded(element)
            level = below

    def bounded(self, value: Unknown) -> Unknown:
        """An unknown value whose residual can be walked, printed and compared; counted by its
        weight, since whoever asks for it will do that."""
        weight = self.scales.weigh(value.residual)
        if weight is None or (weight.nodes < _HEAVY and not weight.is_too_much):
            return value
        if weight.is_too_much:
            invalid = Call("invalid", (Literal("an unknown value"), Literal(weight.digest)))
            return Unknown(Reason.BUDGET, invalid, _TOO_HEAVY, value.list)
        self.spend(weight.nodes // _WEIGHT_OF_A_STEP)
        return value


_TOO_HEAVY = "what is known of it is longer than in any real template"


def refuse_levels(levels: int) -> None:
    """Raise `BudgetSpentError` for a value of more levels than can be walked."""
    if levels > LEVELS:
        raise BudgetSpentError(f"a value is nested more than {LEVELS} levels deep")


def refuse_depth(value: object) -> None:
    """The same for data that nobody evaluates."""
    if is_deeper(value, LEVELS):
        refuse_levels(LEVELS + 1)


OPENINGS, RESOURCES_INSIDE = 2_000, 10_000
"""Nested deployments of one evaluation, and resources in them, after which none is opened any more.
Azure deploys 800 resources with a template, but loops in loops multiply these at each level."""


class Session:
    """What is common to the whole evaluation of one root template in one world."""

    def __init__(
        self,
        *,
        strict: bool,
        runtime: Runtime,
        assumptions: Mapping[str, Value] | None = None,
        forgotten: frozenset[str] = frozenset(),
        instead: Mapping[str, Value] | None = None,
        budget: Budget | None = None,
    ) -> None:
        """`assumptions`: identity of a residual -> what it is taken to be in this world;
        `forgotten`: parameters of the root template, in lower case, whose default is left out of
        account; `instead`: such parameters -> what they are taken to be given, whatever is."""
        self.strict = strict
        self.runtime = runtime
        self.assumptions = assumptions or {}
        self.forgotten = forgotten
        self.instead = instead or {}
        self.budget = budget or Budget()
        self.alternatives: dict[str, list[Value]] = {}
        """identity of a parameter that is not supplied -> its allowedValues"""
        self.openings = OPENINGS
        """how many nested deployments may still be looked into"""
        self.declared_inside = 0
        """how many resources those have that were looked into"""
        self.locating: set[str] = set()
        """keys of the nested deployments for whose resource group a location is looked for"""
        self.trail: dict[Consulted, None] | None = None
        """what has been consulted since somebody began to listen"""

    def may_open(self) -> bool:
        """Whether one more nested deployment may be looked into; it counts as one."""
        self.openings -= 1
        return self.openings >= 0 and self.declared_inside <= RESOURCES_INSIDE

    def consult(self, *consulted: Consulted) -> None:
        if self.trail is not None:
            for each in consulted:
                self.trail[each] = None


class Callee(Protocol):
    """A function that a template defines."""

    def called(self, call: Call, scope: Scope) -> Value: ...


class Referenced(Protocol):
    """A resource of the template, as reference() and resourceInfo() see it."""

    @property
    def existing(self) -> bool: ...

    @property
    def is_extensible(self) -> bool: ...

    @property
    def is_deployment(self) -> bool: ...

    @property
    def type(self) -> str: ...

    @property
    def name(self) -> Text: ...

    @property
    def id(self) -> Text: ...

    @property
    def api_version(self) -> Text: ...

    def predicted_properties(self) -> Value: ...


class Standing(Protocol):
    """The resource in which an expression stands, as target() sees it."""

    key: str

    @property
    def is_deployment(self) -> bool: ...


class Resources(Protocol):
    """The resources of a template by what reference() and references() name them."""

    def find(self, target: Text) -> Referenced | None: ...

    def around(self, identifier: Text) -> Referenced | None: ...

    def loop(self, symbol: str) -> list[str] | None: ...


class Names(Protocol):
    """What parameters(), variables() and calls of user functions mean at one place."""

    @property
    def resources(self) -> Resources | None: ...

    def function(self, name: str) -> Callee | None: ...

    def parameter(self, name: str, scope: Scope) -> Value: ...

    def variable(self, name: str, scope: Scope) -> Value: ...


@record
class Scope:
    session: Session
    names: Names
    facts: Facts
    where: Where = Where.RESOURCE
    copies: Mapping[str, int | Unknown] = field(default_factory=dict)
    """index of each enclosing loop, by its lower-case name"""
    copy_index: int | Unknown | None = None
    """index of the enclosing resource loop, for copyIndex() without a name; None outside loops"""
    lambdas: Mapping[str, Value] = field(default_factory=dict)
    """lambda variables by lower-case name"""
    resource: Standing | None = None
    """the resource in which the expression stands; None: it stands in none"""

    def at(self, where: Where) -> Scope:
        return self if where is self.where else replace(self, where=where)

    def in_resource_loop(self, name: str, index: int | Unknown) -> Scope:
        return replace(self, copies={**self.copies, name.lower(): index}, copy_index=index)

    def in_property_loop(self, name: str, index: int | Unknown) -> Scope:
        return replace(self, copies={**self.copies, name.lower(): index})

    def with_lambda_variables(self, variables: Mapping[str, Value]) -> Scope:
        return replace(self, lambdas={**self.lambdas, **variables})


_ONLY_AT_RUN_TIME = (Where.RESOURCE, Where.OUTPUT)


def refuse_before_deployment(name: str, scope: Scope) -> None:
    """Raise `EvaluationError` where reference(), list*() and their like may not stand."""
    if scope.where not in _ONLY_AT_RUN_TIME:
        raise EvaluationError(f"{name}() may not stand in {scope.where.value}")
