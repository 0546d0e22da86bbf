"""The walls of the house, judged on the syntax of every module.

Imports count wherever they stand, inside functions and under TYPE_CHECKING too: what a module may
know does not depend on when it learns it. Each test lists all that is broken.
"""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent
PACKAGE = PROJECT / "armguard"
MOST_LINES = 400
MOST_MODULES_AT_THE_TOP = 9

FLOORS = (
    "errors pointer record version safe_text",
    "source expressions finding dotnet",
    "evaluation reporters",
    "templates acceptance",
    "keyvault configuration",
    "deployed",
    "live explaining",
    "rules policy remedies",
    "checking",
    "analysis",
    "cli api",
    "__init__ __main__",
)
"""From the ground up; a room may import what is on floors below its own, and its own modules."""

HOMES: dict[str, set[str]] = {
    "azure": {"live"},
    "click": {"cli"},
    "jsonpath_ng": {"policy.selector"},
    "markdown_it": {"reporters.html.markdown"},
    "pathspec": {"source"},
    "rich": {"cli", "reporters"},
    "yaml": {"policy.loader"},
}
"""Package that is not in the standard library -> where it may be imported."""

MACHINE: dict[str, set[str]] = {
    "print": {"cli"},
    "environ": {
        "cli",
        "live",
        "source.folder",
        "source.bicep.environment",
        "source.bicep.locating",
        "checking.found",
    },
    "subprocess": {"cli", "source.folder", "source.bicep.processes"},
}
"""What looks at the machine or speaks to people -> where that may be. `source.folder` asks git
which files of a folder are ignored, in an environment without the variables of a hook;
`source.bicep` runs the user's Bicep CLI in the environment that there is."""

DYNAMIC_IMPORTS = {
    "__init__",
    "cli.__init__",
    "evaluation.functions.__init__",
    "remedies.__init__",
    "reporters.__init__",
    "rules.__init__",
}
"""Modules that find others by name, each inside its own part."""

LAST_RESORTS = {"analysis": 1, "cli.__init__": 1}
"""Module -> how often it catches every exception."""

UNNEEDED = (
    "armguard.checking.changed",
    "armguard.source.bicep",
    "armguard.source.text_edits",
    "armguard.templates.mentions",
    "asyncio",
    "azure",
    "dataclasses",
    "importlib.metadata",
    "jsonpath_ng",
    "logging",
    "multiprocessing",
    "pathspec",
    "rich",
    "yaml",
)
"""What a text check of one file must not import."""


@cache
def modules() -> dict[str, ast.Module]:
    """Every module of the package: `rules.access_lost` -> its syntax tree."""
    return {
        ".".join(path.relative_to(PACKAGE).with_suffix("").parts): ast.parse(
            path.read_text("utf-8"), str(path)
        )
        for path in sorted(PACKAGE.rglob("*.py"))
    }


def room_of(module: str) -> str:
    """`rules` of `rules.access_lost`."""
    return module.partition(".")[0]


def floor_of(module: str) -> int:
    return next(n for n, rooms in enumerate(FLOORS) if room_of(module) in rooms.split())


