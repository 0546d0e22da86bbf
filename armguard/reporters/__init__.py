"""One file per output format: each has `render(report) -> str`, a pure function.

The format `some-name` is the module `some_name`, found by being here; modules are imported when
their format is asked for, because a text report must not pay for the others. What formats share
is in files that start with an underscore.
"""

from __future__ import annotations

from importlib import import_module
from pkgutil import iter_modules

from armguard.finding.report import Report

FORMATS = tuple(
    entry.name.replace("_", "-")
    for entry in iter_modules(__path__)
    if not entry.name.startswith("_")
)
"""What `--format` takes, sorted."""


def render(format_name: str, report: Report) -> str:
    """The report in one of `FORMATS`, ending with a line break."""
    module = import_module(f"armguard.reporters.{format_name.replace('-', '_')}")
    text: str = module.render(report)
    return text
