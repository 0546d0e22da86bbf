"""Files as shells leave them: in any encoding, and sometimes no JSON at all."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from at_hand import state_of, told_of, write
from conftest_deployed import deployed_vault, entry_of

from armguard.deployed.readings.joined import read_files
from armguard.errors import UsageError

VAULT = deployed_vault(entry_of("app"), tags="Prüfung ✓")
TEXT = json.dumps(VAULT, indent=2, ensure_ascii=False).replace("\n", "\r\n")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_encodings(tmp_path: Path, encoding: str, mark: str) -> None:
    own_mark = encoding in ("utf-8-sig", "utf-16")
    path = write(tmp_path, ("" if own_mark else mark) + TEXT, encoding=encoding)
    assert told_of(read_files([path])).state == "exists"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "is empty"),
        (" \r\n", "is empty"),
        (TEXT[:-9], "the file is cut off"),
        (TEXT[: TEXT.index("westeurope") + 3], "the file is cut off"),
        (
            "Location  Name\n--------  ----\n",
            "is not JSON: have it printed as JSON, as with -o json",
        ),
        ("id: /subscriptions/x\nname: kv\n", r"-o json .line 1, column 1"),
        ("WARNING: experimental\n" + TEXT, "text stands before the JSON, as warnings do with 2>&1"),
        (TEXT + "\nWARNING: late", "text stands behind the JSON"),
        (TEXT + "\n" + TEXT, "more than one JSON document"),
        (
            "Note: x\n\nResource and property changes are indicated with these symbols:\n",
            "--no-pretty-print",
        ),
        ('{"id": NaN}', "NaN"),
        ('{"id": -Infinity}', "Infinity"),
        ('{"id": ' + "9" * 5000 + "}", "number that is too long"),
        ("[" * 300 + "]" * 300, "nested too deeply"),
        ("[" * 100_000, "nested too deeply"),
        ("{\"id\": 'kv'}", "is not JSON"),
    ],
)
def test_what_is_no_json(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(UsageError, match=said) as caught:
        read_files([write(tmp_path, text)])
    assert "file.json" in str(caught.value)
    assert "understood are" in str(caught.value)
    assert "\n" not in str(caught.value)


def test_bytes_that_are_no_text(tmp_path: Path) -> None:
    (tmp_path / "file.json").write_bytes(b'{"id": "\xe4"}')
    with pytest.raises(UsageError, match="save the file as UTF-8"):
        read_files([str(tmp_path / "file.json")])


def test_the_size_is_bounded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("armguard.deployed.readings.json_file.MAXIMUM_BYTES", 100)
    with pytest.raises(UsageError, match="at most 100"):
        state_of(tmp_path, VAULT)


def test_a_file_that_is_not_there() -> None:
    with pytest.raises(UsageError, match=r"can't read 'nowhere\.json'"):
        read_files(["nowhere.json"])
