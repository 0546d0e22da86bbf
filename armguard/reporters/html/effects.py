"""What the deployments of a report do to each vault, as far as it is known best, the worst first.

Where the deployed vault was read, what changes for its principals counts, not the verdict of the
template: a list that is replaced may well take everything from everybody.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from enum import Enum

from armguard.finding import Certainty, Finding, Severity, brief
from armguard.finding.report import DeploymentReport, PrincipalChange, Report, VaultReport
from armguard.record import record


class State(Enum):
    """What becomes of the access to a vault: in words, and how bad that is; the worst first."""

    ALL_LOST = "all lost", "bad"
    SOME_LOST = "some lost", "bad"
    EMPTIED = "emptied", "bad"
    MISSING = "missing", "bad"
    NARROWED = "narrowed", "bad"
    MAY_BE_LOST = "may be lost", "doubtful"
    MAY_BE_EMPTIED = "may be emptied", "doubtful"
    MAY_BE_MISSING = "may be missing", "doubtful"
    REPLACED = "replaced", "doubtful"
    MAY_BE_REPLACED = "may be replaced", "doubtful"
    UNDECIDED = "undecided", "doubtful"
    DELETED = "soft-deleted today", "plain"
    ABSENT = "not there today", "plain"
    NOTHING_LOST = "nothing lost", "good"
    KEPT = "kept", "good"
    DORMANT = "dormant", "good"
    NOT_WRITTEN = "not written", "good"

    def __init__(self, word: str, weight: str) -> None:
        self.word = word
        self.weight = weight


STATES = tuple(State)


@record
class Told:
    """A finding of the report, and the id that it has in the page."""

    finding: Finding
    anchor: str


@record
class Effect:
    """What a deployment does to one vault."""

    deployment: DeploymentReport
    vault: VaultReport
    state: State
    about: tuple[Told, ...]
    """what was found about the vault, accepted or not"""
    accepted: bool
    """whether somebody has accepted all that was found about its access"""
    anchor: str = ""
    """the id that it has in the page"""

    @property
    def name(self) -> str:
        """`kv-orders (prod)`: the vault with the environment that it is deployed to."""
        environment = self.deployment.environment
        return brief(self.vault.name) + (f" ({environment})" if environment else "")

    @property
    def weight(self) -> str:
        """How bad it is; nothing is good about which there is an error or a warning that counts."""
        if self.state.weight in ("bad", "doubtful"):
            return self.state.weight
        found = [each.finding for each in self.about if each.finding.counts]
        serious = (e.severity is not Severity.NOTE and e.hazard != "version" for e in found)
        return "doubtful" if any(serious) else self.state.weight

    @property
    def certainty(self) -> Certainty | None:
        """How sure the worst is that was found about it, else its verdict."""
        found = [each.finding for each in self.about if each.finding.hazard in _ACCESS]
        found = [each for each in found if each.counts]
        if not found:
            return self.vault.certainty
        return min((each.certainty for each in found), key=_CERTAINTIES.index)

    @property
    def key(self) -> tuple[str, ...]:
        """The same for the same vault in several deployments; names of vaults are unique."""
        vault, deployment = self.vault, self.deployment
        if vault.name[:1] != "[":
            return (vault.name.lower(),)
        if vault.id is not None:
            return (vault.id.lower(),)
        return vault.name, str(vault.location), deployment.template, *deployment.parameters


_ACCESS = ("list", "workspace")
_CERTAINTIES = tuple(Certainty)
_VERDICTS = {
    "emptied": (State.EMPTIED, State.MAY_BE_EMPTIED),
    "missing": (State.MISSING, State.MAY_BE_MISSING),
    "replaced": (State.REPLACED, State.MAY_BE_REPLACED),
    "undecided": (State.UNDECIDED, State.UNDECIDED),
    "kept": (State.KEPT, State.KEPT),
    "dormant": (State.DORMANT, State.DORMANT),
    "not-written": (State.NOT_WRITTEN, State.NOT_WRITTEN),
}
"""Verdict -> what it is called where it is sure, and where it is possible."""


def state_of(vault: VaultReport) -> State:
    """What becomes of the access to a vault."""
    sure, possible = _VERDICTS[vault.verdict]
    live = vault.live
    if live is None or live.state == "unread":
        return possible if vault.certainty is Certainty.POSSIBLE else sure
    if live.state == "absent":
        return State.ABSENT
    if live.state == "deleted":
        return State.DELETED
    change = _change_of_all(live.changes)
    is_possible = vault.verdict == "not-written" and vault.certainty is Certainty.POSSIBLE
    if change is not None and is_possible:  # Complete mode may delete the vault
        return State.MAY_BE_LOST
    return change or _without_loss(sure)


def _change_of_all(changes: Sequence[PrincipalChange]) -> State | None:
    """None: nobody loses anything."""
    today = [each.change for each in changes if each.change != "granted"]
    if "lost" in today:
        return State.ALL_LOST if set(today) == {"lost"} else State.SOME_LOST
    if "narrowed" in today:
        return State.NARROWED
    return State.MAY_BE_LOST if any(each.is_loss for each in changes) else None


def _without_loss(state: State) -> State:
    """What is written is harmless where nobody has what it takes away; a doubt is settled."""
    return state if state.weight == "good" else State.NOTHING_LOST


def effects_of(report: Report, told: Sequence[Told]) -> tuple[Effect, ...]:
    """One for each vault of each deployment, the worst first, accepted ones last among equals."""
    known = _Known(told)
    effects = []
    for deployment in report.deployments:
        for vault in deployment.vaults:
            about = tuple(known.about(deployment, vault))
            accepted = _is_accepted(vault, about)
            effects.append(Effect(deployment, vault, state_of(vault), about, accepted))
    effects.sort(key=lambda each: (each.accepted, STATES.index(each.state)))
    return tuple(
        Effect(e.deployment, e.vault, e.state, e.about, e.accepted, f"vault-{number}")
        for number, e in enumerate(effects, 1)
    )


def _is_accepted(vault: VaultReport, about: Sequence[Told]) -> bool:
    """A vault that is deleted is told of by findings that no remedy is for."""
    relevant = [each for each in about if each.finding.hazard in _ACCESS]
    if not relevant and vault.live is not None and vault.verdict == "not-written":
        relevant = [*about]
    return bool(relevant) and not any(each.finding.counts for each in relevant)


class _Known:
    """The findings by what they may be about."""

    def __init__(self, told: Sequence[Told]) -> None:
        self._at: dict[tuple[str, str], list[Told]] = {}
        self._named: dict[str, list[Told]] = {}
        for each in told:
            place = each.finding.location
            pointer = place.pointer
            while pointer:
                self._at.setdefault((place.pointed, pointer), []).append(each)
                pointer = pointer.rpartition("/")[0]
            for name in _names(each.finding):
                self._named.setdefault(name.lower(), []).append(each)

    def about(self, deployment: DeploymentReport, vault: VaultReport) -> Iterator[Told]:
        """What is found inside of the vault or names it, with these parameters."""
        place = vault.location
        inside = self._at.get((place.pointed, place.pointer), ())
        named = self._named.get(vault.name.lower(), ())
        files = {place.path, place.pointed, deployment.template}
        for each in {each.anchor: each for each in (*inside, *named)}.values():
            finding = each.finding
            names = {name.lower() for name in _names(finding)}
            is_other = bool(names) and vault.name.lower() not in names
            in_files = finding.location.path in files or finding.location.pointed in files
            with_these = set(deployment.parameters) <= set(finding.parameters)
            if in_files and with_these and not is_other:
                yield each


def _names(finding: Finding) -> Iterator[str]:
    """The vaults that it is said to be about; none where that is left open."""
    resource = finding.resource
    if resource is None or resource.type.lower() != "microsoft.keyvault/vaults":
        return
    yield resource.name
    for detail in finding.details:
        if detail.label == "also":
            yield from "".join(map(str, detail.text)).split(", ")


def by_vault(effects: Sequence[Effect]) -> Mapping[str, tuple[Effect, ...]]:
    """The id of a finding -> the vaults that it is about."""
    found: dict[str, list[Effect]] = {}
    for effect in effects:
        for each in effect.about:
            found.setdefault(each.anchor, []).append(effect)
    return {anchor: tuple(each) for anchor, each in found.items()}
