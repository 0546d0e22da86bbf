"""Where the Bicep CLI is: the chosen one, the one on PATH, or the Azure CLI's own copy.

A program of the working directory is run only where somebody names it by its path: entries of PATH
such as `.` are passed over, so that no checked folder brings its own compiler.
"""

from __future__ import annotations

import os
from collections.abc import Iterator

from armguard.errors import UsageError


def find_cli(chosen: str | None) -> str | None:
    """The absolute path of the Bicep CLI; None: there is none.

    `chosen` comes from an option or a configuration: a path, or a name on PATH as in a shell.
    Raises UsageError where it is no program.
    """
    if chosen is not None:
        return _chosen(chosen)
    return _on_path("bicep") or _of_the_azure_cli()


def _chosen(chosen: str) -> str:
    written = os.path.expanduser(chosen)
    if not os.path.dirname(written):
        program = _on_path(written)
        if program is None:
            raise UsageError(
                f"the Bicep CLI '{chosen}' is no program on PATH; "
                f"a file is named by its path, such as './{chosen}'"
            )
        return program
    path = os.path.abspath(written)
    for name in _spellings(path):
        if _is_program(name):
            return name
    if os.path.exists(path):
        raise UsageError(f"the Bicep CLI '{chosen}' is no file that can be run")
    raise UsageError(f"the Bicep CLI '{chosen}' does not exist")


def _on_path(name: str) -> str | None:
    for folder in os.get_exec_path():
        if os.path.isabs(folder):
            for program in _spellings(os.path.join(folder, name)):
                if _is_program(program):
                    return program
    return None


def _of_the_azure_cli() -> str | None:
    """The copy that `az bicep install` makes."""
    settings = os.environ.get("AZURE_CONFIG_DIR") or os.path.join("~", ".azure")
    folder = os.path.join(os.path.expanduser(settings), "bin")
    program = os.path.join(folder, "bicep.exe" if os.name == "nt" else "bicep")
    return program if os.path.isabs(folder) and _is_program(program) else None


def _spellings(path: str) -> Iterator[str]:
    """What a program may be called in full: Windows runs nothing without an extension."""
    if os.name != "nt" or path.lower().endswith((".exe", ".cmd", ".bat")):
        yield path
    else:
        yield from (path + ".exe", path + ".cmd")


def _is_program(path: str) -> bool:
    return os.path.isfile(path) and os.access(path, os.X_OK)
