"""Declared parameters, supplied values, and what Azure would refuse about them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import partial
from typing import Any, Literal

from armguard.errors import BudgetSpentError, EvaluationError, nearest_names
from armguard.evaluation.scope import Consulted, Scope, refuse_depth
from armguard.evaluation.types import check_type, is_secure, refuse_aggregates, resolve_type
from armguard.evaluation.unknown import Reason, Unknown, Value, call_left
from armguard.evaluation.user_functions import UserFunction
from armguard.evaluation.values import find_key, member, occurrences
from armguard.expressions.parser import is_expression, parse_expression
from armguard.finding import Location
from armguard.pointer import keys_of
from armguard.record import record, replace
from armguard.templates.template import is_symbolic
from armguard.templates.written import twice


@record
class Problem:
    """Something in a template or its parameters that Azure would refuse, or that was left out."""

    severity: Literal["error", "warning"]
    message: str
    location: Location | None = None
    by_default: bool = False
    """whether it is about a default that a supplied value would replace"""
    parameter: str = ""
    """the name of the parameter that it is about"""
    files: tuple[Consulted, ...] = ()
    """those that are taken for linked ones, in which it is"""
    about: Any = None
    """the resource that it is about, as it is written, with its full type; None: the template"""
    is_closed: bool = False
    """whether the template that the resource holds was not looked into for that reason"""


@record
class GivenParameter:
    """An entry of a parameter file, `{"value": ...}` or `{"reference": ...}`, and its place."""

    name: str
    entry: Any
    place: Location | None = None
    by_developer_cli: bool = False
    """whether its file has variables that the Azure Developer CLI fills in"""
    other: str | None = None
    """another spelling in which the same file gives it as well"""


def declared_parameters(
    template: Mapping[str, Any], place: Location
) -> dict[str, DeclaredParameter]:
    """The parameters of a template by lower-case name; raises `EvaluationError`."""
    definitions = member(template, "definitions")
    sections = occurrences(template, "parameters")
    written = [
        (key, name, declaration)
        for key, section in sections
        for name, declaration in (section.items() if isinstance(section, Mapping) else ())
    ]
    result: dict[str, DeclaredParameter] = {}
    for key, name, declaration in written:
        if not isinstance(declaration, Mapping):
            raise EvaluationError(f"the declaration of parameter '{name}' must be an object")
        if not is_symbolic(template):
            refuse_aggregates(declaration)
        resolved = resolve_type(declaration, definitions)
        default = find_key(resolved, "defaultValue")
        same = result.get(name.lower())
        doubted = None
        if len(sections) > 1:
            keys = [key for key, _ in sections]
            doubted = twice(name, keys, place.pointer, f"the section '{keys[0]}' of the template")
        elif same is not None:
            doubted = twice(name, (same.name, name), place.pointer)
        result[name.lower()] = DeclaredParameter(
            name=name,
            declaration=resolved,
            place=place.child(key, name),
            secure=is_secure(resolved),
            nullable=member(resolved, "nullable") is True,
            has_default=default is not None,
            default=None if default is None else resolved[default],
            definitions=definitions,
            doubted=doubted,
        )
    return result


def user_functions(template: Mapping[str, Any]) -> dict[str, UserFunction]:
    """The user functions of a template by `namespace.name` in lower case; raises
    `EvaluationError`."""
    result = {}
    namespaces = member(template, "functions")
    for namespace in namespaces if isinstance(namespaces, list) else []:
        members = member(namespace, "members")
        for name, body in members.items() if isinstance(members, Mapping) else ():
            full = f"{member(namespace, 'namespace')}.{name}"
            parameters: Any = member(body, "parameters")
            output = member(body, "output")
            if not isinstance(output, Mapping):
                raise EvaluationError(f"the output of function '{full}' must be an object")
            for declaration in parameters if isinstance(parameters, list) else ():
                if not isinstance(declaration, Mapping):
                    raise EvaluationError(f"a parameter of function '{full}' must be an object")
                if not is_symbolic(template):
                    refuse_aggregates(declaration)
            result[full.lower()] = UserFunction(
                full,
                tuple(parameters) if isinstance(parameters, list) else (),
                output,
                member(template, "definitions"),
            )
    return result


def given_value(given: GivenParameter) -> Value:
    """What an entry of a parameter file gives: plain data; a Key Vault reference is a secret."""
    entry = given.entry
    if given.other is not None:
        path = "" if given.place is None else given.place.path
        return twice(given.name, (given.other, given.name), path)
    if isinstance(entry, Mapping):
        name = f"parameter '{given.name}'"
        if find_key(entry, "reference") is not None:
            detail = f"{name} comes from a Key Vault, which is not read"
            return call_left("parameters", given.name, reason=Reason.SECRET, detail=detail)
        if find_key(entry, "expression") is not None:
            return _read_at_start(given.name, member(entry, "expression"))
        value: Value = member(entry, "value")
        refuse_depth(value)
        return value
    raise EvaluationError(
        f"parameter '{given.name}' must be written as an object with a value or a reference"
    )


def _read_at_start(name: str, written: Value) -> Unknown:
    """The value of an external input: what the expression leaves, as Azure's engine has it."""
    left = call_left(
        "parameters",
        name,
        reason=Reason.RUNTIME,
        detail=f"parameter '{name}' is read when the deployment is started",
    )
    if not isinstance(written, str) or not is_expression(written):
        return left
    return replace(left, residual=parse_expression(written))


