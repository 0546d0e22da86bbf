"""Which remedy is applied to what, and what came of it: each is proven before the next one begins.

What is changed are texts in memory; who writes them is told what they were.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, nullcontext
from functools import partial

from armguard.checking.changed import Looked, cause, in_text, once
from armguard.checking.proving import objection
from armguard.errors import EvaluationError, UnreadableFileError
from armguard.explaining.case import Case
from armguard.finding import Finding, Location, Severity
from armguard.record import record, replace
from armguard.remedies import all_remedies
from armguard.remedies.remedy import (
    DoneError,
    Expected,
    Files,
    Member,
    Opened,
    RefusedError,
    Remedy,
    Target,
)
from armguard.source.text_edits import Edit, EditError, by_path, edited


@record
class Problem:
    """What a remedy is looked for: all that is wrong with a vault where it is written, or with the
    API versions of a file."""

    place: Location
    findings: tuple[Finding, ...]
    key: tuple[str | int, ...] = ()
    """what stays of it when its place moves"""

    @property
    def is_version(self) -> bool:
        return self.findings[0].hazard == "version"

    @property
    def is_error(self) -> bool:
        return any(each.severity is Severity.ERROR for each in self.findings)

    @property
    def is_note(self) -> bool:
        return all(each.severity is Severity.NOTE for each in self.findings)

    def takes(self, remedy: Remedy) -> bool:
        return any(each.hazard in remedy.hazards for each in self.findings)


@record
class Refused:
    remedy: str
    reason: str


@record
class Outcome:
    """What came of one problem."""

    problem: Problem
    remedies: tuple[str, ...] = ()
    """those that were applied; none: none could be"""
    does: tuple[str, ...] = ()
    then: tuple[str, ...] = ()
    refused: tuple[Refused, ...] = ()
    """those that were tried before, or all"""
    steps: tuple[tuple[Edit, ...], ...] = ()
    """the edits of each remedy, of the texts as they were before it"""


@record
class Fixes:
    before: Looked
    after: Looked
    outcomes: tuple[Outcome, ...]

    @property
    def changed(self) -> dict[str, tuple[str, str]]:
        """path -> (the text that it had, the one that it gets)"""
        texts = self.after.texts
        pairs = ((path, texts.original(path), new) for path, new in texts.changed.items())
        return {path: (old, new) for path, old, new in sorted(pairs) if old != new}

    def applied_to(self, path: str, text: str) -> str:
        """The same changes of another text of a file, of which all characters stand at the same
        places: one without secrets."""
        for outcome in self.outcomes:
            for step in outcome.steps:
                text = edited(text, by_path(step).get(path, ()))
        return text

    @property
    def left(self) -> tuple[Outcome, ...]:
        """The problems that nothing was found for."""
        return tuple(each for each in self.outcomes if not each.remedies)


Kept = Callable[[str], AbstractContextManager[None]]
"""While something is done with a template, a bug ends only that."""


def problems_in(looked: Looked, accepted: Iterable[tuple[str, ...]] = ()) -> list[Problem]:
    """All problems that there may be a remedy for, in the order of their places. `accepted`: the
    causes of findings that somebody lives with."""
    lived_with = set(accepted)
    found: dict[tuple[Location, bool], list[Finding]] = {}
    for each in looked.findings:
        if each.hazard is None or cause(each) in lived_with:
            continue
        if each.hazard == "version":
            found.setdefault((Location(each.location.path), True), []).append(each)
        elif each.vault is not None:
            found.setdefault((looked.source_of(each.vault), False), []).append(each)
    problems = [
        Problem(place, tuple(each), (place.path,) if is_version else looked.vaults.get(place, ()))
        for (place, is_version), each in found.items()
    ]
    return sorted(
        problems, key=lambda each: (each.place.path, each.is_version, in_text(each.place))
    )


def fixed(
    looked: Looked,
    wanted: Sequence[Remedy],
    accepted: Iterable[tuple[str, ...]] = (),
    *,
    unsafe: bool = False,
    kept: Kept = lambda path: nullcontext(),
) -> Fixes:
    """Everything repaired that can be. `wanted`: with these only; none: with what fits, where there
    is an error or a version that retires."""
    accepted = tuple(accepted)
    state, outcomes = looked, list[Outcome]()
    done: set[tuple[str | int, ...]] = set()
    while (problem := _next(state, wanted, accepted, done)) is not None:
        known = state.vaults
        outcome: Outcome | None = Outcome(problem)
        with kept(problem.place.path):
            outcome, state = _repaired(state, problem, wanted, unsafe)
        if outcome is not None:
            outcomes.append(outcome)
        if problem.is_version or {*known.values()} == {*state.vaults.values()}:
            done.add(problem.key)  # else the vault is gone, and the next of its name has its key
    return Fixes(looked, state, tuple(outcomes))


def _next(
    looked: Looked,
    wanted: Sequence[Remedy],
    accepted: Sequence[tuple[str, ...]],
    done: set[tuple[str | int, ...]],
) -> Problem | None:
    for problem in problems_in(looked, accepted):
        if problem.key in done:
            continue
        asked_for = any(map(problem.takes, wanted)) if wanted else None
        if asked_for or (asked_for is None and (problem.is_error or problem.is_version)):
            return problem
    return None


def _repaired(
    looked: Looked, problem: Problem, wanted: Sequence[Remedy], unsafe: bool
) -> tuple[Outcome | None, Looked]:
    """None: there are only notes, and what is wanted has been done already."""
    refused: list[Refused] = []
    for chain in chains_for(problem, wanted):
        try:
            outcome, after = tried(looked, problem, chain, unsafe=unsafe)
        except RefusedError as error:
            if isinstance(error, DoneError) and problem.is_note:
                return None, looked
            refused.append(Refused(_name(chain), str(error)))
            continue
        return replace(outcome, refused=tuple(refused)), after
    return Outcome(problem, refused=tuple(refused)), looked


def chains_for(problem: Problem, wanted: Sequence[Remedy] = ()) -> Iterator[tuple[Remedy, ...]]:
    """The remedies that are tried in turn, each with those that are to go with it."""
    fitting = [each for each in wanted or all_remedies() if problem.takes(each)]
    companions = tuple(each for each in fitting if each.companion and wanted)
    main = [each for each in fitting if not each.companion]
    if wanted and not main and companions:
        yield companions
    for each in main:
        if wanted or not each.unsafe:
            yield (*companions, each)


def _name(chain: Sequence[Remedy]) -> str:
    return ",".join(each.name for each in reversed(chain))


def tried(
    looked: Looked, problem: Problem, chain: Sequence[Remedy], *, unsafe: bool = False
) -> tuple[Outcome, Looked]:
    """What comes of some remedies, one after the other and proven. Raises `RefusedError`."""
    companion = next((each for each in chain if each.companion), None)
    if companion is not None and not any(each.shields for each in chain):
        others = [each.name for each in all_remedies() if each.shields]
        raise RefusedError(
            "it is half a fix as long as the vault is written with a list of its own: that removes"
            " everybody whom the child does not name, and who is only in the child has no access"
            f" until it is written; name one of {', '.join(others)} with it, as in --remedy"
            f" {others[0]},{companion.name}"
        )
    expected, state = Expected(), looked
    does, then, steps = list[str](), list[str](), list[tuple[Edit, ...]]()
    for remedy in chain:
        if remedy.unsafe and not unsafe:
            raise RefusedError(f"{remedy.cost}; ask for it with --unsafe")
        target = target_of(state, problem)
        for each in target.members:
            reason = remedy.objection(each.vault, each.case)
            if reason is not None:
                raise RefusedError(reason)
        try:
            proposal = remedy.propose(target)
            edits = once(proposal.edits)
            state = state.after(edits)
        except EditError as error:
            raise RefusedError(str(error)) from error
        except (EvaluationError, UnreadableFileError) as error:
            raise RefusedError(f"the template can't be evaluated for it: {error}") from error
        steps.append(edits)
        expected |= proposal.expected
        does.append(proposal.does)
        then.extend(proposal.then)
    if state.texts.changed == looked.texts.changed:
        raise RefusedError("there is nothing to change")
    reason = objection(looked, state, target_of(looked, problem), problem.findings, expected)
    if reason is not None:
        raise RefusedError(reason)
    names = tuple(each.name for each in reversed(chain))
    return Outcome(problem, names, tuple(does), tuple(then), steps=tuple(steps)), state


@record
class Choice:
    """A remedy for a problem, and why it is not possible."""

    remedy: Remedy
    reason: str | None
    """None: it is possible, which was tried"""


def choices_for(looked: Looked, problem: Problem) -> Iterator[Choice]:
    """Every remedy of a problem, each tried for itself."""
    for each in all_remedies():
        if not problem.takes(each):
            continue
        try:
            tried(looked, problem, (each,), unsafe=True)
        except RefusedError as error:
            yield Choice(each, str(error))
        else:
            yield Choice(each, None)


def target_of(looked: Looked, problem: Problem) -> Target:
    """The vault of a problem, or the file, with all that is known of it."""
    place = problem.place
    cases, members, starts = list[Case](), list[Member](), list[Opened]()
    for index in looked.with_files([place.path]):
        case, start = looked.judged[index].case, partial(looked.opened, index)
        cases.append(case)
        starts.append(start)
        for vault in () if problem.is_version else case.assessment.vaults:
            if looked.source_of(vault.place) == place:
                members.append(Member(case, vault, start))
    if not members and not problem.is_version:
        raise RefusedError("the vault is not where it was")
    if members:
        place = members[0].vault.place
    files = Files(looked.texts.text, looked.texts.document, looked.texts.places)
    return Target(place, tuple(members), tuple(cases), tuple(starts), files)
