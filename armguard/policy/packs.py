"""Where policies are found: shipped packs, each a folder, and the folders of a user.

A wheel holds the packs inside of the package; a checkout has them at its top.
"""

from __future__ import annotations

import os
from collections.abc import Sequence

from armguard.errors import UsageError
from armguard.policy.definition import Policy

_PACKAGE = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
_ENDINGS = (".yaml", ".yml")


def pack_names() -> tuple[str, ...]:
    return tuple(sorted(_pack_folders()))


def load_policies(packs: Sequence[str], folders: Sequence[str]) -> tuple[Policy, ...]:
    """See `armguard.policy.load`."""
    files = dict.fromkeys(
        os.path.realpath(file)
        for folder in (*map(_pack_folder, packs), *map(_own_folder, folders))
        for file in _policy_files(folder)
    )
    from armguard.policy.loader import read_yaml
    from armguard.policy.reading import policy_of

    found: dict[str, Policy] = {}
    for file in files:
        policy = policy_of(read_yaml(_shown(file)))
        other = found.setdefault(policy.id, policy)
        if other is not policy:
            raise UsageError(
                f"{policy.path}:{policy.line}: there is another policy '{policy.id}',"
                f" in {other.path}:{other.line}"
            )
    return tuple(found[name] for name in sorted(found))


def _pack_folders() -> dict[str, str]:
    for base in (_PACKAGE, os.path.dirname(_PACKAGE)):
        folder = os.path.join(base, "policies")
        if os.path.isdir(folder):
            return {entry.name: entry.path for entry in os.scandir(folder) if entry.is_dir()}
    return {}


def _pack_folder(name: str) -> str:
    folders = _pack_folders()
    if name in folders:
        return folders[name]
    from difflib import get_close_matches

    close = get_close_matches(name.lower(), folders, n=1)
    advice = f"did you mean '{close[0]}'?" if close else f"there are {', '.join(sorted(folders))}"
    raise UsageError(f"there is no pack '{name}'; {advice}")


def _own_folder(folder: str) -> str:
    if not os.path.isdir(folder):
        what = "no folder" if os.path.exists(folder) else "not there"
        raise UsageError(f"the folder of policies '{folder}' is {what}")
    if not _policy_files(folder):
        raise UsageError(f"the folder '{folder}' holds no policies; they are files {_wanted()}")
    return folder


def _wanted() -> str:
    return " and ".join(f"*{ending}" for ending in _ENDINGS)


def _policy_files(folder: str) -> list[str]:
    """The policies in a folder and in those below it, but for hidden ones."""
    files = []
    for base, below, names in os.walk(folder):
        below[:] = [name for name in below if name[:1] != "."]
        files += [os.path.join(base, n) for n in names if n.endswith(_ENDINGS) and n[:1] != "."]
    return sorted(files)


def _shown(file: str) -> str:
    """Relative to the working directory where the file is below it, with `/`."""
    working = os.path.join(os.path.realpath("."), "")
    return file.removeprefix(working).replace(os.sep, "/")
