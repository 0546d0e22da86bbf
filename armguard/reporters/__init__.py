"""One file per output format: each has `render(report) -> str`, a pure function.

The format `some-name` is the module `some_name`; modules are imported when their format is asked
for, because a text report must not pay for the others.
"""

from __future__ import annotations

from importlib import import_module

from armguard.finding import Report

FORMATS = ("text", "json")
"""What `--format` takes."""


def render(format_name: str, report: Report) -> str:
    """The report in one of `FORMATS`, ending with a line break."""
    module = import_module(f"armguard.reporters.{format_name.replace('-', '_')}")
    text: str = module.render(report)
    return text
