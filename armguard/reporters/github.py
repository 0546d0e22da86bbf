"""The report as GitHub workflow commands, which become annotations on a pull request.

A command is one line, so line breaks are escaped; columns are given only for a span in one line,
because GitHub ignores them otherwise. Paths count from the top of the repository.
"""

from __future__ import annotations

import posixpath

from armguard.finding import Severity
from armguard.finding.report import Report
from armguard.reporters._annotations import Annotation, annotated_log
from armguard.safe_text import visible

_COMMANDS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.NOTE: "notice"}
_DATA = str.maketrans({"%": "%25", "\r": "%0D", "\n": "%0A"})
_PROPERTY = str.maketrans({"%": "%25", "\r": "%0D", "\n": "%0A", ":": "%3A", ",": "%2C"})


def render(report: Report) -> str:
    place = report.origin.workspace_folder
    return annotated_log(report, _COMMANDS, lambda annotation: _command(annotation, place))


def _command(annotation: Annotation, folder: str) -> str:
    location = annotation.location
    properties = {"file": posixpath.normpath(posixpath.join(folder, location.path))}
    start, end = location.start, location.end
    if start is not None:
        properties["line"] = str(start.line)
        if end is not None:
            properties["endLine"] = str(end.line)
        if end is None or end.line == start.line:
            properties["col"] = str(start.column)
        if end is not None and end.line == start.line:
            properties["endColumn"] = str(end.column)
    properties["title"] = annotation.code
    written = ",".join(
        f"{name}={visible(value).translate(_PROPERTY)}" for name, value in properties.items()
    )
    message = "\n".join(annotation.lines).translate(_DATA)
    return f"::{_COMMANDS[annotation.severity]} {written}::{message}"
