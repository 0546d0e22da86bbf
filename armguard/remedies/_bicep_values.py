"""Values and expressions of a template as Bicep says them: for what is written into a source."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from armguard.expressions.parser import is_expression, parse_expression, plain_text
from armguard.expressions.syntax import Call, Expression, Index, Lambda, Literal, Property
from armguard.source.text_edits import EditError

_NAME = re.compile(r"[A-Za-z_]\w*+\Z")
_UNARY, _COALESCE, _OR, _AND, _EQUALS, _PRIMARY = 6, 2, 3, 4, 5, 7
_INFIX = {
    "and": ("&&", _AND),
    "or": ("||", _OR),
    "coalesce": ("??", _COALESCE),
    "equals": ("==", _EQUALS),
}
_TERNARY = 1

Known = Mapping[Expression, str]
"""Expressions of which the Bicep text is known."""


def value_text(value: Any, indent: str, line_break: str, known: Known | None = None) -> str:
    """A value; `indent` is that of the line on which it begins."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, str):
        if is_expression(value):
            return expression_text(parse_expression(value), known)
        return string_text(plain_text(value))
    inner = f"{indent}  "
    if isinstance(value, Mapping):
        lines = [
            f"{inner}{name_text(name)}: {value_text(each, inner, line_break, known)}"
            for name, each in value.items()
        ]
        return _block("{", lines, "}", indent, line_break)
    if isinstance(value, Sequence):
        lines = [f"{inner}{value_text(each, inner, line_break, known)}" for each in value]
        return _block("[", lines, "]", indent, line_break)
    raise EditError(f"a value of this kind can't be written in Bicep: {type(value).__name__}")


def inline_text(value: Any) -> str:
    """A value on one line, as a sentence can quote it."""
    if isinstance(value, Mapping):
        members = (f"{name_text(name)}: {inline_text(each)}" for name, each in value.items())
        return f"{{ {', '.join(members)} }}" if value else "{}"
    if isinstance(value, list):
        return f"[{', '.join(map(inline_text, value))}]"
    return value_text(value, "", "")


def _block(opening: str, lines: Sequence[str], closing: str, indent: str, line_break: str) -> str:
    if not lines:
        return f"{opening}{closing}"
    return line_break.join((opening, *lines, f"{indent}{closing}"))


def string_text(text: str) -> str:
    """A text between quotes."""
    for character, escaped in (("\\", "\\\\"), ("'", "\\'"), ("${", "\\${")):
        text = text.replace(character, escaped)
    for character, escaped in (("\n", "\\n"), ("\r", "\\r"), ("\t", "\\t")):
        text = text.replace(character, escaped)
    return f"'{text}'"


def name_text(name: str) -> str:
    """The name of a property."""
    return name if _NAME.match(name) else string_text(name)


def expression_text(node: Expression, known: Known | None = None) -> str:
    """An expression. Raises `EditError` for what Bicep has no words for."""
    return _said(node, known or {}, 0)


def _said(node: Expression, known: Known, around: int) -> str:
    """`around`: how strongly what stands around it binds."""
    text = known.get(node)
    if text is not None:
        is_plain = re.fullmatch(r"[\w.]++(?:\([^()]*+\))?+(?:\.\??[\w]++)*+|\[\]|'[^'$]*+'", text)
        return text if is_plain or not around else f"({text})"
    match node:
        case Literal(value):
            return value_text(value, "", "\n") if not isinstance(value, str) else string_text(value)
        case Call(name, (Literal(str(given)),)) if name.lower() in ("parameters", "variables"):
            if not _NAME.match(given):
                raise EditError(f"'{given}' is no name that Bicep has")
            return given
        case Call("target", _):
            return "this.existingResource()"
        case Call(name, arguments):
            return _call(name.lower(), name, arguments, known, around)
        case Property(target, name, safe):
            dot = ".?" if safe else "."
            return f"{_said(target, known, _PRIMARY)}{dot}{name}"
        case Index(target, index, safe):
            return (
                f"{_said(target, known, _PRIMARY)}[{'?' if safe else ''}{_said(index, known, 0)}]"
            )
        case Lambda():
            raise EditError("a lambda is not written into Bicep")


def _call(key: str, name: str, arguments: Sequence[Expression], known: Known, around: int) -> str:
    if key in _INFIX and len(arguments) > 1:
        sign, strength = _INFIX[key]
        text = f" {sign} ".join(_said(each, known, strength) for each in arguments)
        return f"({text})" if around > strength else text
    if key == "not" and len(arguments) == 1:
        return f"!{_said(arguments[0], known, _UNARY)}"
    if key == "if" and len(arguments) == 3:
        asked, then, otherwise = (_said(each, known, _TERNARY + 1) for each in arguments)
        text = f"{asked} ? {then} : {otherwise}"
        return f"({text})" if around > 0 else text
    if key == "tryget" and len(arguments) == 2:
        first, second = arguments
        if isinstance(second, Literal) and _NAME.match(str(second.value)):
            return f"{_said(first, known, _PRIMARY)}.?{second.value}"
    if key == "createarray":
        return f"[{', '.join(_said(each, known, 0) for each in arguments)}]"
    if key in ("true", "false", "null") and not arguments:
        return key
    return f"{name}({', '.join(_said(each, known, 0) for each in arguments)})"
