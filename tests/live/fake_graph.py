"""The little of Azure Resource Graph's language that questions about one table need.

`where` (=~ == != in~ has contains startswith, and, or, not), `extend`, `project`, `order by`,
`take` and `count`; anything else is refused, so that a query which real Azure would understand in
another way can't pass unnoticed.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

_TOKEN = re.compile(
    r"\s*(?:(?P<text>'(?:[^'\\]|\\.)*')|(?P<word>[$\w][\w.]*~?)|(?P<sign>=~|==|!=|!~|[(),=]))"
)
_FUNCTIONS: dict[str, Callable[[Any], Any]] = {
    "tostring": lambda value: "" if value is None else str(value),
    "tolower": lambda value: str(value).lower(),
}
Row = dict[str, Any]
Getter = Callable[[Row], Any]


class BadQueryError(Exception):
    pass


def run(query: str, tables: dict[str, list[Row]]) -> list[Row]:
    """The rows of a query."""
    table, *steps = [step.strip() for step in query.split("|")]
    if table not in tables:
        raise BadQueryError(f"no table {table}")
    rows = list(tables[table])
    for step in steps:
        verb, _, rest = step.partition(" ")
        if step.startswith("order by "):
            column, _, direction = step.removeprefix("order by ").strip().partition(" ")
            rows.sort(key=lambda row, c=column: str(row.get(c)), reverse=direction == "desc")
        elif verb == "where":
            test = _Reader(rest).test()
            rows = [row for row in rows if test(row)]
        elif verb in ("project", "extend"):
            columns = _Reader(rest).columns()
            rows = [
                {**(row if verb == "extend" else {}), **{name: get(row) for name, get in columns}}
                for row in rows
            ]
        elif verb in ("take", "limit"):
            rows = rows[: int(rest)]
        elif verb == "count":
            rows = [{"Count": len(rows)}]
        else:
            raise BadQueryError(f"unknown step {step}")
    return rows


class _Reader:
    def __init__(self, text: str) -> None:
        self._tokens: list[str] = []
        position = 0
        while text[position:].strip():
            match = _TOKEN.match(text, position)
            if match is None:
                raise BadQueryError(f"can't read {text[position:]}")
            self._tokens.append(match[0].strip())
            position = match.end()

    def _peek(self) -> str:
        return self._tokens[0] if self._tokens else ""

    def _next(self, expected: str | None = None) -> str:
        token = self._tokens.pop(0) if self._tokens else ""
        if not token or (expected is not None and token != expected):
            raise BadQueryError(f"expected {expected or 'more'}, not {token!r}")
        return token

    def columns(self) -> list[tuple[str, Getter]]:
        found = []
        while True:
            name = self._next()
            if self._peek() == "=":
                self._next()
                found.append((name, self.value()))
            else:
                found.append((name, _path(name)))
            if not self._tokens:
                return found
            self._next(",")

    def test(self) -> Callable[[Row], bool]:
        test = self._both()
        while self._peek() == "or":
            self._next()
            left, right = test, self._both()
            test = lambda row, a=left, b=right: a(row) or b(row)  # noqa: E731
        if self._tokens and self._peek() != ")":
            raise BadQueryError(f"unexpected {self._peek()}")
        return test

    def _both(self) -> Callable[[Row], bool]:
        test = self._one()
        while self._peek() == "and":
            self._next()
            left, right = test, self._one()
            test = lambda row, a=left, b=right: a(row) and b(row)  # noqa: E731
        return test

    def _one(self) -> Callable[[Row], bool]:
        if self._peek() == "not":
            self._next()
            self._next("(")
            inner = self.test()
            self._next(")")
            return lambda row: not inner(row)
        if self._peek() == "(":
            self._next()
            inner = self.test()
            self._next(")")
            return inner
        left, operator = self.value(), self._next()
        if operator == "in~":
            self._next("(")
            members = [self.value()]
            while self._peek() == ",":
                self._next()
                members.append(self.value())
            self._next(")")
            return lambda row: _low(left(row)) in [_low(each(row)) for each in members]
        compare = _COMPARE.get(operator)
        if compare is None:
            raise BadQueryError(f"unknown operator {operator}")
        right = self.value()
        return lambda row: compare(left(row), right(row))

    def value(self) -> Getter:
        token = self._next()
        if token[:1] == "'":
            return lambda row: token[1:-1]
        if self._peek() == "(":
            function = _FUNCTIONS.get(token)
            if function is None:
                raise BadQueryError(f"unknown function {token}")
            self._next()
            inner = self.value()
            self._next(")")
            return lambda row: function(inner(row))
        return _path(token)


def _path(text: str) -> Getter:
    def get(row: Row) -> Any:
        value: Any = row
        for name in text.split("."):
            value = value.get(name) if isinstance(value, dict) else None
        return value

    return get


def _low(value: Any) -> str:
    return "" if value is None else str(value).lower()


_COMPARE: dict[str, Callable[[Any, Any], bool]] = {
    "=~": lambda a, b: _low(a) == _low(b),
    "==": lambda a, b: a == b,
    "!=": lambda a, b: a != b,
    "has": lambda a, b: re.search(rf"\b{re.escape(_low(b))}\b", _low(a)) is not None,
    "contains": lambda a, b: _low(b) in _low(a),
    "startswith": lambda a, b: _low(a).startswith(_low(b)),
}
