"""bicep-not-compiled: a Bicep file that is deployed by itself is told of, a module of it is not."""

from __future__ import annotations

import json
from typing import Any

import pytest

RULE = "bicep-not-compiled"
VAULT = "resource kv 'Microsoft.KeyVault/vaults@2023-07-01' = {\n  name: 'kv'\n}\n"


MESSAGE = (
    "the Bicep file was not looked into: there is no Bicep CLI to compile it with; 'az bicep"
    " install' gets one, and --bicep PATH names one that is elsewhere"
)
GENERATED = {"_generator": {"name": "bicep", "version": "0.30.0", "templateHash": "1"}}


@pytest.fixture
def harmless(template_of: Any) -> str:
    return json.dumps(template_of())


def roots(checked: Any) -> list[str]:
    return [each.location.path for each in checked.of(RULE)]


def skipped(checked: Any) -> dict[str, str]:
    return {each.path: each.reason for each in checked.report.skipped}


@pytest.mark.parametrize("options", [{}, {"select": ("access-policies-emptied",)}])
def test_violating_file_is_told_of_by_name(
    check_files: Any, harmless: str, options: dict[str, Any]
) -> None:
    checked = check_files({"a.json": harmless, "infra/main.bicep": VAULT}, **options)
    assert checked.told(RULE) == [("warning", "certain", MESSAGE, "resource")]
    assert checked.exit_code == 0


def test_violating_files_alone_are_nothing_to_check(check_files: Any) -> None:
    checked = check_files({"a.bicep": VAULT, "b.bicep": "// nothing\n"})
    assert roots(checked) == ["a.bicep", "b.bicep"]
    assert checked.exit_code == 2


def test_compliant_with_its_template_beside_it(check_files: Any, template_of: Any) -> None:
    compiled = json.dumps(template_of(metadata=GENERATED))
    checked = check_files({"main.json": compiled, "main.bicep": VAULT})
    assert checked.told(RULE) == []
    assert skipped(checked) == {"main.bicep": "main.json beside it is read in its place"}
    (notice,) = checked.report.notices
    assert notice.startswith("main.json is checked in place of main.bicep: there is no Bicep CLI")


@pytest.mark.parametrize("beside", ["{}", "harmless"])
def test_violating_with_something_else_beside_it(
    check_files: Any, harmless: str, beside: str
) -> None:
    """A template that nobody has generated from the Bicep file says nothing about it."""
    content = harmless if beside == "harmless" else beside
    checked = check_files({"a.json": harmless, "main.json": content, "main.bicep": VAULT})
    assert roots(checked) == ["main.bicep"]


def test_compliant_without_bicep(check_files: Any, harmless: str) -> None:
    assert check_files({"main.json": harmless}).told(RULE) == []


MAIN = f"""\
// module old 'b.bicep' = {{}}
var text = '''
module no 'b.bicep' = {{}}
'''
var url = 'https://example.com' // a text with slashes
  module   vault  './modules/vault.bicep'  = {{ name: 'x' }}
module far 'br/public:avm/res/vault:0.1.0' = {{ name: 'y' }}
import {{ kind }} from 'types.bicep'
import * as other from 'other.bicep'
{VAULT}"""


def test_violating_roots_only(check_files: Any, harmless: str) -> None:
    checked = check_files(
        {
            "a.json": harmless,
            "main.bicep": MAIN,
            "b.bicep": VAULT,
            "modules/vault.bicep": f"module deeper '../deeper.bicep' = {{}}\n{VAULT}",
            "deeper.bicep": VAULT,
            "types.bicep": "@export()\ntype kind = 'a'\n",
            "other.bicep": f"@export()\ntype kind = 'a'\n{VAULT}",
        }
    )
    assert roots(checked) == ["b.bicep", "main.bicep", "other.bicep"]
    assert skipped(checked) == {
        "deeper.bicep": "it is deployed as a part of modules/vault.bicep",
        "modules/vault.bicep": "it is deployed as a part of main.bicep",
        "types.bicep": "it is deployed as a part of main.bicep",
    }


def test_undecided_circle_has_a_root(check_files: Any, harmless: str) -> None:
    """Bicep refuses it; which of them is deployed nobody can say, but one is named."""
    checked = check_files(
        {
            "t.json": harmless,
            "a.bicep": "module b 'b.bicep' = {}\n",
            "b.bicep": "module a 'a.bicep' = {}\n",
            "c.bicep": "module c 'c.bicep' = {}\n",
        }
    )
    assert checked.told(RULE) == [
        ("warning", "certain", MESSAGE, "module"),
        ("warning", "certain", MESSAGE, "module"),
    ]


def test_undecided_for_the_gate(check_files: Any, harmless: str) -> None:
    from armguard.cli.exit_code import decide

    checked = check_files({"a.json": harmless, "main.bicep": VAULT})
    assert decide(checked.report, None, True, False) == 3
    ignored = check_files({}, ignore=(RULE,))
    assert ignored.told(RULE) == []
    # which rules are asked for does not change what was looked into
    assert decide(ignored.report, None, True, False) == 3
