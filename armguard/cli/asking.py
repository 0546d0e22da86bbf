"""What somebody asks to be looked at: the options that `check` and `fix` share, and what they make.

Both look at the same things in the same way; only what is done with what is found differs.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import click
from click.core import ParameterSource

from armguard.cli import completing, options

if TYPE_CHECKING:
    from armguard.analysis import Request
    from armguard.cli.progress import Progress
    from armguard.configuration.settings import Settings
    from armguard.deployed.inventory import DeployedState
    from armguard.finding.report import Report

looked_for = options.in_group("What is looked for")
configuration = options.in_group("Configuration")
for_programs = options.in_group("For programs that run armguard")


def set_options() -> options.Decorator:
    """Which sets of parameters there are, besides those that are named."""
    return options.combine(
        options.parameters(
            "--no-discover-parameters",
            is_flag=True,
            help="Do not look for parameter files: main.parameters.json beside main.json, or a file"
            " that sets what only one template of its folder declares.",
        ),
        options.parameters(
            "--environment",
            metavar="NAME",
            shell_complete=completing.one_of(completing.environments),
            help="Only this environment of the configuration; by default all of them.",
        ),
    )


def mode_option() -> options.Decorator:
    return options.context(
        "--mode",
        type=options.Choice(["incremental", "complete"], case_sensitive=False),
        default="incremental",
        show_default=True,
        help="Deployment mode.",
    )


def selection_options() -> options.Decorator:
    return options.combine(
        looked_for(
            "--select",
            metavar="RULE,...",
            multiple=True,
            callback=options.read_selected,
            shell_complete=completing.several_of(completing.rules),
            help="Look for these rules only.",
        ),
        looked_for(
            "--ignore",
            metavar="RULE,...",
            multiple=True,
            callback=options.read_names,
            shell_complete=completing.several_of(completing.rules),
            help="Look for all rules but these.",
        ),
    )


def baseline_option() -> options.Decorator:
    return looked_for(
        "--baseline",
        "baseline_file",
        metavar="FILE",
        type=options.FILE_NAME,
        help="File of known findings, which do not count.",
    )


def configuration_options() -> options.Decorator:
    return options.combine(
        configuration(
            "--config",
            "config_file",
            metavar="FILE",
            type=options.FILE_NAME,
            help="Configuration file, in place of the armguard.toml, or the pyproject.toml with"
            " [tool.armguard], in this folder or the nearest one above it.",
        ),
        configuration("--isolated", is_flag=True, help="Read no configuration file."),
    )


def terminal_options() -> options.Decorator:
    return options.combine(
        options.output(
            "--color",
            type=options.Choice(["auto", "always", "never"]),
            default="auto",
            show_default=True,
            help="When to use colours; auto: on a terminal, unless NO_COLOR is set.",
        ),
        options.output("--no-progress", is_flag=True, help="Show no progress."),
    )


def force_exclude_option() -> options.Decorator:
    return for_programs(
        "--force-exclude",
        is_flag=True,
        help="For files that a program such as pre-commit has chosen: skip those that are excluded"
        " or are no templates, and succeed if none is left.",
    )


def settings_of(given: Mapping[str, Any]) -> Settings:
    """The configuration with the command line laid over it."""
    from armguard.configuration.file import load_configuration
    from armguard.configuration.settings import Said, merged

    context = options.context_of(given)
    if _is_given("mode"):
        context["mode"] = given["mode"]
    said = Said(
        select=given["select"],
        ignore=given["ignore"],
        packs=given.get("packs", ()),
        policies=given.get("policies", ()),
        fail_on=given["fail_on"] if _is_given("fail_on") else None,
        fail_on_undecided=given.get("fail_on_undecided", False),
        bicep=given["bicep"],
        bicep_timeout=given["bicep_timeout"],
        context=context,
    )
    return merged(load_configuration(given["config_file"], isolated=given["isolated"]), said)


def request_of(paths: tuple[str, ...], given: Mapping[str, Any], settings: Settings) -> Request:
    from armguard.analysis import Request
    from armguard.cli.origin import remote_of, today
    from armguard.configuration.environment import scope_of

    baseline = None
    if given["baseline_file"] is not None:
        from armguard.acceptance.baseline import read_baseline

        baseline = read_baseline(given["baseline_file"])
    return Request(
        paths=paths or (".",),
        parameter_sets=given["parameter_sets"],
        assignments=given["assignments"],
        discover_parameters=not given["no_discover_parameters"],
        scope=scope_of(settings.context),
        mode=given["mode"],
        force_exclude=given["force_exclude"],
        settings=settings,
        environment=given["environment"],
        baseline=baseline,
        today=today(os.environ),
        remote=remote_of,
        bicep=settings.bicep,
        bicep_timeout=settings.bicep_timeout,
        raise_bugs=bool(os.environ.get("ARMGUARD_DEBUG")),
    )


def stdin_path(name: str, paths: tuple[str, ...]) -> str:
    """What standard input is called in reports."""
    from armguard.errors import UsageError
    from armguard.source.bicep_paths import is_bicep
    from armguard.source.discovery import shown_path

    if "-" not in paths:
        raise UsageError("--stdin-filename says what - stands for: give - as PATH")
    if is_bicep(name):
        raise UsageError(
            f"'{name}' can't be read from standard input: Bicep is compiled from its file"
        )
    return shown_path(name)


def deployed_of(given: Mapping[str, Any], progress: Progress) -> DeployedState | None:
    """What vaults are compared with, if that is asked for."""
    if not given["live"] and not given["against"]:
        return None
    from armguard.cli.deployed_state import open_state

    return open_state(
        live=given["live"],
        against=given["against"],
        has_place=given["subscription"] is not None or given["environment"] is not None,
        progress=progress,
        **{name: given[name] for name in ("arm_endpoint", "cloud", "credential", "timeout")},
    )


def nothing_found(paths: tuple[str, ...], report: Report) -> str:
    """Why there was nothing to look at."""
    places = ", ".join(f"'{path}'" for path in paths[:3]) + (" ..." if len(paths) > 3 else "")
    sentence = f"no template found in {places}; a template is JSON whose $schema names one"
    # what somebody has excluded explains more than a file that merely lies there
    skipped = sorted(report.skipped, key=lambda each: not each.reason.startswith("excluded"))
    closed = [each.location.path for each in report.findings if each.leaves_open == "root"]
    if closed:
        sentence += f", or Bicep that can be compiled, which '{closed[0]}' could not be"
    elif skipped:
        sentence += f"; '{skipped[0].path}' was skipped: {skipped[0].reason}"
    elif report.findings:
        sentence += f"; '{report.findings[0].location.path}' could not be looked into"
    return sentence


def _is_given(option: str) -> bool:
    """Whether an option is on the command line, so that it wins over the configuration."""
    source = click.get_current_context().get_parameter_source(option)
    return source is ParameterSource.COMMANDLINE
