"""`armguard fix` as somebody runs it: exit codes, what is refused, and what is never shown."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
from support import make_template, make_vault, run_armguard, write_file

from armguard.checking import fixing
from armguard.record import replace
from armguard.remedies import all_remedies
from armguard.remedies.remedy import Proposal, Target

WIPES = make_template(make_vault("kv", []))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    write_file(tmp_path / "main.json", WIPES)
    return tmp_path


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["main.json", "--remedy", "create-onse"], "did you mean 'create-once'?"),
        (["main.json", "--remedy", "x"], "they are "),
        (["main.json", "--remedy", ","], "it must name a remedy"),
        (["main.json", "--list", "--write"], "--list changes nothing"),
        (["-", "--write"], "standard input can't be written to"),
        (["main.json", "--unsafe"], "--unsafe is for a remedy that is named"),
        (["missing.json"], "missing.json"),
        (["empty"], "no template found"),
    ],
)
def test_wrong_usage(folder: Path, arguments: list[str], said: str) -> None:
    (folder / "empty").mkdir()
    done = run_armguard("fix", *arguments, folder=folder, exit_code=2)
    assert said in done.stderr
    assert json.loads((folder / "main.json").read_text("utf-8")) == WIPES


def test_nothing_to_fix(folder: Path) -> None:
    write_file(folder / "main.json", make_template())
    done = run_armguard("fix", "main.json", folder=folder, exit_code=0)
    assert done.stdout == "nothing to fix\n"


def test_proposed_then_written_then_nothing_left(folder: Path) -> None:
    write_file(folder / "main.parameters.json", {"parameters": {}})
    proposed = run_armguard("fix", folder=folder, exit_code=1)
    assert "1 of 1 problem can be fixed in 2 files; nothing is written without --write" in (
        proposed.stdout
    )
    written = run_armguard("fix", "--write", folder=folder, exit_code=0)
    assert written.stdout.endswith("fixed 1 of 1 problem in 2 files\n")
    run_armguard("check", folder=folder, exit_code=0)
    assert run_armguard("fix", folder=folder, exit_code=0).stdout == "nothing to fix\n"


def test_what_is_refused_is_left(folder: Path) -> None:
    done = run_armguard("fix", "main.json", "--remedy", "keep-live", folder=folder, exit_code=1)
    assert "not keep-live: it needs languageVersion 2.0" in done.stdout
    assert "0 of 1 problem can be fixed" in done.stdout


def test_an_unsafe_one_is_asked_for_twice(folder: Path) -> None:
    once = run_armguard("fix", "--remedy", "rbac", folder=folder, exit_code=1)
    assert "ask for it with --unsafe" in once.stdout
    twice = run_armguard("fix", "--remedy", "rbac", "--unsafe", folder=folder, exit_code=1)
    assert '"enableRbacAuthorization": true' in twice.stdout


def test_the_list(folder: Path) -> None:
    done = run_armguard("fix", "--list", folder=folder, exit_code=0)
    assert "\n  create-once: " in done.stdout
    assert "\n    costs: " in done.stdout
    assert "\n  rbac (needs --unsafe): " in done.stdout
    assert "\n  not copy-live: it needs the deployed list" in done.stdout


def test_standard_input(folder: Path) -> None:
    done = run_armguard("fix", "-", folder=folder, stdin=json.dumps(WIPES), exit_code=1)
    assert "+++ b/<stdin>" in done.stdout


def test_what_somebody_lives_with_is_left_alone(folder: Path) -> None:
    accepted = {"rule": "access-policies-emptied", "reason": "a test vault"}
    vault = make_vault("kv", [], metadata={"armguard": {"ignore": [accepted]}})
    write_file(folder / "main.json", make_template(vault))
    assert run_armguard("fix", folder=folder, exit_code=0).stdout == "nothing to fix\n"


def test_what_somebody_lives_with_is_left_alone_with_several_parameter_files(folder: Path) -> None:
    accepted = {"rule": "access-policies-emptied", "reason": "a test vault"}
    vault = make_vault("kv", [], metadata={"armguard": {"ignore": [accepted]}})
    declared = {"stage": {"type": "string"}}
    write_file(folder / "main.json", make_template(vault, parameters=declared))
    for stage in ("dev", "prod"):
        given = {"parameters": {"stage": {"value": stage}}}
        write_file(folder / f"main.parameters.{stage}.json", given)
    assert run_armguard("fix", folder=folder, exit_code=0).stdout == "nothing to fix\n"


def test_a_report_has_the_edits_with_several_parameter_files(folder: Path) -> None:
    declared = {"stage": {"type": "string"}}
    write_file(folder / "main.json", make_template(make_vault("kv", []), parameters=declared))
    for stage in ("dev", "prod"):
        given = {"parameters": {"stage": {"value": stage}}}
        write_file(folder / f"main.parameters.{stage}.json", given)
    log = run_armguard("check", "--format", "sarif", folder=folder).document
    (result,) = log["runs"][0]["results"]
    (repair,) = result["fixes"]
    assert len(repair["artifactChanges"]) == 3
    pretty = run_armguard("check", "--format", "pretty", folder=folder).stdout
    assert "parameters('createKeyVault')" in pretty


def test_a_file_that_can_not_be_read_beside_a_good_one(folder: Path) -> None:
    write_file(folder / "broken.json", json.dumps(WIPES)[:-1])
    done = run_armguard("fix", "--write", folder=folder, exit_code=1)
    assert "broken.json:" in done.stdout
    assert "fixed 1 of 1 problem" in done.stdout


def test_secrets_are_never_shown(folder: Path) -> None:
    secret = "Pa55-" + "word"
    declared: dict[str, Any] = {
        "password": {"type": "securestring", "defaultValue": secret},
        "other": {"type": "string"},
    }
    write_file(folder / "main.json", make_template(make_vault("kv", []), parameters=declared))
    given = {"password": {"value": secret + "1"}, "other": {"value": "x"}}
    write_file(folder / "main.parameters.json", {"parameters": given})
    done = run_armguard("fix", folder=folder, exit_code=1)
    assert "createKeyVault" in done.stdout
    assert secret not in done.stdout + done.stderr
    run_armguard("fix", "--write", folder=folder, exit_code=0)
    after = json.loads((folder / "main.parameters.json").read_text("utf-8"))["parameters"]
    assert after == {**given, "createKeyVault": {"value": False}}


@pytest.mark.parametrize("text", ["\x1b[31mred", "##vso[task.setvariable]x", "a\r::error::x"])
def test_text_of_a_template_is_harmless(folder: Path, text: str) -> None:
    vault = make_vault("kv", [], tags={"note": text})
    write_file(folder / "main.json", json.dumps(make_template(vault), ensure_ascii=False, indent=1))
    done = run_armguard("fix", folder=folder, TF_BUILD="True")
    assert "\x1b" not in done.stdout
    assert "##vso[" not in done.stdout
    assert not any(each.lstrip().startswith("::") for each in done.stdout.splitlines())


def test_colour_only_where_it_is_asked_for(folder: Path) -> None:
    plain = run_armguard("fix", folder=folder).stdout
    coloured = run_armguard("fix", "--color", "always", folder=folder).stdout
    assert "\x1b" not in plain
    assert "\x1b[32m+" in coloured


def test_a_folder_of_many(tmp_path: Path) -> None:
    for number in range(30):
        write_file(tmp_path / f"t{number}" / "main.json", WIPES)
    done = run_armguard("fix", "--write", folder=tmp_path, exit_code=0)
    assert done.stdout.endswith("fixed 30 of 30 problems in 30 files\n")


def test_colour_follows_the_environment(folder: Path) -> None:
    def coloured(*arguments: str, **variables: str) -> bool:
        return "\x1b[" in run_armguard("fix", *arguments, folder=folder, **variables).stdout

    assert coloured(FORCE_COLOR="1")
    assert not coloured(FORCE_COLOR="1", NO_COLOR="1")
    assert coloured("--color", "always", NO_COLOR="1")
    assert not coloured("--color", "never", FORCE_COLOR="1")


def test_the_parameter_file_stands_for_its_template(folder: Path) -> None:
    write_file(folder / "main.parameters.json", {"parameters": {}})
    done = run_armguard("fix", "main.parameters.json", "--write", folder=folder, exit_code=0)
    assert done.stdout.endswith("fixed 1 of 1 problem in 2 files\n")


def test_a_runner_that_names_files(folder: Path) -> None:
    """What is excluded or no template is passed over in silence."""
    write_file(folder / "package.json", {"name": "x"})
    write_file(folder / "pyproject.toml", '[tool.armguard]\nexclude = ["main.json"]\n')
    arguments = ("fix", "--force-exclude", "--write", "main.json", "package.json")
    done = run_armguard(*arguments, folder=folder, exit_code=0)
    assert (done.stdout, done.stderr) == ("nothing to fix\n", "")
    assert json.loads((folder / "main.json").read_text("utf-8")) == WIPES
    named = run_armguard("fix", "--write", "main.json", folder=folder, exit_code=0)
    assert "fixed 1 of 1 problem" in named.stdout


def test_what_a_baseline_holds_is_left_alone(folder: Path) -> None:
    run_armguard("check", "--write-baseline", "known.json", folder=folder, exit_code=0)
    done = run_armguard("fix", "--baseline", "known.json", "--write", folder=folder, exit_code=0)
    assert done.stdout == "nothing to fix\n"
    listed = run_armguard("fix", "--baseline", "known.json", "--list", folder=folder, exit_code=0)
    assert listed.stdout == "nothing to fix\n"
    write_file(folder / "main.json", make_template(make_vault("kv", []), make_vault("new", [])))
    done = run_armguard("fix", "--baseline", "known.json", folder=folder, exit_code=1)
    assert "vault 'new'" in done.stdout
    assert "vault 'kv'" not in done.stdout


def test_what_is_not_selected_is_left_alone(folder: Path) -> None:
    arguments = ("fix", "--ignore", "access-policies-emptied", "--write")
    assert run_armguard(*arguments, folder=folder, exit_code=0).stdout == "nothing to fix\n"
    assert json.loads((folder / "main.json").read_text("utf-8")) == WIPES


@pytest.mark.parametrize("name", ["main.parameters.json", "main.parameters.dev.json"])
def test_a_broken_parameter_file(folder: Path, name: str) -> None:
    """It is told, is not changed, and its template is repaired by itself; and never shown."""
    secret = "Pa55-" + "word"
    broken = f'{{"parameters": {{"password": {{"value": "{secret}", {secret}}}}}'
    write_file(folder / name, broken)
    done = run_armguard("fix", "--write", folder=folder, exit_code=1)
    assert f"{name}:1:" in done.stdout
    assert "fixed 1 of 1 problem in 1 file\n" in done.stdout
    assert secret not in done.stdout + done.stderr
    assert (folder / name).read_text("utf-8") == broken


def test_a_file_that_is_no_text_beside_a_good_one(folder: Path) -> None:
    (folder / "other.json").write_bytes(b'{"$schema": "deploymentTemplate.json#", "a": "\xff"}')
    done = run_armguard("fix", "other.json", "main.json", "--write", folder=folder, exit_code=1)
    assert "other.json: " in done.stdout
    assert "fixed 1 of 1 problem in 1 file\n" in done.stdout


def test_a_key_in_an_expression_that_is_changed_is_not_shown(folder: Path) -> None:
    """Between two references of one text there may be anything."""
    key = "Pa55" + "word"
    text = (
        "[concat(reference('kv').vaultUri, 'https://h/x.json?sig="
        f"{key}', reference('kv').vaultUri)]"
    )
    template = make_template(make_vault("kv", []), outputs={"o": {"type": "string", "value": text}})
    write_file(folder / "main.json", template)
    done = run_armguard("fix", "--remedy", "create-once", folder=folder, exit_code=1)
    assert '+   "value": "[concat(reference(resourceId(\'Microsoft.KeyVault/vaults\'' in done.stdout
    assert key not in done.stdout
    run_armguard("fix", "--remedy", "create-once", "--write", folder=folder, exit_code=0)
    assert key in (folder / "main.json").read_text("utf-8")


def test_the_diff_of_plain_files_is_what_is_written(folder: Path) -> None:
    """As git applies it."""
    if shutil.which("git") is None:
        pytest.skip("git is not there")
    shown = run_armguard("fix", folder=folder, exit_code=1).stdout
    before = (folder / "main.json").read_bytes()
    run_armguard("fix", "--write", folder=folder, exit_code=0)
    written = (folder / "main.json").read_bytes()
    (folder / "main.json").write_bytes(before)
    patch = shown[shown.index("--- a/") : shown.rindex("1 of 1 problem")]
    subprocess.run(("git", "apply"), input=patch.encode(), cwd=folder, check=True)
    assert (folder / "main.json").read_bytes() == written


def test_names_that_do_harm(tmp_path: Path) -> None:
    folder = tmp_path / "##vso[task.complete]" / "::error::\x1b[31m"
    write_file(folder / "main.json", WIPES)
    for arguments in ((), ("--list",), ("--write",)):
        done = run_armguard("fix", *arguments, folder=tmp_path, GITHUB_ACTIONS="true")
        assert "main.json" in done.stdout
        assert "\x1b" not in done.stdout
        assert "##vso[" not in done.stdout
        assert not any(each.lstrip().startswith("::") for each in done.stdout.splitlines())


def test_a_bug_is_told_and_ends_nothing_else(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_file(folder / "other.json", make_template(make_vault("second", [])))

    def broken(target: Target) -> Proposal:
        if target.place.path == "main.json":
            raise ZeroDivisionError
        return propose(target)

    (remedy,) = (each for each in all_remedies() if each.name == "create-once")
    propose = remedy.propose
    monkeypatch.setattr(fixing, "all_remedies", lambda: (replace(remedy, propose=broken),))
    done = run_armguard("fix", "--write", folder=folder, exit_code=4)
    assert "error: main.json: ZeroDivisionError" in done.stderr
    assert "createKeyVault" in (folder / "other.json").read_text("utf-8")
    assert json.loads((folder / "main.json").read_text("utf-8")) == WIPES
