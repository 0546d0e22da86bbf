"""What tests of reports share."""

from __future__ import annotations

import pytest


@pytest.fixture
def as_written(monkeypatch: pytest.MonkeyPatch) -> None:
    """Excerpts show any text, also of what is no template, as it is written."""
    monkeypatch.setattr("armguard.reporters._excerpts.lines.concealed", lambda path, text: text)
