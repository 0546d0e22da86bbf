"""The files below a folder that could be templates: what git knows or does not ignore.

Where git can't answer (no repository, no git, a folder that is itself ignored) the folder is
walked, and `.gitignore` files hold all the same. Links to folders are never followed.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from armguard.record import record

if TYPE_CHECKING:
    from subprocess import CompletedProcess

EXTENSIONS = (".json", ".jsonc", ".bicep", ".bicepparam")

SKIPPED_FOLDERS = frozenset(
    {
        ".eggs",
        ".git",
        ".hg",
        ".hypothesis",
        ".mypy_cache",
        ".nox",
        ".pytest_cache",
        ".ruff_cache",
        ".svn",
        ".terraform",
        ".tox",
        ".venv",
        "__pycache__",
        "node_modules",
        "site-packages",
        "venv",
    }
)

_PROBE = "armguard.json"
"""A file that need not exist: where it would be ignored, a whole folder of templates is."""

Ignores = Callable[[str], "bool | None"]


@record
class Listing:
    """Paths are relative to the folder, with `/`; `unread` are folders and why they are closed."""

    files: tuple[str, ...]
    unread: tuple[tuple[str, str], ...] = ()


def list_folder(folder: str) -> Listing:
    """Everything below `folder` with one of EXTENSIONS, in any case, sorted.

    Files may be anything that has such a name: links, devices, files that can't be read.
    """
    listing = _from_git(folder)
    if listing is None:
        listing = _walk(folder)
    files = {
        path
        for path in listing.files
        if path.lower().endswith(EXTENSIONS) and not in_skipped_folder(path)
    }
    return Listing(tuple(sorted(files)), tuple(sorted(listing.unread)))


def in_skipped_folder(path: str) -> bool:
    """Whether a path with `/` lies below a folder that holds no sources."""
    return not SKIPPED_FOLDERS.isdisjoint(path.split("/")[:-1])


def _from_git(folder: str) -> Listing | None:
    root = repository_root(folder)
    git = _find_git() if root is not None else None
    if root is None or git is None:
        return None
    answer = _run(git, folder, "ls-files", "-co", "--exclude-standard", "-z")
    if answer is None:
        return None
    names = _names_in(answer.stdout)
    known = any(name.lower().endswith(EXTENSIONS) for name in names)
    if not known and _ask(git, folder, "check-ignore", "-q", _PROBE) is not None:
        # Somebody names a folder of generated templates that the repository ignores.
        return _walk(folder, within=folder)
    files: list[str] = []
    unread = _complaints_in(answer.stderr)
    nested = [name for name in names if name.endswith("/")]
    if os.path.isfile(os.path.join(root, ".gitmodules")):
        staged = _ask(git, folder, "ls-files", "--stage", "-z") or []
        nested += [line.partition("\t")[2] + "/" for line in staged if line.startswith("160000")]
    for name in dict.fromkeys(nested):
        inner = os.path.join(folder, name)
        if in_skipped_folder(name) or os.path.islink(inner.rstrip("/")):
            continue
        # Without a repository of its own (a submodule not checked out) git would answer for ours.
        if not os.path.lexists(os.path.join(inner, ".git")):
            continue
        listing = list_folder(inner)
        files += [name + path for path in listing.files]
        unread += [(name + path, reason) for path, reason in listing.unread]
    files += [name for name in names if not name.endswith("/")]
    return Listing(tuple(files), tuple(unread))


def repository_root(folder: str) -> str | None:
    """The real path of the repository that a folder is in."""
    current = os.path.realpath(folder)
    while not os.path.lexists(os.path.join(current, ".git")):
        parent = os.path.dirname(current)
        if parent == current:
            return None
        current = parent
    return current


def _find_git() -> str | None:
    """Only from absolute folders of PATH, so that no program in the checked folder is run."""
    name = "git.exe" if os.name == "nt" else "git"
    for folder in os.get_exec_path():
        program = os.path.join(folder, name)
        if os.path.isabs(folder) and os.access(program, os.X_OK) and os.path.isfile(program):
            return program
    return None


def _ask(git: str, folder: str, *arguments: str) -> list[str] | None:
    """What git answers, split at NUL; None if it fails."""
    answer = _run(git, folder, *arguments)
    return None if answer is None else _names_in(answer.stdout)


def _run(git: str, folder: str, *arguments: str) -> CompletedProcess[bytes] | None:
    import subprocess

    # Set while git runs a hook, where they name a repository that need not be this folder's.
    strange = ("GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_PREFIX", "GIT_COMMON_DIR")
    environment = {name: value for name, value in os.environ.items() if name not in strange}
    environment["LC_ALL"] = "C"
    # fsmonitor may be a program that the repository's own configuration names.
    command = (git, "-c", "core.fsmonitor=false", *arguments)
    try:
        return subprocess.run(
            command,
            cwd=folder,
            env=environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            check=True,
        )
    except (OSError, subprocess.CalledProcessError):
        return None


def _names_in(answer: bytes) -> list[str]:
    return [os.fsdecode(name) for name in answer.split(b"\0") if name]


def _complaints_in(errors: bytes) -> list[tuple[str, str]]:
    """The folders that git could not open, with the reason: it goes on without them."""
    if not errors:
        return []
    import re

    found = re.findall(rb"could not open directory '(.*)/': (.*)", errors)
    return [(os.fsdecode(path), os.fsdecode(reason).lower()) for path, reason in found]


def _walk(folder: str, *, within: str | None = None) -> Listing:
    """Walk `folder`; `.gitignore` files count from the repository's root, or from `within`."""
    top = os.path.realpath(folder)
    root = os.path.realpath(within) if within else repository_root(folder) or top
    prefix = os.path.relpath(top, root).replace(os.sep, "/") + "/" if top != root else ""
    ignores = _ignores_above(root, prefix)
    if prefix and _is_ignored(prefix + _PROBE, ignores):
        prefix, ignores = "", ()
    files: list[str] = []
    unread: list[tuple[str, str]] = []
    pending: list[tuple[str, tuple[Ignores, ...]]] = [("", ignores)]
    while pending:
        relative, ignores = pending.pop()
        here = os.path.join(folder, relative)
        try:
            with os.scandir(here) as scan:
                entries = list(scan)
        except OSError as error:
            unread.append((relative, (error.strerror or str(error)).lower()))
            continue
        ignores = _with_own(here, prefix + relative, ignores)
        for entry in entries:
            path = relative + entry.name
            if entry.is_dir(follow_symlinks=False):
                skipped = entry.name in SKIPPED_FOLDERS
                if not skipped and not _is_ignored(f"{prefix}{path}/", ignores):
                    pending.append((path + "/", ignores))
            elif entry.name.lower().endswith(EXTENSIONS) and not _is_ignored(
                prefix + path, ignores
            ):
                files.append(path)
    return Listing(tuple(files), tuple(unread))


