"""docs/policies.md says what is so: its policy, its operators and its test are run."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from armguard import policy as policies
from armguard.policy.loader import parse_yaml
from armguard.policy.operators import OPERATORS
from armguard.policy.reading import KEYS, policy_of


def page(project: Path) -> str:
    return (project / "docs" / "policies.md").read_text("utf-8")


def blocks(project: Path, language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```$", page(project), re.DOTALL | re.MULTILINE)


def test_the_policy_of_the_page_is_one_and_its_examples_are_right(project: Path) -> None:
    (text,) = blocks(project, "yaml")
    policy = policy_of(parse_yaml(text, "docs/policies.md"))
    assert len(policy.examples) == 3
    assert list(policies.wrong_examples((policy,))) == []


def test_the_table_of_operators_is_the_one_of_the_code(project: Path) -> None:
    table = page(project).split("<!-- operators -->\n")[1].split("\n\n")[0]
    rows = [f"| `{name}` | {each.summary} |" for name, each in OPERATORS.items()]
    assert table.splitlines()[2:] == rows


def test_the_table_of_keys_names_them_all(project: Path) -> None:
    table = page(project).split("| key | |\n")[1].split("\n\n")[0]
    named = [
        name for row in table.splitlines() for name in re.findall(r"`([a-z-]+)`", row.split("|")[1])
    ]
    assert set(named) == set(KEYS)


def test_every_pack_is_named(project: Path) -> None:
    table = page(project).split("| pack |")[1].split("\n\n")[0]
    assert (
        tuple(sorted(re.findall(r"^\| `(\w+)`", table, re.MULTILINE))) == policies.shipped_packs()
    )


def test_the_test_of_the_page_passes_and_can_fail(
    project: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (program,) = blocks(project, "python")
    (text,) = blocks(project, "yaml")
    monkeypatch.chdir(tmp_path)
    (tmp_path / "policies").mkdir()
    file = tmp_path / "policies" / "own.yaml"
    names: dict[str, object] = {}
    exec(compile(program, "docs/policies.md", "exec"), names)
    test = names["test_policies"]
    assert callable(test)
    file.write_text(text, "utf-8")
    test()
    file.write_text(text.replace("equals: true", "equals: false"), "utf-8")
    with pytest.raises(AssertionError):
        test()
