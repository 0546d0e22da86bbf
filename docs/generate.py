"""Writes the pages of this folder that are made from the code: what the code says, they say.

python docs/generate.py           write them
python docs/generate.py --check   exit with 1 and the names of those that are stale
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from importlib import import_module
from inspect import cleandoc
from pathlib import Path

DOCS = Path(__file__).resolve().parent

if __name__ == "__main__":
    sys.path.insert(0, str(DOCS.parent))

from armguard.evaluation.functions import all_functions  # noqa: E402
from armguard.evaluation.functions.registry import Function  # noqa: E402

FUNCTIONS_HEAD = """\
# Functions

The {count} functions that armguard evaluates, as Azure's own engine does. Names have no case.
*Looks through* means that arguments which are only partly known are enough where the answer does
not hang on the rest: `length(createArray(environment().name))` is 1.

This page is written by `docs/generate.py` from the docstrings of the functions.
"""


def functions_page() -> str:
    """All template functions by family: signature, and what may surprise."""
    families: dict[str, list[Function]] = {}
    for function in all_functions().values():
        families.setdefault(_title(function.body.__module__), []).append(function)
    parts = [FUNCTIONS_HEAD.format(count=len(all_functions()))]
    for title in sorted(families):
        parts.append(f"## {title}\n")
        parts.extend(
            map(_entry, sorted(families[title], key=lambda function: function.name.lower()))
        )
    return "\n".join(parts)


def _title(module: str) -> str:
    """What a family is about: its module's docstring up to the colon, or its first line."""
    first = cleandoc(import_module(module).__doc__ or "").partition("\n")[0]
    return first.partition(":")[0].partition(";")[0].rstrip(".")


def _entry(function: Function) -> str:
    signature, _, notes = cleandoc(function.body.__doc__ or function.name).partition("\n")
    lines = [f"### `{signature}`" if signature.count(")") else f"### {signature}", ""]
    if notes.strip():
        lines += [notes.strip(), ""]
    if function.looks_through:
        lines += ["*Looks through.*", ""]
    return "\n".join(lines)


PAGES: dict[str, Callable[[], str]] = {"functions.md": functions_page}
"""File below docs/ -> what writes its text."""


def stale_pages() -> list[str]:
    """The pages that are not what the code says."""
    return [
        name
        for name, page in PAGES.items()
        if not (DOCS / name).exists() or (DOCS / name).read_text("utf-8") != page()
    ]


def main(arguments: list[str]) -> int:
    if arguments == ["--check"]:
        stale = stale_pages()
        for name in stale:
            print(f"docs/{name} is stale: run 'python docs/generate.py'", file=sys.stderr)
        return 1 if stale else 0
    if arguments:
        print("usage: generate.py [--check]", file=sys.stderr)
        return 2
    for name, page in PAGES.items():
        (DOCS / name).write_text(page(), "utf-8", newline="\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
