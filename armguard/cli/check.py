"""`armguard check`: from the command line to a `Request`, and from the `Report` to its readers.

The exit code is decided after everything is printed and written, so that a report file is complete
even where nobody reads standard output to its end.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from typing import Any, TextIO

import click

from armguard import reporters
from armguard.cli import asking, completing, options
from armguard.cli.exit_code import ExitCode, decide, found_nothing
from armguard.cli.outputs import Kind, refuse_outputs, refuse_what_was_read
from armguard.cli.progress import Progress
from armguard.cli.streams import (
    knows_escapes,
    print_document,
    print_error,
    print_text,
    read_standard_input,
    wants_color,
    write_file,
)
from armguard.cli.telling import FOR_PEOPLE, told
from armguard.finding import Severity
from armguard.finding.report import Report
from armguard.record import replace

_EPILOG = """
\b
Examples:
  armguard check
      every template below this folder, with the parameter files beside it
  armguard check infra/main.json --parameters infra/prod.parameters.json
      one template, as it is deployed to production
  armguard check infra --fail-on warning --output json=armguard.json
      stricter, with a report for other programs

\b
Exit codes:
  0  nothing found at or above --fail-on
  1  findings
  2  wrong usage, or nothing to check
  3  deployed state could not be read (--live, --against); with
     --fail-on-undecided also: a vault could not be decided, or a linked
     template or a Bicep file could not be looked into
  4  a bug in armguard

