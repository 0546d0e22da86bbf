"""What comes with armguard besides its code: policies, and the guide to the ways out.

A wheel holds these inside of the package, which may lie in a zip application, where only
`importlib.resources` can read; a checkout has them at its top.
"""

from __future__ import annotations

from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path


def shipped(*path: str) -> Traversable | None:
    """A folder or a file that comes with armguard; None: this installation lacks it."""
    package = files("armguard")
    for base in (package, Path(str(package)).parent):
        found = base.joinpath(*path)
        if found.is_dir() or found.is_file():
            return found
    return None
