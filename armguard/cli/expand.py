"""`armguard expand`: the deployment as Azure would see it, as JSON on standard output.

What is unknown stands in the result as the text of its expression, so a value that begins with `[`
is no value yet.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import click

from armguard.checking.parameter_values import (
    assigned_parameters,
    layered_parameters,
    refuse_undeclared,
)
from armguard.cli import options
from armguard.cli.exit_code import ExitCode
from armguard.cli.streams import print_document, read_standard_input
from armguard.configuration.environment import scope_of
from armguard.errors import EvaluationError, UnreadableFileError, UsageError
from armguard.finding import Location
from armguard.source.bicep_paths import is_bicep_parameters, is_bicep_template
from armguard.source.json_files import JsonFiles
from armguard.source.json_text import decode, parse_named, read_text
from armguard.templates.expansion import expand_template
from armguard.templates.parameters import supply

if TYPE_CHECKING:
    from armguard.source.bicep.compiled_files import CompiledFiles

_EPILOG = """
\b
Examples:
  armguard expand main.json --parameters prod.parameters.json
  armguard expand main.json --set sku=basic --resource-group rg-train
  armguard expand main.bicep --parameters prod.bicepparam

\b
Exit codes:
  0  the template was evaluated
  1  Azure would refuse it: see "problems"
  2  wrong usage
"""


@click.command(
    "expand",
    cls=options.GroupedCommand,
    epilog=_EPILOG,
    short_help="Print the evaluated resources and outputs of a template, as JSON.",
)
@click.argument("template", type=options.FILE_NAME)
@options.parameter_options(repeated="Given again: one more layer.")
@options.context_options()
@options.bicep_options()
def command(
    template: str,
    parameter_sets: tuple[tuple[str, ...], ...],
    assignments: tuple[tuple[str, str], ...],
    bicep: str | None,
    bicep_timeout: float | None,
    **place: str | None,
) -> ExitCode:
    """Print the resources and outputs that a template evaluates to, as JSON.

    {"resources": [...], "outputs": {...}, "problems": [...]}: loops and conditions are resolved and
    nested deployments opened. What can't be known before the deployment stays an expression.

    TEMPLATE is a file, which may be Bicep, or - for standard input.
    """
    scope = scope_of(options.context_of(place))
    problems: list[dict[str, Any]]
    resources: Sequence[Any] = ()
    outputs: Mapping[str, Any] = {}
    files = JsonFiles(lambda: _compiled_files(bicep, bicep_timeout))
    try:
        document = _read_template(template, files)
        layers = [path for layer in parameter_sets for path in layer]
        given = layered_parameters(layers, files.document)
        refuse_undeclared(assignments, [document])
        given.update(assigned_parameters(assignments, document))
        expansion = expand_template(document, supply(given), scope, template)
    except (UnreadableFileError, EvaluationError) as error:
        problems = [{"severity": "error", "message": str(error), "location": None}]
    else:
        resources, outputs = expansion.resources, expansion.outputs
        problems = [
            {
                "severity": problem.severity,
                "message": problem.message,
                "location": _place(problem.location),
            }
            for problem in expansion.problems
        ]
    finally:
        if files.opened_bicep is not None:
            files.opened_bicep.close()

    from armguard.safe_text import document_text

    print_document(
        document_text({"resources": list(resources), "outputs": outputs, "problems": problems})
    )
    failed = any(problem["severity"] == "error" for problem in problems)
    return ExitCode.FINDINGS if failed else ExitCode.CLEAN


def _compiled_files(bicep: str | None, timeout: float | None) -> CompiledFiles:
    from armguard.analysis import Request, compiled_files
    from armguard.configuration.settings import BICEP_TIMEOUT

    return compiled_files(Request(bicep=bicep, bicep_timeout=timeout or BICEP_TIMEOUT))


def _read_template(path: str, files: JsonFiles) -> Mapping[str, Any]:
    if path == "-":
        text = decode(read_standard_input())
    elif not os.path.exists(path):
        raise UsageError(f"there is no file '{path}'")
    elif os.path.isdir(path):
        raise UsageError(f"'{path}' is a folder; name a file")
    elif is_bicep_parameters(path):
        raise UsageError(f"'{path}' is a parameter file; write it as --parameters {path}")
    elif is_bicep_template(path):
        return _compiled(path, files)
    else:
        text = read_text(path)
    document = parse_named(text, path)
    if not isinstance(document, Mapping):
        raise UnreadableFileError("a template must be a JSON object", 0)
    return document


def _compiled(path: str, files: JsonFiles) -> Mapping[str, Any]:
    try:
        document: Mapping[str, Any] = files.document(path)
    except UnreadableFileError as error:
        raise UnreadableFileError(f"'{path}' can't be compiled: {error}") from error
    return document


def _place(location: Location | None) -> dict[str, Any] | None:
    return None if location is None else {"path": location.path, "pointer": location.pointer}
