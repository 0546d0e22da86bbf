"""Report files: written whole or not at all, and never in place of something that is no file."""

import os
import stat
from pathlib import Path

import pytest

from armguard.cli.outputs import refuse_outputs
from armguard.cli.streams import write_file
from armguard.errors import UsageError


def test_a_report_file_is_replaced(tmp_path: Path) -> None:
    target = tmp_path / "report.json"
    target.write_text("old")
    write_file(str(target), "größer\n")
    assert target.read_bytes() == "größer\n".encode()
    assert os.listdir(tmp_path) == ["report.json"]


def test_a_new_report_file_can_be_read_by_others(tmp_path: Path) -> None:
    target = tmp_path / "report.json"
    other = tmp_path / "other"
    other.touch()
    write_file(str(target), "text")
    assert stat.S_IMODE(target.stat().st_mode) == stat.S_IMODE(other.stat().st_mode)


def test_a_link_is_followed(tmp_path: Path) -> None:
    target, link = tmp_path / "report.json", tmp_path / "link.json"
    target.write_text("old")
    link.symlink_to(target)
    write_file(str(link), "new")
    assert link.is_symlink()
    assert target.read_text() == "new"


def test_a_device_is_written_to_and_stays_a_device() -> None:
    write_file(os.devnull, "text")
    assert stat.S_ISCHR(os.stat(os.devnull).st_mode)


def test_a_pipe_is_written_to() -> None:
    reader, writer = os.pipe()
    try:
        write_file(f"/dev/fd/{writer}", "text")
        assert os.read(reader, 10) == b"text"
    finally:
        os.close(reader)
        os.close(writer)


def test_a_failed_write_leaves_the_old_file_and_no_other(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    target = tmp_path / "report.json"
    target.write_text("old")

    def refuse(source: str, destination: str) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(os, "replace", refuse)
    with pytest.raises(UsageError, match=r"can't write '.*report\.json': Permission denied"):
        write_file(str(target), "new")
    assert target.read_text() == "old"
    assert os.listdir(tmp_path) == ["report.json"]


def test_a_missing_folder_is_found_before_the_work(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"there is no folder '.*missing'; create it first"):
        refuse_outputs([(str(tmp_path / "missing" / "report.json"), None)])
    with pytest.raises(UsageError, match="it is a folder; name a file"):
        refuse_outputs([(str(tmp_path), None)])
    refuse_outputs([(str(tmp_path / "report.json"), None)])