def imports_of(tree: ast.Module) -> Iterator[tuple[int, str]]:
    """(line, full name) of everything that a module imports."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"line {node.lineno}: imports are written in full"
            yield from ((node.lineno, f"{node.module}.{alias.name}") for alias in node.names)


@cache
def graph() -> Mapping[str, frozenset[str]]:
    """Module -> the modules of ours that it imports."""

    def module_of(name: str) -> str | None:
        """`finding` of `armguard.finding.Report`."""
        package, _, rest = name.partition(".")
        for candidate in (rest, f"{rest}.__init__", rest.rpartition(".")[0]):
            if package == "armguard" and candidate in modules():
                return candidate
        package_of_name = f"{rest.rpartition('.')[0]}.__init__".lstrip(".")
        return package_of_name if package == "armguard" else None

    return {
        module: frozenset(
            target
            for _, name in imports_of(tree)
            if (target := module_of(name)) is not None and target != module
        )
        for module, tree in modules().items()
    }


def circles() -> list[set[str]]:
    """The groups of modules of which each reaches all others."""

    def reached(start: str) -> set[str]:
        found: set[str] = set()
        pending = [start]
        while pending:
            for each in graph()[pending.pop()] - found:
                found.add(each)
                pending.append(each)
        return found

    reach = {module: reached(module) for module in graph()}
    found = {
        frozenset(each for each in reach[module] if module in reach[each])
        for module in reach
        if module in reach[module]
    }
    return [set(each) for each in found]


def is_below(name: str, allowed: set[str]) -> bool:
    return any(name == each or name.startswith(f"{each}.") for each in allowed)


def test_nothing_imports_upwards() -> None:
    broken = [
        f"{module} may not import {target}"
        for module, targets in graph().items()
        for target in targets
        if room_of(module) != room_of(target) and floor_of(module) <= floor_of(target)
    ]
    assert sorted(broken) == []


def test_no_modules_import_each_other_in_a_circle() -> None:
    assert circles() == []


def test_few_modules_stand_at_the_top() -> None:
    loose = {name for name in modules() if "." not in name} - {"__init__", "__main__"}
    assert len(loose) <= MOST_MODULES_AT_THE_TOP, sorted(loose)


def test_rules_holds_rules_only() -> None:
    others = [
        module
        for module, tree in modules().items()
        if room_of(module) == "rules"
        and module != "rules.__init__"
        and not any(
            isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "SUMMARY"
            for node in tree.body
        )
    ]
    assert others == []


def test_the_picture_shows_the_rooms_that_there_are_on_their_floors() -> None:
    page = (PROJECT / "docs" / "architecture.md").read_text("utf-8")
    floors = re.findall(r"^  subgraph [^\n]*\n(.*?)^  end$", page, re.MULTILINE | re.DOTALL)
    there = {room_of(module) for module in modules()}
    expected = [[room for room in floor.split() if room in there] for floor in FLOORS[:-1]]
    assert [floor.split() for floor in floors] == expected
    described = re.findall(r"^\| ((?:`\w+` ?)+)\|", page, re.MULTILINE)
    named = [name for row in described for name in re.findall(r"\w+", row)]
    assert {name for floor in expected for name in floor} <= set(named)


def test_packages_and_the_machine_are_touched_at_home_only() -> None:
    broken = []
    for module, tree in modules().items():
        for line, name in imports_of(tree):
            package = name.partition(".")[0]
            known = package in sys.stdlib_module_names or package == "armguard"
            if not known and not is_below(module, HOMES.get(package, set())):
                broken.append(f"{module}:{line} may not import {package}")
        for node in ast.walk(tree):
            match node:
                case ast.Name(id=name) | ast.Attribute(attr=name) if name in MACHINE:
                    if not is_below(module, MACHINE[name]):
                        broken.append(f"{module}:{node.lineno} may not use {name}")
                case _:
                    pass
    assert broken == []


def test_modules_are_found_by_name_in_few_places_only() -> None:
    """A hidden import would pass through every wall."""
    dynamic = {
        module
        for module, tree in modules().items()
        for node in ast.walk(tree)
        if isinstance(node, ast.Name) and node.id in ("import_module", "__import__", "exec", "eval")
    }
    assert dynamic <= DYNAMIC_IMPORTS


def keeps_everything(handler: ast.ExceptHandler) -> bool:
    """Whether any exception ends here; one that tidies up and raises again lets them through."""
    last = handler.body[-1]
    if isinstance(last, ast.Raise) and last.exc is None:
        return False
    caught = handler.type
    kinds = caught.elts if isinstance(caught, ast.Tuple) else [caught]
    return any(
        kind is None or (isinstance(kind, ast.Name) and kind.id in ("Exception", "BaseException"))
        for kind in kinds
    )


def test_a_bug_is_caught_in_two_places_only() -> None:
    handlers: dict[str, int] = {}
    for module, tree in modules().items():
        for node in ast.walk(tree):
            if isinstance(node, ast.ExceptHandler) and keeps_everything(node):
                handlers[module] = handlers.get(module, 0) + 1
    assert handlers == LAST_RESORTS


def test_a_module_says_what_it_is_for_on_few_pages_and_what_it_ignores() -> None:
    broken = []
    for module, tree in modules().items():
        lines = PACKAGE.joinpath(*module.split(".")).with_suffix(".py").read_text("utf-8")
        if lines and not ast.get_docstring(tree):
            broken.append(f"{module} does not say what it is for")
        if lines.count("\n") > MOST_LINES:
            broken.append(f"{module} has more than {MOST_LINES} lines")
        for number, line in enumerate(lines.splitlines(), 1):
            for mark, named in (("# type: ignore", "# type: ignore["), ("# noqa", "# noqa: ")):
                if mark in line and named not in line:
                    broken.append(f"{module}:{number} does not name what it ignores")
    assert broken == []


def run(program: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", program, *arguments],
        cwd=PROJECT,
        capture_output=True,
        text=True,
        stdin=subprocess.DEVNULL,
        timeout=120,
        check=True,
    )


def test_every_module_can_be_the_first_to_be_imported() -> None:
    """An order of imports that matters breaks with the next lazy import."""
    program = (
        "import sys\n"
        "from importlib import import_module\n"
        "broken = []\n"
        "for name in sys.argv[1:]:\n"
        "    for loaded in [each for each in sys.modules if each.split('.')[0] == 'armguard']:\n"
        "        del sys.modules[loaded]\n"
        "    try:\n"
        "        import_module(name)\n"
        "    except ModuleNotFoundError as error:\n"
        "        if not (error.name or '').startswith('azure'):\n"
        "            broken.append(f'{name}: {error}')\n"
        "    except ImportError as error:\n"
        "        broken.append(f'{name}: {error}')\n"
        "print(*broken, sep='\\n', end='')\n"
    )
    names = [f"armguard.{module}".removesuffix(".__init__") for module in modules()]
    assert run(program, *(name for name in names if name != "armguard.__main__")).stdout == ""


def test_a_check_imports_no_more_than_it_needs() -> None:
    """A text check of one file: start-up time counts in every pre-commit run."""
    program = (
        "import sys\n"
        "from armguard.cli import main\n"
        "code = main(['check', 'fixtures/workspace.json', '--format', 'text'])\n"
        "print(code, *sorted(sys.modules), sep='\\n', file=sys.stderr)\n"
    )
    result = run(program)
    code, *loaded = result.stderr.split("\n")
    assert code == "1"
    assert "access-policies-emptied" in result.stdout
    assert "armguard.analysis" in loaded
    assert [name for name in loaded if is_below(name, set(UNNEEDED))] == []
