"""One call at a time, in a template that knows nothing of its place."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

import armguard
from armguard.errors import EvaluationError


@pytest.fixture(scope="session")
def comes_to() -> Callable[[str, Any], None]:
    """Asserts what an expression comes to, type included."""

    def check(text: str, expected: Any) -> None:
        got = armguard.evaluate(f"[{text}]")
        assert got == expected
        assert repr(got) == repr(expected) or isinstance(got, (dict, list))

    return check


@pytest.fixture(scope="session")
def is_refused() -> Callable[[str], None]:
    """Asserts that an expression is an error, and that the error is a sentence for people."""

    def check(text: str) -> None:
        with pytest.raises(EvaluationError) as caught:
            armguard.evaluate(f"[{text}]")
        message = str(caught.value)
        assert message
        assert not message.endswith(".")

    return check
