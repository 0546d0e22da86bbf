"""Options that several commands share, and help that shows options in groups.

Click calls the `read_...` functions while it parses the command line, so what they raise is a
usage error that names the option.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from math import isfinite
from typing import Any

import click

from armguard.configuration.environment import CONTEXT_KEYS
from armguard.errors import nearest_names
from armguard.reporters import FORMATS

Decorator = Callable[[Callable[..., Any]], Callable[..., Any]]

FILE_NAME = click.Path(readable=False)
"""What shells complete as the name of a file or folder; nothing else is asked of it here."""

CLOUDS = ("AzureCloud", "AzureUSGovernment", "AzureChinaCloud")
CREDENTIALS = (
    "default",
    "azure-cli",
    "environment",
    "workload-identity",
    "managed-identity",
    "azure-pipelines",
)

ARGUMENTS = "armguard.arguments"
"""Where a context keeps the command line: the names of the command, and what was given to it."""


class Choice(click.Choice):  # type: ignore[type-arg]  # older versions of click have no argument
    """One of several words; a wrong one is answered with the nearest."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        try:
            return super().convert(value, param, ctx)
        except click.BadParameter:
            refuse_unlike(str(value), self.choices, param, ctx)
            raise


def refuse_unlike(
    word: str,
    known: Iterable[str],
    parameter: click.Parameter | None = None,
    context: click.Context | None = None,
) -> None:
    """Raise with what somebody may have meant, if one of the known words is like it."""
    meant = nearest_names(word, known)
    if meant:
        sentence = f"there is no '{word}'; did you mean '{meant[0]}'?"
        raise click.BadParameter(sentence, context, parameter)


class GroupedOption(click.Option):
    """An option that `--help` lists below the heading `group`."""

    def __init__(self, *arguments: Any, group: str = "Other", **keywords: Any) -> None:
        super().__init__(*arguments, **keywords)
        self.group = group


