"""Reads templates. What is none is skipped and counted; what can't be read is a finding."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from armguard.checking.found import Found
from armguard.checking.request import Request
from armguard.errors import UnreadableFileError
from armguard.evaluation.values import find_key
from armguard.finding import Certainty, Finding, Location, Severity, Skipped
from armguard.record import record, replace
from armguard.source.discovery import (
    STDIN,
    Candidate,
    Pairing,
    is_parameters_name,
    is_parameters_text,
    is_template_text,
)
from armguard.source.json_text import decode, parse_json, read_text

UNREADABLE = "unreadable-template"


_COMPUTED = re.compile(r'"(?:template|properties|resources)"\s*+:\s*+"\s*+\[')
"""Whole parts of a template that come from elsewhere, from a parameter file perhaps."""


def load(
    candidates: Iterable[Candidate],
    request: Request,
    read_stdin: Callable[[], bytes],
    found: Found,
) -> list[Loaded]:
    pairing = Pairing()
    loaded: dict[str, Loaded] = {}
    parameter_files: dict[str, list[str]] = {}
    for candidate in candidates:
        named = candidate.named and not request.force_exclude
        if candidate.path != STDIN and is_parameters_name(candidate.path):
            template = pairing.template_of_parameters(candidate.path)
            if candidate.named and template is not None:
                parameter_files.setdefault(template, []).append(candidate.path)
            elif candidate.named:
                found.skipped.append(
                    Skipped(candidate.path, "a parameter file without a template beside it")
                )
            continue
        one = _load_one(candidate.path, named, read_stdin, found)
        if one is not None:
            loaded[one.path] = one
    for path, files in parameter_files.items():
        if path not in loaded:
            one = _load_one(path, True, read_stdin, found)
            if one is not None:
                loaded[path] = replace(one, parameter_files=tuple(files))
    return [loaded[path] for path in sorted(loaded)]


def _load_one(
    path: str, named: bool, read_stdin: Callable[[], bytes], found: Found
) -> Loaded | None:
    """A template; what is none is skipped, what can't be read is a finding."""
    try:
        text = decode(read_stdin()) if path == STDIN else read_text(path)
    except UnreadableFileError as error:
        if named:
            found.findings.append(unreadable(path, str(error)))
        else:
            found.skipped.append(Skipped(path, str(error)))
        return None
    is_template = is_template_text(text)
    if not is_template and (not named or is_parameters_text(text)):
        found.skipped.append(Skipped(path, "not a deployment template"))
        return None
    try:
        document = parse_json(text)
    except UnreadableFileError as error:
        found.template(path, text)
        found.findings.append(unreadable(path, str(error), error.offset))
        return None
    if not isinstance(document, Mapping) or (
        not is_template and find_key(document, "resources") is None
    ):
        found.skipped.append(Skipped(path, "not a deployment template"))
        return None
    found.template(path, text)
    return Loaded(path, text, document, may_concern_vaults=_may_concern_vaults(text))


def _may_concern_vaults(text: str) -> bool:
    """Whether a template can hold a vault, a workspace or a link to another template. Types can't
    be expressions, so their names stand in the text, unless somebody escaped its letters."""
    lower = text.lower()
    if _COMPUTED.search(lower):
        return True
    return any(word in lower for word in ("keyvault", "machinelearning", "templatelink", "\\u00"))


def unreadable(path: str, message: str, offset: int | None = None) -> Finding:
    return Finding(
        rule=UNREADABLE,
        severity=Severity.ERROR,
        certainty=Certainty.CERTAIN,
        message=f"the file can't be read as a template: {message}",
        location=Location(path, "" if offset is None else f"#{offset}"),
    )


@record
class Loaded:
    """A template that could be read, and the parameter files that were named for it."""

    path: str
    text: str
    document: Mapping[str, Any]
    parameter_files: tuple[str, ...] | None = None
    """None: those beside it are looked for"""
    may_concern_vaults: bool = True
    """False: nothing in its text speaks of vaults, workspaces or other files"""
