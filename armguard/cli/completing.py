"""What shells complete besides commands, options, file names and the words of a choice.

Whatever is wrong, in the configuration or on the command line, is no completion and no message:
the command itself will say it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Any

import click

from armguard.errors import ArmguardError
from armguard.reporters import FORMATS

if TYPE_CHECKING:
    from armguard.configuration.model import Configuration

Complete = Callable[[click.Context, click.Parameter, str], list[str]]
Names = Callable[[Mapping[str, Any]], Iterable[str]]
"""From the options that stand on the command line already."""


def one_of(names: Names) -> Complete:
    """Completes one name."""

    def complete(context: click.Context, parameter: click.Parameter, typed: str) -> list[str]:
        return [name for name in _known(names, context) if name.startswith(typed)]

    return complete


def several_of(names: Names) -> Complete:
    """Completes the last of several names with commas between them."""

    def complete(context: click.Context, parameter: click.Parameter, typed: str) -> list[str]:
        before, comma, word = typed.rpartition(",")
        others = before.split(",")
        return [
            f"{before}{comma}{name}"
            for name in _known(names, context)
            if name.startswith(word) and name not in others
        ]

    return complete


def _known(names: Names, context: click.Context) -> list[str]:
    try:
        return sorted(names(context.params))
    except ArmguardError:
        return []


def packs(given: Mapping[str, Any]) -> Iterable[str]:
    from armguard.policy import shipped_packs

    return shipped_packs()


def environments(given: Mapping[str, Any]) -> Iterable[str]:
    return [each.name for each in _configuration(given).environments]


def rules(given: Mapping[str, Any]) -> Iterable[str]:
    """Those that a check with these options looks for."""
    configured = _configuration(given)
    chosen = (*configured.packs, *(given.get("packs") or ()))
    return _ids(chosen, (*configured.policies, *(given.get("policies") or ())))


def pages(given: Mapping[str, Any]) -> Iterable[str]:
    """All that `armguard rules` has a page of."""
    from armguard.policy import shipped_packs

    own = (*_configuration(given).policies, *(given.get("policies") or ()))
    return ("remedies", *_ids(shipped_packs(), own))


def remedies(given: Mapping[str, Any]) -> Iterable[str]:
    from armguard.remedies import all_remedies

    return [each.name for each in all_remedies()]


def outputs(given: Mapping[str, Any]) -> Iterable[str]:
    return [f"{name}=" for name in FORMATS]


def commands(given: Mapping[str, Any]) -> Iterable[str]:
    from armguard.cli import COMMANDS

    return COMMANDS


def _ids(chosen_packs: Iterable[str], folders: Iterable[str]) -> list[str]:
    from armguard.policy import load
    from armguard.rules import all_rules

    policies = load(tuple(dict.fromkeys(chosen_packs)), tuple(folders))
    return [*(rule.id for rule in all_rules()), *(policy.id for policy in policies)]


def _configuration(given: Mapping[str, Any]) -> Configuration:
    from armguard.configuration.file import load_configuration

    return load_configuration(given.get("config_file"), isolated=bool(given.get("isolated")))
