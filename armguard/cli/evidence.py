"""What makes a report evidence: when it was made, and by which command.

A command line may hold secrets: the values of `--set` are never shown, and of an address only what
is no key to it.
"""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Mapping, Sequence

import click

from armguard.cli.options import ARGUMENTS
from armguard.cli.origin import moment
from armguard.finding.report import Origin
from armguard.record import replace
from armguard.safe_text import shown_address

_SET = "--set"
_HIDDEN = "***"


def with_evidence(origin: Origin, environment: Mapping[str, str], configuration: str) -> Origin:
    """The origin of a report that is made by the command that runs; `configuration`: its file,
    empty where there is none."""
    arguments = click.get_current_context().meta.get(ARGUMENTS, ())
    return replace(
        origin,
        made_at=moment(environment),
        command=command_line(arguments),
        configuration=configuration,
    )


def command_line(arguments: Sequence[str]) -> str:
    """`armguard check --set sku=***`: what can be typed again, but for what is secret."""
    return shlex.join(_without_secrets(arguments))


def _without_secrets(arguments: Sequence[str]) -> Iterator[str]:
    is_value = False
    for each in arguments:
        if is_value:
            yield _without_value(each)
        elif each.startswith(f"{_SET}="):
            yield f"{_SET}={_without_value(each.removeprefix(f'{_SET}='))}"
        else:
            yield shown_address(each) if "://" in each else each
        is_value = each == _SET and not is_value


def _without_value(assignment: str) -> str:
    """`sku=basic` -> `sku=***`; without a name all of it may be a value."""
    name, equals, _ = assignment.partition("=")
    return f"{name}={_HIDDEN}" if equals else _HIDDEN
