"""The report in one sentence, and what has to be said with it: never more than is known.

What is only possible is a "may", what was accepted is not counted, and where nothing was found the
sentence says what was looked at.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from armguard.finding import Certainty, Severity, brief
from armguard.finding.report import PrincipalChange, Report
from armguard.reporters._details import plural, worst_first
from armguard.reporters.html.effects import Effect, State

_MOST = 5
"""Names that are listed in a sentence."""
_MOVES = (
    (State.EMPTIED, ("removes", "remove"), "all access policies of {}"),
    (
        State.MISSING,
        ("writes", "write"),
        "{} without any list, which fails or removes all policies",
    ),
    (State.REPLACED, ("replaces", "replace"), "all access policies of {} by those of the template"),
    (State.MAY_BE_EMPTIED, ("may remove",) * 2, "all access policies of {}"),
    (State.MAY_BE_MISSING, ("may write",) * 2, "{} without any list of access policies"),
    (State.MAY_BE_REPLACED, ("may replace",) * 2, "all access policies of {}"),
)
"""What is known from templates alone: the verb for one deployment and for several, and the rest."""


def headline(report: Report, effects: Sequence[Effect]) -> str:
    """The one sentence."""
    harmful = [each for each in effects if each.state in _HARMFUL and not each.accepted]
    undecided = _counted(each for each in effects if each.state is State.UNDECIDED)
    if harmful:
        return _losses(harmful)
    found = worst_first(report)
    serious = [each for each in found if each.severity is not Severity.NOTE]
    if serious:
        more = f", and {plural(len(found) - 1, 'more finding')}" if found[1:] else ""
        return f"{_started(serious[0].message)} ({serious[0].location}){more}"
    if undecided:
        return f"Whether anybody loses access to {_vaults(undecided)} could not be decided"
    if saw_nothing(report):
        return "Nothing was checked, so nothing is known"
    if any(each.accepted for each in effects) or any(not e.counts for e in report.findings):
        return "Nothing was found that is not accepted already"
    if not effects:
        return f"No Key Vault is in {plural(report.summary.templates, 'template')}"
    return f"No loss of access was found in {_vaults(_counted(effects))}"


_HARMFUL = frozenset(each for each in State if each.weight == "bad") | {
    State.MAY_BE_LOST,
    *(state for state, _, _ in _MOVES),
}


def reservations(report: Report, effects: Sequence[Effect]) -> Iterator[str]:
    """What has to be known with the headline, one sentence each."""
    harmful = [each for each in effects if each.state in _HARMFUL and not each.accepted]
    if harmful and all(each.certainty is Certainty.DEFAULT for each in harmful):
        yield "That is so unless somebody gives a value for a parameter that now has its default."
    compared = any(is_compared(each) for each in effects)
    unread = report.unread or any(_is_unread(each) for each in effects)
    if report.compared and (unread or (effects and not compared)):
        part = "Not everything" if compared else "Nothing"
        yield f"{part} could be compared with what is deployed: this is no proof that all is well."
    undecided = _counted(each for each in effects if each.state is State.UNDECIDED)
    if undecided and not _is_doubt_alone(report, harmful):
        yield f"What happens to the access of {_vaults(undecided)} could not be decided."
    if report.summary.closed:
        number = plural(report.summary.closed, "template")
        yield f"{number} that others deploy could not be looked into."
    if report.crashes:
        yield f"{plural(len(report.crashes), 'file')} could not be analysed: a bug in armguard."
    accepted = sum(not each.counts for each in report.findings)
    if accepted:
        yield f"Not counted: {plural(accepted, 'finding')} that somebody has accepted."


def _is_doubt_alone(report: Report, harmful: Sequence[Effect]) -> bool:
    """Whether the headline is about what is undecided."""
    serious = (e for e in report.findings if e.counts and e.severity is not Severity.NOTE)
    return not harmful and not any(serious)


def _is_unread(effect: Effect) -> bool:
    return effect.vault.live is not None and effect.vault.live.state == "unread"


def is_compared(effect: Effect) -> bool:
    """Whether its vault was read, or is known not to be there."""
    return effect.vault.live is not None and effect.vault.live.state != "unread"


def saw_nothing(report: Report) -> bool:
    """Whether no template was checked, so that nothing can be said."""
    return not (report.summary.templates or report.deployments or report.findings)


def _losses(effects: Sequence[Effect]) -> str:
    deployments = {(e.deployment.template, e.deployment.parameters) for e in effects}
    number = 0 if len(deployments) == 1 else 1
    moves = [*_moves_of_principals(effects, number), *_moves_of_lists(effects, number)]
    subject = ("The next deployment", "The next deployments")[number]
    stop, may_stop = stopping(effects)
    parts = [f"{subject} {listed(moves)}"]
    if stop:
        parts.append(f"{_workspaces(stop)} stop{'s' * (len(stop) == 1)} working")
    if may_stop:
        parts.append(f"{_workspaces(may_stop)} may stop working")
    return "; ".join(parts)


def _moves_of_principals(effects: Sequence[Effect], number: int) -> Iterator[str]:
    """What is known of those who have access today."""
    for verb, fits in (
        (("takes access from", "take access from")[number], _loses_all),
        (("takes permissions from", "take permissions from")[number], _loses_some),
        ("may take access from", _may_lose),
    ):
        hit = [
            (effect, each) for effect in effects for each in losers(effect) if fits(effect, each)
        ]
        who = {(each.object_id, each.application_id) for _, each in hit}
        if who:
            vaults = _counted(effect for effect, _ in hit)
            yield f"{verb} {plural(len(who), 'principal')} of {_vaults(vaults)}"


def losers(effect: Effect) -> list[PrincipalChange]:
    """The principals of a deployed vault that lose something, or may; the sure ones first."""
    live = effect.vault.live
    found = [] if live is None else [each for each in live.changes if each.is_loss]
    return sorted(found, key=lambda each: ("lost", "narrowed", "undecided").index(each.change))


def _loses_all(effect: Effect, change: PrincipalChange) -> bool:
    return change.change == "lost" and effect.state is not State.MAY_BE_LOST


def _loses_some(effect: Effect, change: PrincipalChange) -> bool:
    return change.change == "narrowed" and effect.state is not State.MAY_BE_LOST


def _may_lose(effect: Effect, change: PrincipalChange) -> bool:
    return change.change == "undecided" or effect.state is State.MAY_BE_LOST


def _moves_of_lists(effects: Sequence[Effect], number: int) -> Iterator[str]:
    """What is known from the template alone."""
    for state, verbs, what in _MOVES:
        vaults = _counted(each for each in effects if each.state is state)
        if vaults:
            yield f"{verbs[number]} {what.format(_vaults(vaults))}"


def stopping(effects: Sequence[Effect]) -> tuple[list[str], list[str]]:
    """The workspaces that stop working, and others that may."""
    sure: set[str] = set()
    maybe: set[str] = set()
    for effect in effects:
        lost = losers(effect)
        for each in lost:
            (sure if _loses_all(effect, each) else maybe).update(each.workspaces)
        if not lost and effect.state in (State.EMPTIED, State.MAY_BE_EMPTIED, State.MISSING):
            is_sure = effect.state is State.EMPTIED
            (sure if is_sure else maybe).update(effect.vault.workspaces)
        left_out = (e.finding for e in effect.about if e.finding.hazard == "workspace")
        if not lost and effect.state is State.REPLACED and any(e.counts for e in left_out):
            maybe.update(effect.vault.workspaces)
    return sorted(sure), sorted(maybe - sure)


def _workspaces(names: Sequence[str]) -> str:
    return f"workspace{'s' * (len(names) > 1)} {listed([brief(each) for each in names], _MOST)}"


def listed(texts: Sequence[str], most: int | None = None) -> str:
    """`a, b and c`; with more than `most` of them `a, b and 7 more`."""
    shown = [*texts]
    if most is not None and len(shown) > most:
        shown = [*shown[:most], f"{len(texts) - most} more"]
    *first, last = shown
    return f"{', '.join(first)} and {last}" if first else last


def _counted(effects: Iterable[Effect]) -> int:
    """How many different vaults that somebody has not accepted."""
    return len({each.key for each in effects if not each.accepted})


def _vaults(number: int) -> str:
    return plural(number, "vault")


def _started(sentence: str) -> str:
    return sentence[:1].upper() + sentence[1:]
