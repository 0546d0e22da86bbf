"""Who loses access to a deployed vault: one sighting for all that lose it.

What is only possible is told apart from what is sure; the place is that of the vault's own list,
unless only children take something away.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence

from armguard.deployed.comparison import Comparison, Unlisted
from armguard.deployed.inventory import text
from armguard.explaining.case import Case
from armguard.explaining.live_sighting import in_words, live_sighting, who
from armguard.explaining.sighting import Sighting
from armguard.finding import Certainty, Detail, ResourceName
from armguard.finding.report import PrincipalChange
from armguard.keyvault.assessment import PolicyChange
from armguard.keyvault.sureness import least
from armguard.record import record

_NAMED = 3
"""So many principals are named in a message, the worst first."""
_MOST_LISTED = 40
_AFTER_A_WIPE = (
    "once it has happened: 'az ml workspace sync-keys' is what to try first; 'armguard rules"
    " remedies' tells how sure that is"
)


def losses(case: Case, *, whole: bool) -> Iterator[Sighting]:
    """The sightings on principals that lose their entries (`whole`), or some permissions; one more
    where of several only some lose theirs, and nobody knows which."""
    for comparison in case.comparisons:
        if comparison.short and whole:
            yield _shortage(comparison, case)
        for group in _groups(comparison, whole):
            yield _loss(group, comparison, case)
    for vault in () if case.compared is None or not whole else case.compared.unlisted:
        if vault.changes:
            yield _loss_by_deletion(vault)


@record
class _Group:
    """Those that lose something, the worst first."""

    changes: tuple[PrincipalChange, ...]
    undecided: bool
    children: tuple[PolicyChange, ...]
    """those that take something away"""
    alone: bool
    """whether the vault's own list would leave everything"""


def _groups(comparison: Comparison, whole: bool) -> Iterator[_Group]:
    groups: dict[bool, list[PrincipalChange]] = {}
    for change in comparison.changes:
        if change.is_loss and change.whole is whole and change not in comparison.among:
            groups.setdefault(change.change == "undecided", []).append(change)
    for undecided, changes in groups.items():
        takers = [comparison.taken.get(each.key) for each in changes]
        places = {each.place for each in takers if each is not None}
        children = tuple(each for each in comparison.vault.changes if each.place in places)
        alone = all(each is not None and each.alone for each in takers)
        yield _Group(_worst_first(changes), undecided, children, alone)


def _worst_first(changes: Iterable[PrincipalChange]) -> tuple[PrincipalChange, ...]:
    """Workspaces that stop working, then whose name is known, then who loses most."""

    def rank(each: PrincipalChange) -> tuple[bool, bool, int]:
        return not each.workspaces, each.name is None, -sum(map(len, each.lost.values()))

    return tuple(sorted(changes, key=rank))


def _loss(group: _Group, comparison: Comparison, case: Case) -> Sighting:
    how = "is deployed"
    is_left_alone = comparison.vault.verdict.kind == "not-written" and not comparison.deleted
    if group.alone or is_left_alone:
        how = "has its access policies changed"
    message, listed = _told(
        group.changes,
        group.undecided,
        f"to vault '{comparison.vault.name}'"
        f" {'when this deployment deletes it' if comparison.deleted else f'when it {how} now'}",
    )
    certainty = _certainty(group.changes, comparison, group.children if group.alone else ())
    return live_sighting(
        message,
        comparison,
        case,
        certainty=Certainty.POSSIBLE if group.undecided else certainty,
        setting="accessPolicies" if comparison.flip is None else "enableRbacAuthorization",
        extra=(*listed, *_consequences(group.changes, comparison)),
        subject=" ".join(("possible",) * group.undecided),
        remedies=comparison.flip is None,
        children=group.children,
        children_alone=group.alone,
    )


def _told(
    changes: Sequence[PrincipalChange], undecided: bool, where: str
) -> tuple[str, tuple[Detail, ...]]:
    """The message about those who lose something, and a line for each where there are several."""
    verb = "may lose" if undecided else "loses" if len(changes) == 1 else "lose"
    first = changes[0]
    if len(changes) == 1:
        what = "all its access" if first.whole else "access"
        return f"{who(first)} {verb} {what} {where}: {_what_goes(first)}", ()
    what = "all their access" if first.whole else "some of their access"
    label = "may lose" if undecided else "loses"
    lines = [
        Detail(label, (f"{who(each)}: {_what_goes(each)}",)) for each in changes[:_MOST_LISTED]
    ]
    left = len(changes) - _MOST_LISTED
    if left > 0:
        lines.append(Detail(label, (f"{left} more; --format json names them all",)))
    return f"{len(changes)} principals {verb} {what} {where}: {_named(changes)}", tuple(lines)


