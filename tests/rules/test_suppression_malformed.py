"""suppression-malformed: what is meant as a suppression and can't hold is told of."""

from __future__ import annotations

import json
from typing import Any

import pytest

RULE = "suppression-malformed"
EMPTIED = "access-policies-emptied"
FORM = "this comment suppresses nothing; write it as // armguard: ignore[RULE] REASON"


@pytest.fixture
def check_comment(check_files: Any, template_of: Any, vault_of: Any) -> Any:
    """Check an emptied vault with a comment above its list."""

    def check(comment: str) -> Any:
        text = json.dumps(template_of(vault_of(policies=[])), indent=2)
        text = text.replace('"accessPolicies"', f'{comment}\n"accessPolicies"')
        return check_files({"main.json": text})

    return check


@pytest.mark.parametrize(
    "comment",
    [
        f"// armguard: ignore[{EMPTIED}] deployed once",
        f"/* armguard:ignore [{EMPTIED}]: deployed once */",
        "// armguard is told where this goes",
        "// armguard: see the wiki",
        "// armguard ignores this one, for the vault is on RBAC",
        "// ask the team before you ignore what armguard says",
        "// nolint: ignore[x]",
    ],
)
def test_compliant(check_comment: Any, comment: str) -> None:
    assert check_comment(comment).told(RULE) == []


@pytest.mark.parametrize(
    "comment",
    [
        "// armguard: ignore",
        "// armguard:ignore all of this",
        f"// armguard: ignore {EMPTIED} deployed once",
        f"// armguard: ignore({EMPTIED}) deployed once",
        f"// armguard: ignore[{EMPTIED} deployed once",
        f"// armguard: ingore[{EMPTIED}] deployed once",
        f"// armguard: Ignore[{EMPTIED}] deployed once",
        f"// ArmGuard: ignore[{EMPTIED}] deployed once",
        f"// armguard ignore[{EMPTIED}] deployed once",
        f"// armguard: disable[{EMPTIED}] deployed once",
        f"// armguard: {EMPTIED} is known",
        f"/** armguard: ignore {EMPTIED} */",
        f"//// armguard = ignore[{EMPTIED}] x",
    ],
)
def test_violating_comment(check_comment: Any, comment: str) -> None:
    checked = check_comment(comment)
    assert checked.told(RULE) == [("warning", "certain", FORM, comment)]
    assert checked.exit_code == 1


@pytest.mark.parametrize(
    ("metadata", "message", "at"),
    [
        (
            {"ignores": [{"rule": EMPTIED, "reason": "x"}]},
            "metadata of armguard has no 'ignore', so it suppresses nothing",
            "/armguard",
        ),
        (
            [{"rule": EMPTIED, "reason": "x"}],
            "metadata of armguard has no 'ignore', so it suppresses nothing",
            "/armguard",
        ),
        (
            {"ignore": [{"rule": EMPTIED, "reason": "x", "untill": "2999-01-31"}]},
            "'untill' is no part of a suppression; did you mean 'until'?",
            "/armguard/ignore/0",
        ),
        (
            {"ignore": [{"rules": EMPTIED, "reason": "x"}]},
            "'rules' is no part of a suppression; did you mean 'rule'?",
            "/armguard/ignore/0",
        ),
    ],
)
def test_violating_metadata(
    check: Any, vault_of: Any, metadata: Any, message: str, at: str
) -> None:
    checked = check(vault_of(policies=[], metadata={"armguard": metadata}))
    assert [each[2] for each in checked.told(RULE)] == [message]
    assert checked.of(RULE)[0].location.pointer == f"/resources/0/metadata{at}"
    assert (checked.report.summary.suppressed, checked.exit_code) == (0, 1)


def test_violating_is_not_unused(check_comment: Any) -> None:
    checked = check_comment(f"// armguard: ignore {EMPTIED}")
    assert checked.told(RULE) != []
    assert checked.of("suppression-unused") == []


@pytest.mark.parametrize("more", [{"ticket": "AB-1"}, {"approvedBy": "somebody"}])
def test_undecided_what_else_is_written(check: Any, vault_of: Any, more: Any) -> None:
    """Notes of a team beside a suppression are theirs."""
    entry = {"rule": EMPTIED, "reason": "x", **more}
    checked = check(vault_of(policies=[], metadata={"armguard": {"ignore": [entry]}}))
    assert checked.told(RULE) == []
    assert checked.report.summary.suppressed == 1
