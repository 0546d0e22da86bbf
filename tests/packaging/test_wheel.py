"""The wheel and the source distribution: what is in them, and that an empty environment suffices.

Only here does armguard run without the checkout around it, so only here does it show that a file
is missing in the wheel.
"""

from __future__ import annotations

import json
import re
import subprocess
import tarfile
from collections.abc import Callable
from pathlib import Path
from typing import Any
from zipfile import ZipFile

Run = Callable[..., subprocess.CompletedProcess[str]]

PROJECT = Path(__file__).resolve().parents[2]
RULE = "error[access-policies-emptied]"
WITHOUT = """\
import sys
for name in {names!r}:
    sys.modules[name] = None  # an import of it raises ImportError
from armguard.cli import main
sys.exit(main(sys.argv[1:]))
"""
IMPORTED = """\
import sys
from armguard.cli import main
code = main(sys.argv[1:])
tops = {name.partition(".")[0] for name in sys.modules}
print(*sorted({"azure", "jsonpath_ng", "requests", "rich", "yaml"} & tops), file=sys.stderr)
sys.exit(code)
"""


def test_the_source_distribution_makes_the_same_wheel(built: Any) -> None:
    assert built.wheel.name == built.wheel_of_checkout.name
    assert built.wheel.read_bytes() == built.wheel_of_checkout.read_bytes()


def test_the_source_distribution_holds_what_the_wheel_is_made_of(
    built: Any, project_files: tuple[str, ...]
) -> None:
    with tarfile.open(built.sdist) as archive:
        names = {name.partition("/")[2] for name in archive.getnames()}
    single = {"CHANGELOG.md", "LICENSE", "README.md", "docs/remedies.md", "pyproject.toml"}
    wanted = {name for name in project_files if name.startswith(("armguard/", "policies/"))}
    assert names - {".gitignore", "PKG-INFO"} == wanted | single


def test_the_wheel_holds_the_package_its_packs_and_the_guide(
    built: Any, project_files: tuple[str, ...]
) -> None:
    with ZipFile(built.wheel) as archive:
        names = {name for name in archive.namelist() if ".dist-info/" not in name}
        notes = {n.partition("/")[2] for n in archive.namelist() if ".dist-info/" in n}
    package = {name for name in project_files if name.startswith("armguard/")}
    shipped = ("policies/", "docs/remedies.md")
    beside = {f"armguard/{name}" for name in project_files if name.startswith(shipped)}
    assert names == package | beside
    assert notes == {"METADATA", "RECORD", "WHEEL", "entry_points.txt", "licenses/LICENSE"}


def test_it_finds_the_hazard(installed: Path, run: Run, repository: Path) -> None:
    done = run(installed.with_name("armguard"), "check", folder=repository, code=1)
    assert f"workspace.json:55:9: {RULE}: vault 'kv-ml-forecast'" in done.stdout
    assert done.stdout.endswith("1 error, 0 warnings, 0 notes; 0 undecided, 0 skipped\n")
    as_module = run(installed, "-m", "armguard", "check", folder=repository, code=1)
    assert as_module.stdout == done.stdout


def test_it_has_its_packs_and_the_files_of_its_reports(
    installed: Path, run: Run, repository: Path
) -> None:
    armguard = installed.with_name("armguard")
    rules = run(armguard, "rules", folder=repository).stdout
    assert "\nwith --pack keyvault:\n" in rules
    assert "\nwith --pack redeploy:\n" in rules
    guide = run(armguard, "rules", "remedies", folder=repository).stdout
    assert guide == (PROJECT / "docs" / "remedies.md").read_text("utf-8")
    found = run(armguard, "check", "--pack", "keyvault", folder=repository, code=1).stdout
    assert "warning[keyvault-public-network]" in found
    run(armguard, "check", "--output", "html=report.html", folder=repository, code=1)
    assert "<style>" in (repository / "report.html").read_text("utf-8")


def test_it_says_how_to_install_what_live_needs(
    installed: Path, run: Run, repository: Path
) -> None:
    place = ("--subscription", "11111111-1111-4111-8111-111111111111", "--resource-group", "rg")
    done = run(
        installed.with_name("armguard"), "check", "--live", *place, folder=repository, code=2
    )
    assert "in a copy of its repository: pip install '.[azure]'" in done.stderr
    assert done.stdout == ""


def test_a_check_imports_no_more_than_it_needs(installed: Path, run: Run, repository: Path) -> None:
    plain = run(installed, "-c", IMPORTED, "check", "workspace.json", folder=repository, code=1)
    assert plain.stderr == "\n"
    pack = ("check", "--pack", "keyvault", "workspace.json")
    assert run(installed, "-c", IMPORTED, *pack, folder=repository, code=1).stderr == (
        "jsonpath_ng yaml\n"
    )


def test_only_policies_need_yaml(installed: Path, run: Run, repository: Path) -> None:
    """PyYAML is the one package with compiled code; a configuration is TOML, which Python reads."""
    (repository / "armguard.toml").write_text('ignore = ["retiring-api-version"]\n', "utf-8")
    program = WITHOUT.format(names=("yaml", "_yaml"))
    done = run(installed, "-c", program, "check", folder=repository, code=1)
    assert RULE in done.stdout


def test_it_is_small_and_needs_no_compiler(
    installed: Path, project: Path, uv: str, run: Run
) -> None:
    """Installed with `--only-binary :all:`, so nothing was compiled."""
    listed = run(
        uv, "pip", "list", "--python", installed, "--format", "json", folder=installed.parent
    )
    (site,) = installed.parents[1].glob("**/site-packages")
    files = [path for path in site.rglob("*") if path.is_file() and path.suffix != ".pyc"]
    size = sum(path.stat().st_size for path in files)
    page = (project / "docs" / "installation.md").read_text("utf-8")
    said = re.search(r"(\d+) packages, (\d+) MB", page)
    assert said is not None
    assert len(json.loads(listed.stdout)) <= int(said[1])
    assert size <= int(said[2]) * 1_000_000
