"""A boolean parameter without default as the condition of the vault: true for the first deployment,
false for all later ones.

The first way out of Microsoft's page. Whoever deploys now has to say which deployment it is; with
true for a vault that exists everything is as before. A resource whose condition is false is not
touched in Incremental mode; in Complete mode it would be deleted. Resources that depend on it no
longer wait then, which Azure does by itself; but reference() needs an API version and a full id.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from armguard.evaluation.values import find_key
from armguard.explaining.case import Case
from armguard.expressions.parser import is_expression
from armguard.finding import quoted
from armguard.keyvault.assessment import AssessedVault
from armguard.remedies._objections import open_already
from armguard.remedies.remedy import Expected, Proposal, RefusedError, Target

if TYPE_CHECKING:
    from armguard.source.text_edits import Edit
    from armguard.templates.mentions import Mention
    from armguard.templates.resource import Resource

RANK = 10
SUMMARY = "a parameter decides whether the vault is deployed: true once, false from then on"
COST = "each deployment has to say which one it is; later changes of the vault need a true again"
HAZARDS = ("list", "workspace")
SHIELDS = True

_NAME = "createKeyVault"


def objection(vault: AssessedVault, case: Case) -> str | None:
    if vault.keeper is not None:
        return f"nobody gives parameters to a template that is kept in a {vault.keeper.called}"
    if vault.complete != "no":
        return "in Complete mode a vault whose condition is false is deleted"
    return open_already(vault)


def propose(target: Target) -> Proposal:
    from armguard.remedies._passing import Passing, free_name, owners_of

    chains = [owners_of(vaults[0]) for vaults in target.chains]
    name = free_name(_NAME, [owner for owners in chains for owner in owners])
    passing = Passing(name, _declaration(target), target.files)
    edits = [*_condition(target, name)]
    for owners in chains:
        edits.extend(passing.through(owners))
    for _, files in target.parameter_sets:
        if files:
            edits.extend(passing.given(files[-1], False))
    edits.extend(_read_in_bicep(target) if target.in_bicep else _read_from_outside(target))
    roots = {root for root, _ in target.parameter_sets}
    is_given = all(files for _, files in target.parameter_sets)
    return Proposal(
        tuple(edits),
        f"vault {quoted(target.vault.name)} is deployed only where parameter '{name}' is true",
        (
            f"pass {name}=true for the first deployment of an environment, and false from then on"
            + ("" if is_given else "; it has no default, so nobody can forget to say"),
            "with true for a vault that exists its access policies are replaced as before",
        ),
        Expected(
            leaves_out=True, parameters={root: {name: (True, False)} for root in sorted(roots)}
        ),
    )


def _declaration(target: Target) -> dict[str, Any]:
    names = {each.vault.name for each in target.members}
    is_plain = len(names) == 1 and not any(name.startswith("[") for name in names)
    vault = f"Key Vault {quoted(*names)}" if is_plain else "the Key Vault"
    description = (
        f"true for the first deployment, which creates {vault}; false for all later ones: writing"
        " the vault again would replace its access policies"
    )
    return {"type": "bool", "metadata": {"description": description}}


def _condition(target: Target, name: str) -> Iterator[Edit]:
    asked = f"parameters('{name}')"
    pointer, key = target.place.pointer, find_key(target.written, "condition")
    if key is None:
        yield from target.editor.insert_members(pointer, {"condition": f"[{asked}]"})
        return
    written = target.written[key]
    place = target.place.child(key).pointer
    if written is True:
        yield target.editor.set_value(place, f"[{asked}]")
    elif isinstance(written, str) and is_expression(written):
        yield target.editor.set_value(place, f"[and({asked}, {written[1:-1].strip()})]")
    else:
        raise RefusedError("its condition is neither true nor an expression")


def _read_in_bicep(target: Target) -> Iterator[Edit]:
    from armguard.remedies._bicep_reading import read_as_existing

    for member in target.members:
        place = member.vault.place
        yield from read_as_existing(target.bicep_editor(place), place.pointer)


def _read_from_outside(target: Target) -> Iterator[Edit]:
    """Make each reference() of the vault one that needs no vault in the template."""
    from armguard.remedies._reading import read_from_outside
    from armguard.remedies._rewiring import read_by_full_id
    from armguard.templates.mentions import mentions_of

    vaults = target.chains[0]
    mentions = mentions_of(vaults)
    yield from read_by_full_id(mentions, target)
    waiting: dict[str, Mention] = {}
    for each in mentions:
        if each.kind == "reference" and read_from_outside(each, vaults) and each.resource:
            waiting.setdefault(each.resource.place.pointer, each)
    for mention in waiting.values():
        yield from _wait(mention, vaults, target)


def _wait(mention: Mention, vaults: Sequence[Resource], target: Target) -> Iterator[Edit]:
    """Let a resource wait for the vault: one that gives an API version is not taken to."""
    from armguard.remedies._depending import let_wait
    from armguard.remedies._reading import id_text
    from armguard.templates.dependencies import names_of
    from armguard.templates.mentions import depends_on

    resource = mention.resource
    assert resource is not None
    assert mention.call is not None
    names = {name for each in vaults for name in names_of(each)}
    if depends_on(resource, names):
        return
    vault = vaults[0]
    if vault.symbol is not None:
        entry = vault.symbol.rpartition("[")[0] if vault.indexed else vault.symbol
    elif vault.indexed:
        argument = mention.call.arguments[0]
        entry = f"[{mention.text[argument.start : argument.end]}]"
    else:
        entry = f"[{id_text(vaults)}]"
    yield from let_wait(resource, [entry], target.files)
