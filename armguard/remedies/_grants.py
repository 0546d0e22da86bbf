"""A child `accessPolicies/add` with the entries of a vault's own list: a new one, or the one that
is there, since Azure takes no two resources of one name.

What waited for the vault, and all other children that change its policies, wait for the new one: it
takes the place of the list that the vault was written with. It waits for nothing but the vault, so
that there is no circle.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import Any

from armguard.errors import ExpressionSyntaxError
from armguard.evaluation.identity import id_key
from armguard.evaluation.values import find_key, member
from armguard.expressions.parser import is_expression
from armguard.expressions.spans import CallSpan, calls_in
from armguard.expressions.syntax import Literal
from armguard.keyvault.declared import declared_in, operation_of, safe_id, vault_of_change
from armguard.pointer import keys_of
from armguard.remedies._depending import id_entry, let_wait
from armguard.remedies._own_list import OwnList, own_list
from armguard.remedies._written import expression_of
from armguard.remedies.remedy import RefusedError, Target
from armguard.source.json_edits import JsonEditor, Written, json_value
from armguard.source.json_style import indent_at
from armguard.source.location import Extent
from armguard.source.text_edits import Edit
from armguard.source.tokens import after_ignored
from armguard.templates.mentions import Mention, mentions_of
from armguard.templates.nested import is_outer
from armguard.templates.resource import Resource, Surroundings

_VAULTS = "Microsoft.KeyVault/vaults"
_CHANGES = f"{_VAULTS}/accessPolicies"
_READING = ("reference", "references")
_FIRST_VERSION = "2016-10-01"
"""of the API that has the child; from the published schemas"""
_LINE_BREAKS = re.compile(r"\r\n|\r|\n")


class Grants:
    """Raises `RefusedError` where the child can't be made."""

    def __init__(self, target: Target, own: OwnList) -> None:
        assert own.place is not None
        self._target = target
        self._own = own
        self._list = own.place
        self._vault = target.chains[0][0]
        self._refuse()

    def edits(self) -> Iterator[Edit]:
        if self.existing is not None:
            yield from self._joined(self.existing)
            return
        editor, place = self._target.json_editor, self._target.place
        child = self._child()
        if self._vault.symbol is not None:
            yield from editor.insert_behind(place.pointer, {self._name: child})
        else:
            yield from editor.insert_behind(place.pointer, [child])
        yield from self._waiting()

    def said(self) -> Iterator[str]:
        """What whoever deploys has to know."""
        yield (
            "the child only adds: whoever is taken out of its list later keeps the access, until"
            " somebody takes it away"
        )
        left = self._left
        if left:
            yield (
                f"on a first deployment {' and '.join(left)} may be written before the child grants"
                " access: let them wait for it if they need it"
            )
        if any(each.vault.verdict.kind == "emptied" for each in self._target.members):
            yield (
                "where the list is empty the child adds nobody: whether Azure takes an empty list"
                " there is not established"
            )

    @cached_property
    def existing(self) -> Resource | None:
        """The child `add` that the template has already; None: there is none."""
        found = {
            each.place: each
            for each in self._changes
            if each.deployment.place == self._vault.deployment.place and operation_of(each) == "add"
        }
        if len(found) > 1:
            raise RefusedError("it has several 'add' children already, of which Azure takes one")
        return next(iter(found.values()), None)

    @cached_property
    def _changes(self) -> list[Resource]:
        """All children that change the policies of this vault, wherever they are."""
        found = []
        for vaults in self._target.chains:
            identities = {id_key(safe_id(each)) for each in vaults}
            root = vaults[0].deployment
            while root.parent is not None:
                root = root.parent.deployment
            for each in declared_in(root).changes:
                if not each.existing and id_key(vault_of_change(each)) in identities:
                    found.append(each)
        return found

    @cached_property
    def _calls(self) -> list[CallSpan]:
        """All calls in the list."""
        return [call for text in _texts(self._own.value) for call in _calls(text)]

    def _refuse(self) -> None:
        written, version = self._target.written, self._vault.api_version
        if isinstance(version, str) and version < _FIRST_VERSION:
            raise RefusedError(
                f"API version {version} has no such child, which came with {_FIRST_VERSION}; raise"
                " the version first"
            )
        if str(member(written, "name"))[:2] == "[[":
            raise RefusedError(
                "its name is an escaped expression, which only the nested deployment evaluates"
            )
        if find_key(written, "scope") is not None:
            raise RefusedError("its scope is written out, and a child has none of its own")
        if any(each.node.name.lower() == "target" for each in self._calls):
            raise RefusedError(
                "its list asks target(), which is the vault there and the child in a child"
            )
        if self._vault.indexed and self._changes:
            raise RefusedError(
                "it is written in a copy loop and has children already that change its policies;"
                " add the entries to those"
            )
        if any(each.stands_for_all for vaults in self._target.chains for each in vaults):
            raise RefusedError(
                "how many vaults its copy loop makes is not known, so nobody can tell whether the"
                " loop of its children makes as many; give the parameters that it hangs on, such as"
                " with --set NAME=VALUE"
            )
        if self._vault.indexed and self._names_its_loop():
            raise RefusedError(
                "it names its copy loop in copyIndex(), which means another one in a child of its"
                " own; leave the name out there first"
            )

    def _names_its_loop(self) -> bool:
        """Whether something that the child takes over asks for the index of the loop by its
        name."""
        name = str(member(member(self._target.written, "copy"), "name"))
        taken = ("name", "condition", "apiVersion", "dependsOn")
        texts = [*_texts([member(self._target.written, each) for each in taken])]
        for text in (*texts, *_texts(self._own.value)):
            for call in _calls(text):
                first = next(iter(call.arguments), None)
                if call.node.name.lower() != "copyindex" or first is None:
                    continue
                if not isinstance(first.node, Literal) or is_expression(name):
                    return True
                if str(first.node.value).lower() == name.lower():
                    return True
        return False

    # the new child

    @cached_property
    def _name(self) -> str:
        """Its symbolic name or that of its loop, which nobody has yet."""
        deployment = self._vault.deployment
        own = str(keys_of(self._target.place.pointer)[-1]) if self._vault.symbol else "keyVault"
        taken = set()
        for each in deployment.resources():
            taken.add((each.symbol or "").rpartition("[")[0].lower())
            taken.add((each.symbol or "").lower())
            taken.add(str(member(member(each.written, "copy"), "name")).lower())
        wanted = name = f"{own}AccessPolicies"
        number = 1
        while name.lower() in taken:
            number += 1
            name = f"{wanted}{number}"
        return name

    @property
    def _entry(self) -> str:
        """How dependsOn names it."""
        if self._vault.symbol is not None or self._vault.indexed:
            return self._name
        return self._identifier(_CHANGES, "add")

    def _identifier(self, resource_type: str, *more: str) -> str:
        name = expression_of(str(member(self._target.written, "name")))
        outer = is_outer(self._vault.deployment)
        return id_entry(resource_type, name, *more, outer=outer)

    def _child(self) -> dict[str, Any]:
        editor, place, written = self._target.json_editor, self._target.place, self._target.written
        child: dict[str, Any] = {}
        for name in ("condition", "type", "apiVersion", "name", "dependsOn", "copy", "properties"):
            key = find_key(written, name)
            match name:
                case "type":
                    child[name] = _CHANGES
                case "name":
                    child[name] = self._written_name()
                case "dependsOn":
                    child[name] = [self._of_vault(), *self._before_vault()]
                case "copy":
                    if key is not None:
                        child[name] = self._loop(written[key])
                case "properties":
                    entries = editor.written(self._list.pointer)
                    child[name] = {"copy" if self._own.looped else "accessPolicies": entries}
                case _:
                    if key is not None:
                        child[name] = editor.written(place.child(key).pointer)
        return child

    def _written_name(self) -> str:
        name = str(member(self._target.written, "name"))
        if is_expression(name):
            return f"[concat({name[1:-1].strip()}, '/add')]"
        return f"{name}/add"

    def _of_vault(self) -> str:
        if self._vault.symbol is not None:
            return str(keys_of(self._target.place.pointer)[-1])
        return self._identifier(_VAULTS)

    def _before_vault(self) -> list[str]:
        """What the vault waits for, where its entries read something: a vault that is not written
        makes nobody wait any more."""
        reads = any(each.node.name.lower() in _READING for each in self._calls)
        key = find_key(self._target.written, "dependsOn")
        if not reads or key is None:
            return []
        before = self._target.written[key]
        if not isinstance(before, list):
            raise RefusedError(
                "its entries read other resources, and its dependsOn is an expression; write that"
                " out as a list first"
            )
        return [each for each in before if isinstance(each, str)]

    def _loop(self, loop: Any) -> dict[str, Any]:
        if not isinstance(loop, Mapping):
            raise RefusedError("its copy loop is not written out as an object")
        return {key: self._name if key.lower() == "name" else each for key, each in loop.items()}

    # who waits for it

    def _waiting(self) -> Iterator[Edit]:
        done = {self._target.place}
        for mention in self._mentions:
            resource = mention.resource
            assert resource is not None
            if resource.place in done or not _needs_access(resource):
                continue
            if not isinstance(member(resource.written, "dependsOn"), list):
                continue
            done.add(resource.place)
            editor = self._target.files.json_editor(mention.place.path)
            yield from editor.insert_behind(mention.place.pointer, [self._entry])
        for change in self._changes:
            holders = [g for g in change.gates if _same(g.deployment, self._vault.deployment)]
            for holder in holders:
                if holder.place not in done:
                    done.add(holder.place)
                    yield from let_wait(holder, [self._entry], self._target.files)

    @cached_property
    def _mentions(self) -> list[Mention]:
        """Where other resources say that they wait for the vault."""
        found = [each for vaults in self._target.chains for each in mentions_of(vaults)]
        return [each for each in found if each.kind == "depends-on" and each.resource is not None]

    @cached_property
    def _left(self) -> list[str]:
        """Those that wait for the vault, and not for the child."""
        found: dict[Any, str] = {}
        for mention in self._mentions:
            resource = mention.resource
            assert resource is not None
            if resource.type.lower() == _CHANGES.lower() or not _needs_access(resource):
                continue
            is_list = isinstance(member(resource.written, "dependsOn"), list)
            if self.existing is not None or not is_list:
                found.setdefault(resource.place, f"{resource.type} '{resource.shown_name}'")
        return [*found.values()]

    # the child that is there

    def _joined(self, child: Resource) -> Iterator[Edit]:
        """The entries behind those of the child that the template has, as far as it does not have
        the same ones."""
        if child.indexed:
            raise RefusedError(
                "it has an 'add' child already, in a copy loop; add the entries there"
            )
        theirs = own_list(self._target.files.value(child.place), child.place)
        own, there = self._own.value, theirs.value
        is_looped = self._own.looped or theirs.looped
        if is_looped or not isinstance(own, list) or not isinstance(there, list):
            raise RefusedError(
                "it has an 'add' child already, and one of the two lists is computed; put them"
                " together in that child first"
            )
        first, second = (member(each.written, "condition") for each in (self._vault, child))
        if first != second:
            raise RefusedError(
                "it has an 'add' child already, which has another condition than the vault; add"
                " the entries there"
            )
        assert theirs.place is not None
        editor = self._target.json_editor
        place = theirs.place.pointer
        new = [f"{self._list.pointer}/{at}" for at, each in enumerate(own) if each not in there]
        if len(new) < len(own):
            if new:
                yield from editor.insert_elements(place, [*map(editor.written, new)])
        elif editor.written(place).text.strip("[] \t\r\n"):
            moved = _elements(editor, self._list.pointer, place)
            yield from editor.insert_elements(place, [moved])
        else:
            yield editor.set_value(place, editor.written(self._list.pointer))
        waits = member(child.written, "dependsOn")
        before = self._before_vault()
        new = [each for each in before if not isinstance(waits, list) or each not in waits]
        if new:
            yield from let_wait(child, new, self._target.files)


