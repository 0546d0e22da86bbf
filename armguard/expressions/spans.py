"""Where the parts of an expression stand in its text, for those who change one part of it."""

from __future__ import annotations

from armguard.expressions.parser import Parser
from armguard.expressions.syntax import Call, Expression
from armguard.record import record


@record
class Span:
    """A part of an expression; `start` and `end` are offsets into the text with its brackets."""

    node: Expression
    start: int
    end: int


@record
class CallSpan:
    """A call, from the first letter of its name to behind its closing bracket."""

    node: Call
    start: int
    end: int
    arguments: tuple[Span, ...]


def calls_in(text: str) -> list[CallSpan]:
    """All calls of an expression, from the inside out. Raises `ExpressionSyntaxError`."""
    parser = _SpanParser(text)
    parser.expression(0)
    if parser.kind != "end":
        parser.fail("the end of the expression")
    return parser.calls


class _SpanParser(Parser):
    """The parser, which keeps where it found what."""

    def __init__(self, text: str) -> None:
        self.calls: list[CallSpan] = []
        self._end_before = 0
        self._listed: list[list[Span]] = []
        super().__init__(text)

    def advance(self) -> None:
        self._end_before = self._position
        super().advance()

    def expression(self, depth: int) -> Expression:
        start = self._start
        node = super().expression(depth)
        if self._listed:
            # offsets of the parser are those behind the opening bracket
            self._listed[-1].append(Span(node, start + 1, self._end_before + 1))
        return node

    def _call(self, depth: int) -> Expression:
        start = self._start
        self._listed.append([])
        node = super()._call(depth)
        listed = self._listed.pop()
        if isinstance(node, Call):
            # the index of an accessor is an expression as well
            own = set(map(id, node.arguments))
            arguments = tuple(each for each in listed if id(each.node) in own)
            self.calls.append(CallSpan(node, start + 1, self._end_before + 1, arguments))
        return node
