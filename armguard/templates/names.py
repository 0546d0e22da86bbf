"""The parameters, variables and user functions of one template, evaluated when first asked for.

The default of a parameter and the value of a variable are evaluated once per session and kept with
everything they depended on; a cycle is an error, not a recursion.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Literal

from armguard.errors import EvaluationError
from armguard.evaluation.identity import value_text
from armguard.evaluation.json_values import evaluate_json
from armguard.evaluation.scope import Consulted, Evaluated, Origin, Resources, Scope, Session, Where
from armguard.evaluation.secrets import hide_secrets
from armguard.evaluation.types import check_type, may_be_secure, may_hold_secrets
from armguard.evaluation.unknown import Reason, Unknown, Value
from armguard.evaluation.user_functions import UserFunction
from armguard.evaluation.values import member
from armguard.expressions.parser import is_expression
from armguard.expressions.syntax import Call
from armguard.expressions.syntax import Literal as LiteralNode
from armguard.finding import Location
from armguard.record import replace
from armguard.templates.parameters import DeclaredParameter, SuppliedParameter


class Names:
    """What parameters(), variables() and calls of user functions mean in one template."""

    def __init__(
        self,
        *,
        parameters: Mapping[str, DeclaredParameter],
        supplied: Mapping[str, SuppliedParameter],
        variables: Mapping[str, Any],
        variable_places: Mapping[str, Location],
        functions: Mapping[str, UserFunction],
        path: str = "",
        overridable: bool = True,
        prepare: Callable[[Any], Any] = lambda written: written,
    ) -> None:
        """All mappings are keyed by lower-case names. `path` is "" in the root template, else what
        tells the names of this nested one from those of others. `overridable`: whoever deploys it
        may pass other values than its defaults. `prepare` evaluates what is written in the
        deployments around this one, where these have to."""
        self.declared = parameters
        self.supplied = supplied
        self.variables = variables
        self._variable_places = variable_places
        self._functions = functions
        self._path = path
        self._overridable = overridable
        self._prepare = prepare
        self._known: dict[tuple[str, str], Evaluated] = {}
        self._pending: set[tuple[str, str]] = set()
        self.resources: Resources | None = None

    def function(self, name: str) -> UserFunction | None:
        return self._functions.get(name.lower())

    def parameter(self, name: str, scope: Scope) -> Value:
        declared = self.declared.get(name.lower())
        if declared is None:
            raise EvaluationError(f"there is no parameter '{name}' in this template")
        return self._remembered(("parameter", name.lower()), declared.name, scope)

    def variable(self, name: str, scope: Scope) -> Value:
        if name.lower() not in self.variables:
            raise EvaluationError(f"there is no variable '{name}' in this template")
        return self._remembered(("variable", name.lower()), name, scope)

    def _remembered(self, key: tuple[str, str], name: str, scope: Scope) -> Value:
        session = scope.session
        evaluated = self._known.get(key)
        if evaluated is None:
            if key in self._pending:
                raise EvaluationError(f"{key[0]} '{name}' depends on itself")
            self._pending.add(key)
            # also where nobody listens now: somebody may ask for the same value later
            outer, session.trail = session.trail, None if session.strict else {}
            try:
                own = self._own(scope)
                if key[0] == "parameter":
                    value = self._parameter(key[1], own)
                else:
                    value = self._variable(key[1], name, own)
                session.budget.measure(value)
                evaluated = Evaluated(value, self._heard(key, value, session))
            finally:
                session.trail = outer
                self._pending.discard(key)
            self._known[key] = evaluated
        if session.trail is not None:
            for consulted in evaluated.consulted:
                session.trail[consulted] = None
        return evaluated.value

    def _heard(self, key: tuple[str, str], value: Value, session: Session) -> tuple[Consulted, ...]:
        """What has been consulted; of a variable that a loop makes also how many it made."""
        heard = tuple(session.trail or ())
        looped = key[0] == "variable" and callable(self.variables[key[1]])
        if heard and looped and isinstance(value, list):
            return replace(heard[0], count=len(value)), *heard[1:]
        return heard

    def _own(self, scope: Scope) -> Scope:
        """The scope of this template itself: without loops, lambdas and function arguments."""
        return replace(scope, names=self, copies={}, copy_index=None, lambdas={}, resource=None)

    def _parameter(self, key: str, scope: Scope) -> Value:
        declared = self.declared[key]
        session = scope.session
        if declared.doubted is not None and not session.strict:
            return declared.doubted
        if self._overridable and key in session.instead:
            self._consult(session, declared, "supplied", declared.place)
            return session.instead[key]
        supplied = self.supplied.get(key)
        forgotten = self._overridable and key in session.forgotten
        if supplied is not None:
            self._consult(session, declared, supplied.origin, supplied.place)
            value = supplied.without_defaults() if forgotten else supplied.value()
            if value is not None or not declared.has_default:
                if supplied.origin == "passed":
                    value = self._accepted(declared, value, session)
                self._offer_allowed_values(session, declared, value)
                is_in_file = supplied.origin != "passed" and supplied.place is not None
                return self._hiding(declared, value, session.strict, is_in_file)
        if not forgotten and (declared.has_default or declared.nullable):
            origin: Literal["default", "fixed"] = "default" if self._overridable else "fixed"
            place = declared.place.child("defaultValue") if declared.has_default else declared.place
            self._consult(session, declared, origin, place)
            if declared.secure and not session.strict and not _is_computed(declared.default):
                return self._only_emptiness(declared, declared.default)
            default = self._default(declared, scope)
            if self._path:
                default = self._accepted(declared, default, session)
            return (
                default if session.strict or declared.secure else self._members(declared, default)
            )
        self._consult(session, declared, "nowhere", declared.place)
        if declared.secure and not session.strict:
            return self._secret(declared)
        detail = f"parameter '{declared.name}' has no default and no value is supplied for it"
        unknown = Unknown(Reason.NOT_SUPPLIED, self._call(declared.name), detail)
        self._offer_allowed_values(session, declared, unknown)
        return unknown

    def _accepted(self, declared: DeclaredParameter, value: Value, session: Session) -> Value:
        """A value of a nested template; one that Azure would refuse counts as not supplied."""
        if session.strict:
            return value
        what = f"the value of parameter '{declared.name}'"
        try:
            check_type(value, declared.declaration, what, declared.definitions)
        except EvaluationError as error:
            detail = f"Azure would refuse it, since {error}"
            return Unknown(Reason.NOT_SUPPLIED, self._call(declared.name), detail)
        return value

    def _offer_allowed_values(
        self, session: Session, declared: DeclaredParameter, value: Value
    ) -> None:
        """A parameter that is not supplied is one of its allowed values."""
        call = self._call(declared.name)
        if not isinstance(value, Unknown) or value.residual != call or declared.secure:
            return
        allowed = member(declared.declaration, "allowedValues")
        if isinstance(allowed, list) and member(declared.declaration, "type") != "array":
            session.alternatives[value_text(call)] = allowed

    @staticmethod
    def _consult(
        session: Session, declared: DeclaredParameter, origin: Origin, place: Location | None
    ) -> None:
        inside = may_hold_secrets(declared.declaration)
        session.consult(
            Consulted(
                "parameter", declared.name, origin, place, secret=declared.secure, conceals=inside
            )
        )

    def _default(self, declared: DeclaredParameter, scope: Scope) -> Value:
        try:
            default = self._prepare(declared.default)
            return evaluate_json(default, scope.at(Where.PARAMETER_DEFAULT))
        except EvaluationError as error:
            if may_be_secure(declared.declaration):
                error.expression = None
            raise

    def _hiding(
        self, declared: DeclaredParameter, value: Value, strict: bool, is_in_file: bool
    ) -> Value:
        """A given value without its secrets, which may be members of an object."""
        is_given = not isinstance(value, Unknown) and value is not None
        hidden = declared.secure or (not strict and may_be_secure(declared.declaration))
        if is_given and hidden:
            is_closed = strict or is_in_file
            return self._secret(declared) if is_closed else self._only_emptiness(declared, value)
        return self._members(declared, value)

    def _only_emptiness(self, declared: DeclaredParameter, value: Value) -> Value:
        """Of a secret in a template or on the command line it is no secret whether it is empty."""
        if value is None or value == "":
            return value
        size = len(value) if isinstance(value, (str, list, dict)) else None
        return replace(self._secret(declared), is_empty=None if size is None else size == 0)

    def _members(self, declared: DeclaredParameter, value: Value) -> Value:
        return hide_secrets(
            value, declared.declaration, declared.definitions, self._secret(declared)
        )

    def _secret(self, declared: DeclaredParameter) -> Unknown:
        verb = "may be" if may_be_secure(declared.declaration) and not declared.secure else "is"
        return Unknown(
            Reason.SECRET,
            self._call(declared.name),
            f"parameter '{declared.name}' {verb} secure, so its value is not looked at",
        )

    def _call(self, name: str) -> Call:
        return Call("parameters", (LiteralNode(name),), self._path)

    def _variable(self, key: str, name: str, scope: Scope) -> Value:
        scope.session.consult(
            Consulted("variable", name, "written", self._variable_places.get(key))
        )
        value = self.variables[key]
        scope = scope.at(Where.VARIABLE)
        if callable(value):
            looped: Value = value(scope)
            return looped
        return evaluate_json(self._prepare(value), scope, loops=True)


def _is_computed(default: Any) -> bool:
    """Whether a default is an expression, which everybody can read, rather than a secret."""
    return isinstance(default, str) and is_expression(default)
