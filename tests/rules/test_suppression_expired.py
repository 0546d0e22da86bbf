"""suppression-expired: one whose day has passed, or is none, does not hold."""

from typing import Any

import pytest

RULE = "suppression-expired"
EMPTIED = "access-policies-emptied"
TODAY = "2026-06-15"


def suppression(**members: Any) -> dict[str, Any]:
    return {"rule": EMPTIED, "reason": "deployed once", **members}


@pytest.fixture
def check_with(check_files: Any, template_of: Any, vault_of: Any) -> Any:
    """Check an emptied vault with one suppression on this day."""

    def check(entry: dict[str, Any]) -> Any:
        vault = vault_of(policies=[], metadata={"armguard": {"ignore": [entry]}})
        return check_files({"main.json": template_of(vault)}, today=TODAY)

    return check


@pytest.mark.parametrize("until", [{}, {"until": TODAY}, {"until": "2027-01-31"}])
def test_compliant(check_with: Any, until: dict[str, str]) -> None:
    checked = check_with(suppression(**until))
    assert checked.told(RULE) == []
    assert (checked.report.summary.suppressed, checked.exit_code) == (1, 0)


def test_violating(check_with: Any, written: Any) -> None:
    entry = suppression(until="2026-06-14")
    checked = check_with(entry)
    message = (
        "the suppression of 'access-policies-emptied' ended with 2026-06-14, so the finding is"
        " back: deployed once"
    )
    assert checked.told(RULE) == [("warning", "certain", message, written(entry))]
    assert (checked.report.summary.suppressed, checked.exit_code) == (0, 1)


@pytest.mark.parametrize("until", ["[utcNow('yyyy-MM-dd')]", "tomorrow", "2026-13-01"])
def test_undecided_which_day_is_meant(check_with: Any, written: Any, until: str) -> None:
    """Metadata are not evaluated, so what is no date never holds."""
    entry = suppression(until=until)
    checked = check_with(entry)
    message = (
        f"the suppression of 'access-policies-emptied' does not hold: '{until}' is no date; write"
        " it as in 2027-01-31"
    )
    assert checked.told(RULE) == [("warning", "certain", message, written(entry))]
    assert (checked.report.summary.suppressed, checked.exit_code) == (0, 1)
