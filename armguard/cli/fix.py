"""`armguard fix`: from the command line to repaired texts, shown, or written if asked for.

Nothing is believed: what a remedy makes is judged again before anybody sees it.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import closing
from typing import TYPE_CHECKING, Any

import click

from armguard.cli import asking, completing, options
from armguard.cli.exit_code import ExitCode, found_nothing
from armguard.cli.progress import Progress
from armguard.cli.streams import print_error, print_text, read_standard_input, wants_color
from armguard.errors import UsageError, did_you_mean
from armguard.finding import Finding, quoted
from armguard.finding.report import Report
from armguard.safe_text import line
from armguard.source.bicep_paths import is_bicep_template

if TYPE_CHECKING:
    from armguard.analysis import Bugs
    from armguard.checking.changed import Looked
    from armguard.checking.fixing import Fixes, Outcome, Problem
    from armguard.remedies.remedy import Remedy

_EPILOG = """
\b
Examples:
  armguard fix infra
      what would be changed, as a diff
  armguard fix infra/main.json --list
      which remedies are possible, and what each costs
  armguard fix infra/main.json --remedy create-once --write
      change the template and its parameter files
  armguard fix infra --remedy raise-api-version --against deployed.json
      before the old API versions retire

\b
Exit codes:
  0  everything is fixed, or there is nothing to fix
  1  something is left, was only proposed, or a named remedy is refused
  2  wrong usage, or nothing to check
  3  deployed state could not be read (--live, --against)
  4  a bug in armguard

