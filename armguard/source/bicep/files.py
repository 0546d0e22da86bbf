"""Which files a Bicep file uses, and which of several are deployed by themselves.

Read from their texts, without a compiler.
"""

from __future__ import annotations

import os
import re
from collections.abc import Collection, Iterator

from armguard.errors import UnreadableFileError
from armguard.source.bicep.statements import BicepText, Declaration
from armguard.source.bicep_paths import is_bicep_template, local_path
from armguard.source.json_text import read_text

_FROM = re.compile(r"\bfrom\s++'([^'\r\n]++)'")
_DEPLOYING = ("resource", "module")


def declared_parameters(path: str) -> frozenset[str]:
    """The parameters of a Bicep file, in lower case; none where it can't be read."""
    declared = _read(path).declarations
    return frozenset(each.name.lower() for each in declared if each.keyword == "param")


def deployed_by_others(paths: Collection[str]) -> dict[str, str]:
    """Those of these Bicep files that are part of another one of them, each with that other one.

    They are its modules, or what it imports from where nothing is deployed. Of files that use each
    other in a circle one is left out, so that none is lost.
    """
    return _owners(_uses(paths))


def roots_above(parts: Collection[str], paths: Collection[str]) -> frozenset[str]:
    """Those of these Bicep files that are deployed by themselves and of which some files are
    parts, or which are those files."""
    uses = _uses(paths)
    owners = _owners(uses)
    users: dict[str, list[str]] = {}
    for path, targets in uses.items():
        for each in targets:
            users.setdefault(each, []).append(path)
    pending, reached = list(parts), set(parts)
    while pending:
        for user in users.get(pending.pop(), ()):
            if user not in reached:
                reached.add(user)
                pending.append(user)
    return frozenset(reached - owners.keys())


def _uses(paths: Collection[str]) -> dict[str, list[str]]:
    """What each of these files takes into its deployment of the others."""
    files = {path: _read(path) for path in sorted(paths)}
    return {path: [each for each in _used(path, files) if each != path] for path in files}


def _owners(uses: dict[str, list[str]]) -> dict[str, str]:
    used = {each for targets in uses.values() for each in targets}
    owners: dict[str, str] = {}
    for root in (*(path for path in uses if path not in used), *uses):
        if root in owners:
            continue
        pending, reached = [root], {root}
        while pending:
            path = pending.pop()
            for each in uses[path]:
                if each not in reached and each not in owners:
                    owners[each] = path
                    reached.add(each)
                    pending.append(each)
    return owners


def modules_of(path: str) -> dict[str, str]:
    """All files that are modules of a Bicep file or of its modules, each with the one that uses it;
    some of them may be templates."""
    found: dict[str, str] = {}
    pending = [path]
    while pending:
        current = pending.pop()
        for each in _modules(current, _read(current)):
            if each not in found and each != path:
                found[each] = current
                pending.append(each)
    return found


def files_of(path: str) -> dict[str, str]:
    """A Bicep file and all Bicep files that it takes in, its modules and imports and theirs, each
    with the one that uses it."""
    found = {path: path}
    pending = [path]
    while pending:
        current = pending.pop()
        file = _read(current)
        for each in (*_modules(current, file), *_imports(current, file)):
            if is_bicep_template(each) and each not in found:
                found[each] = current
                pending.append(each)
    return found


def extended_files(path: str) -> list[str]:
    """A Bicep parameter file, and those that it extends."""
    found: list[str] = []
    current: str | None = path
    while current is not None and current not in found:
        found.append(current)
        current = extended_file(current)
    return found


def used_template(path: str) -> str | None:
    """The file that a Bicep parameter file is for; None: it names none, or one of a registry."""
    using = _statement(path, "using")
    return None if using is None else local_path(path, using.said)


def extended_file(path: str) -> str | None:
    """The Bicep parameter file that another one extends."""
    extends = _statement(path, "extends")
    return None if extends is None else local_path(path, extends.said)


def is_base(path: str) -> bool:
    """Whether a Bicep parameter file is for others to extend: it is `using none`."""
    return any(each.keyword == "using" and each.name == "none" for each in _read(path).declarations)


def twin_of(path: str) -> str:
    """The template that a Bicep file is compiled to, beside it."""
    return f"{os.path.splitext(path)[0]}.json"


def _statement(path: str, keyword: str) -> Declaration | None:
    for each in _read(path).declarations:
        if each.keyword == keyword and each.header is not None:
            return each
    return None


def _modules(path: str, file: BicepText) -> Iterator[str]:
    for each in file.declarations:
        target = local_path(path, each.said) if each.keyword == "module" else None
        if target is not None:
            yield target


def _used(path: str, files: dict[str, BicepText]) -> Iterator[str]:
    """The files among those that are known which one of them takes into its deployment."""
    yield from (each for each in _modules(path, files[path]) if each in files)
    for each in _imports(path, files[path]):
        if each in files and not any(own.keyword in _DEPLOYING for own in files[each].declarations):
            yield each


def _imports(path: str, file: BicepText) -> Iterator[str]:
    """The files that types, variables and functions come from."""
    for each in file.declarations:
        written = _FROM.search(file.text, each.start, each.end)
        target = local_path(path, written[1]) if each.keyword == "import" and written else None
        if target is not None:
            yield target


def _read(path: str) -> BicepText:
    try:
        return BicepText(read_text(path))
    except UnreadableFileError:
        return BicepText("")
