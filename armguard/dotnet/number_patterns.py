"""Custom number formats of .NET such as `#,##0.00;(0);-`, taken apart and filled with digits.

Digits that find no place stand before the first place; a comma right before the decimal point
divides by a thousand, anywhere else among the places it groups by thousands.
"""

from __future__ import annotations

import re

from armguard.record import record

_TOKEN = re.compile(
    r"""(?P<place>[0#]) | (?P<point>\.) | (?P<comma>,) | (?P<scale>[%\u2030])
    | (?P<exponent>[Ee][+-]?0+) | '(?P<single>[^']*)'? | "(?P<double>[^"]*)"?
    | \\(?P<escaped>.?) | (?P<plain>.)""",
    re.VERBOSE | re.DOTALL,
)
_SECTION_PART = re.compile(r"""'[^']*'?|"[^"]*"?|\\.?|[^;'"\\]+|;""", re.DOTALL)


def sections(spec: str) -> list[str]:
    """A format split at the semicolons that are not quoted: positive; negative; zero."""
    parts = [""]
    for match in _SECTION_PART.finditer(spec):
        if match[0] == ";":
            parts.append("")
        else:
            parts[-1] += match[0]
    return parts


@record
class Layout:
    """One section of a custom format."""

    tokens: tuple[tuple[str, str], ...]
    digits: int
    """how many places, `0` and `#`"""
    point: int
    """how many of them stand before the decimal point"""
    least_whole: int
    """how many digits are written before the point at least"""
    least_fraction: int
    """and after it"""
    grouped: bool
    scale: int
    """the power of ten that % and commas multiply by"""
    scientific: bool

    def fill(self, digits: str, scale: int) -> str:
        """The text for 0.`digits` x 10^`scale`, without a sign for the number."""
        return _Filling(self, digits, scale).run()


def layout(section: str) -> Layout:
    """Take one section apart."""
    tokens = tuple(_tokens(section))
    places = scale = commas = 0
    point = first_zero = comma = -1
    last_zero = 0
    grouped = scientific = False
    for kind, text in tokens:
        match kind:
            case "place":
                if text == "0" and first_zero < 0:
                    first_zero = places
                places += 1
                if text == "0":
                    last_zero = places
            case "point" if point < 0:
                point = places
            case "comma" if places and point < 0:
                if comma == places:
                    commas += 1
                else:
                    grouped = grouped or comma >= 0
                    comma, commas = places, 1
            case "scale":
                scale += 2 if text == "%" else 3
            case "exponent":
                scientific = True
    if point < 0:
        point = places
    if comma >= 0:
        if comma == point:
            scale -= commas * 3
        else:
            grouped = True
    least_whole = point - first_zero if 0 <= first_zero < point else 0
    return Layout(
        tokens=tokens,
        digits=places,
        point=point,
        least_whole=least_whole,
        least_fraction=max(last_zero - point, 0),
        grouped=grouped,
        scale=scale,
        scientific=scientific,
    )


def _tokens(section: str) -> list[tuple[str, str]]:
    found: list[tuple[str, str]] = []
    for match in _TOKEN.finditer(section):
        kind = match.lastgroup or "plain"
        text = match[kind] or ""
        if kind in ("single", "double", "escaped", "plain"):
            kind = "text"
        found.append((kind, text))
    return found


class _Filling:
    """Writes digits into the places of a layout from left to right."""

    def __init__(self, pattern: Layout, digits: str, scale: int) -> None:
        self.pattern = pattern
        self.digits = digits
        self.used = 0
        self.written: list[str] = []
        point = pattern.point
        self.exponent = scale - point if digits else 0
        self.scientific = pattern.scientific
        # How far the number is longer than its places (or shorter, if negative).
        self.surplus = 0 if pattern.scientific else scale - point
        self.position = point if pattern.scientific else max(scale, point)
        """how many digits are still to come before the point"""
        self.has_point = False
        self.longest = max(pattern.least_whole, self.position + min(self.surplus, 0))

    def run(self) -> str:
        for kind, text in self.pattern.tokens:
            if kind in ("place", "point"):
                while self.surplus > 0:
                    self._write_digit(self._next() or "0")
                    self.surplus -= 1
            match kind:
                case "place":
                    self._fill_place()
                case "point":
                    self._write_point()
                case "exponent" if self.scientific:
                    self._write_exponent(text)
                case "comma":
                    pass
                case _:
                    self.written.append(text)
        return "".join(self.written)

    def _next(self) -> str:
        digit = self.digits[self.used : self.used + 1]
        self.used += 1
        return digit

    def _write_digit(self, digit: str) -> None:
        self.written.append(digit)
        before = self.position - 1
        if self.pattern.grouped and before > 0 and before % 3 == 0 and before < self.longest:
            self.written.append(",")
        self.position -= 1

    def _fill_place(self) -> None:
        if self.surplus < 0:
            self.surplus += 1
            digit = "0" if self.position <= self.pattern.least_whole else ""
        else:
            digit = self._next() or ("0" if self.position > -self.pattern.least_fraction else "")
        if digit:
            self._write_digit(digit)
        else:
            self.position -= 1

    def _write_point(self) -> None:
        if self.position != 0 or self.has_point:
            return
        pattern = self.pattern
        more = pattern.point < pattern.digits and self.used < len(self.digits)
        if pattern.least_fraction or more:
            self.written.append(".")
            self.has_point = True

    def _write_exponent(self, text: str) -> None:
        zeros = min(text.count("0"), 10)
        sign = "-" if self.exponent < 0 else "+" if text[1] == "+" else ""
        self.written.append(text[0] + sign + str(abs(self.exponent)).zfill(zeros))
        # A second one is plain text.
        self.scientific = False
