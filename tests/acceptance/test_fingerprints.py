"""What identifies a finding across edits."""

from armguard.acceptance.fingerprints import with_fingerprints
from armguard.finding import Certainty, Finding, Location, Severity
from armguard.record import replace

LOST = Finding("access-lost", Severity.ERROR, Certainty.CERTAIN, "m", Location("t.json", ""))


def fingerprints(*subjects: str) -> list[str]:
    findings = [replace(LOST, subject=subject) for subject in subjects]
    return [each.fingerprint for each in with_fingerprints(findings, lambda path: None)]


def test_the_loss_of_another_principal_is_another_finding() -> None:
    """Else a baseline that knows the loss of one would hide the loss of the other."""
    (known,) = fingerprints("tenant/x/")
    assert fingerprints("tenant/y/", "tenant/x/") == [*fingerprints("tenant/y/"), known]
    assert fingerprints("tenant/y/") != [known]


def test_findings_alike_in_all_are_told_apart_by_their_order() -> None:
    first, second = fingerprints("tenant/x/", "tenant/x/")
    assert first != second
    assert [first] == fingerprints("tenant/x/")
