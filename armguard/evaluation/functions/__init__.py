"""The template functions, one file per family; a new file is found by being here."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from armguard.evaluation.functions.registry import Function


def find_function(name: str) -> Function | None:
    """The built-in function of this name, in whatever case."""
    return all_functions().get(name.lower())


@cache
def all_functions() -> dict[str, Function]:
    """Every built-in function by lower-case name; imports the families when first called."""
    from importlib import import_module
    from pkgutil import iter_modules

    from armguard.evaluation.functions.registry import FUNCTIONS

    for family in iter_modules(__path__):
        import_module(f"{__name__}.{family.name}")
    return FUNCTIONS