class GroupedCommand(click.Command):
    """A command whose `--help` lists options in groups, in the order of their declaration; it keeps
    what it was called with."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        ctx.meta[ARGUMENTS] = (*ctx.command_path.split(" "), *args)
        return super().parse_args(ctx, args)

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        groups: dict[str, list[tuple[str, str]]] = {}
        for parameter in sorted(self.get_params(ctx), key=_is_common):
            record = parameter.get_help_record(ctx)
            # newer versions of click have records of arguments, too: the usage shows those
            if record is not None and isinstance(parameter, click.Option):
                groups.setdefault(getattr(parameter, "group", "Other"), []).append(record)
        for group, records in groups.items():
            with formatter.section(group):
                # options of all groups are aligned with each other
                formatter.write_dl([(f"{names:<26}", text) for names, text in records], col_max=26)


def _is_common(parameter: click.Parameter) -> bool:
    return not isinstance(parameter, GroupedOption)


def in_group(group: str) -> Callable[..., Decorator]:
    """What makes the options that `--help` lists below this heading."""
    return partial(click.option, cls=GroupedOption, group=group)


parameters = in_group("Parameters")
context = in_group("Where it is deployed (what is not given counts as unknown)")
comparison = in_group("Compare with what is deployed")
live = in_group("How Azure is reached")
output = in_group("Output")
text_or_json = output(
    "--format",
    "format_name",
    type=Choice(["text", "json"]),
    default="text",
    show_default=True,
    help="Format of the printed answer.",
)


def combine(*decorators: Decorator) -> Decorator:
    """One decorator of several; `--help` shows their options in this order."""

    def decorate(command: Callable[..., Any]) -> Callable[..., Any]:
        for decorator in reversed(decorators):
            command = decorator(command)
        return command

    return decorate


def parameter_options(*, repeated: str) -> Decorator:
    """`--parameters` and `--set`, as `parameter_sets` and `assignments` of a `Request`.

    `repeated` completes the help: what a second `--parameters` means to the command.
    """
    return combine(
        parameters(
            "--parameters",
            "parameter_sets",
            metavar="FILE",
            type=FILE_NAME,
            multiple=True,
            callback=read_parameter_sets,
            help="Parameter file; a.json,b.json are the layers of one set, of which the later wins."
            f" {repeated}",
        ),
        parameters(
            "--set",
            "assignments",
            metavar="NAME=VALUE",
            multiple=True,
            callback=read_assignments,
            help="Value of one parameter, which wins over files; write arrays and objects as JSON.",
        ),
    )


def context_options() -> Decorator:
    """Where the template is deployed; `context_of` reads what they give."""
    return combine(
        context("--subscription", metavar="ID", help="Id of the subscription."),
        context("--resource-group", metavar="NAME", help="Name of the resource group."),
        context(
            "--location",
            metavar="NAME",
            help="Location of the resource group; at other scopes, of the deployment.",
        ),
        context("--tenant", metavar="ID", help="Id of the tenant."),
        context("--management-group", metavar="ID", help="Id of the management group."),
    )


def comparison_options() -> Decorator:
    """What vaults are compared with; `cli.deployed_state.open_state` takes what they give."""
    return combine(
        comparison(
            "--live",
            is_flag=True,
            help="Compare with the vaults in Azure now; needs --subscription, and reads only.",
        ),
        comparison(
            "--against",
            metavar="FILE",
            type=FILE_NAME,
            multiple=True,
            help="Compare with a file: what 'armguard snapshot' wrote, or the JSON of 'az keyvault"
            " show', of 'az ... what-if --no-pretty-print' and others; needs no network. Can be"
            " repeated.",
        ),
        live_options(),
    )


def live_options() -> Decorator:
    """How Azure is reached; `cli.deployed_state.open_reader` takes what they give."""
    return combine(
        live(
            "--arm-endpoint",
            metavar="URL",
            envvar="ARMGUARD_ARM_ENDPOINT",
            help="Azure Resource Manager; plain http only on this machine, and then without any"
            " credential. Also ARMGUARD_ARM_ENDPOINT.",
        ),
        live(
            "--cloud",
            metavar="NAME",
            type=Choice(CLOUDS),
            default=CLOUDS[0],
            show_default=True,
            help=f"Which Azure: {', '.join(CLOUDS)}.",
        ),
        live(
            "--credential",
            metavar="NAME",
            type=Choice(CREDENTIALS),
            default=CREDENTIALS[0],
            show_default=True,
            help=f"How to sign in: {', '.join(CREDENTIALS)}; default tries the usual ways in turn.",
        ),
        live(
            "--timeout",
            metavar="SECONDS",
            type=click.FloatRange(min=0, min_open=True),
            callback=_finite,
            default=180,
            show_default=True,
            help="Time limit for all reading together, pauses included.",
        ),
    )


def bicep_options() -> Decorator:
    """The Bicep CLI, as `bicep` and `bicep_timeout`; None: nothing is said."""
    group = in_group("Bicep")
    return combine(
        group(
            "--bicep",
            metavar="PATH",
            type=FILE_NAME,
            help="The Bicep CLI; by default the one on PATH, or that of the Azure CLI.",
        ),
        group(
            "--bicep-timeout",
            metavar="SECONDS",
            type=click.FloatRange(min=0, min_open=True),
            callback=_finite,
            default=None,
            help="Time limit for compiling one file; 120 by default.",
        ),
    )


def _finite(
    context: click.Context, parameter: click.Parameter, value: float | None
) -> float | None:
    """What is no number, or none that ever comes, bounds nothing."""
    if value is not None and not isfinite(value):
        raise click.BadParameter(f"'{value}' is no number of seconds; write one as 180")
    return value


def context_of(given: Mapping[str, Any]) -> dict[str, str]:
    """What the options say about where something is deployed, by the keys of an environment."""
    values = {key: given[key.replace("-", "_")] for key in CONTEXT_KEYS}
    return {key: value for key, value in values.items() if value is not None}


def read_parameter_sets(
    _context: click.Context, _parameter: click.Parameter, values: Sequence[str]
) -> tuple[tuple[str, ...], ...]:
    """`a.json,b.json` given twice -> (("a.json", "b.json"), ("a.json", "b.json"))."""
    sets = tuple(tuple(part.strip() for part in value.split(",")) for value in values)
    for value, files in zip(values, sets, strict=True):
        _refuse_words_of_azure(files)
        if not all(files):
            raise click.BadParameter(f"'{value}' names no file before or after a comma")
    return sets


def _refuse_words_of_azure(files: Sequence[str]) -> None:
    """What `az deployment group create --parameters` takes and no file is; a value may be a
    secret, so none is shown."""
    for file in files:
        name, equals, _ = file.partition("=")
        if os.path.lexists(file):
            continue
        if file[:1] == "@":
            raise click.BadParameter(f"'{file}' names a file as '{file[1:]}', without the @")
        if equals and name.isidentifier():
            raise click.BadParameter(
                f"'{name}=...' is a value and no file; write it as --set {name}=VALUE"
            )
        if file[:1] == "{":
            raise click.BadParameter(
                "JSON is no name of a file; write it to one, or each value as --set NAME=VALUE"
            )


def read_assignments(
    _context: click.Context, _parameter: click.Parameter, values: Sequence[str]
) -> tuple[tuple[str, str], ...]:
    """`sku=basic` -> (("sku", "basic"),); the value may hold further equals signs."""
    assignments = []
    for value in values:
        name, equals, text = value.partition("=")
        if not equals or not name.strip():
            # without a name all of it may be a value, and that a secret
            shown = f"'{name}=...'" if equals else "it"
            raise click.BadParameter(f"{shown} must be written as NAME=VALUE")
        assignments.append((name.strip(), text))
    return tuple(assignments)


def read_names(
    _context: click.Context, _parameter: click.Parameter, values: Sequence[str]
) -> tuple[str, ...]:
    """Comma separated and repeated values as one tuple: `a,b` and `c` -> ("a", "b", "c")."""
    return tuple(name.strip() for value in values for name in value.split(",") if name.strip())


def read_selected(
    context: click.Context, parameter: click.Parameter, values: Sequence[str]
) -> tuple[str, ...]:
    """`read_names`, but refuses to be given none."""
    names = read_names(context, parameter, values)
    if values and not names:
        raise click.BadParameter("it must name a rule: none would check nothing; leave it out")
    return names


def read_outputs(
    _context: click.Context, _parameter: click.Parameter, values: Sequence[str]
) -> tuple[tuple[str, str], ...]:
    """`json=report.json` -> (("json", "report.json"),)."""
    outputs: dict[str, str] = {}
    for value in values:
        name, equals, path = value.partition("=")
        if not equals or not path:
            raise click.BadParameter(
                f"'{value}' must be written as FORMAT=FILE, as in json=report.json"
            )
        if name not in FORMATS:
            refuse_unlike(name, FORMATS)
            raise click.BadParameter(f"'{name}' is no format; allowed are {', '.join(FORMATS)}")
        if path in outputs:
            raise click.BadParameter(f"'{path}' is named twice; give each format its own file")
        outputs[path] = name
    return tuple((name, path) for path, name in outputs.items())
