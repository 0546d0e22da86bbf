"""The files that armguard is asked to write: never one that it reads or that people write by hand.

A slip of the keyboard (`--output json=main.json`) must not cost anybody a template. Files are
compared by what they are, not by how their names are spelled.
"""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Iterable, Mapping, Sequence
from typing import Literal

from armguard.errors import UnreadableFileError, UsageError

Kind = Literal["template", "parameter file", "configuration", "baseline", "snapshot", "policy"]

_CONFIGURATIONS = ("armguard.toml", "pyproject.toml", ".gitignore")
_POLICY = r"""(?m)^[ -]*+["']?require["']?[ \t]*+:"""
_SNAPSHOT = r'"format"\s*+:\s*+"armguard-snapshot"'
_RESOURCES = r'(?i)"resources"\s*+:'
_SEARCHED_BYTES = 16 * 1024 * 1024
"""How far a file is searched that can't be read."""


def refuse_outputs(outputs: Sequence[tuple[str, Kind | None]]) -> None:
    """Raise `UsageError` before any work is done where a file must not be written, or can't be.

    `outputs` are paths with the kind of file that is written there, None for a report.
    """
    seen: dict[str, str] = {}
    for path, kind in outputs:
        _refuse_place(path)
        if not _is_regular(path):
            continue
        real = os.path.realpath(path)
        if real in seen:
            raise UsageError(
                f"'{seen[real]}' and '{path}' are the same file; give each output its own"
            )
        seen[real] = path
        found = kind_of(path)
        if found is not None and found != kind:
            raise UsageError(
                f"'{path}' is not overwritten: it is a {found}; name another file, or remove it"
            )


def refuse_what_was_read(outputs: Iterable[str], read: Iterable[str]) -> None:
    """Raise `UsageError` where an output names a file that this run has read."""
    sources = {os.path.realpath(path): path for path in read}
    for path in outputs:
        source = sources.get(os.path.realpath(path))
        if source is not None and _is_regular(path):
            raise UsageError(
                f"'{path}' is not overwritten: this run has read it; name another file"
            )


def _refuse_place(path: str) -> None:
    folder = os.path.dirname(path) or "."
    if os.path.isdir(path):
        raise UsageError(
            f"can't write '{path}': it is a folder; name a file, as in json=report.json"
        )
    if not os.path.isdir(folder):
        raise UsageError(f"can't write '{path}': there is no folder '{folder}'; create it first")


def _is_regular(path: str) -> bool:
    """Whether a path is a file, or will be one: no pipe and no device."""
    try:
        return stat.S_ISREG(os.stat(path).st_mode)
    except OSError:
        return True


def kind_of(path: str) -> Kind | None:
    """What an existing file is, told by its content; None: nothing that must be kept."""
    name = os.path.basename(os.path.realpath(path)).lower()
    if not os.path.exists(path) or os.path.getsize(path) == 0:
        return None
    inside_git = ".git" in os.path.realpath(path).split(os.sep)
    if name in _CONFIGURATIONS or inside_git:
        return "configuration"
    if name.endswith((".bicep", ".bicepparam")):
        return "template" if name.endswith(".bicep") else "parameter file"
    from armguard.source.json_text import read_head, read_text
    from armguard.source.schema import claims_to_be_template, is_parameters_text, is_template_text

    try:
        text = read_text(path, _SEARCHED_BYTES)
    except UnreadableFileError:
        text = read_head(path, _SEARCHED_BYTES)
    if name.endswith((".yml", ".yaml")):
        return "policy" if re.search(_POLICY, text) else None
    if is_template_text(text) or claims_to_be_template(text):
        return "template"
    return "parameter file" if is_parameters_text(text) else _kind_of_json(text)


def _kind_of_json(text: str) -> Kind | None:
    from armguard.source.json_text import parse_json

    try:
        document = parse_json(text)
    except UnreadableFileError:
        # too large, or broken
        if re.search(_SNAPSHOT, text):
            return "snapshot"
        return "template" if re.search(_RESOURCES, text) else None
    if not isinstance(document, Mapping):
        return None
    members = {name.lower() for name in document}
    if document.get("format") == "armguard-snapshot":
        return "snapshot"
    if "findings" in members and members <= {"version", "findings"}:
        return "baseline"
    if "resources" in members and "tool" not in members and "findings" not in members:
        return "template"
    return "parameter file" if "parameters" in members and "runs" not in members else None
