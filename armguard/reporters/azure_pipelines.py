"""The report as Azure Pipelines logging commands, which become issues of the run.

The agent obeys `##vso[` anywhere in a line: all text is made harmless before a command is put
around it. It knows errors and warnings only, so notes are text.
"""

from __future__ import annotations

import posixpath

from armguard.finding import Severity
from armguard.finding.report import Report
from armguard.reporters._annotations import Annotation, annotated_log
from armguard.safe_text import visible

_SEVERITIES = (Severity.ERROR, Severity.WARNING)
_DATA = str.maketrans({"%": "%AZP25", "\r": "%0D", "\n": "%0A"})
_PROPERTY = str.maketrans({"%": "%AZP25", "\r": "%0D", "\n": "%0A", "]": "%5D", ";": "%3B"})


def render(report: Report) -> str:
    # the agent links absolute paths only
    place = report.origin.working_directory
    return annotated_log(report, _SEVERITIES, lambda annotation: _command(annotation, place))


def _command(annotation: Annotation, folder: str) -> str:
    location = annotation.location
    properties = {
        "type": annotation.severity.value,
        "sourcepath": posixpath.normpath(posixpath.join(folder, location.path)),
    }
    if location.start is not None:
        properties["linenumber"] = str(location.start.line)
        properties["columnnumber"] = str(location.start.column)
    properties["code"] = annotation.code
    written = "".join(
        f"{name}={visible(value).translate(_PROPERTY)};" for name, value in properties.items()
    )
    message = "\n".join(annotation.lines).translate(_DATA)
    return f"##vso[task.logissue {written}]{message}"
