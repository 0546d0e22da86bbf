"""The templates of one run connected with each other: who else writes a vault, who else uses it.

Vault names are unique in all of Azure, so the same known name means the same vault unless the
places are known to differ. What a template spec or a policy keeps is apart: it may be the same
template, kept once more.
"""

from __future__ import annotations

from collections.abc import Sequence

from armguard.evaluation.identity import canonical_text
from armguard.evaluation.unknown import Value, as_expression
from armguard.finding import Location
from armguard.keyvault.assessment import AssessedVault, Assessment, OtherWrite, Workspace
from armguard.record import replace


def connected(assessments: Sequence[Assessment]) -> tuple[Assessment, ...]:
    """The same, in the same order, with the workspaces and the other writes of their vaults that
    only all templates of the run together show."""
    linked = {path for each in assessments for path in each.linked}
    # what another template links is part of that one
    roots = [each for each in assessments if each.template not in linked]
    if len({each.template for each in roots}) < 2:
        return tuple(assessments)
    users = _users(roots)
    is_root = {id(each) for each in roots}
    earlier: dict[str, dict[tuple[str, str, Location], tuple[str, AssessedVault]]] = {}
    result = []
    for assessment in assessments:
        if id(assessment) in is_root:
            vaults = tuple(
                _connected(vault, assessment.template, users, earlier)
                for vault in assessment.vaults
            )
            assessment = replace(assessment, vaults=vaults)
        result.append(assessment)
    return tuple(result)


_Users = dict[str, dict[tuple[str, str, bool, str, Location], Workspace]]
"""name of a vault -> (template, comparable id of the vault, whether it is that of the encryption,
name and place of the workspace)"""


def _users(roots: Sequence[Assessment]) -> _Users:
    found: _Users = {}
    for assessment in roots:
        for use in assessment.uses:
            identifier = _comparable(use.vault)
            workspace = replace(use.workspace, elsewhere=True)
            of_key = workspace.by_its_key
            key = (assessment.template, identifier, of_key, workspace.name, workspace.place)
            found.setdefault(_name(identifier), {})[key] = workspace
    return found


def _connected(
    vault: AssessedVault,
    template: str,
    users: _Users,
    earlier: dict[str, dict[tuple[str, str, Location], tuple[str, AssessedVault]]],
) -> AssessedVault:
    if not may_be_wiped(vault) or vault.keeper is not None:
        return vault
    identifier = _comparable(vault.id)
    elsewhere = tuple(
        workspace
        for (user, used, *_), workspace in users.get(_name(identifier), {}).items()
        if user != template and may_be_same(used, identifier)
    )
    others = earlier.setdefault(_name(identifier), {})
    writes = (
        OtherWrite(other, writer)
        for (writer, written, _), (_, other) in others.items()
        if writer != template and may_be_same(written, identifier)
    )
    first = next(writes, None)
    others.setdefault((template, identifier, vault.places[-1]), (template, vault))
    return replace(
        vault,
        workspaces=(*vault.workspaces, *elsewhere),
        also_written=(*vault.also_written, *(() if first is None else (first,))),
    )


def may_be_wiped(vault: AssessedVault) -> bool:
    """Whether a deployment touches the live access policies: RBAC is not on, nothing keeps them,
    and the service takes the write."""
    touches = vault.verdict.kind in ("emptied", "missing", "replaced", "undecided")
    return touches and not vault.refusals


def _comparable(identifier: Value) -> str:
    """An id in lower case; what is not known in it stands in braces."""
    return canonical_text(as_expression(identifier))


def _name(identifier: str) -> str:
    return identifier.rpartition("/")[2]


def may_be_same(first: str, second: str) -> bool:
    """Whether two comparable ids have the same known name and are not known to differ."""
    firsts, seconds = first.split("/"), second.split("/")
    if len(firsts) < 2 or len(firsts) != len(seconds) or firsts[-1] != seconds[-1]:
        return False
    if "{" in firsts[-1] or "}" in firsts[-1]:
        return False
    return all(a == b or "{" in a or "{" in b for a, b in zip(firsts, seconds, strict=True))
