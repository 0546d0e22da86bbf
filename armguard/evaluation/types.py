"""Types of parameters, outputs and user functions: what Azure accepts as a value of a declaration.

Types are strict: 5 is no string, 'true' no bool, 5.0 no int; allowed values compare with case.
What is unknown is accepted, since nobody can say. Of a secure value a refusal says only which rule
of its declaration it breaks.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from armguard.dotnet import utf16
from armguard.errors import EvaluationError
from armguard.evaluation.functions.registry import Kind, kind_name, kind_of
from armguard.evaluation.unknown import Unknown, Value
from armguard.evaluation.values import deep_equal, find_key, member
from armguard.pointer import keys_of

_KINDS = {
    "string": Kind.STRING,
    "securestring": Kind.STRING,
    "int": Kind.INTEGER,
    "bool": Kind.BOOLEAN,
    "array": Kind.ARRAY,
    "object": Kind.OBJECT,
    "secureobject": Kind.OBJECT,
}
_REFERENCE_DEPTH = 40


def resolve_type(
    declaration: Mapping[str, Any], definitions: Mapping[str, Any] | None
) -> dict[str, Any]:
    """A declaration with its `$ref` to the template's definitions replaced by what it names."""
    result = dict(declaration)
    for _ in range(_REFERENCE_DEPTH):
        key = find_key(result, "$ref")
        if key is None:
            return result
        reference = result.pop(key)
        keys = keys_of("/" + str(reference).removeprefix("#/definitions/"))
        target = member(definitions, "/".join(keys))
        if not isinstance(target, Mapping):
            raise EvaluationError(f"there is no type '{reference}' in this template")
        result = {**target, **result}
    raise EvaluationError(f"the type '{declaration.get('$ref')}' refers to itself")


_AGGREGATE = ("items", "prefixItems", "properties", "additionalProperties", "discriminator")


def refuse_aggregates(declaration: Mapping[str, Any]) -> None:
    """Raise `EvaluationError` for what only languageVersion 2.0 can declare."""
    for name in _AGGREGATE:
        if find_key(declaration, name) is not None:
            raise EvaluationError(f"'{name}' in a type needs languageVersion 2.0")


def type_name(declaration: Mapping[str, Any]) -> str:
    """The declared type in lower case; '' where none is declared."""
    declared = member(declaration, "type")
    return declared.lower() if isinstance(declared, str) else ""


def is_secure(declaration: Mapping[str, Any]) -> bool:
    return type_name(declaration) in ("securestring", "secureobject")


def may_be_secure(declaration: Mapping[str, Any]) -> bool:
    """Whether it is, or is of no type that Azure knows, so that nobody can say."""
    return is_secure(declaration) or type_name(declaration) not in _KINDS


def may_hold_secrets(declaration: Mapping[str, Any]) -> bool:
    """The same of anything inside of it."""
    return may_be_secure(declaration) or any(find_key(declaration, n) for n in _AGGREGATE)


def check_type(
    value: Value,
    declaration: Mapping[str, Any],
    what: str,
    definitions: Mapping[str, Any] | None = None,
) -> None:
    """Raise `EvaluationError` unless `value` is one that `declaration` accepts.

    `what` names the value in the message, for instance "the value of parameter 'p'".
    """
    if isinstance(value, Unknown):
        return
    declaration = resolve_type(declaration, definitions)
    if value is None and member(declaration, "nullable") is True:
        return
    try:
        _check(value, declaration, what, definitions)
    except _BrokenRuleError as error:
        if not is_secure(declaration):
            raise
        raise _BrokenRuleError(
            error.rule,
            f"{what}, which is secure, is not one that its declaration accepts: it breaks the rule"
            f" '{error.rule}'",
        ) from None


class _BrokenRuleError(EvaluationError):
    """A value breaks a rule of its declaration, such as `minLength`."""

    def __init__(self, rule: str, message: str) -> None:
        super().__init__(message)
        self.rule = rule


def _check(
    value: Value,
    declaration: Mapping[str, Any],
    what: str,
    definitions: Mapping[str, Any] | None,
) -> None:
    expected = _KINDS.get(type_name(declaration))
    if expected is not None and kind_of(value) not in expected:
        raise _BrokenRuleError(
            "type", f"{what} must be {kind_name(expected)}, but is {kind_name(kind_of(value))}"
        )
    _check_allowed(value, declaration, what)
    _check_bounds(value, declaration, what)
    if isinstance(value, dict):
        _check_object(value, declaration, what, definitions)
    elif isinstance(value, list):
        _check_array(value, declaration, what, definitions)


def _inside(what: str, part: str) -> str:
    return f"{what.removesuffix(',')}, {part},"


