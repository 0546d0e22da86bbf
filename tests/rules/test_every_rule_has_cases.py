"""Every rule has a file of its own here, with violating, compliant and undecided cases.

A case is a function whose name begins with its kind. It compares `told(RULE)`, which is all that
the rule says with the text that it points at, so a message or a span can't change unseen.
"""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from armguard.rules import all_rules

KINDS = ("violating", "compliant", "undecided")
RULES = [rule.id for rule in all_rules()]


def file_of(rule: str) -> Path:
    return Path(__file__).parent / f"test_{rule.replace('-', '_')}.py"


def cases_of(rule: str) -> dict[str, list[ast.FunctionDef]]:
    """The functions of each kind in the file of a rule."""
    functions = [
        each
        for each in ast.parse(file_of(rule).read_text(encoding="utf-8")).body
        if isinstance(each, ast.FunctionDef)
    ]
    return {
        kind: [each for each in functions if f"{each.name}_".startswith(f"test_{kind}_")]
        for kind in KINDS
    }


def compares(case: ast.FunctionDef) -> set[str]:
    """`something` or `nothing`, for what a case compares `told(RULE)` with."""
    return {
        "nothing" if ast.unparse(compared.comparators[0]) == "[]" else "something"
        for compared in ast.walk(case)
        if isinstance(compared, ast.Compare) and ast.unparse(compared.left).endswith(".told(RULE)")
    }


@pytest.mark.parametrize("rule", RULES)
def test_every_rule_has_cases(rule: str) -> None:
    assert file_of(rule).is_file(), f"write {file_of(rule).name}"
    assert f'RULE = "{rule}"\n' in file_of(rule).read_text(encoding="utf-8")
    compared = {kind: set().union(*map(compares, cases)) for kind, cases in cases_of(rule).items()}
    assert "something" in compared["violating"]
    assert compared["compliant"] == {"nothing"}
    assert compared["undecided"]


def test_no_file_is_about_a_rule_that_is_gone() -> None:
    about = {
        path.name
        for path in Path(__file__).parent.glob("test_*.py")
        if '\nRULE = "' in path.read_text(encoding="utf-8")
    }
    assert about == {file_of(rule).name for rule in RULES}
