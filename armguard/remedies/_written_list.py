"""Where the entries of a vault's own list are written: in the vault, a variable, a default, what a
nested deployment is passed, or a parameter file.

An expression is followed as far as it hands on what is written elsewhere. Of concat() and union()
each argument is a part of the list; what only computes is a part that nothing can be written into.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from armguard.evaluation.scope import Where
from armguard.evaluation.types import may_be_secure
from armguard.evaluation.unknown import Unknown, Value, holds_unknown
from armguard.evaluation.values import find_key, member
from armguard.expressions.parser import is_expression, parse_expression
from armguard.expressions.syntax import (
    Call,
    Expression,
    Index,
    Literal,
    Property,
    parts_of,
    to_text,
)
from armguard.finding import Location, brief, quoted
from armguard.record import replace
from armguard.remedies._spots import (
    Around,
    Part,
    Spot,
    at_top,
    inside,
    only_key,
    said,
    spot_of,
    value_of,
)
from armguard.remedies.remedy import Files, RefusedError
from armguard.templates.parameters import DeclaredParameter
from armguard.templates.resource import Resource, Surroundings

_MOST_STEPS = 100
"""from name to name, more than any real template takes"""
_OF_LISTS = ("concat", "union")


def written_list(
    resource: Resource, files: Files, parameter_files: tuple[str, ...]
) -> tuple[Part, ...]:
    """The parts of the list of a vault, in their order. Raises `RefusedError` where it can't be
    told where they are written, and `EvaluationError`."""
    return tuple(_Tracer(files, parameter_files).list_of(resource))


class _Tracer:
    def __init__(self, files: Files, parameter_files: tuple[str, ...]) -> None:
        self._files = files
        self._parameter_files = parameter_files
        self._steps = 0

    def list_of(self, resource: Resource) -> list[Part]:
        properties = self._below(self._there(spot_of(resource)), "properties")
        if properties.absent:
            raise RefusedError("it has no properties")
        return self._parts(self._below(properties, "accessPolicies"))

    def _parts(self, spot: Spot) -> list[Part]:
        """The parts of a list that is written there."""
        written = spot.written
        if spot.looped is not None:
            return [spot.looped]
        if spot.around is not None and isinstance(written, str) and is_expression(written):
            return self._parts_of_node(parse_expression(written), spot.around, spot)
        if written is not None and not isinstance(written, list):
            raise RefusedError(f"what stands {said(spot.place)} is not written as a list")
        value = None if spot.absent and spot.around is not None else spot.value()
        values = _entries(value, f"the list {said(spot.place)}")
        if isinstance(written, list) and len(values) != len(written):
            raise RefusedError(f"the list {said(spot.place)} is changed before it is deployed")
        return [Part(values, spot.place, written, spot.absent, spot.around is None)]

    def _parts_of_node(
        self, node: Expression, around: Around, whole: Spot | None = None
    ) -> list[Part]:
        """The parts of a list that an expression gives; `whole`: where that is all there is."""
        self._step()
        match node:
            case Call(name, arguments) if name.lower() in _OF_LISTS:
                return [part for each in arguments for part in self._parts_of_node(each, around)]
            case Call(name, arguments) if name.lower() == "coalesce":
                return self._first_of(arguments, around)
            case Call(name, (condition, first, second)) if name.lower() == "if":
                chosen = first if self._holds(condition, around) else second
                return self._parts_of_node(chosen, around)
        spot = self._followed(node, around)
        if spot is not None:
            return self._parts(spot)
        values = _entries(value_of(node, around), f"what {_short(node)} gives")
        if whole is not None and not values and _is_constant(node):
            return [Part((), whole.place)]
        return [Part(values, written=_short(node))]

    def _first_of(self, arguments: tuple[Expression, ...], around: Around) -> list[Part]:
        """Those of the first argument that is not null; of one that is null and comes before it,
        if there is nothing in it that would have to be kept."""
        null: Part | None = None
        for each in arguments:
            value = value_of(each, around)
            if value is None:
                spot = self._followed(each, around)
                if null is None and spot is not None:
                    null = Part((), spot.place, None, spot.absent, spot.around is None)
                continue
            parts = self._parts_of_node(each, around)
            return [null] if null is not None and not any(p.values for p in parts) else parts
        if null is None:
            raise RefusedError("coalesce() finds no list at all")
        return [null]

    def _holds(self, condition: Expression, around: Around) -> bool:
        value = value_of(condition, around)
        if not isinstance(value, bool):
            raise RefusedError(f"which list is written hangs on {_short(condition)}")
        return value

    def _followed(self, node: Expression, around: Around) -> Spot | None:
        """Where the value of an expression is written; None: it computes something."""
        self._step()
        match node:
            case Call("", _):
                return None
            case Call(name, (Literal(str(named)),)) if name.lower() == "parameters":
                return self._parameter(named, around.owner)
            case Call(name, (Literal(str(named)),)) if name.lower() == "variables":
                return self._variable(named, around.owner)
            case Call(name, (target, *keys)) if name.lower() == "tryget":
                return self._selected(target, keys, around)
            case Call(name, (condition, first, second)) if name.lower() == "if":
                return self._followed(first if self._holds(condition, around) else second, around)
            case Property(target, name):
                return self._selected(target, [Literal(name)], around)
            case Index(target, index):
                return self._selected(target, [index], around)
        return None

    def _selected(self, target: Expression, keys: list[Expression], around: Around) -> Spot | None:
        spot = self._followed(target, around)
        for each in keys if spot is not None else ():
            assert spot is not None
            key = value_of(each, around)
            if not isinstance(key, (str, int)) or isinstance(key, bool):
                raise RefusedError(f"which list is written hangs on {_short(each)}")
            spot = self._below(spot, key)
        return spot

    def _below(self, spot: Spot, key: str | int) -> Spot:
        """A member or an element of what is written there."""
        self._step()
        if spot.default is not None:
            spot = spot.default
        written, around = spot.written, spot.around
        if around is not None and isinstance(written, str) and is_expression(written):
            followed = self._followed(parse_expression(written), around)
            if followed is None:
                raise RefusedError(
                    f"what stands {said(spot.place)} is computed; write it out first"
                )
            return self._below(followed, key)
        if isinstance(written, list) and isinstance(key, int) and key < len(written):
            return inside(spot, key, key)
        if isinstance(written, Mapping) and isinstance(key, str):
            spelled = only_key(written, key, spot.place)
            if spelled is not None:
                return inside(spot, spelled, key)
            loop = self._looped(spot, key)
            return Spot(spot.place, None, lambda: None, around, key) if loop is None else loop
        if spot.absent:
            raise RefusedError(f"nothing gives '{spot.absent}' a value {said(spot.place)}")
        raise RefusedError(f"there is no '{key}' {said(spot.place)}")

    def _looped(self, spot: Spot, name: str) -> Spot | None:
        """The list that a loop makes of another one, if its entries keep what tells whose they are
        and what they permit; None: no loop makes such a member."""
        loops, around = member(spot.written, "copy"), spot.around
        for loop in loops if isinstance(loops, list) and around is not None else ():
            assert around is not None
            called = member(loop, "name")
            if not isinstance(called, str) or is_expression(called):
                raise RefusedError(f"which members the loops make {said(spot.place)} is not known")
            if called.lower() != name.lower():
                continue
            source = _handed_on(member(loop, "input"))
            if source is None or value_of(Call("length", (source,)), around) != around.evaluated(
                member(loop, "count")
            ):
                raise RefusedError(
                    f"a loop {said(spot.place)} makes '{name}' of something else than entries"
                )
            parts = self._parts_of_node(source, around)
            made = member(around.evaluated({"copy": [loop]}), name)
            values = _entries(made, f"what the loop {said(spot.place)} makes")
            if len(parts) != 1 or parts[0].place is None or len(parts[0].values) != len(values):
                raise RefusedError(f"a loop {said(spot.place)} makes '{name}' of several lists")
            part = replace(parts[0], values=values, kept=parts[0].values)
            return Spot(spot.place, None, lambda: None, around, looped=part)
        return None

    def _variable(self, name: str, owner: Surroundings) -> Spot:
        section = self._section(owner, "variables")
        spot = self._below(section, name)
        if spot.absent:
            raise RefusedError(f"there is no variable '{brief(name)}'")
        if spot.looped is not None:
            return spot
        return replace(
            spot,
            value=lambda: owner.names.variable(name, owner.scope),
            around=at_top(owner, Where.VARIABLE),
        )

    def _section(self, owner: Surroundings, name: str) -> Spot:
        around = at_top(owner, Where.VARIABLE)
        section = self._below(Spot(owner.place, owner.template, lambda: None, around), name)
        return section if section.absent else self._there(section)

    def _parameter(self, name: str, owner: Surroundings) -> Spot:
        declared = owner.names.declared.get(name.lower())
        if declared is None:
            raise RefusedError(f"there is no parameter '{brief(name)}'")
        if may_be_secure(declared.declaration):
            raise RefusedError(
                f"parameter '{declared.name}' may hold a secret, so it is not looked at"
            )
        supplied = owner.names.supplied.get(name.lower())
        if owner.parent is not None and supplied is not None:
            return self._passed(owner.parent, declared)

        def value() -> Value:
            return owner.names.parameter(declared.name, owner.scope)

        given = supplied is not None and supplied.origin != "default"
        if supplied is not None and given and owner.parent is None:
            if supplied.place is None:
                raise RefusedError(f"parameter '{declared.name}' is given on the command line")
            entry = self._files.value(supplied.place)
            key = find_key(entry, "value")
            if key is None:
                raise RefusedError(f"parameter '{declared.name}' is given, but not as a value")
            return Spot(supplied.place.child(key), entry[key], value, None)
        default = self._default(declared, owner, value)
        is_given_in_file = owner.parent is None and self._parameter_files
        if is_given_in_file and _can_be_copied(value, declared):
            file = Location(self._parameter_files[-1])
            own = value if declared.has_default else list
            return Spot(file, None, own, None, declared.name, default=default)
        if default is None:
            raise RefusedError(
                f"nothing gives parameter '{declared.name}' a value; name a parameter file"
            )
        return default

    def _default(
        self, declared: DeclaredParameter, owner: Surroundings, value: Callable[[], Value]
    ) -> Spot | None:
        """Where the default of a parameter is written, or could be; None: it needs a value."""
        if not declared.has_default and not declared.nullable:
            return None
        declarations = self._section(owner, "parameters")
        spot = self._below(self._below(declarations, declared.name), "defaultValue")
        if spot.absent and declared.has_default:
            raise RefusedError(f"the default of parameter '{declared.name}' is that of its type")
        return replace(spot, value=value, around=at_top(owner, Where.PARAMETER_DEFAULT))

    def _passed(self, nested: Resource, declared: DeclaredParameter) -> Spot:
        """What a deployment passes to the nested one that it makes."""
        spot = self._there(spot_of(nested))
        for name in ("properties", "parameters", declared.name, "value"):
            spot = self._below(spot, name)
            if spot.absent:
                raise RefusedError(
                    f"where parameter '{declared.name}' of {quoted(nested.shown_name)} comes from"
                    " can't be told"
                )
        return spot

    def _there(self, spot: Spot) -> Spot:
        """The same, where it is written as such: an expression may make a whole resource."""
        if self._files.value(spot.place) != spot.written:
            raise RefusedError("it is not written out: an expression computes it")
        return spot

    def _step(self) -> None:
        self._steps += 1
        if self._steps > _MOST_STEPS:
            raise RefusedError("its list is handed on too often to be followed")


def _handed_on(written: Any) -> Expression | None:
    """The list whose elements the input of a loop is, or of which it takes objectId and
    permissions; None: it makes entries of something else."""
    if isinstance(written, Mapping):
        sources = {_picked(member(written, name), name) for name in ("objectId", "permissions")}
        return sources.pop() if len(sources) == 1 else None
    return _picked(written)


def _picked(written: Any, name: str | None = None) -> Expression | None:
    """The list of `[list[copyIndex()]]`, or of `[list[copyIndex()].name]`."""
    if not isinstance(written, str) or not is_expression(written):
        return None
    node = parse_expression(written)
    if name is not None:
        if not isinstance(node, Property) or node.name.lower() != name.lower():
            return None
        node = node.target
    match node:
        case Index(target, Call(function, _)) if function.lower() == "copyindex":
            return target
    return None


def _entries(value: Value, what: str) -> tuple[Value, ...]:
    if value is None:
        return ()
    if isinstance(value, Unknown):
        raise RefusedError(f"{what} is not known: {value.detail}")
    if not isinstance(value, list):
        raise RefusedError(f"{what} is no list")
    return tuple(value)


def _can_be_copied(value: Callable[[], Value], declared: DeclaredParameter) -> bool:
    """Whether a default can be written out where nothing is evaluated."""
    return not declared.has_default or not holds_unknown(value())


def _is_constant(node: Expression) -> bool:
    """Whether it is a list in other words, in which nothing is handed on."""
    calls = [each.name.lower() for each in parts_of(node) if isinstance(each, Call)]
    return all(name in ("createarray", "array", "json", "null") for name in calls)


def _short(node: Expression) -> str:
    return brief(f"[{to_text(node)}]")
