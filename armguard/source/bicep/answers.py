"""What the CLI's answers mean: texts of JSON, or the reason why there are none.

A response of JSON-RPC and the output of a process hold the same under other names. The texts are
looked at, and left as they are.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from armguard.record import record
from armguard.source.bicep import wording
from armguard.source.bicep.diagnostics import Diagnostic, answered, printed
from armguard.source.bicep.outcome import Failure
from armguard.source.bicep.processes import Ended

NOT_RESTORED = "BCP190"
"""The one error that a run with `--no-restore` has and one without may not have."""

_NOT_TO_BE_HAD = {NOT_RESTORED, "BCP191", "BCP192", "BCP446"}
"""Modules of registries and template specs: not restored, not restorable (also with the reason),
and of a registry that is not trusted."""

_CONSEQUENCE = "BCP104"
"""The referenced module has errors: those are told as well."""


@record
class Texts:
    """A template with no `parameters`, or a parameter file, whose template may be None."""

    template: str | None
    parameters: str | None = None


def from_response(result: Mapping[str, Any], *, of_parameters: bool) -> Texts | Failure:
    """`result` of `bicep/compile` or `bicep/compileParams`."""
    if not result.get("success"):
        return _failure(answered(result.get("diagnostics"))) or Failure(
            "the Bicep CLI compiled nothing and does not say why"
        )
    if of_parameters:
        return _texts(result.get("template"), result.get("parameters"))
    return _texts(result.get("contents"))


def from_process(ended: Ended, *, of_parameters: bool) -> Texts | Failure:
    """What `bicep build --stdout` or `bicep build-params --stdout` left behind."""
    if ended.code != 0:
        lines = wording.telling_lines(ended.errors)
        return _failure(printed(ended.errors)) or wording.ended(
            ended.code, lines[0] if lines else None
        )
    try:
        text = ended.output.decode("utf-8-sig")
    except UnicodeDecodeError:
        return Failure(wording.NO_TEMPLATE)
    if not of_parameters:
        return _texts(text)
    both = _object(text)
    if both is None:
        return Failure(wording.NO_TEMPLATE)
    return _texts(both.get("templateJson"), both.get("parametersJson"))


_NO_PARAMETERS = object()


def _texts(template: object, parameters: object = _NO_PARAMETERS) -> Texts | Failure:
    if parameters is _NO_PARAMETERS:
        if isinstance(template, str) and _object(template) is not None:
            return Texts(template)
    elif isinstance(parameters, str) and _object(parameters) is not None:
        if template is None:
            return Texts(None, parameters)
        if isinstance(template, str) and _object(template) is not None:
            return Texts(template, parameters)
    return Failure(wording.NO_TEMPLATE)


def _object(text: str) -> dict[str, Any] | None:
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return value if isinstance(value, dict) else None


def _failure(diagnostics: tuple[Diagnostic, ...]) -> Failure | None:
    """None: there are no errors among the diagnostics."""
    errors = tuple(each for each in diagnostics if each.level == "error")
    if not errors:
        return None
    first = next((each for each in errors if each.code != _CONSEQUENCE), errors[0])
    reason = f"{first.code}: {wording.one_line(first.text)}"
    if more := len(errors) - 1:
        reason += f" (and {more} more error{'s' if more > 1 else ''})"
    is_restore = any(each.code in _NOT_TO_BE_HAD for each in errors)
    return Failure(reason, errors, "restore" if is_restore else "errors")
