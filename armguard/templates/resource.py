"""One resource of a deployment: headers and properties, each evaluated when it is asked for.

What it knows of the deployment around it is `Surroundings`, here because the two speak of each
other; `deployment.py` makes what is described.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any, Protocol

from armguard.errors import EvaluationError
from armguard.evaluation.evaluator import ask
from armguard.evaluation.facts import Facts, id_below, scope_id
from armguard.evaluation.functions.registry import kind_name, kind_of
from armguard.evaluation.json_values import copy_count, evaluate_json
from armguard.evaluation.scope import Consulted, Evaluated, Scope, Session, Where
from armguard.evaluation.text_pieces import compose_text, unknown_segments
from armguard.evaluation.unknown import Reason, Text, Unknown, Value, call_left, rest_of
from armguard.evaluation.values import find_key, member, scalar_text
from armguard.expressions.syntax import Call, Index, Literal
from armguard.finding import LONGEST_NAME, Location, cut
from armguard.record import record, replace
from armguard.templates.embedding import DEPLOYMENTS, EMBEDDINGS, POLICY_DEFINITIONS
from armguard.templates.names import Names
from armguard.templates.parameters import Problem, SuppliedParameter
from armguard.templates.policy_definition import with_rule_as_written
from armguard.templates.written import nearest_place, value_at, written_twice

if TYPE_CHECKING:
    from armguard.source.linking import Address, LinkedFile

GROUPS = "microsoft.resources/resourcegroups"
_MANAGEMENT_GROUPS = "microsoft.management/managementgroups"


Linked = Callable[["Address", Sequence[str]], "LinkedFile | str | None"]
"""(address, the files around it) -> the template there; why it can't be read; None: it is nowhere
here"""


class Surroundings(Protocol):
    """The deployment that a resource is in; see `Deployment`."""

    template: Mapping[str, Any]
    place: Location
    facts: Facts
    session: Session
    scope: Scope
    names: Names
    symbolic: bool
    """whether it is written in languageVersion 2.0"""
    doubted: Unknown | None
    """what stands for whether its resources count; None: they do"""
    parent: Resource | None
    """the nested deployment that it is, in the deployment around it"""
    linked: Linked | None
    taken: tuple[Consulted, ...]
    """the files that are only assumed to be those which its link, and those around it, lead to"""
    problems: list[Problem]

    def prepare(self, written: Any) -> Any: ...

    def resources(
        self, types: Iterable[str] | None = None, *, towards: str | None = None
    ) -> Iterator[Resource]: ...

    def with_id(self, identifier: Text) -> Resource | None: ...

    def nested(self, resource: Resource) -> NestedDeployment: ...

    def facts_inside(self, resource: Resource, content_version: Any = None) -> Facts: ...

    def place_inside(self, resource: Resource) -> Facts: ...

    def inside(
        self,
        resource: Resource,
        template: Mapping[str, Any],
        place: Location,
        supplied: Mapping[str, SuppliedParameter],
        *,
        inline: bool = False,
        outer: bool = False,
        taken: tuple[Consulted, ...] = (),
        layer: Callable[[Any], Value] | None = None,
        later: Facts | None = None,
    ) -> Surroundings: ...

    def rejections(self) -> list[Problem]: ...

    def outputs(self) -> dict[str, tuple[str, Value]]: ...


@record
class NestedDeployment:
    """A nested deployment or an embedded template, or why it can't be looked into."""

    deployment: Surroundings | None
    closed: str | None = None
    """why there is no `deployment`: one sentence; None as well: there is nothing to deploy"""
    mode: Value = "Incremental"
    open: Unknown | None = None
    """the unknown value behind `closed`, where it is one"""
    is_link: bool = False
    """whether the template is another file, which was not found or not read"""
    elsewhere: str | None = None
    """the address at which it is, where that is known"""

    def predicted_outputs(self) -> Value:
        """What reference() of the deployment gives; None: nothing is known of it."""
        if self.deployment is None:
            return None
        self.deployment.session.consult(*self.deployment.taken)
        outputs: dict[str, Value] = {
            name: {"type": kind, "value": value}
            for name, (kind, value) in self.deployment.outputs().items()
        }
        return {"outputs": outputs}


