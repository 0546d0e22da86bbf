"""What becomes of a Bicep file: compiled text, or the reason why there is none."""

from __future__ import annotations

from typing import Literal

from armguard.record import record
from armguard.source.bicep.diagnostics import Diagnostic


@record
class Failure:
    """Why nothing was compiled: `reason` is one sentence without full stop and without the file.

    `errors` are the errors that the compiler told, in its order, without doubles. Kinds: `errors`
    in the files, `restore` where a module of a registry or a template spec is not to be had,
    `time-out`, and `cli` where the program itself fails.
    """

    reason: str
    errors: tuple[Diagnostic, ...] = ()
    kind: Literal["errors", "restore", "time-out", "cli"] = "cli"


@record
class Compiled:
    """The template that a Bicep file is compiled to, JSON; None: see `failure`."""

    text: str | None
    failure: Failure | None = None


@record
class CompiledParameters:
    """A parameter file, JSON, and the template that it is `using`; None with `using none`."""

    parameters: str | None
    template: str | None
    failure: Failure | None = None
