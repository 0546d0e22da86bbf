"""Repairs for a report: of each problem the first remedy that is possible, tried and proven.

That costs as much as some more checks of a template, so only reports that show edits ask for it.
"""

from __future__ import annotations

from itertools import islice

from armguard.checking.changed import Looked, cause
from armguard.checking.fixing import Kept, Outcome, Problem, chains_for, problems_in, tried
from armguard.finding import Finding, Repair, Replacement
from armguard.finding.report import Report
from armguard.record import replace
from armguard.remedies.remedy import RefusedError
from armguard.source.text_edits import by_path, settled


def with_repairs(report: Report, looked: Looked, most: int, kept: Kept) -> Report:
    """The report with a repair for findings of at most so many problems, the first ones."""
    counted = {cause(each) for each in report.findings if each.counts and each.hazard}
    repairs: dict[tuple[str, ...], Repair] = {}
    sources = dict(report.sources)
    told = (each for each in problems_in(looked) if counted & set(map(cause, each.findings)))
    for problem in islice(told, most):
        repair = None
        with kept(problem.place.path):
            repair = _first_possible(looked, problem)
        if repair is not None:
            repairs.update(dict.fromkeys(map(cause, problem.findings), repair))
            for each in repair.replacements:
                sources.setdefault(each.path, looked.texts.original(each.path))
    return replace(
        report,
        findings=tuple(_repaired(each, repairs) for each in report.findings),
        sources=sources,
    )


def _repaired(finding: Finding, repairs: dict[tuple[str, ...], Repair]) -> Finding:
    repair = repairs.get(cause(finding)) if finding.counts and finding.hazard else None
    return finding if repair is None else replace(finding, repair=repair)


def _first_possible(looked: Looked, problem: Problem) -> Repair | None:
    for chain in chains_for(problem):
        try:
            outcome, _ = tried(looked, problem, chain)
        except RefusedError:
            continue
        return _repair(outcome)
    return None


def _repair(outcome: Outcome) -> Repair:
    by_file = by_path(edit for step in outcome.steps for edit in step)
    edits = (edit for each in by_file.values() for edit in settled(each))
    ordered = sorted(edits, key=lambda each: (each.path, each.start, each.end))
    return Repair(
        outcome.remedies[0],
        outcome.does[0],
        tuple(Replacement(each.path, each.start, each.end, each.text) for each in ordered),
    )
