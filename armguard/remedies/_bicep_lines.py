"""Edits of the text of a Bicep file: lines, members of objects and statements, in its own style."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from armguard.remedies._bicep_values import name_text, value_text
from armguard.source.bicep.statements import BicepText, Declaration
from armguard.source.text_edits import Edit, EditError

_HEADS = ("targetScope", "import", "using", "extends", "metadata", "provider", "extension", "type")


def line_break_of(file: BicepText) -> str:
    return "\r\n" if "\r\n" in file.text else "\n"


def _line_start(file: BicepText, at: int) -> int:
    return max(file.text.rfind("\n", 0, at), file.text.rfind("\r", 0, at)) + 1


def _line_end(file: BicepText, at: int) -> int:
    found = re.compile(r"[\r\n]|\Z").search(file.text, at)
    return found.start() if found else len(file.text)


def indent_at(file: BicepText, at: int) -> str:
    start = _line_start(file, at)
    line = file.text[start:at]
    return line[: len(line) - len(line.lstrip())]


def line_above(path: str, file: BicepText, declaration: Declaration, line: str) -> Edit:
    """A line directly above a statement, below what decorates it already."""
    at = declaration.start
    indent = indent_at(file, at)
    return Edit(path, at, at, f"{line}{line_break_of(file)}{indent}")


def parameter_declared(
    path: str, file: BicepText, name: str, declaration: Mapping[str, Any]
) -> Edit:
    """A parameter declared behind the others."""
    line_break = line_break_of(file)
    description = declaration.get("metadata", {}).get("description")
    lines = [f"param {name} {declaration['type']}"]
    if description is not None:
        lines.insert(0, f"@description({value_text(description, '', line_break)})")
    return statement_added(path, file, line_break.join(lines))


def statement_added(path: str, file: BicepText, text: str) -> Edit:
    """A statement behind the last parameter, or behind the head of a file."""
    line_break = line_break_of(file)
    parameters = [each for each in file.declarations if each.keyword == "param"]
    if parameters:
        at = _line_end(file, parameters[-1].end)
        return Edit(path, at, at, f"{line_break}{text}")
    heads = [each for each in file.declarations if each.keyword in _HEADS]
    if heads:
        at = _line_end(file, heads[-1].end)
        return Edit(path, at, at, f"{line_break}{line_break}{text}")
    mark = len(file.text) - len(file.text.removeprefix("\ufeff"))
    return Edit(path, mark, mark, f"{text}{line_break}{line_break}")


def valued(file: BicepText, start: int, name: str, value: Any) -> str:
    """A member as it is written into the object that begins at an offset."""
    indent = f"{indent_at(file, start)}  "
    members = file.members(start)
    if members:
        indent = indent_at(file, next(iter(members.values())).start)
    return f"{name_text(name)}: {value_text(value, indent, line_break_of(file))}"


def member_added(path: str, file: BicepText, start: int, text: str) -> Edit:
    """A new member at the end of the object that begins at an offset."""
    members = sorted(file.members(start).values(), key=lambda each: each.start)
    closed = file.closing(start)
    if "\n" not in file.code[start:closed] and "\r" not in file.code[start:closed]:
        if members:
            return Edit(path, members[-1].end, members[-1].end, f", {text}")
        return Edit(path, start + 1, closed, f" {text} ")
    above = members[-1].end if members else start + 1
    indent = indent_at(file, members[-1].start) if members else f"{indent_at(file, start)}  "
    at = _line_end(file, above)
    return Edit(path, at, at, f"{line_break_of(file)}{indent}{text}")


def members_removed(path: str, file: BicepText, start: int, gone: set[str]) -> Iterator[Edit]:
    """Members taken away: with their lines, or out of an object on one line."""
    members = file.members(start)
    closed = file.closing(start)
    if "\n" not in file.code[start:closed] and "\r" not in file.code[start:closed]:
        kept = [
            file.text[each.start : each.end]
            for name, each in members.items()
            if name.lower() not in gone
        ]
        yield Edit(path, start, closed + 1, f"{{ {', '.join(kept)} }}")
        return
    for name, each in members.items():
        if name.lower() not in gone:
            continue
        first, end = _line_start(file, each.start), _line_end(file, each.end)
        if file.code[first : each.start].strip() or file.code[each.end : end].strip():
            raise EditError(
                f"{name} shares its line with something else; write it on its own first"
            )
        end += 2 if file.text[end : end + 2] == "\r\n" else 1
        yield Edit(path, first, min(end, len(file.text)), "")


def statement_behind(
    path: str, file: BicepText, declaration: Declaration, lines: Sequence[str]
) -> Edit:
    """A new statement below another one."""
    at, line_break = _line_end(file, declaration.end), line_break_of(file)
    return Edit(path, at, at, line_break.join(("", "", *lines)))


def let_wait(path: str, file: BicepText, reader: Declaration, symbol: str) -> Iterator[Edit]:
    """Let a resource or a module wait for what a symbol stands for."""
    start = file.body(reader).start
    if start is None:
        raise EditError(f"what '{reader.name}' is made of is no object in the Bicep source")
    members = file.members(start)
    parent, waits = members.get("parent"), members.get("dependsOn")
    if parent is not None and file.code[parent.value : parent.end] == symbol:
        return  # a child waits anyway
    if waits is None:
        yield member_added(path, file, start, f"dependsOn: [{symbol}]")
        return
    items, closed = file.items(waits.value), file.closing(waits.value)
    if any(file.code[each.start : each.end] == symbol for each in items):
        return
    if file.code[waits.value : waits.value + 1] != "[" or closed + 1 != waits.end:
        raise EditError(f"the dependsOn of '{reader.name}' is computed in the Bicep source")
    if not items:
        yield Edit(path, waits.value, waits.end, f"[{symbol}]")
        return
    last = items[-1]
    between, text = file.code[last.end : closed], f", {symbol}"
    if "\n" in between or "\r" in between:
        text = f"{line_break_of(file)}{indent_at(file, last.start)}{symbol}"
    yield Edit(path, last.end, last.end, text)
