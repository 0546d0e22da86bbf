"""The vault taken out of the template, which from then on uses one that exists.

The third way out of Microsoft's page. Where the template speaks of the vault by its id only, a
parameter `keyVaultId` takes the place of the id, and the vault may be any. Where it speaks of its
name too, as children, secrets and diagnostic settings do, these have to be in the resource group of
the vault, so that nothing is left to choose: names and ids stay as they are, which keep meaning the
same vault, and nothing has to be passed. With symbolic names the vault is then declared `existing`.

An environment that has no vault yet needs one first, and later changes of the vault are made
elsewhere. In Complete mode Azure deletes what a template leaves out. What is left unused, such as
the parameter with the old list, stays: whoever passes it may go on.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from typing import TYPE_CHECKING

from armguard.errors import ArmguardError
from armguard.evaluation.identity import comparable, is_another_each_time, same_value
from armguard.evaluation.unknown import Unknown
from armguard.evaluation.values import find_key
from armguard.explaining.case import Case
from armguard.finding import quoted
from armguard.keyvault.assessment import AssessedVault
from armguard.remedies._objections import open_already
from armguard.remedies.remedy import Expected, Proposal, RefusedError, Target

if TYPE_CHECKING:
    from armguard.evaluation.unknown import Text
    from armguard.remedies._spoken import Spoken
    from armguard.source.text_edits import Edit
    from armguard.templates.mentions import Mention

RANK = 20
SUMMARY = "the vault is taken out of the template, which uses the one that exists"
COST = "an environment without a vault needs one first; the vault is changed elsewhere"
HAZARDS = ("list", "workspace")
SHIELDS = True

_NAME = "keyVaultId"
_DECLARATION = {
    "type": "string",
    "metadata": {
        "description": "id of the Key Vault to use, which has to exist: /subscriptions/..."
        "/resourceGroups/.../providers/Microsoft.KeyVault/vaults/..."
    },
}
_NEEDS_ONE = "an environment without a vault needs one first: the template no longer makes it"
_ELSEWHERE = "changes of the vault itself are made elsewhere from now on"
_OTHER = (
    "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/another"
    "/providers/Microsoft.KeyVault/vaults/another"
)
_IDENTIFYING = (
    *("type", "apiversion", "name", "scope", "resourcegroup", "subscriptionid", "existing"),
    *("condition", "copy", "import", "extension", "metadata", "comments"),
)
"""what a vault that is declared as existing is written with"""


def objection(vault: AssessedVault, case: Case) -> str | None:
    if vault.keeper is not None:
        return f"a template that is kept in a {vault.keeper.called} has to make its own vault"
    if vault.complete != "no":
        return "in Complete mode a vault that the template leaves out is deleted"
    return open_already(vault)


def _is_another_write(other: AssessedVault, vault: AssessedVault) -> bool:
    """Whether another resource writes the vault, or does where its condition is true."""
    may_write = other.written is not None or other.has_condition
    is_another = other.place != vault.place and not other.by_children
    return may_write and is_another and same_value(other.id, vault.id)


def propose(target: Target) -> Proposal:
    from armguard.remedies._rewiring import mentions_everywhere
    from armguard.remedies._spoken import Spoken

    for member in target.members:
        if any(_is_another_write(e, member.vault) for e in member.case.assessment.vaults):
            raise RefusedError(
                "another resource of the deployment writes the same vault; take one of them out"
            )
    _refuse_children_inside(target)
    mentions = mentions_everywhere(target)
    names = [each.name for vaults in target.chains for each in vaults]
    before = [Spoken(each.opened(), target.place) for each in target.one_of_each]
    if not mentions and not any(each.of(names) for each in before):
        raise RefusedError(
            "nothing else in the deployment uses it, so that nothing would use one that exists"
        )
    by_id = None if target.in_bicep else _by_id(target, mentions)
    if by_id is not None and _decides_alone(by_id, target, names, before):
        return by_id
    return _by_name(target, mentions, names)


def _refuse_children_inside(target: Target) -> None:
    key = find_key(target.written, "resources")
    if key is not None and target.written[key]:
        raise RefusedError(
            "other resources are written inside of it; write them beside it first, as resources of"
            " their own"
        )


def _by_id(target: Target, mentions: Sequence[Mention]) -> Proposal | None:
    """None: a parameter for the id does not fit."""
    from armguard.remedies._passing import Passing, free_name, owners_of
    from armguard.remedies._rewiring import rewired, without_waiting

    is_one = all(len(vaults) == 1 and not vaults[0].indexed for vaults in target.chains)
    if not is_one or not any(each.kind in ("id", "reference") for each in mentions):
        return None
    owners = [owners_of(vaults[0]) for vaults in target.chains]
    name = free_name(_NAME, [owner for chain in owners for owner in chain])
    passing = Passing(name, _DECLARATION, target.files)
    given, is_missing = _given(target)
    if given is None:
        return None
    try:
        edits = [
            target.json_editor.remove(target.place.pointer),
            *without_waiting(mentions, target),
            *rewired(mentions, owners[0][0], name, target),
        ]
        for chain in owners:
            edits.extend(passing.through(chain))
        for path, value in given.items():
            edits.extend(passing.given(path, value))
    except RefusedError:
        return None
    then = [f"pass {name} with every deployment: the id of the vault that it has"]
    return Proposal(
        tuple(edits),
        f"{_called(target)} is taken out of the template, which uses the one whose id parameter"
        f" '{name}' gives",
        (*(then if is_missing else ()), _NEEDS_ONE, _ELSEWHERE),
        Expected(
            leaves_out=True,
            parameters={root: {name: (None,)} for root in sorted(dict(target.parameter_sets))},
        ),
    )


def _called(target: Target) -> str:
    names = {each.vault.name for each in target.members}
    return f"vault {quoted(*names)}" if len(names) == 1 else "the vault"


def _given(target: Target) -> tuple[dict[str, str] | None, bool]:
    """The id of the vault for each parameter file, as far as it is known, and whether somebody has
    to pass it elsewhere. None: one file is for several vaults."""
    given: dict[str, str] = {}
    is_missing = False
    for each, vaults in zip(target.one_of_each, target.chains, strict=True):
        identifier = vaults[0].id
        if not each.parameter_files or isinstance(identifier, Unknown):
            is_missing = True
        elif given.setdefault(each.parameter_files[-1], identifier) != identifier:
            return None, True
    return given, is_missing


def _decides_alone(
    proposal: Proposal, target: Target, names: Collection[Text], before: Sequence[Spoken]
) -> bool:
    """Whether with the id of another vault nothing speaks of this one any more."""
    from armguard.remedies._spoken import Spoken

    (name,) = next(iter(proposal.expected.parameters.values()))
    try:
        for each, spoken in zip(target.one_of_each, before, strict=True):
            deployment = each.opened(proposal.edits, {name.lower(): _OTHER})
            after = Spoken(deployment)
            if after.of(names) or after.failed > spoken.failed:
                return False
    except ArmguardError:
        return False
    return True


def _by_name(target: Target, mentions: Sequence[Mention], names: Collection[Text]) -> Proposal:
    from armguard.remedies._rewiring import read_by_full_id, without_waiting

    if any(is_another_each_time(comparable(each)) for each in names):
        raise RefusedError("its name is another one at each deployment, so that none of it exists")
    vaults = target.chains[0]
    if vaults[0].symbol is not None or target.in_bicep:
        edits = [*_declared_as_existing(target)]
        does = "is declared as existing, so that no deployment writes it"
    else:
        edits = [
            target.json_editor.remove(target.place.pointer),
            *without_waiting(mentions, target),
            *read_by_full_id(mentions, target),
        ]
        does = (
            "is taken out of the template, which uses the one that exists under the same name in"
            " the same resource group"
        )
    return Proposal(
        tuple(edits),
        f"{_called(target)} {does}",
        (_NEEDS_ONE, _ELSEWHERE),
        Expected(leaves_out=True),
    )


def _declared_as_existing(target: Target) -> Iterator[Edit]:
    kept = [key for key in target.written if key.lower() in _IDENTIFYING]
    surplus = [target.place.child(key).pointer for key in target.written if key not in kept]
    written = find_key(target.written, "existing")
    if written is None:
        first = target.place.child(kept[0]).pointer
        yield from target.editor.insert_before(first, {"existing": True})
    else:
        yield target.editor.set_value(target.place.child(written).pointer, True)
    if surplus:
        yield from target.editor.remove_all(surplus)
