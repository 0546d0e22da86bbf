"""Writes the pages of this folder that are made from the code: what the code says, they say.

python docs/generate.py           write them
python docs/generate.py --check   exit with 1, and name those that are stale and wrong examples
"""

from __future__ import annotations

import sys
from importlib import import_module
from inspect import cleandoc
from pathlib import Path

DOCS = Path(__file__).resolve().parent

sys.path[:0] = [str(DOCS.parent), str(DOCS)]

import rule_pages  # noqa: E402

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


def all_pages() -> dict[str, str]:
    """File below docs/ -> the text that it should have."""
    return {
        "functions.md": functions_page(),
        **{f"rules/{name}": text for name, text in rule_pages.pages()},
    }


def stale_pages() -> list[str]:
    """The pages that are not what the code says, and those of rules that are no more."""
    pages = all_pages()
    there = {f"rules/{file.name}" for file in (DOCS / "rules").glob("*")}
    stale = [name for name, text in pages.items() if _read(DOCS / name) != text]
    return sorted({*stale, *there - pages.keys()})


def _read(file: Path) -> str | None:
    return file.read_text("utf-8") if file.is_file() else None


def main(arguments: list[str]) -> int:
    if arguments not in ([], ["--check"]):
        print("usage: generate.py [--check]", file=sys.stderr)
        return 2
    stale = stale_pages()
    if arguments:
        wrong = [
            *(f"docs/{name} is stale: run 'python docs/generate.py'" for name in stale),
            *rule_pages.wrong(),
        ]
        print(*wrong, sep="\n", end="\n" if wrong else "", file=sys.stderr)
        return 1 if wrong else 0
    pages = all_pages()
    (DOCS / "rules").mkdir(exist_ok=True)
    for name in stale:
        if name in pages:
            (DOCS / name).write_text(pages[name], "utf-8", newline="\n")
        else:
            (DOCS / name).unlink()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