'armguard rules' lists what is looked for.
"""
_REPAIRS = {"sarif": 50, "pretty": 1}
"""Format -> of how many vaults it shows a repair: each is tried, which takes some more checks."""
_WITH_PAGES = ("sarif", "html")
_fails = options.in_group("What fails")


@click.command(
    "check",
    cls=options.GroupedCommand,
    epilog=_EPILOG,
    short_help="Find deployments that remove access policies from a Key Vault.",
)
@click.argument("paths", nargs=-1, metavar="[PATH]...", type=options.FILE_NAME)
@options.parameter_options(repeated="Given again: one more set, checked on its own.")
@asking.set_options()
@options.context_options()
@asking.mode_option()
@options.comparison_options()
@options.bicep_options()
@asking.selection_options()
@asking.looked_for(
    "--pack",
    "packs",
    metavar="NAME,...",
    multiple=True,
    callback=options.read_names,
    shell_complete=completing.several_of(completing.packs),
    help="Also these packs of policies, which armguard ships: keyvault, redeploy.",
)
@asking.looked_for(
    "--policies",
    metavar="DIR",
    type=options.FILE_NAME,
    multiple=True,
    help="Also the policies in this folder of yours; can be repeated.",
)
@asking.baseline_option()
@asking.looked_for(
    "--write-baseline",
    metavar="FILE",
    type=options.FILE_NAME,
    help="Write all findings to a baseline file, and exit with 0.",
)
@_fails(
    "--fail-on",
    type=options.Choice([*(severity.value for severity in Severity), "never"]),
    default=Severity.ERROR.value,
    show_default=True,
    help="Lowest severity that makes the exit code 1.",
)
@_fails(
    "--fail-on-undecided",
    is_flag=True,
    help="Exit with 3 if a vault could not be decided, or a linked template not looked into.",
)
@asking.configuration_options()
@asking.configuration(
    "--show-config",
    is_flag=True,
    help="Print the configuration and where each value came from; check nothing.",
)
@options.output(
    "--format",
    "format_name",
    metavar="FORMAT",
    type=options.Choice(reporters.FORMATS),
    help=f"Format of the printed report: {', '.join(reporters.FORMATS)}; by default pretty on a"
    " terminal, github or azure-pipelines in their jobs, and text elsewhere.",
)
@options.output(
    "--output",
    "outputs",
    metavar="FORMAT=FILE",
    multiple=True,
    callback=options.read_outputs,
    shell_complete=completing.one_of(completing.outputs),
    help="Also write a report to a file; can be repeated.",
)
@options.output(
    "--statistics",
    is_flag=True,
    help="Count findings by rule and vaults by verdict, before the summary; in formats for people:"
    " text, concise, pretty.",
)
@options.output(
    "--show-files",
    is_flag=True,
    help="Say what became of each file: checked, with which parameters, part of another, skipped"
    " and why; in the same formats.",
)
@options.output(
    "--quiet",
    is_flag=True,
    help="Findings and the summary only, in the same formats: no notices, and no progress.",
)
@asking.terminal_options()
@asking.force_exclude_option()
@asking.for_programs(
    "--stdin-filename",
    "stdin_name",
    metavar="NAME",
    type=options.FILE_NAME,
    help="What - stands for in reports, such as the file that an editor has open; parameter files"
    " beside it are not looked for.",
)
@asking.for_programs(
    "--jobs",
    metavar="N",
    type=click.IntRange(min=1),
    hidden=True,
    help="At most this many processes; for now there is always one.",
)
def command(
    paths: tuple[str, ...],
    outputs: tuple[tuple[str, str], ...],
    format_name: str | None,
    show_config: bool,
    write_baseline: str | None,
    **given: Any,
) -> ExitCode:
    """Find deployments that remove access policies from a Key Vault.

    Evaluates ARM templates, in JSON or Bicep, with their parameter files as Azure would, and
    reports each vault whose access policies are emptied or replaced when the template is deployed
    again: who loses access, why, and how to fix it. Nothing is deployed, and no network is used
    without --live, unless the Bicep CLI has to get modules from a registry.

    PATH is a template, a parameter file (its template is checked), a folder, or - for a template
    on standard input. Without PATH the current folder is checked.
    """
    written: list[tuple[str, Kind | None]] = [(path, None) for _, path in outputs]
    if write_baseline is not None:
        written.append((write_baseline, "baseline"))
    refuse_outputs(written)
    settings = asking.settings_of(given)
    if show_config:
        from armguard.cli.show_config import show

        print_text(show(settings))
        return ExitCode.CLEAN
    from armguard.analysis import check_paths
    from armguard.cli.origin import read_origin

    request = asking.request_of(paths, given, settings)
    if given["stdin_name"] is not None:
        request = replace(request, stdin_path=asking.stdin_path(given["stdin_name"], paths))
    files = [path for path, _ in written]
    baseline = given["baseline_file"] if not write_baseline else None
    said = (settings.file, *given["against"], baseline)
    refuse_what_was_read(files, filter(None, said))
    format_name = format_name or default_format(os.environ, sys.stdout)
    formats = {format_name, *(name for name, _ in outputs)}
    repairs = max(_REPAIRS.get(each, 0) for each in formats)
    with Progress(None if given["no_progress"] or given["quiet"] else sys.stderr) as progress:
        deployed = asking.deployed_of(given, progress)
        report = check_paths(request, read_standard_input, progress, deployed, repairs=repairs)

    refuse_what_was_read(files, report.read)
    report = replace(report, origin=read_origin(os.environ, formats))
    if "html" in formats:
        from armguard.checking.pages import ways_out_of
        from armguard.cli.evidence import with_evidence

        origin = with_evidence(report.origin, os.environ, settings.file)
        report = replace(report, origin=origin, guide=ways_out_of(report))
    if not formats.isdisjoint(_WITH_PAGES):
        from armguard.checking.pages import pages_with_remedies

        report = replace(report, rules=pages_with_remedies(report.rules))
    for_people = told(
        report,
        quiet=given["quiet"],
        show_files=given["show_files"],
        statistics=given["statistics"],
    )

    def meant_for(name: str) -> Report:
        return for_people if name in FOR_PEOPLE else report

    _print(meant_for(format_name), format_name, given["color"])
    for name, path in outputs:
        write_file(path, reporters.render(name, meant_for(name)))
    if write_baseline is not None and not found_nothing(report):
        from armguard.acceptance.baseline import baseline_text

        write_file(write_baseline, baseline_text(report))
    if found_nothing(report) and not request.force_exclude:
        print_error(asking.nothing_found(request.paths, report))
    is_free = settings.fail_on == "never" or write_baseline
    threshold = None if is_free else Severity(settings.fail_on)
    asks_for_all = settings.fail_on_undecided and not write_baseline
    return decide(report, threshold, asks_for_all, request.force_exclude)


def default_format(environment: Mapping[str, str], stream: TextIO | None) -> str:
    """What is printed on `stream` where no format is asked for."""
    if environment.get("GITHUB_ACTIONS", "").lower() == "true":
        return "github"
    if environment.get("TF_BUILD", "").lower() == "true":
        return "azure-pipelines"
    return "pretty" if stream is not None and stream.isatty() else "text"


def _print(report: Report, format_name: str, color: str) -> None:
    colored = wants_color(color, os.environ, sys.stdout)
    if format_name == "text":
        from armguard.reporters import text

        print_text(text.render(report, color=colored))
    elif format_name == "pretty":
        from shutil import get_terminal_size

        from armguard.reporters import pretty

        width = get_terminal_size().columns
        links = colored and knows_escapes(os.environ, sys.stdout)
        print_text(pretty.render(report, width=width, color=colored, links=links))
    else:
        print_document(reporters.render(format_name, report))
