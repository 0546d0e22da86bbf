"""Whole reports in every format, as somebody sees them: `goldens/SCENARIO.FORMAT`.

Of a long report its head and its tail are kept, and of a long line its beginning, with the sizes of
what is left out. HTML is looked at in a browser. `--update-goldens` writes the files anew.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from support import PROJECT, Ran, make_template, make_vault, run_armguard, write_file

from armguard.cli.check import _REPAIRS
from armguard.reporters import FORMATS

GOLDENS = Path(__file__).parent / "goldens"
SHOWN = [each for each in FORMATS if each != "html"]
FIRST, LAST, LONGEST = 40, 10, 1_200
TODAY = "1795910400"
"""2026-11-29"""
SUBSCRIPTION = "9a4d7b30-2222-4222-8222-000000000b02"
TENANT = "9a4d7b30-1111-4111-8111-000000000a01"


def one_finding(folder: Path) -> list[str]:
    vault = make_vault("kv-ml", policies="[parameters('policies')]")
    parameters = {"policies": {"type": "array", "defaultValue": []}}
    write_file(folder / "main.json", make_template(vault, parameters=parameters))
    write_file(folder / "main.parameters.json", {"parameters": {}})
    return ["main.json"]


def sample_repository(folder: Path) -> list[str]:
    sample = PROJECT / "fixtures" / "sample-repository"
    shutil.copytree(sample, folder, dirs_exist_ok=True)
    return []


def fifteen_principals(folder: Path) -> list[str]:
    """They are in the list of the deployed vault, and the template writes an empty one."""
    write_file(folder / "main.json", make_template(make_vault("kv-many", policies=[])))
    entries = [
        {
            "tenantId": TENANT,
            "objectId": f"0b7e5a10-0000-4000-8000-0000000036{number:02}",
            "permissions": {"secrets": ["get"]},
        }
        for number in range(15)
    ]
    group = f"/subscriptions/{SUBSCRIPTION}/resourceGroups/rg-many"
    vault = {
        "id": f"{group}/providers/Microsoft.KeyVault/vaults/kv-many",
        "type": "Microsoft.KeyVault/vaults",
        "name": "kv-many",
        "location": "westeurope",
        "resourceGroup": "rg-many",
        "properties": {
            "tenantId": TENANT,
            "enableRbacAuthorization": False,
            "accessPolicies": entries,
        },
    }
    write_file(folder / "deployed.json", vault)
    os.utime(folder / "deployed.json", (int(TODAY), int(TODAY)))
    place = (f"--subscription={SUBSCRIPTION}", "--resource-group=rg-many")
    return ["main.json", "--against=deployed.json", *place]


def three_hundred_vaults(folder: Path) -> list[str]:
    """Each with a cause of its own."""
    names = [f"{number:03}" for number in range(300)]
    vaults = (make_vault(f"kv-{each}", policies=f"[variables('list{each}')]") for each in names)
    variables = {f"list{each}": [] for each in names}
    write_file(folder / "main.json", make_template(*vaults, variables=variables))
    return ["main.json"]


def nothing_found(folder: Path) -> list[str]:
    write_file(
        folder / "main.json", make_template(make_vault("kv", properties={"createMode": "recover"}))
    )
    return ["main.json", "--select=access-policies-emptied"]


def nothing_to_check(folder: Path) -> list[str]:
    """What a runner does that chose files which are no templates."""
    write_file(folder / "other.json", {"name": "no template"})
    return ["other.json", "--force-exclude"]


SCENARIOS: list[Callable[[Path], list[str]]] = [
    one_finding,
    sample_repository,
    fifteen_principals,
    three_hundred_vaults,
    nothing_found,
    nothing_to_check,
]


def reported(scenario: Callable[[Path], list[str]], format_name: str, folder: Path) -> Ran:
    arguments = scenario(folder)
    words = ("check", *arguments, f"--format={format_name}")
    return run_armguard(*words, folder=folder, SOURCE_DATE_EPOCH=TODAY)


def abridged(text: str) -> str:
    lines = [
        f"{each[:LONGEST]} ... {len(each)} characters" if len(each) > LONGEST else each
        for each in text.splitlines()
    ]
    left = len(lines) - FIRST - LAST
    if left > 1:
        lines[FIRST:-LAST] = [f"... {left} lines ..."]
    return "".join(f"{each}\n" for each in lines)


@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda each: each.__name__)
@pytest.mark.parametrize("format_name", SHOWN)
def test_the_report_is_the_golden_one(
    scenario: Any,
    format_name: str,
    tmp_path: Path,
    request: pytest.FixtureRequest,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    if scenario is three_hundred_vaults:
        # each takes as long as some more checks
        monkeypatch.setitem(_REPAIRS, "sarif", 1)
    ran = reported(scenario, format_name, tmp_path)
    assert not ran.stderr
    printed = abridged(ran.stdout.replace(tmp_path.as_posix(), "FOLDER"))
    golden = GOLDENS / f"{scenario.__name__.replace('_', '-')}.{format_name}"
    if request.config.getoption("--update-goldens"):
        write_file(golden, printed)
    assert printed == golden.read_text("utf-8")


def test_every_golden_is_of_a_scenario() -> None:
    names = [each.__name__.replace("_", "-") for each in SCENARIOS]
    wanted = {f"{name}.{format_name}" for name in names for format_name in SHOWN}
    assert {each.name for each in GOLDENS.iterdir() if each.is_file()} == wanted


def in_three_hundred_files(folder: Path) -> list[str]:
    for number in range(300):
        write_file(folder / f"t{number:03}.json", make_template(make_vault(f"kv-{number:03}", [])))
    return ["."]


@pytest.mark.parametrize(("format_name", "most"), [("text", 700), ("concise", 301)])
@pytest.mark.parametrize("scenario", [three_hundred_vaults, in_three_hundred_files])
def test_three_hundred_causes_can_be_read(
    scenario: Callable[[Path], list[str]], format_name: str, most: int, tmp_path: Path
) -> None:
    lines = reported(scenario, format_name, tmp_path).stdout.splitlines()
    found = [each for each in lines if each.split(":")[0].endswith(".json")]
    assert len([each for each in found if "error[access-policies-emptied]" in each]) == 300
    assert len(lines) <= most


def test_fifteen_principals_are_one_finding(tmp_path: Path) -> None:
    ran = reported(fifteen_principals, "concise", tmp_path)
    finding, summary = ran.stdout.splitlines()
    assert "error[access-lost]: 15 principals lose all their access to vault 'kv-many'" in finding
    assert "1 error, 0 warnings, 0 notes" in summary


def test_nothing_to_check_is_wrong_usage_where_nobody_chose_the_files(tmp_path: Path) -> None:
    nothing_to_check(tmp_path)
    ran = run_armguard("check", ".", "--format=concise", folder=tmp_path, exit_code=2)
    assert ran.stderr
