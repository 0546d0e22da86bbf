"""The recorded and described outputs of ../shared/readings against what is expected of them.

They are no part of the project: without them these tests are skipped.
"""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest
from support import SHARED, Ran, run_armguard

FOLDER = SHARED / "readings"
EXPECTED: dict[str, Any] = (
    json.loads((FOLDER / "expected.json").read_text("utf-8")) if FOLDER.exists() else {}
)

pytestmark = pytest.mark.skipif(
    not EXPECTED, reason="outputs of Azure's tools (../shared/readings) are not here"
)

ENCODINGS = ("utf-8-sig", "utf-16", "utf-16-be")
WORDS = {
    "names": "whose identities the ids are",
    "workspaces": "which workspaces use them",
    "soft-deleted": "soft-deleted",
    "other-vaults": "which other vaults",
    "further pages": "further pages",
}
"""How the report says what a reading does not hold."""


def check(folder: Path, *files: str, options: tuple[str, ...] = ()) -> Ran:
    for name in (EXPECTED["template"], EXPECTED["parameters"]):
        shutil.copy(FOLDER / name, folder)
    against = [word for file in files for word in ("--against", file)]
    return run_armguard(
        *("check", EXPECTED["template"], "--parameters", EXPECTED["parameters"], *against),
        *("--subscription", EXPECTED["subscription"]),
        *("--resource-group", EXPECTED["resourceGroup"], "--format", "json", *options),
        folder=folder,
    )


def vaults_of(ran: Ran) -> dict[str, Any]:
    report = json.loads(ran.stdout)
    return {
        vault["name"]: vault["live"]
        for deployment in report["deployments"]
        for vault in deployment["vaults"]
    }


def comparable(changes: list[Any]) -> list[Any]:
    """Without what is asserted apart, sorted and in lower case."""

    def sets(permissions: Any) -> Any:
        return {kind: sorted(name.lower() for name in names) for kind, names in permissions.items()}

    return sorted(
        [
            each["objectId"].lower(),
            (each.get("applicationId") or "").lower(),
            each["change"],
            sets(each["lost"]),
            sets(each["gained"]),
        ]
        for each in changes
    )


def hold_to(vaults: dict[str, Any], expected: Any) -> None:
    for name in expected["exists"]:
        assert vaults[name]["state"] == "exists", vaults[name]
        assert comparable(vaults[name]["changes"]) == comparable(EXPECTED["changes"][name])
    for name in expected["unread"]:
        assert vaults[name]["state"] == "unread"
        assert vaults[name]["note"]
        assert (vaults[name]["rbac"], vaults[name]["changes"]) == (None, [])
    if expected["names"] is None:
        return
    for name in expected["exists"]:
        for change in vaults[name]["changes"]:
            who = expected["names"].get(change["objectId"], {"name": None, "workspaces": []})
            assert {each: change[each] for each in who} == who


def copy(file: str, folder: Path) -> str:
    shutil.copy(FOLDER / file, folder)
    return file


@pytest.mark.parametrize("file", EXPECTED.get("samples", {}))
def test_a_sample_alone(tmp_path: Path, file: str) -> None:
    expected = EXPECTED["samples"][file]
    ran = check(tmp_path, copy(file, tmp_path))
    assert ran.exit == expected["exit"], ran.stderr
    hold_to(vaults_of(ran), expected)
    is_snapshot = expected["kind"] == "armguard snapshot"
    sources = {live["source"] for live in vaults_of(ran).values()}
    assert sources == {"snapshot" if is_snapshot else "reading"}
    losses = ("--select", "access-lost,access-narrowed")
    assert check(tmp_path, file, options=losses).exit == expected["exitOfLosses"]


@pytest.mark.parametrize("file", EXPECTED.get("samples", {}))
def test_what_a_sample_does_not_hold_is_said(tmp_path: Path, file: str) -> None:
    expected = EXPECTED["samples"][file]
    ran = check(tmp_path, copy(file, tmp_path))
    said = " ".join(json.loads(ran.stdout)["notices"]).lower()
    for topic in expected["notSeen"]:
        words = WORDS.get(topic)
        for kind in ("vault", "policies of", "vault of", "principal of"):
            if topic.startswith(f"{kind} "):
                words = f"'{topic.rpartition(' ')[2]}'"
        assert words is not None
        assert words in said, said
    for name in expected.get("softDeleted", []):
        assert f"soft-deleted vault '{name}'" in said


@pytest.mark.parametrize("encoding", ENCODINGS)
@pytest.mark.parametrize("file", EXPECTED.get("samples", {}))
def test_a_sample_in_an_encoding_of_powershell(tmp_path: Path, file: str, encoding: str) -> None:
    expected = EXPECTED["samples"][file]
    data = (FOLDER / file).read_bytes()
    text = data.decode("utf-16" if data[:2] == b"\xff\xfe" else "utf-8")
    mark = "\ufeff" if encoding == "utf-16-be" else ""
    lines = "\r\n".join(text.splitlines())
    (tmp_path / file).write_bytes(f"{mark}{lines}".encode(encoding))
    hold_to(vaults_of(check(tmp_path, file)), expected)


@pytest.mark.parametrize(
    "expected", EXPECTED.get("together", []), ids=lambda each: "+".join(each["files"])
)
@pytest.mark.parametrize("reverse", [False, True])
def test_samples_together(tmp_path: Path, expected: Any, reverse: bool) -> None:
    files = [copy(file, tmp_path) for file in expected["files"]]
    ran = check(tmp_path, *(reversed(files) if reverse else files))
    assert ran.exit == 1
    hold_to(vaults_of(ran), expected)


@pytest.mark.parametrize("expected", EXPECTED.get("refused", []), ids=lambda each: each["what"])
def test_what_is_refused(tmp_path: Path, expected: Any) -> None:
    if "file" in expected:
        name = copy(expected["file"], tmp_path)
    else:
        name = "file.json"
        (tmp_path / name).write_bytes(expected["text"].encode())
    ran = check(tmp_path, name)
    allowed = expected["exit"] if isinstance(expected["exit"], list) else [expected["exit"]]
    assert ran.exit in allowed
    assert f"'{name}'" in ran.stderr
    assert ran.stderr.count("\n") == 1
    assert "Traceback" not in ran.stderr
    for words in expected["mustSay"]:
        assert words.lower() in ran.stderr.lower()
