"""Changed files: all or none, in their own encoding, and never over what somebody else wrote."""

from __future__ import annotations

import codecs
import os
import random
import signal
import stat
import subprocess
import sys
import time
from pathlib import Path

import pytest
from support import make_template, make_vault, process_environment, write_file

from armguard.cli.rewriting import rewrite
from armguard.errors import UsageError

OLD, NEW = '{"a": "ä"}\r\n', '{"a": "ä", "b": 1}\r\n'


@pytest.mark.parametrize(
    ("mark", "encoding"),
    [
        (b"", "utf-8"),
        (codecs.BOM_UTF8, "utf-8"),
        (codecs.BOM_UTF16_LE, "utf-16-le"),
        (codecs.BOM_UTF16_BE, "utf-16-be"),
        (b"", "utf-16-le"),
    ],
)
def test_the_encoding_stays(mark: bytes, encoding: str, tmp_path: Path) -> None:
    file = tmp_path / "main.json"
    file.write_bytes(mark + OLD.encode(encoding))
    rewrite({str(file): (OLD, NEW)})
    assert file.read_bytes() == mark + NEW.encode(encoding)


def test_mode_and_link_stay(tmp_path: Path) -> None:
    file, link = tmp_path / "real.json", tmp_path / "link.json"
    file.write_bytes(OLD.encode())
    file.chmod(0o640)
    link.symlink_to(file)
    rewrite({str(link): (OLD, NEW)})
    assert link.is_symlink()
    assert file.read_bytes() == NEW.encode()
    assert stat.S_IMODE(file.stat().st_mode) == 0o640
    assert sorted(os.listdir(tmp_path)) == ["link.json", "real.json"]


def test_what_has_changed_meanwhile_is_not_overwritten(tmp_path: Path) -> None:
    first, second = tmp_path / "a.json", tmp_path / "b.json"
    first.write_bytes(OLD.encode())
    second.write_bytes(b"{}")
    with pytest.raises(UsageError, match=r"b\.json' has changed on disk since it was read"):
        rewrite({str(first): (OLD, NEW), str(second): (OLD, NEW)})
    assert first.read_bytes() == OLD.encode(), "all or none"
    assert second.read_bytes() == b"{}"
    assert sorted(os.listdir(tmp_path)) == ["a.json", "b.json"], "nothing is left behind"


def test_a_file_that_is_gone(tmp_path: Path) -> None:
    first = tmp_path / "a.json"
    first.write_bytes(OLD.encode())
    with pytest.raises(UsageError, match=r"can't write .*gone\.json"):
        rewrite({str(first): (OLD, NEW), str(tmp_path / "gone.json"): (OLD, NEW)})
    assert first.read_bytes() == OLD.encode()
    assert os.listdir(tmp_path) == ["a.json"]


def test_a_full_disk_leaves_the_old_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "a.json"
    file.write_bytes(OLD.encode())

    def full(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(UsageError, match="No space left on device"):
        rewrite({str(file): (OLD, NEW)})
    assert file.read_bytes() == OLD.encode()
    assert os.listdir(tmp_path) == ["a.json"]


def test_whoever_is_killed_leaves_the_old_file_or_the_new_one(tmp_path: Path) -> None:
    vaults = [make_vault(f"kv-{number}", []) for number in range(20)]
    write_file(tmp_path / "main.json", make_template(*vaults))
    write_file(tmp_path / "main.parameters.json", {"parameters": {}})
    before = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    command = (sys.executable, "-m", "armguard", "fix", "--write", "--no-progress", "main.json")

    def start() -> subprocess.Popen[bytes]:
        return subprocess.Popen(
            command,
            cwd=tmp_path,
            env=process_environment(),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )

    begun = time.monotonic()
    assert start().wait() in (0, 1)
    takes = time.monotonic() - begun
    after = {name: (tmp_path / name).read_bytes() for name in before}
    assert all(after[name] != data for name, data in before.items())

    moments = random.Random(7)
    for _ in range(25):
        for name, data in before.items():
            (tmp_path / name).write_bytes(data)
        process = start()
        time.sleep(takes * moments.uniform(0.5, 1.1))
        process.send_signal(signal.SIGKILL)
        process.wait()
        for name, data in before.items():
            found = (tmp_path / name).read_bytes()
            assert found in (data, after[name])