def supply(given: Mapping[str, GivenParameter]) -> dict[str, SuppliedParameter]:
    """The values of a root deployment, by lower-case name, as Azure takes them."""
    return {name.lower(): supplied(each) for name, each in given.items()}


def supplied(given: GivenParameter) -> SuppliedParameter:
    return SuppliedParameter(lambda: given_value(given), "supplied", given.place)


def without_rejected(
    given_values: Mapping[str, SuppliedParameter],
    rejected: Iterable[Problem],
    every: Mapping[str, DeclaredParameter],
) -> dict[str, SuppliedParameter]:
    """The same, where what Azure would refuse counts as not supplied, a default too."""
    result = dict(given_values)
    for problem in rejected:
        key = problem.parameter.lower()
        given = result.pop(key, None)
        declared = every.get(key)
        if declared is not None:
            unknown = call_left(
                "parameters",
                declared.name,
                reason=Reason.NOT_SUPPLIED,
                detail=f"Azure would refuse it, since {problem.message}",
            )
            result[key] = _refused(unknown, given, problem, declared)
    return result


def _refused(
    unknown: Unknown,
    given: SuppliedParameter | None,
    problem: Problem,
    declared: DeclaredParameter,
) -> SuppliedParameter:
    if given is not None and given.place == problem.location:
        return SuppliedParameter(lambda: unknown, given.origin, given.place)
    if not problem.by_default:
        return SuppliedParameter(lambda: unknown, "supplied", None)
    return SuppliedParameter(lambda: unknown, "default", declared.place.child("defaultValue"))


def rejections(
    every: Mapping[str, DeclaredParameter],
    given_values: Mapping[str, SuppliedParameter],
    scope: Scope,
    definitions: Mapping[str, Any] | None,
) -> Iterator[Problem]:
    """What Azure refuses about the parameters: surplus names, values that their type rejects.

    A required parameter without a value is one too, but only in a strict session: in a check it
    is unknown.
    """
    for key, supplied in given_values.items():
        if key not in every:
            name = _name(supplied, key)
            message = f"the template declares no parameter '{name}'"
            meant = nearest_names(name, [each.name for each in every.values()])
            if meant:
                shown = " or ".join(f"'{each}'" for each in meant)
                message += f"; did you mean {shown}?"
            yield Problem("error", message, supplied.place, parameter=name)
    for key, declared in every.items():
        given = given_values.get(key)
        if given is not None and declared.has_default and _is_null(given):
            given = None  # Azure takes the default then
        place = given.place if given is not None and given.place is not None else declared.place
        by_default = given is None or given.origin == "unset"
        problem = partial(Problem, "error", location=place, parameter=declared.name)
        try:
            value = scope.names.parameter(declared.name, scope)
        except BudgetSpentError:
            if scope.session.strict:
                raise
            continue  # nothing against it is known; what takes it is undecided
        except EvaluationError as error:
            yield problem(str(error), by_default=by_default)
            continue
        if isinstance(value, Unknown):
            if value.reason is Reason.NOT_SUPPLIED and scope.session.strict:
                yield problem(value.detail)
            value = _hidden_value(given, value)
        what = f"the value of parameter '{declared.name}'"
        try:
            check_type(value, declared.declaration, what, definitions)
        except EvaluationError as error:
            yield problem(str(error), by_default=by_default)


def _is_null(given: SuppliedParameter) -> bool:
    try:
        return given.value() is None
    except EvaluationError:
        return False


def _hidden_value(given: SuppliedParameter | None, shown: Unknown) -> Value:
    """The value behind a secure parameter, which is checked but goes nowhere else."""
    if given is None or shown.reason is not Reason.SECRET or given.origin == "passed":
        return shown
    return given.value()


def _name(supplied: SuppliedParameter, key: str) -> str:
    if supplied.place is None:
        return key
    return keys_of(supplied.place.pointer)[-1]


@record
class DeclaredParameter:
    name: str
    declaration: Mapping[str, Any]
    """the resolved declaration: a `$ref` is replaced by what it refers to"""
    place: Location
    secure: bool
    nullable: bool
    has_default: bool
    default: Any
    definitions: Mapping[str, Any] | None = None
    """the types of the template"""
    doubted: Unknown | None = None
    """what stands for it where the template declares it in two ways"""


@record
class SuppliedParameter:
    """A value given for a parameter. `value` computes it: the values of a nested deployment's
    parameters are expressions of the deployment around it."""

    value: Callable[[], Value]
    origin: Literal["supplied", "unset", "default", "passed"]
    """see `Consulted`"""
    place: Location | None
    otherwise: Callable[[], Value] | None = None
    """the value where the variables in it don't count that are taken for not set"""

    def without_defaults(self) -> Value:
        return self.value() if self.otherwise is None else self.otherwise()
