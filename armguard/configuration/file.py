"""armguard.toml, or [tool.armguard] in pyproject.toml: found and read.

The nearest file counts, files are never merged. Its paths are relative to its folder; those of a
file that `--config` names to the working directory, because such a file may serve many projects.
"""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Mapping
from typing import Any

from armguard.configuration.model import Configuration
from armguard.errors import UsageError

FILE_NAME = "armguard.toml"
_PROJECT = "pyproject.toml"
_TABLE = ("tool", "armguard")
_MOST_PARTS = 100
_PART = rb"""(?:[\w-]++|"[^"\n]*+"|'[^'\n]*+')[ \t]*+"""
_LONG_KEY = _PART + rb"(?:\.[ \t]*+" + _PART + rb"){%d}" % _MOST_PARTS
_TABLE_BEGINS = rb"""(?m)^[ \t]*+\[*+[ \t]*+["']?tool["']?[ \t]*+(?:\.[ \t]*+["']?armguard|\]|=)"""
"""A table of that name in any of the ways to write one; whether it is ours, only a parser knows."""


def load_configuration(named: str | None = None, *, isolated: bool = False) -> Configuration:
    """The configuration for the working directory, an empty one where there is none.

    `named` is the file of `--config`; `isolated` looks for none. Raises `UsageError` for a file
    that can't be read or holds what it must not hold, naming file and line.
    """
    if named is not None and isolated:
        raise UsageError(
            "--config names a configuration and --isolated wants none; use one of them"
        )
    if isolated:
        return Configuration()
    if named is not None:
        return _read(named, "")
    found = _find()
    return Configuration() if found is None else _read(found, os.path.dirname(found))


def _find() -> str | None:
    """The nearest file from here up to the root of the repository, from the working directory."""
    folder, shown = os.getcwd(), ""
    while True:
        own = os.path.join(shown, FILE_NAME)
        if os.path.isfile(own):
            return own
        project = os.path.join(shown, _PROJECT)
        if os.path.isfile(project) and _mentions_armguard(project):
            return project
        parent = os.path.dirname(folder)
        if parent == folder or os.path.lexists(os.path.join(folder, ".git")):
            return None
        folder, shown = parent, os.path.join(shown, "..")


def _mentions_armguard(path: str) -> bool:
    data = _bytes(path)
    # most projects have nothing about armguard, and need not pay for a TOML parser
    return (
        re.search(_TABLE_BEGINS, data) is not None and _own_table(_parsed(path, data)) is not None
    )


def _read(path: str, folder: str) -> Configuration:
    from armguard.configuration.keys import configuration_from
    from armguard.configuration.toml_lines import TomlLines

    data = _bytes(path)
    document: Any = _parsed(path, data)
    prefix: tuple[str, ...] = ()
    if os.path.basename(path) == _PROJECT:
        document, prefix = _own_table(document), _TABLE
        if document is None:
            raise UsageError(f"'{path}' has no table [tool.armguard]")
    shown = path.replace(os.sep, "/")
    return configuration_from(document, shown, folder, TomlLines(data.decode(), prefix))


def _bytes(path: str) -> bytes:
    try:
        if not stat.S_ISREG(os.stat(path).st_mode):
            raise UsageError(f"configuration '{path}' can't be read: it is not a regular file")
        with open(path, "rb") as file:
            return file.read()
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise UsageError(f"configuration '{path}' can't be read: {reason}") from error


def _parsed(path: str, data: bytes) -> dict[str, Any]:
    from tomllib import TOMLDecodeError, loads

    _refuse_long_keys(path, data)
    try:
        return loads(data.decode())
    except UnicodeDecodeError as error:
        raise UsageError(f"configuration '{path}' is not UTF-8; save it as UTF-8") from error
    except TOMLDecodeError as error:
        sentence = str(error)
        raise UsageError(f"{path}: not TOML: {sentence[:1].lower()}{sentence[1:]}") from error
    except ValueError as error:
        raise UsageError(f"{path}: it has a number of too many digits") from error
    except RecursionError as error:
        raise UsageError(f"{path}: nested too deeply to be read") from error


def _refuse_long_keys(path: str, data: bytes) -> None:
    """Each dot of a key makes Python's parser look at all the parts before it."""
    found = re.search(_LONG_KEY, data)
    if found is not None:
        line = data.count(b"\n", 0, found.start()) + 1
        raise UsageError(f"{path}:{line}: a key has more than {_MOST_PARTS} parts")


def _own_table(document: Mapping[str, Any]) -> Any:
    table: Any = document
    for key in _TABLE:
        table = table.get(key) if isinstance(table, Mapping) else None
    return table
