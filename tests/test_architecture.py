"""The walls of the house, judged on the syntax of every module.

Imports count wherever they stand, inside functions and under TYPE_CHECKING too: what a module may
know does not depend on when it learns it.
"""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parent.parent
PACKAGE = PROJECT / "armguard"
MOST_LINES = 400

FLOOR = {"errors", "record"}
LANGUAGE = FLOOR | {"source", "expressions"}
VAULTS = LANGUAGE | {"evaluation", "keyvault", "deployed", "finding"}
JUDGING = VAULTS - {"source"} | {"source.place"}
FRAME = {"linking", "loading", "reporting", "fingerprints", "vault_reports"}

REQUEST = {
    "acceptance",
    "baseline",
    "configuration",
    "configuration_file",
    "configuration_keys",
    "environments",
    "loaded",
    "parameter_values",
    "path_patterns",
    "planning",
    "selection",
    "suppressions",
    "toml_lines",
}
"""The top-level modules that make up one part: what a run is told, and what it is told about."""

MAY_IMPORT: dict[str, set[str]] = {
    "record": set(),
    "errors": set(),
    "shipped": set(),
    "source": FLOOR,
    "expressions": FLOOR,
    "evaluation": LANGUAGE,
    "keyvault": LANGUAGE | {"evaluation"},
    "deployed": LANGUAGE | {"evaluation", "keyvault"},
    "finding": {"record"},
    "rule_page": {"finding"},
    "fingerprints": JUDGING,
    "rules": JUDGING | {"rule_page"},
    "policy": JUDGING | {"rule_page", "shipped", "source.json_text"},
    "remedies": VAULTS,
    "live": VAULTS,
    "reporters": {"finding", "record", ""},
    "linking": FLOOR | {"source"},
    "request": LANGUAGE | {"evaluation", "finding", "reporters.json"},
    "reporting": VAULTS | {"fingerprints", "policy", "request", "rule_page", "rules"},
    "loading": FLOOR | {"source", "evaluation", "finding", "request", "reporting"},
    "vault_reports": VAULTS,
    "analysis": VAULTS | FRAME | {"policy", "remedies", "request", "rules"},
    "api": VAULTS | {"analysis"},
    "": {"api", "errors", "evaluation", "finding"},
    "cli": VAULTS
    | {"", "analysis", "api", "live", "policy", "remedies", "reporters", "request", "rules"}
    | {"shipped"},
    "__main__": {"cli"},
}
"""Part of the package -> the parts, or single modules, that it may import besides itself; "" is
`armguard` itself, which holds the version, and "request" all modules of `REQUEST`."""

HOMES: dict[str, set[str]] = {
    "azure": {"live"},
    "click": {"cli"},
    "jsonpath_ng": {"policy.selector"},
    "pathspec": {"path_patterns", "source"},
    "rich": {"cli", "reporters"},
    "yaml": {"policy.loader"},
}
"""Package that is not in the standard library -> where it may be imported."""

DYNAMIC_IMPORTS = {
    "__init__",
    "cli.__init__",
    "evaluation.functions.__init__",
    "reporters.__init__",
    "rules.__init__",
}
"""Modules that find others by name, each inside its own part."""

LAST_RESORTS = {"analysis": 1, "cli.__init__": 1}
"""Module -> how often it catches every exception."""

UNNEEDED = (
    "asyncio",
    "azure",
    "importlib.metadata",
    "jsonpath_ng",
    "logging",
    "multiprocessing",
    "pathspec",
    "rich",
    "yaml",
)


@cache
def modules() -> dict[str, ast.Module]:
    """Every module of the package: `rules._explain` -> its syntax tree."""
    return {
        ".".join(path.relative_to(PACKAGE).with_suffix("").parts): ast.parse(
            path.read_text("utf-8"), str(path)
        )
        for path in sorted(PACKAGE.rglob("*.py"))
    }


def part_of(module: str) -> str:
    """`rules` of `rules._explain`; "" of the package's own `__init__`."""
    first = module.partition(".")[0]
    if first in REQUEST:
        return "request"
    return "" if first == "__init__" else first


