"""What a person should know about the files that vaults are compared with: what is in each, how
old it is, and what none of them holds.

Names in these sentences are text of the files: who prints them makes them harmless.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from armguard.deployed.inventory import People
from armguard.deployed.readings.people import without_principal, without_vault
from armguard.deployed.readings.reading import name_of
from armguard.deployed.readings.recognition import File

_MOST_NAMES = 10


def said_about(file: File) -> str:
    """One sentence on what a file holds and from when it is."""
    return "; ".join((f"'{file.path}' holds {_content(file)}", *file.reading.gaps, file.when))


def _content(file: File) -> str:
    parts = [] if file.snapshot is None else [_count(len(file.snapshot.vaults), "vault")]
    by_state: dict[str, list[str]] = {}
    for vault in file.reading.vaults:
        by_state.setdefault(vault.found.state, []).append(name_of(vault.id))
    if "exists" in by_state:
        parts.append(f"the access policies of {_names(by_state['exists'])}")
    if "unread" in by_state:
        parts.append(f"no access policies of {_names(by_state['unread'])}, though it names them")
    if "absent" in by_state:
        parts.append(f"that {_names(by_state['absent'])} is not there")
    if "deleted" in by_state:
        parts.append(f"the soft-deleted {_names(by_state['deleted'])}")
    if file.workspaces:
        parts.append(_count(len(file.workspaces), "workspace"))
    if file.identities:
        parts.append(_count(len(file.identities), "user-assigned identity"))
    return ", ".join(parts) or "no vault"


def said_about_all(files: Sequence[File], people: People) -> Iterator[str]:
    """What none of the files holds."""
    missing = list(_missing(files, people))
    if missing:
        names = "'" + "', '".join(each.path for each in files) + "'"
        yield f"not to be seen in {names}: {'; '.join(missing)}"


def _missing(files: Sequence[File], people: People) -> Iterator[str]:
    identities = [each for file in files for each in file.identities]
    known = any(map(people.principals_of, people.workspaces))
    knows_names = known or any(people.principal_of(str(each.get("id"))) for each in identities)
    snapshots = [file.snapshot for file in files if file.snapshot is not None]
    whole = len(snapshots) == len(files)
    knows_names |= any(each.resources for each in snapshots)
    displayed = any(vault.display_names for file in files for vault in file.reading.vaults)
    if not knows_names and not displayed:
        yield "whose identities the ids are (names)"
    if not people.workspaces and not whole:
        yield "which workspaces use them"
    homeless = without_vault(people)
    if homeless:
        yield f"which vault is used by {_names(homeless, 'workspace')}"
    nameless = without_principal(people, identities)
    if nameless:
        yield f"the principal id of {_names(nameless, 'identity')}"
    states = {vault.found.state for file in files for vault in file.reading.vaults}
    knows_deleted = whole and all(each.deleted is not None for each in snapshots)
    if "deleted" not in states and not knows_deleted:
        yield "whether a soft-deleted vault has the name of one"
    if not any(file.snapshot is not None for file in files):
        yield "which other vaults the resource group has"


def _names(names: Iterable[str], what: str = "vault") -> str:
    """vault 'a' and vault 'b'"""
    every = list(dict.fromkeys(names))
    shown = ", ".join(f"'{each}'" for each in every[:_MOST_NAMES])
    more = f" and {len(every) - _MOST_NAMES} more" if len(every) > _MOST_NAMES else ""
    return f"{what if len(every) == 1 else _plural(what)} {shown}{more}"


def _count(count: int, what: str) -> str:
    return f"{count} {what if count == 1 else _plural(what)}"


def _plural(what: str) -> str:
    return f"{what[:-1]}ies" if what.endswith("y") else f"{what}s"
