"""The paths somebody named, turned into files that may be templates; nothing is read here.

What is wrong with a path is data, and depends on who chose it: a named file that can't be opened is
reported as an error, the same file met in a folder as a warning. Only a path that does not exist
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
    kind: Literal["template", "parameter file", "Bicep file"] = "template"
    named: bool = True
    """False: it was met in a folder and could not even be opened, or not be compiled"""
    root: str = ""
    """the Bicep file that could not be compiled, of which this one may be a module"""
    related: tuple[tuple[str, int | None, str], ...] = ()
    """further places: path, offset, what is wrong there"""

    @property
    def was_opened(self) -> bool:
        return not self.reason.startswith("can't be read: ")


@record
class Discovery:
    """Sorted by path, each path once; the second member of a pair says why, in one sentence.

    Paths are relative to the working directory with `/`, those outside it as they were given.
    """

    candidates: tuple[Candidate, ...] = ()
    unreadable: tuple[Unreadable, ...] = ()
    skipped: tuple[tuple[str, str], ...] = ()
    notices: tuple[str, ...] = ()
    """what a person should know about it, one sentence each"""


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
        self.unreadable: dict[str, Unreadable] = {}
        self.skipped: dict[str, str] = {}

    def closed(self, path: str, reason: str, *, named: bool) -> None:
        """Note a file or folder that can't be opened; who named it is told more loudly."""
        if named or path not in self.unreadable:
            self.unreadable[path] = Unreadable(path, reason, named=named)

    def _is_top(self, path: str) -> bool:
        """Whether no folder above it is closed, which says it all."""
        above = os.path.dirname(path)
        while above and above != os.path.dirname(above):
            if above in self.unreadable:
                return self.unreadable[path].named
            above = os.path.dirname(above)
        return True

    def result(self) -> Discovery:
        decided = self.candidates.keys() | self.unreadable.keys()
        return Discovery(
            tuple(sorted(Candidate(path, named) for path, named in self.candidates.items())),
            tuple(self.unreadable[path] for path in sorted(self.unreadable) if self._is_top(path)),
            tuple(sorted(pair for pair in self.skipped.items() if pair[0] not in decided)),
        )


def _status(path: str, found: _Found) -> os.stat_result | None:
    """What a named path leads to; None if that is nothing, which is then noted."""
    try:
        return os.stat(path)
    except (OSError, ValueError) as error:
        if os.path.lexists(path):
            found.closed(shown_path(path), _why_closed(path, error), named=True)
            return None
        if isinstance(error, PermissionError):
            found.closed(shown_path(path), "can't be read: permission denied", named=True)
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
    elif reason := _why_special(status) or _why_denied(path):
        found.closed(shown, reason, named=True)
    else:
        found.candidates[shown] = True


def _add_folder(folder: str, found: _Found) -> None:
    listing = list_folder(folder)
    for path, problem in listing.unread:
        # The folder itself was named, those below it were only met.
        shown = shown_path(os.path.join(folder, path))
        found.closed(shown, f"can't be read: {problem}", named=not path)
    top = os.path.realpath(folder)
    for name in listing.files:
        path = os.path.join(folder, name)
        shown = shown_path(path)
        if shown in found.candidates:
            continue
        try:
            status = os.stat(path)
        except PermissionError as error:
            found.closed(shown_path(_closed_above(path)), _why_closed(path, error), named=False)
            continue
        except OSError as error:
            # git also lists files that are deleted but not yet committed: those are just gone.
            if os.path.lexists(path):
                found.closed(shown, _why_closed(path, error), named=False)
            continue
        if reason := _why_special(status) or _why_foreign(path, top):
            found.skipped[shown] = reason
        elif reason := _why_denied(path):
            found.closed(shown, reason, named=False)
        else:
            found.candidates[shown] = False


def _closed_above(path: str) -> str:
    """The folder that lets nobody see what is in it, so that it is told of once."""
    folder = os.path.dirname(path)
    while folder and not os.path.lexists(folder):
        folder = os.path.dirname(folder)
    return folder or path


def _why_special(status: os.stat_result) -> str | None:
    """Only regular files are ever opened: reading a FIFO would wait for a writer."""
    if not stat.S_ISREG(status.st_mode):
        return f"can't be read: it is {_kind(status.st_mode)}, not a regular file"
    return None


def _why_denied(path: str) -> str | None:
    return None if os.access(path, os.R_OK) else "can't be read: permission denied"


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
