"""The list that the vault has is read while it is deployed, and written back.

What Bicep makes of `this.existingResource()`; it needs symbolic names (languageVersion 2.0). The
functions are documented, with this use as their example, but no report about a Key Vault was found:
it has to be tried on a test deployment. Where the vault does not exist, what an expression of the
template said is granted as before. A principal that was deleted but still is in the list makes the
deployment fail.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from armguard.explaining.case import Case
from armguard.finding import quoted
from armguard.keyvault.assessment import AssessedVault
from armguard.remedies._objections import without_symbolic_names
from armguard.remedies.remedy import Expected, Proposal, RefusedError, Target

if TYPE_CHECKING:
    from armguard.templates.resource import Resource

RANK = 40
SUMMARY = "the list that the vault has is read and written back while it is deployed"
COST = (
    "new in the platform: try it on a test deployment; whoever is granted access later has to be"
    " granted it outside of this list"
)
HAZARDS = ("list", "workspace")
SHIELDS = True

_LIVE = "tryGet(tryGet(target('full'), 'properties'), 'accessPolicies')"


def objection(vault: AssessedVault, case: Case) -> str | None:
    return without_symbolic_names(vault)


def propose(target: Target) -> Proposal:
    from armguard.remedies._own_list import own_list

    own = own_list(target.written, target.place)
    if isinstance(own.value, list) and own.value:
        raise RefusedError(
            "a vault that does not exist yet would no longer get what its list says; move the"
            " entries into a child as well, as in --remedy keep-live,grant-by-child"
        )
    if any(_is_evaluated_around(vaults[0]) for vaults in target.chains):
        raise RefusedError(
            "in a nested template of outer scope target() means the nested deployment; give it"
            " inner scope first"
        )
    editor = target.editor
    called = "this.existingResource()" if target.in_bicep else "target()"
    if isinstance(own.value, str) and own.place is not None:
        is_null = any(each.vault.verdict.kind == "missing" for each in target.members)
        edits = [editor.replace_inside(own.place.pointer, _live_or(own.value, is_null))]
    elif own.place is not None:
        edits = [editor.replace_empty(own.place.pointer, _FROM_LIVE)]
    else:
        members = {"accessPolicies": _FROM_LIVE}
        edits = editor.insert_members(own.properties.pointer, members, last=True)
    return Proposal(
        tuple(edits),
        f"vault {quoted(target.vault.name)} is deployed with the access policies that it has",
        (
            f"{called} is new in the platform, and no report about it on a Key Vault was found: try"
            " it on a test deployment first",
            "a principal that was deleted but still is in the vault's list makes the deployment"
            " fail; take it out of the list then",
            *_granted_once(own.value),
        ),
        Expected(changed=(("properties", "accesspolicies"),)),
    )


def _is_evaluated_around(vault: Resource) -> bool:
    """Whether a template of outer scope is among those around it in its file."""
    from armguard.templates.nested import is_outer

    around = [each.deployment for each in vault.gates]
    return any(is_outer(each) for each in around if each.place.path == vault.place.path)


_FROM_LIVE = f"[coalesce({_LIVE}, createArray())]"


def _live_or(written: str, is_null: bool) -> list[tuple[int, int, str]]:
    """The changes of an expression that make it what counts where there is no live list; one that
    may be null is no list either, without which a vault can't be created."""
    inside = written[1:-1]
    start = 1 + len(inside) - len(inside.lstrip())
    end = 1 + len(inside.rstrip())
    otherwise = ", createArray())" if is_null else ")"
    return [(1, start, f"coalesce({_LIVE}, "), (end, len(written) - 1, otherwise)]


def _granted_once(value: object) -> tuple[str, ...]:
    if not isinstance(value, str):
        return ()
    return (
        f"what {quoted(value)} says is granted where the vault does not exist yet; a vault that"
        " exists gets nothing new from it",
    )