def _ignores_above(root: str, prefix: str) -> tuple[Ignores, ...]:
    ignores: tuple[Ignores, ...] = ()
    steps = prefix.split("/")[:-1]
    for count in range(len(steps)):
        base = "".join(step + "/" for step in steps[:count])
        ignores = _with_own(os.path.join(root, base), base, ignores)
    return ignores


def _with_own(folder: str, base: str, ignores: tuple[Ignores, ...]) -> tuple[Ignores, ...]:
    lines = _gitignore_lines(os.path.join(folder, ".gitignore"))
    return (*ignores, _matcher(lines, base)) if lines else ignores


def _gitignore_lines(path: str) -> Sequence[str]:
    try:
        if not stat.S_ISREG(os.stat(path).st_mode):
            return ()
        with open(path, encoding="utf-8-sig", errors="surrogateescape") as file:
            return file.read().splitlines()
    except OSError:
        return ()


def _matcher(lines: Sequence[str], base: str) -> Ignores:
    from armguard.source.git_ignore import git_ignore_spec

    try:
        spec = git_ignore_spec(lines)
    except ValueError:
        # git passes over a line that is no pattern; the others still hold.
        spec = git_ignore_spec(line for line in lines if _is_pattern(line))
    return lambda path: spec.check_file(path[len(base) :]).include


def _is_pattern(line: str) -> bool:
    from armguard.source.git_ignore import git_ignore_spec

    try:
        git_ignore_spec([line])
    except ValueError:
        return False
    return True


def _is_ignored(path: str, ignores: tuple[Ignores, ...]) -> bool:
    """The `.gitignore` nearest to the file that says anything decides."""
    for matcher in reversed(ignores):
        decision = matcher(path)
        if decision is not None:
            return decision
    return False
