"""The template functions, one file per family; a new file is found by being here."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from armguard.evaluation.functions.registry import Function

_MOST_USED = (
    "template_names",
    "resource_ids",
    "deployment_context",
    "logic",
    "strings",
    "containers",
    "objects",
    "arrays",
    "hashing",
    "references",
)
"""The families that nearly every template needs; the order of the others does not matter."""

_waiting: list[str] | None = None
"""The families that were not imported yet, the next one last."""


def find_function(name: str) -> Function | None:
    """The built-in function of this name, in whatever case.

    Families are imported one after another until it is found, since most templates need few.
    """
    from armguard.evaluation.functions.registry import FUNCTIONS

    lower = name.lower()
    while lower not in FUNCTIONS:
        if not _import_next():
            return None
    return FUNCTIONS[lower]


def all_functions() -> dict[str, Function]:
    """Every built-in function by lower-case name."""
    from armguard.evaluation.functions.registry import FUNCTIONS

    while _import_next():
        pass
    return FUNCTIONS


def _import_next() -> bool:
    """Import one more family; whether there was one."""
    from importlib import import_module

    global _waiting
    if _waiting is None:
        from pkgutil import iter_modules

        found = [family.name for family in iter_modules(__path__)]
        _waiting = [name for name in found if name not in _MOST_USED] + [*reversed(_MOST_USED)]
    if not _waiting:
        return False
    import_module(f"{__name__}.{_waiting.pop()}")
    return True
