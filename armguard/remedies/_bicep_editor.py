"""Edits of Bicep sources in terms of what they are compiled to.

A pointer is one into the compiled template; what is written goes to the file that it was made of,
in its words. What a template says as a member may be a statement, a decorator or a part of a header
in Bicep.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from armguard.expressions.parser import is_expression, parse_expression
from armguard.pointer import keys_of, pointer_to
from armguard.remedies._bicep_lines import (
    indent_at,
    line_above,
    line_break_of,
    member_added,
    members_removed,
    parameter_declared,
    statement_added,
    valued,
)
from armguard.remedies._bicep_values import Known, value_text
from armguard.source.bicep.places import Anchor, CompiledPlaces, ParameterPlaces, Places
from armguard.source.bicep.statements import BicepText, Declaration, Member
from armguard.source.bicep_paths import is_bicep_template
from armguard.source.text_edits import Edit, EditError

_VERSION = re.compile(r"@([^@']*+)\Z")


class BicepEditor:
    """Makes edits of the Bicep files that a root is made of; each is about the original text."""

    def __init__(self, path: str, places: Places, text_of: Callable[[str], str]) -> None:
        self._path = path
        self._places = places
        self._text_of = text_of

    @property
    def text(self) -> str:
        raise EditError(f"'{self._path}' is Bicep, of which only some changes can be made")

    def set_value(self, pointer: str, value: Any) -> Edit:
        """Another value in place of the one that is there."""
        file, anchor = self._anchored(pointer)
        declaration = anchor.declaration
        assert declaration is not None
        names = [key.lower() for key in anchor.keys]
        if names == ["apiversion"] and declaration.header is not None:
            version = _VERSION.search(declaration.said)
            if version is None:
                raise EditError("its API version is not written out")
            end = declaration.header.end
            return Edit(anchor.path, end - len(version[1]), end, str(value))
        if names == ["condition"]:
            condition = file.body(declaration).condition
            if condition is None:
                raise EditError("its condition is not written out")
            old = file.text[condition.start : condition.end]
            text = self._value(file, value, condition.start, self._known(pointer, old))
            return Edit(anchor.path, condition.start, condition.end, text)
        member = self._member(pointer, anchor, file)
        old = file.text[member.value : member.end]
        text = self._value(file, value, member.start, self._known(pointer, old))
        return Edit(anchor.path, member.value, member.end, text)

    def replace_empty(self, pointer: str, value: str) -> Edit:
        """The same, in place of null or of a list without entries."""
        return self.set_value(pointer, value)

    def replace_inside(self, pointer: str, changes: Sequence[tuple[int, int, str]]) -> Edit:
        """Parts of the expression at a pointer replaced."""
        written, position, pieces = str(self._compiled(pointer)), 0, list[str]()
        for start, end, text in sorted(changes):
            pieces += (written[position:start], text)
            position = end
        return self.set_value(pointer, "".join((*pieces, written[position:])))

    def insert_members(
        self, pointer: str, members: Mapping[str, Any], *, last: bool = False
    ) -> list[Edit]:
        """New members of the object at a pointer."""
        keys = keys_of(pointer)
        return [
            edit
            for name, value in members.items()
            for edit in self._inserted(pointer, keys, name, value)
        ]

    def insert_before(self, pointer: str, members: Mapping[str, Any]) -> list[Edit]:
        """New members of the object that the one at a pointer is in."""
        return self.insert_members(pointer_to(keys_of(pointer)[:-1]), members)

    def remove_all(self, pointers: Sequence[str]) -> list[Edit]:
        """Members of one object taken away, as far as the source has them."""
        if not pointers:
            return []
        owner = pointer_to(keys_of(pointers[0])[:-1])
        file, anchor = self._anchored(owner)
        start = self._object(owner, anchor, file)
        gone = {keys_of(each)[-1].lower() for each in pointers}
        return [*members_removed(anchor.path, file, start, gone)]

    def declared(self, pointer: str) -> tuple[str, BicepText, Declaration]:
        """The file in which something is declared, and how."""
        file, anchor = self._anchored(pointer)
        if anchor.declaration is None:
            raise EditError("it is not declared in a Bicep file")
        return anchor.path, file, anchor.declaration

    def _inserted(self, pointer: str, keys: Sequence[str], name: str, value: Any) -> Iterator[Edit]:
        if isinstance(self._places, ParameterPlaces):
            if keys == ["parameters"]:
                yield self._parameter_value(name, value)
            else:
                for each, given in value.items():
                    yield self._parameter_value(each, given)
            return
        file, anchor = self._anchored(pointer)
        if anchor.declaration is None:
            declared = {name: value} if anchor.keys == ("parameters",) else value
            if anchor.keys not in ((), ("parameters",)) or (
                not anchor.keys and name != "parameters"
            ):
                raise EditError(f"{name} can't be written into the Bicep source")
            for each, declaration in declared.items():
                yield parameter_declared(anchor.path, file, each, declaration)
            return
        declaration = anchor.declaration
        if not anchor.keys and name.lower() in _SAID_OTHERWISE:
            yield self._said_otherwise(anchor, file, name.lower(), value)
            return
        if declaration.keyword == "module" and name.lower() == "parameters":
            for each, given in value.items():
                yield self._passed(anchor, file, each, given)
        elif declaration.keyword == "module" and anchor.keys[-1:] == ("parameters",):
            yield self._passed(anchor, file, name, value)
        else:
            start = self._object(pointer, anchor, file)
            yield member_added(anchor.path, file, start, valued(file, start, name, value))

    def _said_otherwise(self, anchor: Anchor, file: BicepText, name: str, value: Any) -> Edit:
        """What is no member of the resource's object in Bicep."""
        declaration = anchor.declaration
        assert declaration is not None
        body = file.body(declaration)
        if name == "@options":
            (option,) = value
            return line_above(anchor.path, file, declaration, f"@{option}()")
        if name == "existing":
            assert declaration.header is not None
            at = declaration.header.end + 1
            return Edit(anchor.path, at, at, " existing")
        if body.start is None:
            raise EditError("what it is made of is no object in the Bicep source")
        asked = self._value(file, value, declaration.start, {})
        return Edit(anchor.path, body.start, body.start, f"if ({asked}) ")

    def _passed(self, anchor: Anchor, file: BicepText, name: str, given: Any) -> Edit:
        """A parameter passed to a module."""
        declaration = anchor.declaration
        assert declaration is not None
        body = file.body(declaration).start
        if body is None:
            raise EditError(f"module '{declaration.name}' is no object in the Bicep source")
        passed = file.members(body).get("params")
        if passed is None:
            return member_added(
                anchor.path, file, body, valued(file, body, "params", {name: given["value"]})
            )
        if file.code[passed.value : passed.value + 1] != "{":
            raise EditError(f"the params of module '{declaration.name}' are no object")
        text = valued(file, passed.value, name, given["value"])
        return member_added(anchor.path, file, passed.value, text)

    def _parameter_value(self, name: str, given: Any) -> Edit:
        file = BicepText(self._text_of(self._path))
        line_break = line_break_of(file)
        text = f"param {name} = {value_text(given['value'], '', line_break)}"
        return statement_added(self._path, file, text)

    def _compiled(self, pointer: str) -> Any:
        value: Any = self._places.document
        for key in keys_of(pointer):
            value = value[int(key)] if isinstance(value, list) else value[key]
        return value

    def _known(self, pointer: str, old: str) -> Known:
        """What an expression says in Bicep that is a part of a new one."""
        written = self._compiled(pointer)
        if not isinstance(written, str) or not is_expression(written):
            return {}
        return {parse_expression(written): old}

    def _anchored(self, pointer: str) -> tuple[BicepText, Anchor]:
        """Where something is written. Raises `EditError` where that is no Bicep file."""
        assert isinstance(self._places, CompiledPlaces)
        anchor = self._places.anchor(pointer)
        if anchor.outside is not None or anchor.file is None:
            where = anchor.modules[-1].name if anchor.modules else ""
            kind = (
                "is a template"
                if is_bicep_template(anchor.path) is False
                else "comes from a registry"
            )
            raise EditError(
                f"module '{where}' {kind}, which is changed where it is written"
                if anchor.modules
                else f"'{anchor.path}' can't be read"
            )
        if anchor.declaration is None and anchor.keys[:1] == ("resources",):
            raise EditError("which resource of the Bicep source it is can't be told")
        return anchor.file, anchor

    def _member(self, pointer: str, anchor: Anchor, file: BicepText) -> Member:
        owner = pointer_to(keys_of(pointer)[:-1])
        _, above = self._anchored(owner)
        members = file.members(self._object(owner, above, file))
        name = keys_of(pointer)[-1]
        found = members.get(name) or {k.lower(): v for k, v in members.items()}.get(name.lower())
        if found is None:
            raise EditError(f"{name} is not written out in the Bicep source")
        return found

    def _object(self, pointer: str, anchor: Anchor, file: BicepText) -> int:
        """Where an object begins that is written out."""
        assert anchor.declaration is not None
        start = file.body(anchor.declaration).start
        for key in anchor.keys:
            if start is None or file.code[start : start + 1] != "{":
                break
            member = file.members(start).get(key)
            start = None if member is None else member.value
        if start is None or file.code[start : start + 1] != "{":
            raise EditError(
                f"{anchor.keys[-1] if anchor.keys else 'what it is made of'} is computed in the"
                " Bicep source; write it out first"
            )
        return start

    def _value(self, file: BicepText, value: Any, at: int, known: Known) -> str:
        return value_text(value, indent_at(file, at), line_break_of(file), known)


_SAID_OTHERWISE = ("@options", "existing", "condition")