def _elements(editor: JsonEditor, source: str, target: str) -> Written:
    """All elements of an array that has some, with the comments around them, as one piece to go
    behind the last element of another array."""
    text, whole, into = editor.text, editor.extent(source), editor.extent(target)
    last = editor.extent(f"{source}/{len(json_value(text, whole)) - 1}")
    comma = after_ignored(text, last.end)
    behind = text[last.end : comma] + text[comma + 1 : whole.end - 1]
    piece = (text[whole.value + 1 : last.end] + behind).strip()
    indent = indent_at(text, last.start)
    if not _ends_line(text, into):
        # a comment would be one of what stands beside it on the line
        line_break = f"{next(iter(_LINE_BREAKS.findall(text)), '')}{indent}"
        before = line_break if piece.startswith("//") else ""
        piece = f"{before}{piece}{line_break if '//' in behind else ''}"
    return Written(piece, indent)


def _ends_line(text: str, array: Extent) -> bool:
    """Whether the closing bracket stands on a line of its own."""
    line = text[: array.end - 1].rpartition("\n")[2].rpartition("\r")[2]
    return not line.strip()


def _needs_access(resource: Resource) -> bool:
    """Whether a resource may need the access that the child grants while it is deployed: secrets
    and keys are written by whoever may write the vault."""
    kind = resource.type.lower()
    return kind == _CHANGES.lower() or not kind.startswith(f"{_VAULTS.lower()}/")


def _same(one: Surroundings, other: Surroundings) -> bool:
    return one.place == other.place


def _texts(written: Any) -> Iterator[str]:
    """All expressions in what is written."""
    pending = [written]
    while pending:
        value = pending.pop()
        if isinstance(value, Mapping):
            pending.extend((*value, *value.values()))
        elif isinstance(value, list):
            pending.extend(value)
        elif isinstance(value, str) and is_expression(value):
            yield value


def _calls(text: str) -> list[CallSpan]:
    try:
        return calls_in(text)
    except ExpressionSyntaxError:
        return []
