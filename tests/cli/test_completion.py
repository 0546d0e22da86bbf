"""What shells complete: names of files, which click only has to ask them for, and our own names."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.shell_completion import BashComplete
from support import run_process

from armguard.cli import group


@pytest.mark.parametrize(
    "before",
    [
        ["check"],
        ["check", "--parameters"],
        ["check", "--against"],
        ["check", "--policies"],
        ["check", "--baseline"],
        ["check", "--write-baseline"],
        ["check", "--config"],
        ["check", "-", "--stdin-filename"],
        ["expand"],
        ["snapshot", "--output"],
    ],
    ids=" ".join,
)
def test_a_file_name_is_completed(before: list[str]) -> None:
    completion = BashComplete(group, {}, "armguard", "_ARMGUARD_COMPLETE")
    assert [item.type for item in completion.get_completions(before, "ma")] == ["file"]


def completed(*before: str, typed: str) -> set[str]:
    completion = BashComplete(group, {}, "armguard", "_ARMGUARD_COMPLETE")
    return {item.value for item in completion.get_completions([*before], typed)}


@pytest.mark.parametrize(
    ("before", "typed", "expected"),
    [
        (["check", "--fail-on"], "n", {"note", "never"}),
        (["check", "--format"], "js", {"json"}),
        (["check", "--output"], "js", {"json="}),
        (["check", "--pack"], "", {"keyvault", "redeploy"}),
        (["check", "--pack"], "keyvault,", {"keyvault,redeploy"}),
        (["check", "--pack"], "keyvault,k", set()),
        (["check", "--select"], "recover", {"recover-mode"}),
        (["fix", "--ignore"], "recover-mode,unr", {"recover-mode,unreadable-template"}),
        (["check", "--select"], "web-app", set()),
        (["check", "--pack", "redeploy", "--select"], "web-app-s", {"web-app-settings"}),
        (["fix", "--remedy"], "rbac,raise", {"rbac,raise-api-version"}),
        (["rules"], "rem", {"remedies"}),
        (["explain"], "web-app-s", {"web-app-settings"}),
        (["help"], "ch", {"check"}),
        ([], "ru", {"rules"}),
    ],
)
def test_names_are_completed(before: list[str], typed: str, expected: set[str]) -> None:
    assert completed(*before, typed=typed) == expected


def test_what_the_configuration_names_is_completed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("armguard.toml").write_text(
        'packs = ["redeploy"]\n'
        + "".join(
            f'[[environment]]\nname = "{name}"\ntemplates = ["a.json"]\n'
            for name in ("prod", "preview", "dev")
        )
    )
    assert completed("check", "--environment", typed="pr") == {"prod", "preview"}
    assert completed("check", "--isolated", "--environment", typed="pr") == set()
    assert completed("check", "--select", typed="web-app-s") == {"web-app-settings"}
    Path("armguard.toml").write_text("nonsense = 1")
    assert completed("check", "--environment", typed="") == set()
    assert completed("check", "--select", typed="") == set()


@pytest.mark.parametrize(
    ("words", "typed", "expected"),
    [
        (["check", "--fail-on"], "n", "plain\tnote\t\nplain\tnever\t\n"),
        (["check"], "ma", "file\tma\t\n"),
        (["check", "--set", "a=b c", "--pack"], "k", "plain\tkeyvault\t\n"),
        ([], "hel", "plain\thelp\tExplain a command.\n"),
    ],
    ids=str,
)
def test_powershell_is_answered(words: list[str], typed: str, expected: str) -> None:
    ran = run_process(
        _ARMGUARD_COMPLETE="powershell_complete",
        COMP_WORDS="\n".join(("armguard", *words)),
        COMP_CWORD=typed,
        exit_code=0,
    )
    assert ran.stdout == expected


def test_in_fish_a_value_may_have_commas() -> None:
    script = run_process(_ARMGUARD_COMPLETE="fish_source", exit_code=0).stdout
    assert 'string split --max 1 "," $completion' in script


def test_powershell_gets_what_its_profile_runs() -> None:
    script = run_process(_ARMGUARD_COMPLETE="powershell_source", exit_code=0).stdout
    assert script.startswith("Register-ArgumentCompleter -Native -CommandName armguard ")
    assert "$env:_ARMGUARD_COMPLETE = 'powershell_complete'\n" in script
    assert script.count("{") == script.count("}")
    assert "%(" not in script
