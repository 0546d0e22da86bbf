"""A run in the process of the tests is as good as one in a process of its own, and leaves nothing
behind."""

from __future__ import annotations

import gc
import json
import logging
import os
import sys
import warnings
from pathlib import Path
from typing import Any

import click
import pytest
from support import make_template, make_vault, run_armguard, run_process

from armguard.cli import group

EMPTIED = json.dumps(make_template(make_vault("kv-größe", [])), indent=2, ensure_ascii=False)


@pytest.mark.parametrize(
    ("arguments", "stdin", "exit_code"),
    [
        (("check", "main.json"), "", 1),
        (("check", "main.json", "--format", "json"), "", 1),
        (("check", "main.json", "--format", "pretty", "--color", "always"), "", 1),
        (("check", "-"), EMPTIED, 1),
        (("check", "-"), "", 1),
        (("check", "nowhere.json"), "", 2),
        (("check", "--no-such-option"), "", 2),
        (("expand", "main.json"), "", 0),
        (("rules",), "", 0),
        (("--version",), "", 0),
        ((), "", 2),
    ],
    ids=repr,
)
def test_both_kinds_of_runs_say_the_same(
    arguments: tuple[str, ...], stdin: str, exit_code: int, tmp_path: Path
) -> None:
    (tmp_path / "main.json").write_text(EMPTIED, "utf-8")
    ran = run_armguard(*arguments, folder=tmp_path, stdin=stdin, exit_code=exit_code)
    assert ran == run_process(*arguments, folder=tmp_path, stdin=stdin)


@pytest.mark.parametrize("name", ["GITHUB_ACTIONS", "TF_BUILD", "FORCE_COLOR"])
def test_variables_are_those_of_the_run_alone(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "main.json").write_text(EMPTIED, "utf-8")
    plain = run_armguard("check", "main.json", folder=tmp_path)
    monkeypatch.setenv(name, "true")
    for run in (run_armguard, run_process):
        assert run("check", "main.json", folder=tmp_path) == plain
        assert run("check", "main.json", folder=tmp_path, **{name: "true"}) != plain
    assert os.environ[name] == "true"


def test_nothing_is_left_behind(tmp_path: Path) -> None:
    def state() -> Any:
        streams = (sys.stdin, sys.stdout, sys.stderr)
        settings = (gc.get_threshold(), list(logging.root.handlers), list(warnings.filters))
        return streams, settings, os.getcwd(), dict(os.environ), list(sys.argv)

    before = state()
    run_armguard("check", folder=tmp_path, ARMGUARD_DEBUG="1", exit_code=2)
    assert state() == before


def test_what_is_logged_or_warned_of_is_on_standard_error(monkeypatch: pytest.MonkeyPatch) -> None:
    def invoke(context: click.Context) -> int:
        logging.getLogger("azure.identity").warning("no token")
        logging.getLogger("azure.identity").info("a detail")
        warnings.warn("not verified", stacklevel=1)
        warnings.warn("old", DeprecationWarning, stacklevel=1)
        return 0

    monkeypatch.setattr(group, "invoke", invoke)
    told = run_armguard().stderr
    assert told.startswith("no token\n")
    assert "UserWarning: not verified" in told
    assert "detail" not in told
    assert "old" not in told


def test_an_exception_that_leaves_the_run_is_the_tests(monkeypatch: pytest.MonkeyPatch) -> None:
    def invoke(context: click.Context) -> int:
        raise GeneratorExit

    monkeypatch.setattr(group, "invoke", invoke)
    stream = sys.stdout
    with pytest.raises(GeneratorExit):
        run_armguard()
    assert sys.stdout is stream
