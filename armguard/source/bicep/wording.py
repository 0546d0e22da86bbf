"""What is said about a Bicep CLI that did not do its work: sentences without full stop."""

from __future__ import annotations

import re

from armguard.safe_text import visible
from armguard.source.bicep.environment import without_values
from armguard.source.bicep.outcome import Failure

NO_TEMPLATE = "the Bicep CLI answered with something that is no template"

_LONGEST_LINE = 200
_NOISE = re.compile(r"TRACE: |WARNING: |\s+at |\s*$")
_PREFIX = re.compile(r"(?:ERROR: )?(?:Unhandled exception[:.] )?")


def timed_out(seconds: float) -> Failure:
    unit = "second" if seconds == 1 else "seconds"
    return Failure(
        f"the Bicep CLI did not answer within {seconds:g} {unit}; --bicep-timeout gives it more",
        kind="time-out",
    )


def not_started(error: OSError | ValueError) -> Failure:
    why = (error.strerror if isinstance(error, OSError) else None) or str(error)
    return Failure(f"the Bicep CLI can't be started: {one_line(why).lower()}")


def printed_too_much(most: int) -> Failure:
    return Failure(f"the Bicep CLI printed more than {most // 1024**2} MiB")


def ended(code: int, line: str | None) -> Failure:
    """For a process that ended with a code, or by a signal where that is negative."""
    how = f"ended with exit code {code}" if code >= 0 else f"was ended by {_signal(-code)}"
    return Failure(f"the Bicep CLI {how}" + (f": {one_line(line)}" if line else ""))


def telling_lines(errors: str) -> list[str]:
    """The lines of standard error that say what happened: no traces, warnings or stack frames."""
    lines = [line for line in errors.splitlines() if not _NOISE.match(line)]
    return [_PREFIX.sub("", line, count=1) for line in lines]


def one_line(text: str) -> str:
    """A text as the end of a sentence: on one line, without anything that steers a terminal."""
    shown = visible(" ".join(without_values(text).split()))
    if len(shown) > _LONGEST_LINE:
        return shown[: _LONGEST_LINE - 3] + "..."
    return shown.rstrip(".")


def _signal(number: int) -> str:
    from signal import Signals

    try:
        return f"signal {number} ({Signals(number).name})"
    except ValueError:
        return f"signal {number}"
