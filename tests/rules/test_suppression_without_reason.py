"""suppression-without-reason: one that does not say why does not hold."""

from typing import Any

import pytest

RULE = "suppression-without-reason"
EMPTIED = "access-policies-emptied"
WITHOUT = (
    "the suppression of 'access-policies-emptied' gives no reason, so the finding stays; say why it"
    " is accepted"
)


@pytest.fixture
def check_with(check: Any, vault_of: Any) -> Any:
    """Check an emptied vault with one suppression."""
    return lambda entry: check(vault_of(policies=[], metadata={"armguard": {"ignore": [entry]}}))


@pytest.mark.parametrize("reason", ["deployed once", "  x  "])
def test_compliant(check_with: Any, reason: str) -> None:
    checked = check_with({"rule": EMPTIED, "reason": reason})
    assert checked.told(RULE) == []
    assert (checked.report.summary.suppressed, checked.exit_code) == (1, 0)


@pytest.mark.parametrize(
    "entry",
    [
        EMPTIED,
        {"rule": EMPTIED},
        {"rule": EMPTIED, "reason": ""},
        {"rule": EMPTIED, "reason": " \n "},
        {"rule": EMPTIED, "reason": None, "until": "2999-12-31"},
    ],
)
def test_violating(check_with: Any, written: Any, entry: Any) -> None:
    checked = check_with(entry)
    assert checked.told(RULE) == [("warning", "certain", WITHOUT, written(entry))]
    assert (checked.report.summary.suppressed, checked.exit_code) == (0, 1)


@pytest.mark.parametrize("reason", [5, ["deployed once"], {"en": "deployed once"}])
def test_undecided_what_the_reason_says(check_with: Any, written: Any, reason: Any) -> None:
    """What is no text is not read as one."""
    entry = {"rule": EMPTIED, "reason": reason}
    checked = check_with(entry)
    assert checked.told(RULE) == [("warning", "certain", WITHOUT, written(entry))]
    assert checked.exit_code == 1
