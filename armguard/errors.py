"""What stops a run, or an expression: every error says what is wrong and what to do about it.

Problems found in a template are findings, not errors; only `EvaluationError` is both, because a
caller of `armguard.evaluate` gets it raised while `armguard.check` turns it into data.
"""

from __future__ import annotations

from collections.abc import Iterable


class ArmguardError(Exception):
    """Base of all errors that armguard raises on purpose; `str()` is one sentence for people."""


class UsageError(ArmguardError):
    """The command line, the configuration or the named files make no sense: exit code 2."""


class UnreadableFileError(ArmguardError):
    """A file can't be read or parsed.

    `offset` is where the text stops making sense, in characters from 0; None where no such place
    exists (a file that can't be opened or is no text). `discreet` says the same without any word of
    the text, for files that may hold secrets.
    """

    def __init__(
        self, message: str, offset: int | None = None, discreet: str | None = None
    ) -> None:
        super().__init__(message)
        self.offset = offset
        self.discreet = discreet or message


LONGEST_MESSAGE = 400
"""Characters; a template can make the values that messages quote as long as it likes."""


_LONGEST_QUOTED = 120


class EvaluationError(ArmguardError):
    """Azure would refuse this expression, value or template.

    `expression` is the text of the innermost expression that it is about, as it is written; None
    where it is about none, or about one that may hold a secret.
    """

    def __init__(self, message: str) -> None:
        cut = message if len(message) <= LONGEST_MESSAGE else message[: LONGEST_MESSAGE - 3] + "..."
        super().__init__(cut)
        self.expression: str | None = None

    @property
    def told(self) -> str:
        """The message, behind the expression that it is about."""
        if self.expression is None:
            return str(self)
        text = " ".join(self.expression.split())
        if len(text) > _LONGEST_QUOTED:
            text = text[: _LONGEST_QUOTED - 3] + "..."
        return f"{text}: {self}"


class ExpressionSyntaxError(EvaluationError):
    """An expression that can't be parsed; `position` counts characters from its opening bracket."""

    def __init__(self, message: str, position: int) -> None:
        super().__init__(message)
        self.position = position


class BudgetSpentError(EvaluationError):
    """Evaluation took more steps, depth or memory than any real template needs."""

    @property
    def told(self) -> str:
        """The message: no expression alone is to blame."""
        return str(self)


def nearest(name: str, known: Iterable[str]) -> str | None:
    """The known name that somebody who wrote `name` may have meant; None: there is none like it."""
    from difflib import get_close_matches

    return next(iter(get_close_matches(name, sorted(known), n=1)), None)


def nearest_names(name: str, known: Iterable[str]) -> list[str]:
    """The known names that somebody who wrote `name` may have meant, at most three, best first."""
    from difflib import get_close_matches

    by_lower = {each.lower(): each for each in known}
    return [by_lower[each] for each in get_close_matches(name.lower(), sorted(by_lower))]


def did_you_mean(name: str, known: Iterable[str], otherwise: str = "") -> str:
    """`did you mean 'x'?`, or what is to be said where nothing is like it."""
    meant = nearest(name, known)
    return otherwise if meant is None else f"did you mean '{meant}'?"
