"""What armguard reads from standard input, prints, and writes into report files.

Standard output may be closed, left by its reader (`| head`) or unable to spell a character; none of
that may change the exit code or end in a traceback. Python has None in place of a closed stream.
"""

from __future__ import annotations

import errno
import io
import os
import stat
import sys
from collections.abc import Mapping
from typing import TextIO

from armguard.errors import UsageError
from armguard.safe_text import line
from armguard.source.json_text import MAXIMUM_BYTES


def read_standard_input() -> bytes:
    """All of standard input; raises `UsageError` where there is none."""
    stream: TextIO | None = sys.stdin
    if stream is None:
        raise UsageError("can't read '-': standard input is closed")
    try:
        data = stream.buffer.read(MAXIMUM_BYTES + 1)
    except OSError as error:
        raise UsageError(f"can't read '-': {error.strerror}") from error
    if len(data) > MAXIMUM_BYTES:
        raise UsageError(f"can't read '-': it is larger than {MAXIMUM_BYTES:,} bytes")
    return data


def print_text(text: str) -> None:
    """Print text for people in the terminal's encoding; what it can't spell becomes an escape."""
    stream = sys.stdout
    if isinstance(stream, io.TextIOWrapper):
        stream.reconfigure(errors="backslashreplace")
    _write(stream, text)


def print_document(text: str) -> None:
    """Print text for programs: always UTF-8 and `\\n`, whatever the terminal speaks."""
    stream = sys.stdout
    if isinstance(stream, io.TextIOWrapper):
        stream.reconfigure(encoding="utf-8", newline="\n")
    _write(stream, text)


def print_error(sentence: str) -> None:
    """Print `error: <sentence>` on standard error; the sentence may quote untrusted text."""
    stream: TextIO | None = sys.stderr
    if stream is None:
        return
    if isinstance(stream, io.TextIOWrapper):
        stream.reconfigure(errors="backslashreplace")
    try:
        stream.write(line(f"error: {sentence}") + "\n")
        stream.flush()
    except OSError:
        _abandon(stream)  # nobody is left to tell; the exit code still says it


def _write(stream: TextIO | None, text: str) -> None:
    if stream is None:
        return
    try:
        stream.write(text)
        stream.flush()
    except OSError as error:
        _abandon(stream)
        # Windows reports a reader that went away as EINVAL
        if error.errno not in (errno.EPIPE, errno.EINVAL):
            raise UsageError(f"can't write to standard output: {error.strerror}") from error


def _abandon(stream: TextIO) -> None:
    """Send the rest of a dead stream nowhere: the flush at exit would fail and set code 120."""
    null = os.open(os.devnull, os.O_WRONLY)
    os.dup2(null, stream.fileno())
    os.close(null)


def wants_color(choice: str, environment: Mapping[str, str], stream: TextIO | None) -> bool:
    """Whether to colour `stream`: `--color` first, then NO_COLOR, FORCE_COLOR, then a terminal."""
    if choice != "auto":
        return choice == "always"
    if environment.get("NO_COLOR"):
        return False
    if environment.get("FORCE_COLOR"):
        return True
    return knows_escapes(environment, stream)


def knows_escapes(environment: Mapping[str, str], stream: TextIO | None) -> bool:
    """Whether `stream` is a terminal that takes escape sequences for what they are, also those that
    it does not know."""
    return stream is not None and stream.isatty() and environment.get("TERM") != "dumb"


def write_file(path: str, text: str) -> None:
    """Write a report file as UTF-8, atomically: a reader sees the old file or the new one.

    Raises `UsageError` where the file can't be written.
    """
    data = text.encode("utf-8", "backslashreplace")
    try:
        if os.path.exists(path) and not stat.S_ISREG(os.stat(path).st_mode):
            # a pipe or device, such as /dev/stdout: replacing it would destroy it, and waiting for
            # somebody to read a pipe could last for ever
            with open(path, "wb", opener=_without_waiting) as stream:
                os.set_blocking(stream.fileno(), True)
                stream.write(data)
        else:
            _replace(os.path.realpath(path), data)
    except OSError as error:
        reason = "nobody reads this pipe" if error.errno == errno.ENXIO else error.strerror
        raise UsageError(f"can't write '{path}': {reason}") from error


def _without_waiting(path: str, flags: int) -> int:
    return os.open(path, flags | getattr(os, "O_NONBLOCK", 0))


def _replace(target: str, data: bytes) -> None:
    folder, name = os.path.split(target)
    # cut, because a name may be as long as the file system allows
    temporary = os.path.join(folder, f".{name[:40]}.{os.getpid()}.tmp")
    try:
        with open(temporary, "xb") as stream:
            stream.write(data)
        os.replace(temporary, target)
    except BaseException:
        if os.path.exists(temporary):
            os.unlink(temporary)
        raise
