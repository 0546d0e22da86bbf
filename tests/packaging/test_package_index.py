"""Where no package index answers, tests are skipped: the question must be able to end with no."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from package_index import can_be_reached


def test_an_index_that_does_not_answer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PIP_CONFIG_FILE", os.devnull)
    monkeypatch.setenv("PIP_FIND_LINKS", "")
    monkeypatch.setenv("PIP_INDEX_URL", "http://127.0.0.1:9/simple")  # nothing listens there
    monkeypatch.setenv("PIP_RETRIES", "0")
    assert not can_be_reached(tmp_path)
