"""What a Bicep file says without being compiled: which files it uses, what it declares.

Comments and texts over several lines are left out first, so that nothing in them counts.
"""

from __future__ import annotations

import os
import posixpath
import re
from collections.abc import Collection, Iterator
from functools import cache

from armguard.errors import UnreadableFileError
from armguard.source.json_text import read_text

_TOKENS = r"'''.*?'''|//[^\r\n]*+|/\*.*?\*/|('(?:\\.|[^'\\\r\n])*+')"
_MODULE = r"^[ \t]*+module\s++\w++\s++'([^'\r\n]++)'"
_IMPORT = r"\bfrom\s++'([^'\r\n]++)'"
_DEPLOYS = r"^[ \t]*+(?:resource|module)\s"
_PARAMETER = r"^[ \t]*+param\s++(\w++)"


def is_bicep(path: str) -> bool:
    return path.lower().endswith(".bicep")


def declared_parameters(path: str) -> frozenset[str]:
    """The parameters of a Bicep file, in lower case; none where it can't be read."""
    return frozenset(name.lower() for name in _pattern(_PARAMETER).findall(_code_of(path)))


def deployed_by_others(paths: Collection[str]) -> dict[str, str]:
    """Those of these Bicep files that are part of another one of them, each with that other one.

    They are its modules, or what it imports from where nothing is deployed. Of files that use each
    other in a circle one is left out, so that none is lost.
    """
    known = frozenset(paths)
    codes = {path: _code_of(path) for path in sorted(known)}
    uses = {path: [each for each in _used(path, codes) if each != path] for path in codes}
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


def _used(path: str, codes: dict[str, str]) -> Iterator[str]:
    """The files among `codes` that one of them takes into its deployment."""
    folder = posixpath.dirname(path)
    for pattern in (_MODULE, _IMPORT):
        for written in _pattern(pattern).findall(codes[path]):
            target = posixpath.normpath(posixpath.join(folder, written))
            if target not in codes:
                continue
            if pattern is _MODULE or not _pattern(_DEPLOYS).search(codes[target]):
                yield target


def _code_of(path: str) -> str:
    try:
        text = read_text(path)
    except UnreadableFileError:
        return ""
    return _pattern(_TOKENS).sub(lambda token: token[1] or " ", text)


@cache
def _pattern(text: str) -> re.Pattern[str]:
    """Compiled where there is Bicep: most runs have none."""
    return re.compile(text, re.MULTILINE | re.DOTALL)


def twin_of(path: str) -> str:
    """The template that a Bicep file is compiled to, beside it."""
    return f"{os.path.splitext(path)[0]}.json"
