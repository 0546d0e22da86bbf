"""Files that tell different things of one vault: refused, with the names of both.

The same list in another order, casing or shape is no difference. A file without the list
contradicts nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from armguard.deployed.access_list import deployed_list
from armguard.deployed.inventory import FoundVault, text
from armguard.deployed.readings.reading import name_of
from armguard.deployed.readings.recognition import File
from armguard.errors import UsageError
from armguard.evaluation.values import member


def refuse_contradictions(files: Sequence[File]) -> None:
    """Raise `UsageError` for the first vault of which files, or elements of one file, tell
    different things."""
    first: dict[str, tuple[File, FoundVault]] = {}
    for file in files:
        for vault_id, found in _lists(file):
            other, before = first.setdefault(vault_id, (file, found))
            if _differ(before, found):
                raise _contradiction(other, file, vault_id, "different access policies")
    for other in files:
        for vault_id in _not_there(other, first):
            raise _contradiction(first[vault_id][0], other, vault_id, "different states")


def _lists(file: File) -> Iterator[tuple[str, FoundVault]]:
    """Each vault with its list, by its id in lower case."""
    for vault in file.reading.vaults:
        if vault.found.state == "exists":
            yield vault.id.lower(), vault.found
    for document in () if file.snapshot is None else file.snapshot.vaults:
        yield text(document, "id").lower(), FoundVault("exists", document)


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


def _differ(one: FoundVault, other: FoundVault) -> bool:
    lists = [
        deployed_list(member(member(each.document, "properties"), "accessPolicies"))
        for each in (one, other)
    ]
    models = {_model(one), _model(other)} - {None}
    return lists[0] != lists[1] or len(models) > 1


def _model(found: FoundVault) -> bool | None:
    """Whether role assignments decide; None: the file does not tell."""
    written = member(member(found.document, "properties"), "enableRbacAuthorization")
    return None if written is None and found.note is not None else written is True


def _contradiction(one: File, other: File, vault_id: str, what: str) -> UsageError:
    name = name_of(vault_id)
    if one is other:
        return UsageError(
            f"'{one.path}' tells {what} of vault '{name}' in two places: read it once more"
        )
    return UsageError(
        f"'{one.path}' and '{other.path}' tell {what} of vault '{name}', and not which is"
        " the later: leave one out, or read both once more"
    )
