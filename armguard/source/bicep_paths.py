"""What kind of Bicep a file is, and what a path in a Bicep file leads to."""

from __future__ import annotations

import posixpath

_ELSEWHERE = ("br:", "br/", "ts:", "ts/")


def is_bicep(path: str) -> bool:
    """Whether a file is Bicep by its name, or parameters for it."""
    return path.lower().endswith((".bicep", ".bicepparam"))


def is_bicep_template(path: str) -> bool:
    return path.lower().endswith(".bicep")


def is_bicep_parameters(path: str) -> bool:
    return path.lower().endswith(".bicepparam")


def local_path(path: str, written: str) -> str | None:
    """The file that a path in a Bicep file names; None: it comes from a registry, or is empty."""
    if not written or written.lower().startswith(_ELSEWHERE):
        return None
    return posixpath.normpath(posixpath.join(posixpath.dirname(path), written))
