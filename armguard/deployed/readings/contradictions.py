"""Files that tell different things of one vault: refused, with the names of both.

The same list in another order, casing or shape is no difference. A file without the list
contradicts nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from armguard.deployed.access_list import deployed_list
from armguard.deployed.inventory import FoundVault, text
from armguard.deployed.readings.reading import SeenVault, name_of
from armguard.deployed.readings.recognition import File
from armguard.errors import UsageError
from armguard.evaluation.values import member


def refuse_contradictions(files: Sequence[File]) -> None:
    """Raise `UsageError` for the first vault of which files, or elements of one file, tell
    different things."""
    first: dict[str, tuple[File, SeenVault]] = {}
    for file in files:
        for vault in _lists(file):
            vault_id = vault.id.lower()
            other, before = first.setdefault(vault_id, (file, vault))
            if before is not vault and _differ(before, vault):
                raise _contradiction(other, file, vault_id, "access policies")
            if vault.model_known and not before.model_known:
                first[vault_id] = (file, vault)
    for other in files:
        for vault_id in _not_there(other, first):
            raise _contradiction(first[vault_id][0], other, vault_id, "state")


def _lists(file: File) -> Iterator[SeenVault]:
    """Each vault with its list."""
    for vault in file.reading.vaults:
        if vault.found.state == "exists":
            yield vault
    for document in () if file.snapshot is None else file.snapshot.vaults:
        yield SeenVault(text(document, "id"), FoundVault("exists", document))


def _not_there(file: File, vaults: Iterable[str]) -> Iterator[str]:
    """Those of these vaults that a file says are absent or soft-deleted."""
    if file.snapshot is None:
        gone = {
            vault.id.lower()
            for vault in file.reading.vaults
            if vault.found.state in ("absent", "deleted")
        }
        yield from (each for each in vaults if each in gone)
    else:
        held = {text(document, "id").lower() for document in file.snapshot.vaults}
        yield from (each for each in vaults if each not in held and file.snapshot.lacks(each))


def _differ(one: SeenVault, other: SeenVault) -> bool:
    properties = [member(each.found.document, "properties") for each in (one, other)]
    lists = [deployed_list(member(each, "accessPolicies")) for each in properties]
    models = [member(each, "enableRbacAuthorization") is True for each in properties]
    are_known = one.model_known and other.model_known
    return lists[0] != lists[1] or (are_known and models[0] != models[1])


def _contradiction(one: File, other: File, vault_id: str, what: str) -> UsageError:
    name = name_of(vault_id)
    if one is other:
        return UsageError(
            f"'{one.path}' says two different things about the {what} of vault '{name}': take it"
            " again"
        )
    return UsageError(
        f"'{one.path}' and '{other.path}' disagree about the {what} of vault '{name}', and neither"
        " says which is newer: leave one out, or take both again"
    )
