"""Writes changed texts over their files: all or none, and nothing that changed on disk meanwhile.

Each file is replaced in one step, so that whoever interrupts it finds the old one or the new one;
its encoding, byte order mark and mode stay.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Mapping, Sequence
from contextlib import ExitStack, suppress
from tempfile import mkstemp

from armguard.errors import UnreadableFileError, UsageError
from armguard.record import record
from armguard.source.json_text import decode, encode_like


@record
class _New:
    path: str
    target: str
    """what a symbolic link leads to"""
    before: bytes
    data: bytes
    temporary: str


def rewrite(changed: Mapping[str, tuple[str, str]]) -> None:
    """Write each file: path -> (the text that was read, the new one). Raises `UsageError`, and then
    no file is changed, unless the disk fails once more while those before come back."""
    with ExitStack() as stack:
        prepared: dict[str, _New] = {}
        for path, (old, new) in changed.items():
            each = _prepared(path, old, new, stack)
            before = prepared.setdefault(each.target, each)
            if before.data != each.data:
                raise UsageError(
                    f"'{before.path}' and '{path}' are one file, which would be changed in two"
                    " ways; nothing is written"
                )
        for each in prepared.values():
            _refuse_changed(each)
        _replace([*prepared.values()])


def _prepared(path: str, old: str, new: str, stack: ExitStack) -> _New:
    """The new text in a file beside the old one, which goes away again if nothing comes of it."""
    target = os.path.realpath(path)
    try:
        with open(target, "rb") as stream:
            before = stream.read()
        if decode(before) != old:
            raise _meanwhile(path)
        if not os.access(target, os.W_OK):
            raise UsageError(f"can't write '{path}': it may only be read; nothing is written")
        data = encode_like(new, before)
        temporary = _written_beside(target, data, stack)
    except UnreadableFileError as error:
        raise _meanwhile(path) from error
    except OSError as error:
        raise _cannot(path, error) from error
    return _New(path, target, before, data, temporary)


def _written_beside(target: str, data: bytes, stack: ExitStack) -> str:
    """A file with this content beside another one, whose mode and owner it has."""
    folder, name = os.path.split(target)
    # cut, because a name may be as long as the file system allows
    descriptor, temporary = mkstemp(".tmp", f".{name[:40]}.", folder)
    stack.callback(_remove, temporary)
    with open(descriptor, "wb") as stream:
        stream.write(data)
        stream.flush()
        os.fsync(descriptor)
    like = os.stat(target)
    if hasattr(os, "chown"):
        # whoever is not root may give nothing away
        with suppress(PermissionError):
            os.chown(temporary, like.st_uid, like.st_gid)
    os.chmod(temporary, stat.S_IMODE(like.st_mode))
    return temporary


def _replace(files: Sequence[_New]) -> None:
    """Put each in its place; where that fails, those before it come back."""
    for number, each in enumerate(files):
        try:
            os.replace(each.temporary, each.target)
        except OSError as error:
            with ExitStack() as stack, suppress(OSError):
                for done in files[:number]:
                    os.replace(_written_beside(done.target, done.before, stack), done.target)
            raise _cannot(each.path, error) from error


def _refuse_changed(new: _New) -> None:
    try:
        with open(new.target, "rb") as stream:
            same = stream.read() == new.before
    except OSError as error:
        raise _cannot(new.path, error) from error
    if not same:
        raise _meanwhile(new.path)


def _meanwhile(path: str) -> UsageError:
    return UsageError(
        f"'{path}' has changed on disk since it was read; nothing is written: run it again"
    )


def _cannot(path: str, error: OSError) -> UsageError:
    return UsageError(f"can't write '{path}': {error.strerror}; nothing is written")


def _remove(temporary: str) -> None:
    with suppress(FileNotFoundError):
        os.unlink(temporary)
