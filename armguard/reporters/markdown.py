"""The report as Markdown for step summaries and pull request comments: tables, details, capped.

A comment on GitHub takes 65,536 characters, so every part has a budget and says "and N more". The
first line, which no reader sees, is what a later run finds its comment by.
Template text is escaped so that it can't make links, mentions, images or tables of its own.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TypeVar

from armguard.finding import Detail, Finding, brief
from armguard.finding.report import (
    ChangeKind,
    Crash,
    DeploymentReport,
    PrincipalChange,
    Report,
    Skipped,
    VaultReport,
)
from armguard.reporters._details import said_in_turn, worst_first
from armguard.reporters.text import said_about_live, summary_line
from armguard.safe_text import visible

MARKER = "<!-- armguard -->"
_LONGEST_TEXT = 500
"""Characters of one message or detail before it is cut."""
_SPECIAL = re.compile(r"[\\`*_\[\]|~$!^]")
_MARKUP = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;"})
_LINKED = re.compile(r"[@#]|(?<=:)//|(?<=[wW])\.")
"""What makes mentions, references to issues and links. GitHub and Azure DevOps look for them in the
finished page, where no escape is left, but not across the border of an element."""
_HARMLESS = frozenset({"kept", "dormant", "not-written"})
_WORST: tuple[ChangeKind, ...] = ("lost", "narrowed", "undecided")
_Vault = tuple[DeploymentReport, VaultReport]
_Item = TypeVar("_Item")


def render(report: Report) -> str:
    return "\n".join(_lines(report)) + "\n"


def _lines(report: Report) -> Iterator[str]:
    yield from (MARKER, "## armguard", "", summary_line(report.summary) + _known(report))
    if report.unread:
        yield from (
            "",
            "**Not everything was read, so nothing below is proof that all is well:**",
            "",
        )
        yield from _capped(report.unread, _item, 10, 2_000)
    if losses := _losses(report):
        yield from ("", *_heading("Who loses access", "Vault", "What is lost"))
        yield from _capped(losses, str, 50, 5_000)
    findings = worst_first(report)
    if findings:
        yield from ("", *_heading("", "Where", "What"))
        yield from _capped(findings, _row, 50, 20_000)
        explained = _capped([*said_in_turn(findings)], _explanation, 30, 14_000)
        yield from _folded("Why, and how to fix it", explained)
    vaults = [(each, vault) for each in report.deployments for vault in each.vaults]
    if vaults:
        vaults.sort(key=lambda each: each[1].verdict in _HARMLESS)
        rows = _capped(vaults, _vault, 50, 10_000)
        heading = _heading("Verdict", "Vault", "Template", "Parameters")
        yield from _folded("What happens to the access policies of each vault", rows, heading)
    live = [text for vault in vaults for text in _live(vault[1])]
    if live:
        yield from _folded("Who has access now, and what changes", _capped(live, _item, 100, 3_000))
    missing = [*map(_crashed, report.crashes), *report.skipped]
    if missing:
        rows = _capped(missing, _skipped, 20, 4_000)
        yield from _folded("What was not analysed", rows, _heading("File", "Why"))
    if report.notices:
        rows = _capped(report.notices, _cells, 20, 4_000)
        yield from _folded("About this run", rows, _heading("Note"))


def _known(report: Report) -> str:
    counts = {"suppressed": report.summary.suppressed, "baselined": report.summary.baselined}
    return "".join(f", {number} {what}" for what, number in counts.items() if number)


def _losses(report: Report) -> list[str]:
    """A row for each principal of a deployed vault that loses something, the sure ones first."""
    changes = [
        (change, vault)
        for deployment in report.deployments
        for vault in deployment.vaults
        if vault.live is not None
        for change in vault.live.changes
        if change.is_loss
    ]
    changes.sort(key=lambda each: _WORST.index(each[0].change))
    # a vault that several sets of parameters deploy loses the same
    return list(dict.fromkeys(_loss(*each) for each in changes))


def _loss(change: PrincipalChange, vault: VaultReport) -> str:
    who = change.object_id if change.name is None else f"{change.name} ({change.object_id})"
    if change.application_id is not None:
        who += f" with application {change.application_id}"
    if change.workspaces:
        who += f", used by {', '.join(change.workspaces)}"
    lost = _permissions(change.lost) or "the entry"
    if change.change == "undecided":
        lost = f"perhaps {lost}"
    if change.perhaps:
        lost += f"; perhaps also {_permissions(change.perhaps)}"
    return _cells(who, brief(vault.name), lost)


def _permissions(permissions: Mapping[str, list[str]]) -> str:
    return ", ".join(f"{kind} {' '.join(names)}" for kind, names in permissions.items())


def _row(finding: Finding) -> str:
    rule = f"**{_escaped(finding.rule)}**"
    what = f"{rule}<br>{_escaped(f'{finding.message} ({finding.certainty.value})')}"
    return f"| {finding.severity.value} | {_escaped(str(finding.location))} | {what} |"


def _explanation(explained: tuple[Finding, Sequence[Detail]]) -> str:
    finding, details = explained
    lines = [f"**{_escaped(str(finding.location))}** {_escaped(finding.rule)}", ""]
    for detail in details:
        lines.append(f"- {_escaped(f'{detail.label}: ' + ''.join(map(str, detail.text)))}")
    return "\n".join((*lines, ""))


def _vault(each: _Vault) -> str:
    deployment, vault = each
    sure = f" ({vault.certainty.value})" if vault.certainty is not None else ""
    parameters = ", ".join(deployment.parameters) or "defaults"
    return _cells(vault.verdict + sure, brief(vault.name), deployment.template, parameters)


def _live(vault: VaultReport) -> Iterator[str]:
    if vault.live is not None:
        yield from said_about_live(vault, vault.live)


def _item(text: str) -> str:
    """An item of a list, one further in where the text is indented."""
    return f"{'  ' if text[:1] == ' ' else ''}- {_escaped(text.strip())}"


def _crashed(crash: Crash) -> Skipped:
    return Skipped(crash.path, f"a bug in armguard, please report it: {crash.error}")


def _skipped(skipped: Skipped) -> str:
    return _cells(skipped.path, skipped.reason)


def _heading(*titles: str) -> tuple[str, str]:
    return f"| {' | '.join(titles)} |", f"|{' --- |' * len(titles)}"


def _cells(*texts: str) -> str:
    return f"| {' | '.join(map(_escaped, texts))} |"


def _folded(title: str, body: Iterator[str], heading: Sequence[str] = ()) -> Iterator[str]:
    # the blank lines make GitHub read what is between the tags as Markdown again
    yield from ("", "<details>", f"<summary>{title}</summary>", "", *heading)
    yield from body
    yield from ("", "</details>")


def _capped(
    items: Sequence[_Item], form: Callable[[_Item], str], most: int, budget: int
) -> Iterator[str]:
    """At most `most` items and `budget` characters, and how many more there are."""
    shown = 0
    for item in items[:most]:
        text = form(item)
        budget -= len(text) + 1
        if budget < 0:
            break
        shown += 1
        yield text
    if shown < len(items):
        yield from ("", f"and {len(items) - shown} more")


def _escaped(untrusted: str) -> str:
    """One line of text as Markdown that shows exactly it, in a table as elsewhere."""
    text = visible(untrusted)
    if len(text) > _LONGEST_TEXT:
        text = text[:_LONGEST_TEXT] + "..."
    text = _SPECIAL.sub(r"\\\g<0>", text).translate(_MARKUP)
    return _LINKED.sub(r"<span>\g<0></span>", text)
