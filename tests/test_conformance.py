"""armguard against the answers of Microsoft's own engine, which lie beside the project.

`LEAST` is what has been reached and must not be lost again: raise it with every step forward.
"""

from __future__ import annotations

import gc
import sys
from collections.abc import Callable, Iterator
from importlib.util import module_from_spec, spec_from_file_location
from types import ModuleType
from typing import Any

import pytest
from support import SHARED

import armguard
from armguard.errors import UnreadableFileError

CONFORMANCE = SHARED / "conformance"

pytestmark = pytest.mark.skipif(
    not (CONFORMANCE / "run.py").exists(),
    reason="the answers of Microsoft's engine (../shared/conformance) are not here",
)

LEAST = {
    "functions": 100.0,
    "fuzz-expressions": 99.9,
    "templates": 99.9,
    "vaults": 100.0,
    "fuzz-vaults": 100.0,
}
"""Set -> per cent of its cases that must agree."""

FILES = {
    "functions": "functions.jsonl",
    "fuzz-expressions": "fuzz/expressions.jsonl.xz",
    "templates": "templates.jsonl.xz",
    "vaults": "keyvault.jsonl",
    "fuzz-vaults": "fuzz/vaults.jsonl.xz",
}

Case = dict[str, Any]
Answer = tuple[bool, Any]


@pytest.fixture(scope="module", autouse=True)
def garbage_is_seldom_looked_for() -> Iterator[None]:
    """As in a run of the command line."""
    before = gc.get_threshold()
    gc.set_threshold(100_000, 50, 100)
    yield
    gc.set_threshold(*before)


@pytest.fixture(scope="module")
def measure() -> ModuleType:
    """The module that compares answers, loaded by its path."""
    path = list(sys.path)
    spec = spec_from_file_location("conformance_run", CONFORMANCE / "run.py")
    assert spec is not None
    assert spec.loader is not None
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    sys.path[:] = path
    return module


@pytest.fixture(scope="module")
def templates(measure: ModuleType) -> dict[str, Case]:
    return {case["id"]: case for case in measure.read(FILES["templates"])}


def answers(
    name: str, measure: ModuleType, templates: dict[str, Case]
) -> tuple[list[Case], Callable[[Case], Answer]]:
    """The cases of a set and how one is run."""
    match name:
        case "functions" | "fuzz-expressions":
            return list(measure.read(FILES[name])), measure.run_expression
        case "templates":
            return list(templates.values()), measure.run_template
        case "vaults":
            return list(measure.read(FILES[name])), lambda case: measure.run_vaults(case, templates)
        case _:
            return list(measure.read(FILES[name])), lambda case: measure.run_vaults(case, {})


@pytest.mark.parametrize("name", LEAST)
def test_answers_are_those_of_the_engine(
    name: str, measure: ModuleType, templates: dict[str, Case]
) -> None:
    if not (CONFORMANCE / FILES[name]).exists():
        pytest.skip(f"../shared/conformance/{FILES[name]} is not here")
    cases, run = answers(name, measure, templates)
    wrong = []
    for case in cases:
        try:
            agrees, got = run(case)
        except BaseException as error:
            error.add_note(f"in case {case['id']}")
            raise
        if not agrees:
            wrong.append(f"{case['id']}: {got!s:.120}")
    assert cases
    share = 100 * (len(cases) - len(wrong)) / len(cases)
    assert share >= LEAST[name], f"{share:.2f} % agree; the first that don't: {wrong[:10]}"


def test_no_real_template_makes_a_check_stumble(templates: dict[str, Case]) -> None:
    for case in templates.values():
        try:
            report = armguard.check(case["template"], case["parameters"])
        except UnreadableFileError:
            continue
        except BaseException as error:
            error.add_note(f"in case {case['id']}")
            raise
        assert report.crashes == (), case["id"]
        for finding in report.findings:
            in_text = finding.location.path == "<template>"
            assert (finding.location.start is not None) == in_text, (case["id"], finding.rule)
