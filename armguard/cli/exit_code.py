"""What the exit code of `armguard check` says; this is the only place that decides it.

Where several reasons meet, 4 wins over 2, then 1, then 3: a bug makes every other answer doubtful,
and a hazard that was found is worth more than a question that stayed open.
"""

from __future__ import annotations

from enum import IntEnum

from armguard.finding import Finding, Location, Severity
from armguard.finding.report import Report, VaultReport


class ExitCode(IntEnum):
    CLEAN = 0
    """nothing at or above --fail-on"""
    FINDINGS = 1
    USAGE = 2
    """wrong usage or configuration, or nothing to check"""
    UNANSWERED = 3
    """deployed state that could not be read, or what is undecided under --fail-on-undecided"""
    BUG = 4
    """a bug in armguard"""


_RANK = {Severity.NOTE: 1, Severity.WARNING: 2, Severity.ERROR: 3}


def decide(
    report: Report,
    fail_on: Severity | None,
    fail_on_undecided: bool,
    force_exclude: bool,
) -> ExitCode:
    """The exit code for a report; `fail_on` None: no finding fails the run."""
    if report.crashes:
        return ExitCode.BUG
    nothing = found_nothing(report) and not force_exclude
    if nothing and not (fail_on_undecided and any(map(_is_root, report.findings))):
        return ExitCode.USAGE
    if fail_on is not None and any(_fails(finding, fail_on) for finding in report.findings):
        return ExitCode.FINDINGS
    if report.unread or (fail_on_undecided and _is_undecided(report)):
        return ExitCode.UNANSWERED
    return ExitCode.CLEAN


def _is_undecided(report: Report) -> bool:
    """Whether a vault is undecided, or vaults may be where nobody could look, and nobody has
    accepted that."""
    said = [each for each in report.findings if each.leaves_open in ("vault", "template", "root")]
    if any(finding.counts for finding in said):
        return True
    if report.summary.closed and all(each.leaves_open == "vault" for each in said):
        return True  # the rule that tells of it was not asked for
    accepted = [finding.location for finding in said if not finding.counts]
    vaults = [vault for deployment in report.deployments for vault in deployment.vaults]
    return any(_is_open(vault, accepted) for vault in vaults)


def _is_open(vault: VaultReport, accepted: list[Location]) -> bool:
    changes = () if vault.live is None else vault.live.changes
    if any(each.change == "undecided" for each in changes):
        return True
    at = vault.location
    return vault.verdict == "undecided" and not any(
        each.path == at.path
        and (each.pointer == at.pointer or each.pointer.startswith(f"{at.pointer}/"))
        for each in accepted
    )


def found_nothing(report: Report) -> bool:
    """Whether there was nothing to check. A template that could not be read was something to
    check; what was only met on the way and could not be looked into was not."""
    if report.summary.templates or report.crashes:
        return False
    return all(_is_only_met(finding) for finding in report.findings)


def _is_only_met(finding: Finding) -> bool:
    is_closed = finding.leaves_open == "file" and finding.severity is Severity.WARNING
    return is_closed or _is_root(finding)


def _is_root(finding: Finding) -> bool:
    """Whether it is about what was found and could not be compiled."""
    return finding.leaves_open == "root"


def _fails(finding: Finding, fail_on: Severity) -> bool:
    return finding.counts and _RANK[finding.severity] >= _RANK[fail_on]
