"""What the HTML report is evidence of: when and how it was made, of which files, and where they
are deployed."""

from __future__ import annotations

from collections.abc import Iterator

from armguard.finding.report import Report
from armguard.reporters.html.text import answers, shown, table
from armguard.version import __version__

_HEADS = "refs/heads/"


def evidence(report: Report) -> Iterator[str]:
    origin = report.origin
    commit = shown(origin.revision or "")
    if commit and origin.uncommitted:
        commit += " with changes that are not committed"
    compared = report.compared or "nothing: the templates alone"
    yield from answers(
        (
            ("Made", shown(origin.made_at)),
            ("Command", _code(origin.command)),
            ("Repository", shown(origin.repository or "")),
            ("Folder", shown(origin.folder)),
            ("Commit", commit),
            ("Branch", shown((origin.branch or "").removeprefix(_HEADS))),
            ("Configuration", shown(origin.configuration)),
            ("Compared with", shown(compared)),
            ("armguard", __version__),
        )
    )
    if report.deployments:
        titles = ("Template", "Parameters", "Environment", "Subscription", "Resource group")
        yield table("What was checked", titles, _deployments(report))


def _code(text: str) -> str:
    return f"<code>{shown(text)}</code>" if text else ""


def _deployments(report: Report) -> Iterator[tuple[str, ...]]:
    for each in report.deployments:
        yield (
            shown(each.template),
            shown(", ".join(each.parameters)) or "the template's defaults",
            shown(each.environment) or "-",
            shown(each.subscription) or "not given",
            shown(each.resource_group) or "not given",
        )