'armguard rules remedies' compares the remedies.
"""
_REMOVED, _ADDED, _QUIET, _BOLD, _RESET = (
    "\x1b[31m",
    "\x1b[32m",
    "\x1b[36m",
    "\x1b[1m",
    "\x1b[0m",
)
_remedies = options.in_group("Remedies")


def _read_remedies(
    context: click.Context, parameter: click.Parameter, values: Sequence[str]
) -> tuple[Remedy, ...]:
    """The remedies of these names, each once."""
    from armguard.remedies import all_remedies

    known = {each.name: each for each in all_remedies()}
    names = options.read_names(context, parameter, values)
    for name in names:
        if name not in known:
            meant = did_you_mean(name, known, f"they are {', '.join(known)}")
            raise click.BadParameter(f"there is no remedy '{name}'; {meant}")
    if values and not names:
        raise click.BadParameter("it must name a remedy; leave it out to take what fits")
    return tuple(known[name] for name in dict.fromkeys(names))


@click.command(
    "fix",
    cls=options.GroupedCommand,
    epilog=_EPILOG,
    short_help="Repair templates, and prove that nothing else changes.",
)
@click.argument("paths", nargs=-1, metavar="[PATH]...", type=options.FILE_NAME)
@_remedies(
    "--write",
    "writes",
    is_flag=True,
    help="Change the files; by default the changes are only shown.",
)
@_remedies(
    "--remedy",
    "remedies",
    metavar="NAME,...",
    multiple=True,
    callback=_read_remedies,
    shell_complete=completing.several_of(completing.remedies),
    help="Only these; by default the first that is possible. 'armguard rules remedies' has them.",
)
@_remedies(
    "--list", "lists", is_flag=True, help="List what is possible for each finding; change nothing."
)
@_remedies(
    "--unsafe",
    is_flag=True,
    help="Allow a remedy with which somebody may lose access, if it is named.",
)
@options.parameter_options(repeated="Given again: one more set.")
@asking.set_options()
@options.context_options()
@asking.mode_option()
@options.comparison_options()
@options.bicep_options()
@asking.selection_options()
@asking.baseline_option()
@asking.configuration_options()
@asking.terminal_options()
@asking.force_exclude_option()
def command(
    paths: tuple[str, ...],
    writes: bool,
    remedies: tuple[Remedy, ...],
    lists: bool,
    unsafe: bool,
    **given: Any,
) -> ExitCode:
    """Repair templates, and prove that nothing else changes.

    For each vault whose access policies a deployment would wipe, a change of the template and its
    parameter files is proposed, as a diff; --write applies it. The result is evaluated again: the
    error is gone, there is no new one, and everything else that is deployed stays the same.

    PATH is a template, a parameter file (its template is repaired) or a folder. Without PATH it is
    the current folder.
    """
    if writes and lists:
        raise UsageError("--list changes nothing: leave --write out")
    if writes and "-" in paths:
        raise UsageError("standard input can't be written to: name a file, or leave --write out")
    if unsafe and not remedies:
        raise UsageError("--unsafe is for a remedy that is named: --remedy NAME")
    settings = asking.settings_of(given)
    from armguard.analysis import Bugs, look_at_paths

    request = asking.request_of(paths, given, settings)
    with Progress(None if given["no_progress"] else sys.stderr) as progress:
        deployed = asking.deployed_of(given, progress)
        report, looked = look_at_paths(request, read_standard_input, progress, deployed)
    bugs = Bugs(request.raise_bugs)
    bugs.found.extend(report.crashes)
    if found_nothing(report) and not request.force_exclude:
        print_error(asking.nothing_found(request.paths, report))
        return ExitCode.USAGE
    teller = _Teller(report, wants_color(given["color"], os.environ, sys.stdout))
    with closing(looked):
        if lists:
            print_text("".join(f"{each}\n" for each in teller.choices(looked)))
            return _told_of(bugs) or ExitCode.CLEAN
        from armguard.checking.fixing import fixed

        fixes = fixed(looked, remedies, teller.accepted, unsafe=unsafe, kept=bugs.kept)
    told = "".join(f"{each}\n" for each in teller.told(fixes, writes))
    if writes:
        from armguard.cli.rewriting import rewrite

        rewrite(fixes.changed)
    print_text(told)
    if bugs.found:
        return _told_of(bugs)
    if fixes.left or teller.unreadable or (fixes.changed and not writes):
        return ExitCode.UNANSWERED if report.unread and not fixes.changed else ExitCode.FINDINGS
    return ExitCode.UNANSWERED if report.unread else ExitCode.CLEAN


def _told_of(bugs: Bugs) -> ExitCode:
    for crash in bugs.found:
        print_error(
            f"{crash}: not looked at to its end because of a bug in armguard, please report it"
        )
    return ExitCode.BUG if bugs.found else ExitCode.CLEAN


class _Teller:
    """Says what was found and done, in lines that are safe to print."""

    def __init__(self, report: Report, color: bool) -> None:
        self._report = report
        self._color = color
        self._located: dict[tuple[str, ...], Finding] = {}
        from armguard.checking.changed import cause

        for each in report.findings:
            self._located.setdefault(cause(each), each)
        counted = {cause(each) for each in report.findings if each.counts}
        accepted = {cause(each) for each in report.findings if not each.counts}
        self.accepted = accepted - counted
        self.unreadable = [each for each in report.findings if each.leaves_open == "file"]
        self._uncompiled = [each for each in report.findings if each.leaves_open == "root"]

    def told(self, fixes: Fixes, writes: bool) -> Iterator[str]:
        for outcome in fixes.outcomes:
            yield from self._outcome(outcome)
        from armguard.reporters._differences import difference
        from armguard.reporters._excerpts.concealed import concealed

        for path, (old, _) in fixes.changed.items():
            shown = concealed(path, old)
            changed = difference(path, shown, fixes.applied_to(path, shown))
            yield from map(self._coloured, changed)
        yield from map(line, _stale(fixes))
        yield from self._not_looked_into()
        yield from (line(f"not read: {each}") for each in self._report.unread)
        yield line(_summary(fixes, writes))

    def choices(self, looked: Looked) -> Iterator[str]:
        """What is possible for each problem."""
        from armguard.checking.fixing import choices_for, problems_in

        problems = problems_in(looked, self.accepted)
        for problem in problems:
            yield self._headline(problem)
            for choice in choices_for(looked, problem):
                remedy = choice.remedy
                if choice.reason is None:
                    mark = " (needs --unsafe)" if remedy.unsafe else ""
                    yield line(f"  {remedy.name}{mark}: {remedy.summary}")
                    yield line(f"    costs: {remedy.cost}")
                else:
                    yield line(f"  not {remedy.name}: {choice.reason}")
        yield from self._not_looked_into()
        if not problems:
            yield "nothing to fix"

    def _not_looked_into(self) -> Iterator[str]:
        for each in (*self.unreadable, *self._uncompiled):
            yield line(f"{each.location}: {each.message}")

    def _outcome(self, outcome: Outcome) -> Iterator[str]:
        yield self._headline(outcome.problem)
        names = ",".join(outcome.remedies)
        for each in outcome.does:
            yield line(f"  {names}: {each}")
        for each in outcome.then:
            yield line(f"  then: {each}")
        for refused in outcome.refused:
            yield line(f"  not {refused.remedy}: {refused.reason}")
        if not outcome.remedies and not outcome.refused:
            yield "  nothing is possible"

    def _headline(self, problem: Problem) -> str:
        from armguard.checking.changed import cause

        first = problem.findings[0]
        located = self._located.get(cause(first), first)
        rules = ", ".join(dict.fromkeys(each.rule for each in problem.findings))
        what = "API versions" if problem.is_version else "vault"
        if not problem.is_version and first.resource is not None:
            what = f"vault {quoted(first.resource.name)}"
        return line(f"{located.location}: {what}: {rules}")

    def _coloured(self, text: str) -> str:
        if not self._color:
            return text
        for beginning, colour in (("---", _BOLD), ("+++", _BOLD), ("@@", _QUIET)):
            if text.startswith(beginning):
                return f"{colour}{text}{_RESET}"
        colour = {"-": _REMOVED, "+": _ADDED}.get(text[:1], "")
        return f"{colour}{text}{_RESET}" if colour else text


def _stale(fixes: Fixes) -> Iterator[str]:
    """What was compiled from a source that is changed, and lies beside it."""
    for index in fixes.after.changed_since(fixes.before):
        job = fixes.after.judged[index].job
        if job is None or not is_bicep_template(job.template.path):
            continue
        for name in job.template.links:
            if name.lower().endswith(".json"):
                yield f"{name} is compiled from {job.template.path}: compile it again"


def _summary(fixes: Fixes, writes: bool) -> str:
    every, left = len(fixes.outcomes), len(fixes.left)
    if not every:
        return "nothing to fix"
    files = len(fixes.changed)
    what = f"{every - left} of {every} problem{'' if every == 1 else 's'}"
    where = f"in {files} file{'' if files == 1 else 's'}"
    if writes:
        return f"fixed {what} {where}"
    said = f"{what} can be fixed {where}"
    return f"{said}; nothing is written without --write" if files else said
