"""What armguard is asked to write never replaces what it reads or what people write by hand."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from support import SCHEMA, make_template, make_vault, run_armguard

TEMPLATE = json.dumps(make_template(make_vault(policies=[])))
PARAMETERS = '{"parameters": {}}'
SCHEMED = '{"$schema": "https://x/2019-04-01/deploymentParameters.json#", "a": 1}'
BASELINE = '{"version": 1, "findings": [{"fingerprint": "a", "rule": "r"}]}'
SNAPSHOT = '{"format": "armguard-snapshot", "version": 1}'
POLICY = "- id: a\n  require: {}\n"

KEPT = {
    "other.json": (TEMPLATE, "a template"),
    "unnamed.json": ('{"contentVersion": "1", "resources": []}', "a template"),
    "cut.json": (TEMPLATE[:-2], "a template"),
    "main.bicep": ("param x string", "a template"),
    "values.json": (PARAMETERS, "a parameter file"),
    "schemed.json": (SCHEMED, "a parameter file"),
    "dev.bicepparam": ("using 'main.bicep'", "a parameter file"),
    "pyproject.toml": ("[project]", "a configuration"),
    ".gitignore": ("build/", "a configuration"),
    "known.json": (BASELINE, "a baseline"),
    "deployed.json": (SNAPSHOT, "a snapshot"),
    "policy.yml": (POLICY, "a policy"),
}


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "main.json").write_text(TEMPLATE)
    return tmp_path


@pytest.mark.parametrize("name", KEPT)
@pytest.mark.parametrize("by_link", [False, True])
def test_what_people_write_is_never_replaced_by_a_report(
    folder: Path, name: str, by_link: bool
) -> None:
    text, what = KEPT[name]
    (folder / name).write_text(text)
    (folder / "link").symlink_to(name)
    ran = run_armguard("check", "main.json", "--output", f"json={'link' if by_link else name}")
    assert ran.exit == 2
    assert f"is not overwritten: it is {what}" in ran.stderr
    assert (folder / name).read_text() == text


@pytest.mark.parametrize("name", [name for name in KEPT if name != "known.json"])
def test_nor_by_a_baseline_but_for_another_baseline(folder: Path, name: str) -> None:
    (folder / name).write_text(KEPT[name][0])
    assert run_armguard("check", "main.json", "--write-baseline", name).exit == 2
    assert (folder / name).read_text() == KEPT[name][0]
    (folder / "known.json").write_text(BASELINE)
    assert run_armguard("check", "main.json", "--write-baseline", "known.json").exit == 0
    assert "access-policies-emptied" in (folder / "known.json").read_text()


def test_nor_is_what_the_run_has_read(folder: Path) -> None:
    """Also where nothing in the file says what it is."""
    strange = "{]"
    (folder / "odd").write_text(strange)
    (folder / "link").symlink_to("odd")
    for output in ("odd", "./odd", "link", str(folder / "odd")):
        ran = run_armguard("check", "odd", "--output", f"json={output}")
        assert (ran.exit, ran.stdout) == (2, "")
        assert "this run has read it" in ran.stderr
    assert (folder / "odd").read_text() == strange


def test_reports_replace_reports(folder: Path) -> None:
    for _ in range(2):
        ran = run_armguard("check", "main.json", "--output", "json=a.json", "--output", "html=b")
        assert ran.exit == 1
    assert json.loads((folder / "a.json").read_text())["summary"]["errors"] == 1


@pytest.mark.parametrize("second", ["./a.json", "sub/../a.json", "link.json"])
def test_two_outputs_to_one_file_are_refused(folder: Path, second: str) -> None:
    (folder / "sub").mkdir()
    (folder / "link.json").symlink_to("a.json")
    outputs = ("--output", "json=a.json", "--output", f"sarif={second}")
    ran = run_armguard("check", "main.json", *outputs)
    assert ran.exit == 2
    assert "the same file" in ran.stderr
    assert not (folder / "a.json").exists()


def test_devices_are_written_to_as_often_as_asked(folder: Path) -> None:
    twice = ("--output", "json=/dev/null", "--output", "sarif=/dev/./null")
    assert run_armguard("check", "main.json", *twice).exit == 1


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("--output", "json=pipe"), "nobody reads this pipe"),
        (("--config", "pipe"), "it is not a regular file"),
        (("--config", "/dev/zero"), "it is not a regular file"),
        (("--baseline", "pipe"), "it is not a regular file"),
        (("--against", "pipe"), "it is not a regular file"),
    ],
)
def test_a_pipe_that_nobody_serves_is_no_reason_to_wait(
    folder: Path, ends: None, arguments: tuple[str, ...], sentence: str
) -> None:
    os.mkfifo(folder / "pipe")
    ran = run_armguard("check", "main.json", *arguments)
    assert ran.exit == 2
    assert sentence in ran.stderr


def test_standard_input_without_end_is_refused(folder: Path, ends: None) -> None:
    with open("/dev/zero", "rb") as zeros:
        done = subprocess.run(
            [sys.executable, "-m", "armguard", "check", "-"],
            stdin=zeros,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
    assert done.returncode == 2
    assert "larger than" in done.stderr


@pytest.mark.parametrize(
    ("name", "text", "kind"),
    [
        ("b.json", '{"version": 1, "findings": []}', "baseline"),
        ("p.yaml", "'require': {}\n", "policy"),
        ("s.json", '{"a": "' + "x" * 5000 + '", "format": "armguard-snapshot"}', "snapshot"),
        ("s.json", '{"format": "armguard\\u002dsnapshot"}', "snapshot"),
        ("v.json", '{"parameters": {}, "metadata": {}}', "parameter file"),
        ("t.json", '{"parameters": {}, "resources": []}', "template"),
        ("t.json", '{"resources": [{]}', "template"),
        ("t.json", '{"a": "' + "x" * 7_000_000 + f'", "$schema": "{SCHEMA}"}}', "template"),
    ],
    ids=["baseline", "policy", "late", "escaped", "values", "bare", "broken", "large"],
)
def test_what_is_known_by_its_content_only(name: str, text: str, kind: str, folder: Path) -> None:
    (folder / name).write_text(text)
    ran = run_armguard("check", "main.json", "--output", f"json={name}")
    assert ran.exit == 2
    assert f"'{name}' is not overwritten: it is a {kind};" in ran.stderr
    assert (folder / name).read_text() == text
