"""Where policies are found: shipped packs, each a folder, and the folders of a user."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from importlib.resources.abc import Traversable

from armguard.errors import UsageError, did_you_mean
from armguard.policy.definition import Policy
from armguard.record import replace
from armguard.source.shipped import shipped

_ENDINGS = (".yaml", ".yml")


def pack_names() -> tuple[str, ...]:
    return tuple(sorted(_packs()))


def load_policies(
    packs: Sequence[str], folders: Sequence[str], *, tested: bool = False
) -> tuple[Policy, ...]:
    """See `armguard.policy.load`."""
    from armguard.policy.loader import parse_yaml, read_yaml
    from armguard.policy.reading import policy_of

    documents = {
        path: parse_yaml(text, _shown(path)) for pack in packs for path, text in _pack_files(pack)
    }
    shipped_paths = {document.path for document in documents.values()}
    for folder in folders:
        for path in map(os.path.realpath, _policy_files(_own_folder(folder))):
            documents[path] = read_yaml(_shown(path))
    found: dict[str, Policy] = {}
    for document in documents.values():
        policy = policy_of(document)
        if document.path in shipped_paths:
            policy = replace(policy, is_shipped=True)
        elif tested:
            _refuse_wrong_examples(policy)
        other = found.setdefault(policy.id, policy)
        if other is not policy:
            raise UsageError(
                f"{policy.path}:{policy.line}: there is another policy '{policy.id}',"
                f" in {other.path}:{other.line}"
            )
    return tuple(found[name] for name in sorted(found))


def _refuse_wrong_examples(policy: Policy) -> None:
    """What a policy says of itself must be so; those that are shipped are tested."""
    if not policy.examples:
        return
    from armguard.policy.examples import wrong_examples_of

    for sentence in wrong_examples_of(policy):
        raise UsageError(sentence)


def _packs() -> dict[str, Traversable]:
    policies = shipped("policies")
    if policies is None:
        return {}
    return {folder.name: folder for folder in policies.iterdir() if folder.is_dir()}


def _pack_files(name: str) -> Iterator[tuple[str, str]]:
    """(real path, text) of each policy in a pack."""
    packs = _packs()
    if name in packs:
        for file in sorted(packs[name].iterdir(), key=lambda file: file.name):
            if file.name.endswith(_ENDINGS):
                yield os.path.realpath(str(file)), file.read_text("utf-8")
        return
    advice = did_you_mean(name.lower(), packs, f"there are {', '.join(sorted(packs))}")
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
