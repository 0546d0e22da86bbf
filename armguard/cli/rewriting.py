"""Writes changed texts over their files: all or none, and nothing that changed on disk meanwhile.

Each file is replaced in one step, so that whoever interrupts it finds the old one or the new one;
its encoding, byte order mark and mode stay.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Mapping
from contextlib import ExitStack, suppress

from armguard.errors import UsageError
from armguard.record import record
from armguard.source.json_text import decode, encode_like


@record
class _New:
    path: str
    target: str
    """what a symbolic link leads to"""
    old: bytes
    temporary: str


def rewrite(changed: Mapping[str, tuple[str, str]]) -> None:
    """Write each file: path -> (the text that was read, the new one). Raises `UsageError`, and then
    no file is changed, unless the disk fails between two of them."""
    with ExitStack() as stack:
        prepared = [_prepared(path, *texts, stack) for path, texts in changed.items()]
        for each in prepared:
            _refuse_changed(each)
        for each in prepared:
            try:
                os.replace(each.temporary, each.target)
            except OSError as error:
                raise _cannot(each.path, error) from error


def _prepared(path: str, old: str, new: str, stack: ExitStack) -> _New:
    """The new text in a file beside the old one, which goes away again if nothing comes of it."""
    target = os.path.realpath(path)
    folder, name = os.path.split(target)
    temporary = os.path.join(folder, f".{name[:40]}.{os.getpid()}.tmp")
    try:
        with open(target, "rb") as stream:
            data = stream.read()
        mode = stat.S_IMODE(os.stat(target).st_mode)
        if decode(data) != old:
            raise _meanwhile(path)
        stack.callback(_remove, temporary)
        with open(temporary, "xb") as stream:
            os.chmod(temporary, mode)
            stream.write(encode_like(new, data))
            stream.flush()
            os.fsync(stream.fileno())
        if not os.access(target, os.W_OK):
            raise UsageError(f"can't write '{path}': it may only be read; nothing is written")
    except OSError as error:
        raise _cannot(path, error) from error
    return _New(path, target, data, temporary)


def _refuse_changed(new: _New) -> None:
    try:
        with open(new.target, "rb") as stream:
            same = stream.read() == new.old
    except OSError as error:
        raise _cannot(new.path, error) from error
    if not same:
        raise _meanwhile(new.path)


def _meanwhile(path: str) -> UsageError:
    return UsageError(
        f"'{path}' has changed on disk since it was read; nothing is written: run it again"
    )


def _cannot(path: str, error: OSError) -> UsageError:
    return UsageError(f"can't write '{path}': {error.strerror}")


def _remove(temporary: str) -> None:
    with suppress(FileNotFoundError):
        os.unlink(temporary)