def _named(changes: Sequence[PrincipalChange]) -> str:
    more = len(changes) - _NAMED
    return ", ".join(map(who, changes[:_NAMED])) + (f" and {more} more" if more > 0 else "")


def _what_goes(each: PrincipalChange) -> str:
    if not each.perhaps:
        return in_words(each.lost)
    if not each.lost:
        return f"some of {in_words(each.perhaps)}"
    return f"{in_words(each.lost)}; and perhaps {in_words(each.perhaps)}"


def _shortage(comparison: Comparison, case: Case) -> Sighting:
    """The list holds fewer entries that can be theirs than there are principals."""
    among = _worst_first(comparison.among)
    listed = [
        Detail("among", (f"{who(each)}: {_what_goes(each)}",)) for each in among[:_MOST_LISTED]
    ]
    return live_sighting(
        f"at least {comparison.short} of these {len(comparison.among)} principals"
        f" {'loses' if comparison.short == 1 else 'lose'} access to vault"
        f" '{comparison.vault.name}' when it is deployed now, since fewer entries can be theirs:"
        f" {_named(among)}",
        comparison,
        case,
        certainty=_certainty(among, comparison),
        extra=(*listed, *_consequences(among, comparison)),
        subject="at least some",
        remedies=True,
    )


def _consequences(changes: Sequence[PrincipalChange], comparison: Comparison) -> Iterator[Detail]:
    identity, principal = "this identity", "this principal"
    if len(changes) > 1:
        identity, principal = "one of these identities", "one of these principals"
    yield from _broken(changes, comparison.users, identity)
    reading = {"all", "unwrapKey", "wrapKey"}
    if any(not reading.isdisjoint(each.lost.get("keys", ())) for each in changes):
        for name in comparison.encrypted:
            yield Detail(
                "breaks",
                (
                    f"workspace '{name}', whose encryption key is in this vault, if it is read"
                    f" with {principal} (that of Azure Cosmos DB, or an identity of the workspace)",
                ),
            )
    if comparison.flip is not None:
        yield Detail("unless", ("it holds a role on the vault: role assignments decide then",))
    if comparison.note is not None:
        yield Detail("note", (comparison.note,))
    if any(not comparison.users.isdisjoint(each.workspaces) for each in changes):
        yield Detail("after", (_AFTER_A_WIPE,))


def _broken(
    changes: Iterable[PrincipalChange], users: Collection[str], identity: str
) -> Iterator[Detail]:
    """The workspaces whose identities lose access: those that use the vault stop working."""
    for name in dict.fromkeys(name for each in changes for name in each.workspaces):
        if name in users:
            text = f"which uses {identity}: image builds, datastores and compute stop working"
            yield Detail("breaks", (f"workspace '{name}', {text}",))
        else:
            text = f"which uses {identity}, but has another vault for its own secrets"
            yield Detail("concerns", (f"workspace '{name}', {text}",))


def _certainty(
    changes: Iterable[PrincipalChange],
    comparison: Comparison,
    children: Sequence[PolicyChange] = (),
) -> Certainty:
    """A loss in every world hangs on defaults at most; which model the vault has is known.
    `children`: what takes something away, where it is not the vault's list."""
    vault = comparison.vault
    if children:
        return _in_every_world(children)
    outcome = vault.verdict.outcome
    if (
        outcome.doubts
        or outcome.files
        or any(each.key in comparison.by_default for each in changes)
    ):
        return Certainty.DEFAULT
    return _in_every_world(vault.changes)


def _in_every_world(changes: Iterable[PolicyChange]) -> Certainty:
    """The certainty of what children do that is done in every world."""
    worst = Certainty.CERTAIN
    for each in changes:
        if each.written is not None and each.written.certainty is not Certainty.POSSIBLE:
            worst = least(worst, each.written.certainty)
        if each.operation != "add":
            worst = least(worst, each.operation_certainty)
    return worst


def _loss_by_deletion(vault: Unlisted) -> Sighting:
    vault_name = text(vault.document, "name")
    message, listed = _told(
        _worst_first(vault.changes),
        vault.certainty is Certainty.POSSIBLE,
        f"to vault '{vault_name}', which a deployment in Complete mode deletes since the template"
        " does not mention it",
    )
    return Sighting(
        message,
        vault.group.place,
        vault.certainty,
        details=(
            *listed,
            *_broken(vault.changes, vault.users, "an identity that has access to it"),
            Detail("fix", ("deploy in Incremental mode",)),
        ),
        resource=ResourceName("Microsoft.KeyVault/vaults", vault_name),
        subject=vault_name,
    )
