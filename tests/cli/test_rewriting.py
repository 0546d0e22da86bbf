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
from support import make_template, make_vault, process_environment, run_armguard, write_file

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


def forbidden(monkeypatch: pytest.MonkeyPatch, path: Path) -> None:
    """As a file that may only be read, which nothing is to root."""
    access = os.access
    monkeypatch.setattr(os, "access", lambda p, m: str(p) != str(path) and access(p, m))


def test_a_file_that_may_only_be_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first, second = tmp_path / "a.json", tmp_path / "b.json"
    for each in (first, second):
        each.write_bytes(OLD.encode())
    forbidden(monkeypatch, second)
    with pytest.raises(UsageError, match=r"b\.json': it may only be read; nothing is written"):
        rewrite({str(first): (OLD, NEW), str(second): (OLD, NEW)})
    assert {each.read_bytes() for each in (first, second)} == {OLD.encode()}, "all or none"
    assert sorted(os.listdir(tmp_path)) == ["a.json", "b.json"]


def test_a_folder_that_may_only_be_read(tmp_path: Path) -> None:
    if os.geteuid() == 0:
        pytest.skip("root may write everywhere")
    file = tmp_path / "folder" / "a.json"
    file.parent.mkdir()
    file.write_bytes(OLD.encode())
    file.parent.chmod(0o555)
    try:
        with pytest.raises(UsageError, match="Permission denied; nothing is written"):
            rewrite({str(file): (OLD, NEW)})
    finally:
        file.parent.chmod(0o755)
    assert file.read_bytes() == OLD.encode()


@pytest.mark.parametrize("which", ["b.json", "c.json"])
def test_what_fails_halfway_is_undone(
    which: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    files = [tmp_path / name for name in ("a.json", "b.json", "c.json")]
    for each in files:
        each.write_bytes(OLD.encode())
        each.chmod(0o640)
    replace = os.replace

    def failing(source: str, target: str) -> None:
        if target.endswith(which):
            raise OSError(5, "Input/output error")
        replace(source, target)

    monkeypatch.setattr(os, "replace", failing)
    with pytest.raises(UsageError, match="Input/output error; nothing is written"):
        rewrite({str(each): (OLD, NEW) for each in files})
    assert {each.read_bytes() for each in files} == {OLD.encode()}
    assert {stat.S_IMODE(each.stat().st_mode) for each in files} == {0o640}
    assert sorted(os.listdir(tmp_path)) == ["a.json", "b.json", "c.json"]


def test_what_is_no_text_any_more_is_not_overwritten(tmp_path: Path) -> None:
    file = tmp_path / "a.json"
    file.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(UsageError, match="has changed on disk"):
        rewrite({str(file): (OLD, NEW)})
    assert file.read_bytes() == b"\xff\xfe\x00"


def test_what_changes_while_others_are_prepared_is_not_overwritten(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    files = [tmp_path / "a.json", tmp_path / "b.json"]
    for each in files:
        each.write_bytes(OLD.encode())
    fsync, times = os.fsync, iter(range(9))

    def somebody_writes(descriptor: int) -> None:
        fsync(descriptor)
        if next(times) == 1:
            files[0].write_bytes(b"theirs")

    monkeypatch.setattr(os, "fsync", somebody_writes)
    with pytest.raises(UsageError, match=r"a\.json' has changed on disk"):
        rewrite({str(each): (OLD, NEW) for each in files})
    assert [each.read_bytes() for each in files] == [b"theirs", OLD.encode()]
    assert sorted(os.listdir(tmp_path)) == ["a.json", "b.json"]


def test_two_names_of_one_file(tmp_path: Path) -> None:
    file, link = tmp_path / "real.json", tmp_path / "link.json"
    file.write_bytes(OLD.encode())
    link.symlink_to(file)
    with pytest.raises(UsageError, match=r"real\.json' and '.*link\.json' are one file"):
        rewrite({str(file): (OLD, NEW), str(link): (OLD, OLD + " ")})
    assert file.read_bytes() == OLD.encode()
    rewrite({str(file): (OLD, NEW), str(link): (OLD, NEW)})
    assert file.read_bytes() == NEW.encode()
    assert sorted(os.listdir(tmp_path)) == ["link.json", "real.json"]


def test_a_name_as_long_as_the_file_system_allows(tmp_path: Path) -> None:
    file = tmp_path / ("a" * 250 + ".json")
    file.write_bytes(OLD.encode())
    rewrite({str(file): (OLD, NEW)})
    assert file.read_bytes() == NEW.encode()


def test_an_interruption_leaves_nothing_behind(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "a.json"
    file.write_bytes(OLD.encode())

    def interrupted(descriptor: int) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(os, "fsync", interrupted)
    with pytest.raises(KeyboardInterrupt):
        rewrite({str(file): (OLD, NEW)})
    assert os.listdir(tmp_path) == ["a.json"]


def test_nothing_is_said_to_be_fixed_that_could_not_be_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_file(tmp_path / "main.json", make_template(make_vault("kv", [])))
    forbidden(monkeypatch, tmp_path / "main.json")
    done = run_armguard("fix", "--write", "main.json", folder=tmp_path, exit_code=2)
    assert done.stdout == ""
    assert "can't write 'main.json': it may only be read; nothing is written" in done.stderr


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