def imports_of(tree: ast.Module) -> Iterator[tuple[int, str]]:
    """(line, full name) of everything that a module imports."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"line {node.lineno}: imports are written in full"
            yield from ((node.lineno, f"{node.module}.{alias.name}") for alias in node.names)


def own_imports(tree: ast.Module) -> Iterator[tuple[int, str]]:
    """(line, name below `armguard`) of everything of ours that a module imports."""
    for line, name in imports_of(tree):
        package, _, rest = name.partition(".")
        if package == "armguard":
            yield line, rest


def is_below(name: str, allowed: set[str]) -> bool:
    return any(name == each or name.startswith(f"{each}.") for each in allowed if each)


def test_every_part_has_its_walls() -> None:
    assert {part_of(module) for module in modules()} <= MAY_IMPORT.keys()


@pytest.mark.parametrize("module", modules())
def test_imports_stay_inside_the_walls(module: str) -> None:
    part = part_of(module)
    allowed = MAY_IMPORT[part] | {part}
    if "request" in allowed:
        allowed = allowed | REQUEST
    broken = []
    for line, name in own_imports(modules()[module]):
        if is_below(name, allowed) or ("" in allowed and name == "__version__"):
            continue
        broken.append(f"line {line}: {part or 'armguard'} may not import armguard.{name}")
    assert broken == []


def test_the_walls_leave_no_way_around() -> None:
    """No part may import one that may import it: what is below knows nothing of what is above."""
    parts = {part: {each.partition(".")[0] for each in MAY_IMPORT[part]} for part in MAY_IMPORT}

    def reached(part: str) -> set[str]:
        found: set[str] = set()
        pending = [part]
        while pending:
            for each in parts[pending.pop()] - found - {""}:
                found.add(each)
                pending.append(each)
        return found

    assert [part for part in parts if part and part in reached(part)] == []


def test_nothing_imports_the_command_line() -> None:
    importers = {
        part_of(module)
        for module, tree in modules().items()
        for _, name in own_imports(tree)
        if is_below(name, {"cli"})
    }
    assert importers <= {"cli", "__main__"}


@pytest.mark.parametrize("module", modules())
def test_foreign_packages_are_imported_at_home_only(module: str) -> None:
    broken = []
    for line, name in imports_of(modules()[module]):
        package = name.partition(".")[0]
        if package in sys.stdlib_module_names or package == "armguard":
            continue
        if not is_below(module, HOMES.get(package, set())):
            broken.append(f"line {line}: {package} may only be imported in {HOMES.get(package)}")
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


def test_only_the_command_line_prints() -> None:
    printing = {
        module
        for module, tree in modules().items()
        for node in ast.walk(tree)
        if isinstance(node, ast.Name) and node.id == "print"
    }
    assert {part_of(module) for module in printing} <= {"cli"}


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


@pytest.mark.parametrize("module", modules())
def test_a_module_says_what_it_is_for_on_few_pages(module: str) -> None:
    path = PACKAGE.joinpath(*module.split(".")).with_suffix(".py")
    lines = path.read_text("utf-8").splitlines()
    assert len(lines) <= MOST_LINES
    assert not lines or ast.get_docstring(modules()[module])


@pytest.mark.parametrize("module", modules())
def test_ignored_warnings_are_named(module: str) -> None:
    path = PACKAGE.joinpath(*module.split(".")).with_suffix(".py")
    for number, line in enumerate(path.read_text("utf-8").splitlines(), 1):
        for mark, named in (("# type: ignore", "# type: ignore["), ("# noqa", "# noqa: ")):
            assert mark not in line or named in line, f"line {number}: say what is ignored"


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
    names = [name for name in names if name != "armguard.__main__"]
    result = subprocess.run(
        [sys.executable, "-c", program, *names],
        cwd=PROJECT,
        capture_output=True,
        text=True,
        stdin=subprocess.DEVNULL,
        timeout=120,
        check=True,
    )
    assert result.stdout == ""


def test_a_check_imports_no_more_than_it_needs() -> None:
    """A text check of one file: start-up time counts in every pre-commit run."""
    program = (
        "import sys\n"
        "from armguard.cli import main\n"
        "code = main(['check', 'fixtures/workspace.json', '--format', 'text'])\n"
        "print(code, *sorted(sys.modules), sep='\\n', file=sys.stderr)\n"
    )
    result = subprocess.run(
        [sys.executable, "-c", program],
        cwd=PROJECT,
        capture_output=True,
        text=True,
        stdin=subprocess.DEVNULL,
        timeout=60,
        check=True,
    )
    code, *loaded = result.stderr.split("\n")
    assert code == "1"
    assert "access-policies-emptied" in result.stdout
    assert "armguard.analysis" in loaded
    assert [name for name in loaded if is_below(name, set(UNNEEDED))] == []
