"""What reads a vault in a Bicep file made to read it as one that exists.

Where the condition of the vault is false it is not deployed, and what its symbol would read is
refused. A second symbol, declared `existing`, reads it in either case; who uses that waits for the
vault by `dependsOn`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from armguard.remedies._bicep_editor import BicepEditor
from armguard.remedies._bicep_lines import let_wait, statement_behind
from armguard.remedies.remedy import RefusedError
from armguard.source.bicep.masking import masked
from armguard.source.bicep.statements import BicepText, Declaration
from armguard.source.text_edits import Edit

_KNOWN_BEFORE = ("id", "name", "type", "apiVersion")
"""What a symbol tells without reading anything."""


def read_as_existing(editor: BicepEditor, pointer: str) -> Iterator[Edit]:
    """Edits for all that reads the vault whose compiled resource is at `pointer`."""
    path, file, vault = editor.declared(pointer)
    if vault.children:
        raise RefusedError(
            f"other resources are written inside of '{vault.name}'; write them beside it first,"
            f" with parent: {vault.name}"
        )
    code = masked(file.text, interpolations=True)
    uses = re.compile(rf"(?<![\w.:']){re.escape(vault.name)}(?:\[[^\]]*+\])?\.\??(\w+)")
    reads = [
        match
        for match in uses.finditer(code)
        if match[1] not in _KNOWN_BEFORE and not vault.start <= match.start() < vault.end
    ]
    if not reads:
        return
    body = file.body(vault)
    members = file.members(body.start) if body.start is not None else {}
    if body.loop is not None or "name" not in members:
        raise RefusedError(
            f"line {_line(file, reads[0].start())} of '{path}' reads '{vault.name}', which need not"
            " be there; read it from a resource that is declared existing"
        )
    known = {each.name for each in file.declarations}
    name = f"existing{vault.name[:1].upper()}{vault.name[1:]}"
    while name in known:
        name += "2"
    waiting: dict[int, Declaration] = {}
    for match in reads:
        yield Edit(path, match.start(), match.start() + len(vault.name), name)
        reader = _innermost(file.declarations, match.start())
        if reader is None or reader.keyword not in ("resource", "module", "output"):
            what = "it" if reader is None else f"{reader.keyword} '{reader.name}'"
            raise RefusedError(
                f"{what} in line {_line(file, match.start())} of '{path}' reads '{vault.name}',"
                " and nothing there can wait for it; read it where it is used"
            )
        if reader.keyword != "output":
            waiting[reader.start] = reader
    for reader in waiting.values():
        yield from let_wait(path, file, reader, vault.name)
    kept = [
        f"  {file.text[each.start : each.end]}"
        for key, each in members.items()
        if key in ("name", "scope", "parent")
    ]
    lines = [f"resource {name} '{vault.said}' existing = {{", *kept, "}"]
    yield statement_behind(path, file, vault, lines)


def _innermost(declarations: tuple[Declaration, ...], at: int) -> Declaration | None:
    for each in declarations:
        if each.start <= at < each.end:
            return _innermost(each.children, at) or each
    return None


def _line(file: BicepText, at: int) -> int:
    return file.text.count("\n", 0, at) + 1
