"""Whole runs of `armguard fix`, one folder each: what is told, and the files afterwards.

`cases/REMEDY/CASE/before` holds the files, `arguments` the command line, one word a line. The rest
is written with --update-goldens: `told`, what is printed without --write and the exit code, and
`after`, the files that --write changes. A case whose name begins with `refused` changes nothing.
"""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest
from support import run_armguard, small_bicep_cli

CASES = sorted(path.parent for path in Path(__file__).parent.glob("cases/*/*/arguments"))


def files_below(folder: Path) -> dict[str, bytes]:
    paths = (path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in paths}


def errors_in(folder: Path, arguments: list[str]) -> int:
    """How many errors there are about vaults that a remedy could take away."""
    own = [each for each in arguments if each not in ("--unsafe",)]
    # who loses access to what is deployed by an unsafe remedy is what was asked for
    for option in ("--remedy", *(("--against",) if "--unsafe" in arguments else ())):
        while option in own:
            at = own.index(option)
            del own[at : at + 2]
    found = run_armguard("check", *own, "--format", "json", folder=folder).document["findings"]
    return sum(each["severity"] == "error" for each in found)


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.parent.name}/{case.name}")
def test_case(
    case: Path, tmp_path: Path, pytestconfig: pytest.Config, monkeypatch: pytest.MonkeyPatch
) -> None:
    if "bicep" in case.name:
        cli = small_bicep_cli(tmp_path / "bin")
        monkeypatch.setenv("PATH", f"{cli.parent}{os.pathsep}{os.environ['PATH']}")
    arguments = (case / "arguments").read_text("utf-8").split("\n")[:-1]
    before = files_below(case / "before")
    folder = tmp_path / "files"
    shutil.copytree(case / "before", folder)

    shown = run_armguard("fix", *arguments, folder=folder)
    assert files_below(folder) == before, "without --write nothing is changed"
    told = f"{shown.stdout}{shown.stderr}exit code {shown.exit}\n"
    errors_before = errors_in(folder, arguments)
    written = run_armguard("fix", "--write", *arguments, folder=folder)
    after = files_below(folder)
    changed = {path: data for path, data in after.items() if before.get(path) != data}
    assert after.keys() == before.keys(), "no file comes or goes"

    if pytestconfig.getoption("update_goldens"):
        (case / "told").write_text(told, "utf-8")
        shutil.rmtree(case / "after", ignore_errors=True)
        for path, data in changed.items():
            (case / "after" / path).parent.mkdir(parents=True, exist_ok=True)
            (case / "after" / path).write_bytes(data)
    assert told == (case / "told").read_text("utf-8")
    assert changed == files_below(case / "after")
    assert bool(changed) is not case.name.startswith("refused")
    if changed:
        assert errors_in(folder, arguments) <= errors_before
    assert written.exit in (0, 1)

    run_armguard("fix", "--write", *arguments, folder=folder)
    assert files_below(folder) == after, "a second run changes nothing"