def _check_allowed(value: Value, declaration: Mapping[str, Any], what: str) -> None:
    allowed = member(declaration, "allowedValues")
    if not isinstance(allowed, list) or not allowed:
        return  # an empty list restricts nothing
    if any(deep_equal(value, each) is not False for each in allowed):
        return
    if isinstance(value, list) and all(
        any(deep_equal(element, each) is not False for each in allowed) for element in value
    ):
        return
    rule = "allowedValues"
    if any(find_key(declaration, name) for name in _AGGREGATE):
        # a part of it may be a secret
        raise _BrokenRuleError(rule, f"{what} is none of the {len(allowed)} that are allowed")
    shown = ", ".join(repr(each) for each in allowed[:10])
    raise _BrokenRuleError(rule, f"{what} is {_shown(value)}, but allowed are only {shown}")


def _shown(value: Value) -> str:
    text = repr(value)
    return text if len(text) <= 60 else text[:57] + "..."


def _check_bounds(value: Value, declaration: Mapping[str, Any], what: str) -> None:
    if isinstance(value, (str, list)):
        size = utf16.length(value) if isinstance(value, str) else len(value)
        unit = "characters" if isinstance(value, str) else "elements"
        least, most = member(declaration, "minLength"), member(declaration, "maxLength")
        if isinstance(least, int) and size < least:
            rule, wanted = "minLength", f"needs at least {least}"
            raise _BrokenRuleError(rule, f"{what} has {size} {unit}, but {wanted}")
        if isinstance(most, int) and size > most:
            rule, wanted = "maxLength", f"may have at most {most}"
            raise _BrokenRuleError(rule, f"{what} has {size} {unit}, but {wanted}")
    elif type(value) is int:
        least, most = member(declaration, "minValue"), member(declaration, "maxValue")
        if isinstance(least, int) and value < least:
            raise _BrokenRuleError("minValue", f"{what} is {value}, but must be at least {least}")
        if isinstance(most, int) and value > most:
            raise _BrokenRuleError("maxValue", f"{what} is {value}, but may be at most {most}")


def _check_object(
    value: dict[str, Value],
    declaration: Mapping[str, Any],
    what: str,
    definitions: Mapping[str, Any] | None,
) -> None:
    discriminator = member(declaration, "discriminator")
    if isinstance(discriminator, Mapping):
        _check_variant(value, discriminator, what, definitions)
        return
    properties = member(declaration, "properties")
    known: set[str] = set()
    if isinstance(properties, Mapping):
        for name, each in properties.items():
            if not isinstance(each, Mapping):
                continue
            known.add(name.lower())
            resolved = resolve_type(each, definitions)
            key = find_key(value, name)
            if key is None or value[key] is None:
                if member(resolved, "nullable") is not True:
                    raise _BrokenRuleError(
                        "properties", f"{what} needs a value for the property '{name}'"
                    )
                continue
            check_type(value[key], resolved, _inside(what, f"property '{name}'"), definitions)
    additional = member(declaration, "additionalProperties")
    for name, each in value.items():
        if name.lower() in known:
            continue
        if additional is False:
            allowed = ", ".join(properties if isinstance(properties, Mapping) else ()) or "none"
            raise _BrokenRuleError(
                "additionalProperties",
                f"{what} has a property '{name}', but allowed are only: {allowed}",
            )
        if isinstance(additional, Mapping):
            check_type(each, additional, _inside(what, f"property '{name}'"), definitions)


def _check_variant(
    value: dict[str, Value],
    discriminator: Mapping[str, Any],
    what: str,
    definitions: Mapping[str, Any] | None,
) -> None:
    name, variants = tagged(discriminator)
    chosen = member(value, name)
    if isinstance(chosen, Unknown):
        return
    variant = variants.get(chosen) if isinstance(chosen, str) else None
    if variant is None:
        known = ", ".join(map(repr, variants))
        raise _BrokenRuleError(
            "discriminator", f"{what} needs a property '{name}' that is one of {known}"
        )
    check_type(value, variant, what, definitions)


def tagged(discriminator: object) -> tuple[str, dict[str, Mapping[str, Any]]]:
    """The property that says which type of a tagged union a value has, and the types by its
    values; none where that is written in no such form."""
    mapping = member(discriminator, "mapping")
    variants = mapping.items() if isinstance(mapping, Mapping) else ()
    return str(member(discriminator, "propertyName")), {
        tag: each for tag, each in variants if isinstance(each, Mapping)
    }


def _check_array(
    value: list[Value],
    declaration: Mapping[str, Any],
    what: str,
    definitions: Mapping[str, Any] | None,
) -> None:
    prefix = member(declaration, "prefixItems")
    first = prefix if isinstance(prefix, list) else []
    items = member(declaration, "items")
    if len(value) < len(first):
        raise _BrokenRuleError("prefixItems", f"{what} needs at least {len(first)} elements")
    for index, element in enumerate(value):
        each = first[index] if index < len(first) else items
        if each is False:
            raise _BrokenRuleError("items", f"{what} may have at most {len(first)} elements")
        if isinstance(each, Mapping):
            check_type(element, each, _inside(what, f"element {index}"), definitions)
