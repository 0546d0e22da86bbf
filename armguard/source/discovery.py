"""The paths somebody named, turned into files that may be templates; nothing is read here.

What is wrong with a path is data, and depends on who chose it: a named file that can't be opened is
reported, the same file met in a folder is skipped and counted. Only a path that does not exist
is wrong usage.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Sequence
from typing import Literal

from armguard.errors import UsageError
from armguard.record import record
from armguard.source.folder import in_skipped_folder, list_folder

STDIN = "<stdin>"
"""The path of what `-` names."""


@record
class Candidate:
    """A file to look into; `named`: somebody gave this very path, it was not met in a folder."""

    path: str
    named: bool


@record
class Unreadable:
    """A file that should hold something and can't be read or parsed."""

    path: str
    reason: str
    """one sentence"""
    offset: int | None = None
    """where its text stops making sense, in characters; None: there is no such place"""
    kind: Literal["template", "parameter file"] = "template"


@record
class Discovery:
    """Sorted by path, each path once; the second member of a pair says why, in one sentence.

    Paths are relative to the working directory with `/`, those outside it as they were given.
    """

    candidates: tuple[Candidate, ...] = ()
    unreadable: tuple[Unreadable, ...] = ()
    skipped: tuple[tuple[str, str], ...] = ()


def discover(paths: Sequence[str], *, force_exclude: bool = False) -> Discovery:
    """The candidates among files, folders and `-` (standard input).

    With `force_exclude` the folders that are never entered (`node_modules` and the like) hold for
    named files too. Raises UsageError for a path that does not exist.
    """
    found = _Found(force_exclude)
    for path in paths:
        if path == "-":
            found.candidates[STDIN] = True
            continue
        status = _status(path, found)
        if status is None:
            continue
        if stat.S_ISDIR(status.st_mode):
            _add_folder(path, found)
        else:
            _add_named(path, status, found)
    return found.result()


class _Found:
    def __init__(self, force_exclude: bool) -> None:
        self.force_exclude = force_exclude
        self.candidates: dict[str, bool] = {}
        self.unreadable: dict[str, str] = {}
        self.skipped: dict[str, str] = {}

    def result(self) -> Discovery:
        decided = self.candidates.keys() | self.unreadable.keys()
        return Discovery(
            tuple(sorted(Candidate(path, named) for path, named in self.candidates.items())),
            tuple(Unreadable(path, reason) for path, reason in sorted(self.unreadable.items())),
            tuple(sorted(pair for pair in self.skipped.items() if pair[0] not in decided)),
        )


def _status(path: str, found: _Found) -> os.stat_result | None:
    """What a named path leads to; None if that is nothing, which is then noted."""
    try:
        return os.stat(path)
    except (OSError, ValueError) as error:
        if os.path.lexists(path):
            found.unreadable[shown_path(path)] = _why_closed(path, error)
            return None
        if isinstance(error, PermissionError):
            found.unreadable[shown_path(path)] = "can't be read: permission denied"
            return None
        raise UsageError(f"no such file or folder: '{path}'") from error


def _why_closed(path: str, error: OSError | ValueError) -> str:
    if os.path.islink(path) and isinstance(error, FileNotFoundError):
        return f"can't be read: it is a link to '{os.readlink(path)}', which does not exist"
    reason = error.strerror if isinstance(error, OSError) else None
    return f"can't be read: {(reason or str(error)).lower()}"


def _add_named(path: str, status: os.stat_result, found: _Found) -> None:
    shown = shown_path(path)
    if found.force_exclude and in_skipped_folder(shown):
        found.skipped[shown] = "excluded"
    elif reason := _not_yet(shown):
        found.skipped[shown] = reason
    elif reason := _why_unreadable(path, status):
        found.unreadable[shown] = reason
    else:
        found.candidates[shown] = True


def _add_folder(folder: str, found: _Found) -> None:
    listing = list_folder(folder)
    for path, problem in listing.unread:
        shown = shown_path(os.path.join(folder, path))
        # The folder itself was named, those below it were only met.
        problems = found.skipped if path else found.unreadable
        problems[shown] = f"can't be read: {problem}"
    top = os.path.realpath(folder)
    for name in listing.files:
        path = os.path.join(folder, name)
        shown = shown_path(path)
        if shown in found.candidates:
            continue
        if reason := _not_yet(shown):
            found.skipped[shown] = reason
            continue
        try:
            status = os.stat(path)
        except OSError as error:
            # git also lists files that are deleted but not yet committed: those are just gone.
            if os.path.lexists(path):
                found.skipped[shown] = _why_closed(path, error)
            continue
        if reason := _why_unreadable(path, status) or _why_foreign(path, top):
            found.skipped[shown] = reason
        else:
            found.candidates[shown] = False


def _not_yet(path: str) -> str | None:
    if path.lower().endswith((".bicep", ".bicepparam")):
        command = "build-params" if path.lower().endswith(".bicepparam") else "build"
        return f"Bicep files are not supported yet; compile with: bicep {command} {path}"
    return None


def _why_unreadable(path: str, status: os.stat_result) -> str | None:
    """Only regular files are ever opened: reading a FIFO would wait for a writer."""
    if not stat.S_ISREG(status.st_mode):
        return f"can't be read: it is {_kind(status.st_mode)}, not a regular file"
    if not os.access(path, os.R_OK):
        return "can't be read: permission denied"
    return None


def _kind(mode: int) -> str:
    if stat.S_ISFIFO(mode):
        return "a FIFO"
    if stat.S_ISSOCK(mode):
        return "a socket"
    if stat.S_ISCHR(mode) or stat.S_ISBLK(mode):
        return "a device"
    if stat.S_ISDIR(mode):
        return "a link to a folder"
    return "something special"


def _why_foreign(path: str, top: str) -> str | None:
    """Why a regular file met in a folder is none of that folder's templates."""
    if os.path.islink(path):
        target = os.path.realpath(path)
        if not target.startswith(top.rstrip(os.sep) + os.sep):
            return f"it is a link to '{target}', which is outside the folder"
    return None


def shown_path(path: str) -> str:
    """The path from the working directory; outside of it as given, but tidy; always with `/`."""
    absolute = os.path.abspath(path)
    here = os.getcwd().rstrip(os.sep) + os.sep
    if absolute + os.sep == here:
        shown = "."
    elif os.path.normcase(absolute).startswith(os.path.normcase(here)):
        shown = absolute[len(here) :]
    else:
        shown = os.path.normpath(path)
    return shown.replace(os.sep, "/") if os.sep != "/" else shown
