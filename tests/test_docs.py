"""The generated pages are what the code says, and their examples do what the pages say."""

from __future__ import annotations

from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType

import pytest

from armguard.finding import Severity
from armguard.finding.report import RulePage


@pytest.fixture(scope="module")
def generate(project: Path) -> ModuleType:
    spec = spec_from_file_location("generate", project / "docs" / "generate.py")
    assert spec is not None
    assert spec.loader is not None
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_pages_are_what_the_code_says(generate: ModuleType) -> None:
    assert generate.stale_pages() == [], "run 'python docs/generate.py'"


def test_a_stale_page_is_noticed(
    generate: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(generate, "DOCS", tmp_path)
    assert generate.main(["--check"]) == 1
    assert generate.main([]) == 0
    assert generate.main(["--check"]) == 0
    page = tmp_path / "functions.md"
    page.write_text(page.read_text("utf-8").replace("concat", "conkat"), "utf-8")
    assert generate.stale_pages() == ["functions.md"]
    assert generate.main(["--nonsense"]) == 2


def test_the_page_of_a_rule_that_is_gone_is_noticed_and_removed(
    generate: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(generate, "DOCS", tmp_path)
    generate.main([])
    left = tmp_path / "rules" / "no-more.md"
    left.write_text("", "utf-8")
    assert generate.stale_pages() == ["rules/no-more.md"]
    generate.main([])
    assert not left.exists()


def test_examples_do_what_their_pages_say(generate: ModuleType) -> None:
    assert list(generate.rule_pages.wrong()) == []


@pytest.mark.parametrize(
    ("example", "instead", "expected"),
    [
        ("[]", "", "access-policies-emptied: its example is not found by it, but by []"),
        (
            '{ "enableRbacAuthorization": true }',
            "",
            "access-policies-emptied: its example is not found by it, but by []",
        ),
        (
            '{ "accessPolicies": [] }',
            '{ "type": "Microsoft.KeyVault/vaults" }',
            "access-policies-emptied: what it says to use instead is found as well",
        ),
    ],
)
def test_wrong_examples_are_noticed(
    generate: ModuleType,
    monkeypatch: pytest.MonkeyPatch,
    example: str,
    instead: str,
    expected: str,
) -> None:
    text = f"## Example\n\n```json\n{example}\n```\n\n## Use instead\n\n"
    text += f"```json\n{instead}\n```\n" if instead else ""
    page = RulePage("access-policies-emptied", Severity.ERROR, "", f"# Page\n\n{text}")
    monkeypatch.setattr(generate.rule_pages, "rule_pages", lambda: (page,))
    assert list(generate.rule_pages.wrong()) == [expected]


def test_every_rule_that_compares_is_one(generate: ModuleType) -> None:
    """The list of those without an executed example names nothing that is gone."""
    ids = {page.id for page in generate.rule_pages.rule_pages()}
    assert ids > generate.rule_pages.COMPARING
