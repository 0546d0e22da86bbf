"""A Bicep text with stars in place of what may be a secret; its code stays readable.

Starred are the values of parameters and outputs that are secure, or whose type is none that can
hold no secret (that of somebody else's type is not looked up), texts that are passed to modules and
nested templates, whose parameters are declared elsewhere, and keys in addresses. Of a parameter
file only names are shown. A text whose quotes or brackets don't match may be anything: if it speaks
of secrets or of types of others, or is a parameter file, only its brackets are shown.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property

from armguard.record import record
from armguard.reporters._excerpts.stars import (
    Span,
    may_be_template,
    only_brackets,
    starred,
    without_keys,
)
from armguard.source.bicep.masking import hidden
from armguard.source.bicep.statements import KEYWORDS, BicepText, Member

_MAY_BE_SECURE = re.compile(r"(?i)secure|resource(?:In|Out)put|import")
_QUOTED = r"'''[^']*+'''|'[^'\r\n]*+'"
"""A text in code of which what stands between quotes is blank."""
_STRINGS = re.compile(_QUOTED)
_TOKEN = re.compile(rf"{_QUOTED}|\w++")
_EVENT = re.compile(rf"[{{}}\[\]()]|@|\b(?:{KEYWORDS})[ \t]++\w++")
_CLOSED_BY = {"{": "}", "[": "]", "(": ")"}
_DECLARES_VALUE = re.compile(r"(?:param|output)\b")
_SECURE = re.compile(r"\bsecure\b")
_ALLOWED = re.compile(r"@\s*+(?:sys\s*+\.\s*+)?+allowed\b")
_HOLDS_NO_SECRET = re.compile(
    r"(?=\s*+\S)(?:\b(?:string|int|bool|array|object|null|true|false|\d++)\b"
    rf"|{_QUOTED}|[-\s|?\[\]()])++"
)
_CALLED = re.compile(r"[ \t]*+\(")
_NAMES = frozenset(("true", "false", "null", "none", "with", "as", "from", *KEYWORDS.split("|")))
"""Words that tell nothing by themselves."""
_OPERATORS = tuple("=<>+*/%&|")
_INSERTED = re.compile(r"(?<!\\)\$\{")
_PASSED = ("params", "parameters")
"""The members in which a module and a nested template are given their values."""


def concealed_bicep(text: str, *, only_names: bool) -> str:
    """`text` with stars; `only_names`: it is a parameter file."""
    if text[:1] == "\ufeff":
        return text[0] + concealed_bicep(text[1:], only_names=only_names)
    file = _File(text)
    statements = list(file.statements())
    if not file.is_whole and (only_names or _MAY_BE_SECURE.search(text)):
        return only_brackets(text)
    spans = file.values(statements) if only_names else file.secrets(statements)
    return without_keys(starred(text, spans))


@record
class _Statement:
    start: int
    """of its keyword, behind what decorates it"""
    named: int
    """behind its name"""
    end: int
    """where the next one begins, or what decorates that"""
    decorators: tuple[int, ...]
    """where each begins"""


class _File:
    def __init__(self, text: str) -> None:
        self.text = text
        self._shape = BicepText(text)
        self._code = self._shape.code
        self.is_whole = "'" not in _STRINGS.sub("", self._code)
        """whether all quotes and brackets match; of the latter `statements` tells"""

    def statements(self) -> Iterator[_Statement]:
        """Those of the file, told by two words in a row outside of brackets: more robust than
        where lines and values end."""
        open_: list[str] = []
        decorators: list[int] = []
        started: tuple[int, int, tuple[int, ...]] | None = None
        for event in _EVENT.finditer(self._code):
            at, token = event.start(), event[0]
            if token in _CLOSED_BY:
                open_.append(_CLOSED_BY[token])
            elif token in "}])":
                self.is_whole &= open_[-1:] == [token]
                del open_[-1:]
            elif not open_:
                if started is not None:
                    yield _Statement(*started[:2], at, started[2])
                    started = None
                if token == "@":
                    decorators.append(at)
                else:
                    started = at, event.end(), tuple(decorators)
                    decorators = []
        self.is_whole &= not open_
        if started is not None:
            yield _Statement(*started[:2], len(self._code), started[2])

    def values(self, statements: Sequence[_Statement]) -> Iterator[Span]:
        """All texts, numbers and comments, and all words that name no member and no function."""
        yield from (span for span in hidden(self.text) if not self._is_key(span[0]))
        position = 0
        for each in statements:
            yield from self._tokens(position, each.start)
            position = self._assigned(each)
        yield from self._tokens(position, len(self._code))

    def secrets(self, statements: Sequence[_Statement]) -> Iterator[Span]:
        for each in statements:
            if _DECLARES_VALUE.match(self._code, each.start):
                yield from self._in_declaration(each)
        for passed in self._passed:
            for token in self._texts(passed.value, passed.end):
                if not self._is_expression(token):
                    yield token
        yield from (span for span in hidden(self.text) if may_be_template(self.text[slice(*span)]))

    def _in_declaration(self, each: _Statement) -> Iterator[Span]:
        code, assigned = self._code, self._assigned(each)
        decorated = each.decorators[0] if each.decorators else each.start
        if _SECURE.search(code, decorated, assigned):
            yield from self._tokens(each.named, assigned, texts_only=True)
        elif _HOLDS_NO_SECRET.fullmatch(code, each.named, assigned):
            return
        yield from self._tokens(assigned, each.end)
        for start, end in zip(each.decorators, (*each.decorators[1:], each.start), strict=False):
            if _ALLOWED.match(code, start):
                yield from self._texts(start, end)

    def _assigned(self, statement: _Statement) -> int:
        """Where the `=` of a statement is; its end where it has none."""
        at = self._code.find("=", statement.named, statement.end)
        return statement.end if at < 0 else at

    def _is_expression(self, token: Span) -> bool:
        """Whether something is inserted into a text or number, or it stands behind an operator."""
        first, last = token
        before = self._code[max(first - 4, 0) : first].rstrip(" '")
        verbatim = self.text[first - 3 : first] == "'''"
        inserted = not verbatim and _INSERTED.search(self.text, first, last) is not None
        return inserted or before[-1:] in _OPERATORS

    def _texts(self, start: int, end: int) -> Iterator[Span]:
        return self._tokens(start, end, texts_only=True)

    def _tokens(self, start: int, end: int, *, texts_only: bool = False) -> Iterator[Span]:
        """The texts between their quotes, the numbers and, unless they tell nothing, the words."""
        for token in _TOKEN.finditer(self._code, start, end):
            first, last = token.span()
            if first in self._keys:
                continue
            if token[0][0] == "'":
                quotes = 3 if token[0].startswith("'''") else 1
                yield first + quotes, last - quotes
            elif token[0].isdecimal() or not (texts_only or self._is_name(token)):
                yield first, last

    def _is_name(self, word: re.Match[str]) -> bool:
        return word[0] in _NAMES or _CALLED.match(self._code, word.end()) is not None

    @cached_property
    def _objects(self) -> list[Mapping[str, Member]]:
        starts = (match.start() for match in re.finditer("{", self._code))
        return [self._shape.members(start) for start in starts]

    @cached_property
    def _keys(self) -> frozenset[int]:
        """Where the name of a member begins."""
        return frozenset(each.start for one in self._objects for each in one.values())

    def _is_key(self, position: int) -> bool:
        """Whether what is hidden from here on is the name of a member in its quotes."""
        return self.text[position - 1 : position] == "'" and position - 1 in self._keys

    @property
    def _passed(self) -> Iterator[Member]:
        for members in self._objects:
            yield from (each for name, each in members.items() if name.lower() in _PASSED)