class Resource:
    """A resource, or one iteration of its loop.

    `key` tells it from all others of the run, also across nested deployments, and is the same in
    every world. `symbol` is its symbolic name, with the index of a loop: `vault[0]`.
    """

    def __init__(
        self,
        deployment: Surroundings,
        written: Mapping[str, Any],
        place: Location,
        scope: Scope,
        *,
        parent: Resource | None,
        symbol: str | None,
        key: str,
        indexed: bool = False,
    ) -> None:
        self.deployment = deployment
        self.written = written
        self.place = place
        self.scope = replace(scope, resource=self)
        self.parent = parent
        self.symbol = symbol
        self.key = key
        self.indexed = indexed
        self._evaluating = False

    def __repr__(self) -> str:
        return f"<Resource {self.type} {self.key}>"

    @cached_property
    def type(self) -> str:
        """The full type, with those of its parents; it can't be an expression."""
        written = self.deployment.prepare(member(self.written, "type"))
        text = written if isinstance(written, str) else ""
        if self.parent is None or "." in text.partition("/")[0]:
            return text
        return f"{self.parent.type}/{text}"

    @cached_property
    def is_deployment(self) -> bool:
        return self.type.lower() == DEPLOYMENTS

    @cached_property
    def holds_template(self) -> bool:
        """Whether it is a nested deployment, or of a type that embeds a template."""
        return self.is_deployment or self.type.lower() in EMBEDDINGS

    @cached_property
    def existing(self) -> bool:
        return member(self.written, "existing") is True

    @cached_property
    def is_extensible(self) -> bool:
        """Whether it is a resource of an extension, which has no name and no id in Azure."""
        return any(find_key(self.written, key) is not None for key in ("import", "extension"))

    @property
    def options(self) -> Mapping[str, Any]:
        """What `@options` holds, for instance onlyIfNotExists."""
        options = member(self.written, "@options")
        return options if isinstance(options, Mapping) else {}

    def evaluate(self, name: str, where: Where = Where.RESOURCE) -> Value:
        """The value of a top-level member; None where there is none."""
        self.deployment.session.consult(*self.deployment.taken)
        doubted = written_twice(self.written, name, self._owner)
        if doubted is not None:
            return doubted
        value = self.deployment.prepare(member(self.written, name))
        return evaluate_json(value, self.scope.at(where), loops=name == "properties")

    def evaluated(self, written: Any) -> Value:
        """What this resource makes of something written in it, as its properties are evaluated."""
        return evaluate_json(written, self.scope, loops=True)

    def computed(self, written: Any) -> Value:
        """The same of what is written, which the deployments around may evaluate first."""
        return self.evaluated(self.deployment.prepare(written))

    def text(self, name: str) -> Text | None:
        """A top-level member that has to be a text; None where there is none."""
        value = self.evaluate(name)
        if value is None or isinstance(value, (str, Unknown)):
            return value
        what = "a nested deployment" if self.is_deployment else "a resource"
        kind = kind_name(kind_of(value))
        raise EvaluationError(f"{name} of {what} must be String, but is {kind}")

    @property
    def stands_for_all(self) -> bool:
        """Whether it is all iterations of a loop whose count is not known."""
        return self.indexed and isinstance(self.scope.copy_index, Unknown)

    @property
    def begins_loop(self) -> bool:
        """Whether it is the first iteration of its loop, or stands for all of them."""
        return self.stands_for_all or (self.indexed and self.scope.copy_index == 0)

    def loop_count(self) -> int | Unknown:
        """How many iterations its loop has."""
        doubted = written_twice(self.written, "copy", self._owner)
        if doubted is not None:
            return doubted
        loop = self.deployment.prepare(member(self.written, "copy"))
        members = {key.lower(): value for key, value in loop.items()}
        return copy_count(members, self.deployment.scope)

    @cached_property
    def condition(self) -> Value:
        """True where there is none; unknown, or any other value, as it is written."""
        value = self.evaluate("condition", Where.GATE)
        return True if value is None else value

    @property
    def gates(self) -> tuple[Resource, ...]:
        """All whose condition decides whether it is written, from the outside in."""
        gates = [self]
        while (around := gates[0].deployment.parent) is not None:
            gates.insert(0, around)
        return tuple(gates)

    @cached_property
    def api_version(self) -> Text:
        value = self.evaluate("apiVersion")
        if value is None:
            profile = member(self.deployment.template, "apiProfile")
            if profile is None and self.deployment.session.strict and not self.is_extensible:
                raise EvaluationError(f"a resource of type {self.type} needs an apiVersion")
            return call_left(
                "defaultApiVersion",
                *([profile] if isinstance(profile, str) else []),
                reason=Reason.RUNTIME,
                detail="no apiVersion is given",
            )
        return value if isinstance(value, Unknown) else scalar_text(value)

    @cached_property
    def name(self) -> Text:
        """The full name, with those of its parents; a text, or unknown.

        Raises `EvaluationError` where it is empty or of another type.
        """
        own = self.evaluate("name")
        if not isinstance(own, (str, Unknown)) or own == "":
            raise EvaluationError(
                f"the name of a resource of type {self.type} must be a text, but is"
                f" {'empty' if own == '' else kind_name(kind_of(own))}"
            )
        written = member(self.written, "type")
        if self.parent is None or "." in str(written).partition("/")[0]:
            return own
        return compose_text(self.parent.name, "/", own)

    @cached_property
    def id(self) -> Text:
        """The resource id; unknown where its name or place is.

        Raises `EvaluationError` where type and name don't fit.
        """
        types = self.type.rstrip("/").split("/")
        names = self._name_segments(len(types) - 1)
        if self.is_deployment:
            facts = self.deployment.place_inside(self)
            return id_below(scope_id(facts), self.type.rstrip("/"), names)
        if self.type.lower() == GROUPS and self.deployment.facts.level != "resourceGroup":
            subscription = compose_text(
                "/subscriptions/", self.deployment.facts.subscription_id, "/resourceGroups/"
            )
            return compose_text(subscription, names[0])
        return id_below(self._scope(), self.type.rstrip("/"), names)

    def _scope(self) -> Text:
        scope = self.evaluate("scope")
        if isinstance(scope, Unknown):
            return scope
        facts = self.deployment.facts
        if isinstance(scope, str) and scope:
            if scope == "/":
                return ""
            if scope.startswith("/"):
                return scope.rstrip("/")
            return compose_text(scope_id(facts), "/providers/", scope.strip("/"))
        if self.existing or member(self.written, "resourceGroup") is not None:
            group, subscription = self.text("resourceGroup"), self.text("subscriptionId")
            if group is not None or subscription is not None:
                subscription = facts.subscription_id if subscription is None else subscription
                below = () if group is None else ("/resourceGroups/", group)
                return compose_text("/subscriptions/", subscription, *below)
        if self.type.lower() == _MANAGEMENT_GROUPS:
            return ""
        return scope_id(facts)

    def _name_segments(self, count: int) -> list[Text]:
        name = self.name
        if isinstance(name, Unknown):
            known = unknown_segments(name)
            if known is not None and len(known) == count:
                return known
            if count == 1:
                return [name]
            split = Call("split", (name.residual, Literal("/")))
            return [rest_of(Index(split, Literal(i)), name) for i in range(count)]
        segments = name.split("/")
        if len(segments) != count or "" in segments or count == 0:
            raise EvaluationError(
                f"the name '{name}' has {len(segments)} segments, but the type '{self.type}' needs"
                f" {count}"
            )
        return [*segments]

    @cached_property
    def properties(self) -> Value:
        """All properties, evaluated; the rule of a policy definition is a language of its own,
        which languageVersion 2.0 leaves alone."""
        self._evaluating = True
        try:
            if self.deployment.symbolic and self.type.lower() == POLICY_DEFINITIONS:
                written = member(self.written, "properties")
                properties = with_rule_as_written(written, self.scope)
                return self.evaluate("properties") if properties is None else properties
            return self.evaluate("properties")
        finally:
            self._evaluating = False

    def predicted_properties(self) -> Value:
        """What reference() of this resource gives as far as the template says; None: nothing."""
        if self._evaluating or self.existing or self.condition is False:
            return None
        if not self.is_deployment:
            return self.properties
        self._evaluating = True
        try:
            return self.deployment.nested(self).predicted_outputs()
        finally:
            self._evaluating = False

    def read(self, *path: str) -> Evaluated:
        """A value below `properties`, with all it depended on; only what lies on the way to it is
        evaluated. None where there is no such property."""
        return ask(self.scope, lambda _: self._property(path))

    def _property(self, path: tuple[str, ...]) -> Value:
        self.deployment.session.consult(*self.deployment.taken)
        return value_at(self.written, ("properties", *path), self.computed, self._owner)

    @property
    def _owner(self) -> str | None:
        """Whose members may be written twice; Azure's own attitude asks no such thing."""
        return None if self.deployment.session.strict else self.key

    def read_member(self, name: str, where: Where = Where.RESOURCE) -> Evaluated:
        """The same for a top-level member, such as the condition (at `Where.GATE`)."""
        return ask(self.scope, lambda _: self.evaluate(name, where))

    def property_place(self, *path: str) -> Location:
        """Where a property is written, or the nearest that there is around it."""
        return self.member_place("properties", *path)

    def member_place(self, *path: str | int) -> Location:
        """The same for a member of the resource itself, such as its location."""
        return nearest_place(self.place, self.written, path)

    @property
    def shown_name(self) -> str:
        """The name for reports, of at most 500 characters: an unknown one is its expression, a
        broken one as it is written."""
        try:
            name = self.name
            if isinstance(name, str) or not name.failed:
                return cut(str(name), LONGEST_NAME)
        except EvaluationError:
            pass
        written = member(self.written, "name")
        return "(no name)" if written is None else cut(str(written), LONGEST_NAME)
