"""Text of an expression to its syntax tree.

    string      = "[" expression "]"            a JSON string that is an expression
                | "[[" text "]"                 plain text that starts with one bracket
    expression  = (literal | call) { accessor }
    literal     = "'" { character | "''" } "'" | ["-"] digits
    call        = name { "." name } "(" [ expression { "," expression } ] ")"
    accessor    = ("." | ".?") name | "[" ["?"] expression "]"
    name        = letter or "_" or "$", followed by letters, digits, "_", "$"

There are no operators, no `true` or `null` without parentheses, no fractions, and no integers of
more than 64 bits. A member with a `-` in its name is `['a-b']`.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NoReturn

from armguard.errors import ExpressionSyntaxError
from armguard.expressions.syntax import Call, Expression, Index, Lambda, Literal, Property

MAXIMUM_DEPTH = 150
"""No expression of any real template nests a tenth as deep."""

MAXIMUM_LENGTH = 24_576
"""Characters that Azure takes."""

_BLANKS = " \t\r\n\f\v\u00a0"
_TOKEN = re.compile(
    rf"""[{_BLANKS}]*(?:
        (?P<string>'(?:[^']|'')*+')
      | (?P<number>[-+]?\d+(?:\.\d+)?)
      | (?P<name>[^\W\d][\w$]*|\$[\w$]*)
      | (?P<sign>[][(),.?])
      | (?P<end>\Z)
    )""",
    re.VERBOSE,
)
_MEMBER = re.compile(r"[ \t\r\n]*([^\W\d][\w$]*|\$[\w$]*)")
_LOWEST, _HIGHEST = -(2**63), 2**63 - 1


def is_expression(text: str) -> bool:
    """Whether a JSON string of a template is evaluated."""
    return text[:1] == "[" and text[-1:] == "]" and text[:2] != "[["


def plain_text(text: str) -> str:
    """What a JSON string stands for that is no expression: a leading `[[` loses one bracket."""
    return text[1:] if text[:2] == "[[" and text[-1:] == "]" else text


@lru_cache(maxsize=20_000)
def parse_expression(text: str) -> Expression:
    """Parse a string for which `is_expression` holds; raises `ExpressionSyntaxError`."""
    parser = Parser(text)
    expression = parser.expression(0)
    if parser.kind != "end":
        parser.fail("the end of the expression")
    return expression


class Parser:
    def __init__(self, text: str) -> None:
        if len(text) > MAXIMUM_LENGTH:
            raise ExpressionSyntaxError(
                f"the expression has {len(text):,} characters, but Azure takes at most"
                f" {MAXIMUM_LENGTH:,}",
                0,
            )
        self._text = text[1:-1]
        self._position = 0
        self.advance()

    def advance(self) -> None:
        match = _TOKEN.match(self._text, self._position)
        if match is None or match.lastgroup is None:
            self._unexpected_character()
        self.kind = match.lastgroup
        self.token = match[self.kind]
        self._start = match.start(self.kind)
        self._position = match.end()

    def expression(self, depth: int) -> Expression:
        if depth > MAXIMUM_DEPTH:
            raise ExpressionSyntaxError(
                f"the expression is nested more than {MAXIMUM_DEPTH} levels deep", self._start + 1
            )
        result: Expression
        match self.kind:
            case "string":
                result = Literal(self.token[1:-1].replace("''", "'"))
                self.advance()
            case "number":
                result = Literal(self._integer())
                self.advance()
            case "name":
                result = self._call(depth)
            case _:
                self.fail("a function call, a string or a number")
        return self._accessors(result, depth)

    def _integer(self) -> int:
        if "." in self.token:
            raise ExpressionSyntaxError(
                f"'{self.token}' is no whole number, and expressions have no others",
                self._start + 1,
            )
        digits = self.token.lstrip("+-0") or "0"
        sign = -1 if self.token[0] == "-" else 1
        number = sign * int(digits[:20])  # Python refuses to read thousands
        if not _LOWEST <= number <= _HIGHEST:
            self.fail("a whole number of at most 64 bits")
        return number

    def _call(self, depth: int) -> Expression:
        name = self.token
        self.advance()
        while self.token == "." and self.kind == "sign":
            self.advance()
            if self.kind != "name":
                self.fail("the name of a function")
            name += "." + self.token
            self.advance()
        self._expect("(", f"'(' after '{name}'")
        arguments: list[Expression] = []
        if not self._at(")"):
            arguments.append(self.expression(depth + 1))
            while self._at(","):
                self.advance()
                arguments.append(self.expression(depth + 1))
        self._expect(")", "',' or ')'")
        return _lambda_or_call(name, tuple(arguments))

    def _accessors(self, target: Expression, depth: int) -> Expression:
        length = 0
        while self.kind == "sign" and self.token in ".[":
            length += 1
            if depth + length > MAXIMUM_DEPTH:
                raise ExpressionSyntaxError(
                    f"the expression is nested more than {MAXIMUM_DEPTH} levels deep",
                    self._start + 1,
                )
            target = self._member(target) if self.token == "." else self._element(target, depth)
        return target

    def _member(self, target: Expression) -> Expression:
        safe = self._text[self._position : self._position + 1] == "?"
        match = _MEMBER.match(self._text, self._position + safe)
        if match is None:
            self.advance()
            self.fail("the name of a property")
        self._position = match.end()
        self.advance()
        return Property(target, match[1], safe)

    def _element(self, target: Expression, depth: int) -> Expression:
        self.advance()
        safe = self._at("?")
        if safe:
            self.advance()
        index = self.expression(depth + 1)
        self._expect("]", "']'")
        return Index(target, index, safe)

    def _at(self, sign: str) -> bool:
        return self.kind == "sign" and self.token == sign

    def _expect(self, sign: str, human: str) -> None:
        if not self._at(sign):
            self.fail(human)
        self.advance()

    def fail(self, expected: str) -> NoReturn:
        found = f"'{self.token}'" if self.kind != "end" else "the end of the expression"
        raise ExpressionSyntaxError(f"expected {expected}, but found {found}", self._start + 1)

    def _unexpected_character(self) -> NoReturn:
        rest = self._text[self._position :].lstrip(_BLANKS)
        position = len(self._text) - len(rest)
        first = rest[0] if rest[0].isprintable() else f"U+{ord(rest[0]):04X}"
        what = "the string is not closed" if first == "'" else f"'{first}' is not expected here"
        raise ExpressionSyntaxError(what, position + 1)


def _lambda_or_call(name: str, arguments: tuple[Expression, ...]) -> Expression:
    if name.lower() == "lambda" and arguments:
        *parameters, body = arguments
        names = [p.value for p in parameters if isinstance(p, Literal) and type(p.value) is str]
        if len(names) == len(parameters):
            return Lambda(tuple(names), body)
    return Call(name, arguments)
