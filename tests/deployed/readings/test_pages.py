"""Lists, and what they say about pages that are not in the file."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from at_hand import state_of, told_of
from conftest_deployed import deployed_vault, entry_of

VAULT = deployed_vault(entry_of("app"), name="other")


@pytest.mark.parametrize(
    "page",
    [
        {"value": [VAULT], "nextLink": "https://management.azure.com/x"},
        {"data": [VAULT], "count": 1, "skip_token": "x", "total_records": 1},
        {"data": [VAULT], "count": 1, "skip_token": None, "total_records": 2},
        {"data": [VAULT], "totalRecords": 2},
        {"data": [VAULT], "$skipToken": "x"},
        [VAULT] * 100,
    ],
)
def test_further_pages_are_said(tmp_path: Path, page: Any) -> None:
    state = state_of(tmp_path, page)
    assert "further pages are not in the file" in state.notices()[0]
    assert "further pages are not in the file" in str(told_of(state).note)


@pytest.mark.parametrize(
    "page",
    [
        {"value": [VAULT], "nextLink": None},
        {"data": [VAULT], "count": 1, "skip_token": None, "total_records": 1},
        [VAULT] * 99,
    ],
)
def test_nothing_is_said_of_pages_that_nobody_promises(tmp_path: Path, page: Any) -> None:
    assert "further pages" not in " ".join(state_of(tmp_path, page).notices())


def test_elements_that_nobody_understands_are_counted(tmp_path: Path) -> None:
    notices = state_of(tmp_path, [VAULT, {"name": "secret words"}, 7]).notices()
    assert "2 of its elements are not understood" in notices[0]
    assert "secret words" not in " ".join(notices)
