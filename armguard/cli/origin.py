"""Where a report is made: folder, repository, revision, and the pipeline that runs armguard.

Reporters are told, they never look. An address of a repository may hold a password; it is cut out
here, so that no report can publish it.
"""

from __future__ import annotations

import os
import time
from collections.abc import Collection, Mapping
from functools import cache

from armguard.errors import UsageError
from armguard.finding.report import Origin
from armguard.record import replace

_PIPELINE = "azuredevops/pipeline/build/"
_NO_ID = "b3adce98-d877-59f9-83cc-810ef19a7381"
"""Stands for a project and a phase: the name-based UUID of "armguard", as zeros are refused."""
_PIPELINE_VARIABLES = {
    "SYSTEM_DEFINITIONID": "-1",  # documented for a run without a build definition
    "BUILD_DEFINITIONNAME": "armguard",
    "SYSTEM_PHASEID": _NO_ID,
    "SYSTEM_PHASENAME": "armguard",
}
"""Variables of a pipeline, and what stands for each of them where it is not set."""

_SAY_FROM_WHERE = frozenset({"html", "sarif"})


def today(environment: Mapping[str, str]) -> str:
    """This day in UTC, so that all machines of a team agree, as in 2027-01-31; that of
    SOURCE_DATE_EPOCH where it is set. Raises `UsageError` where that is no number of seconds."""
    return moment(environment, "%Y-%m-%d")


def moment(environment: Mapping[str, str], form: str = "%Y-%m-%d %H:%M UTC") -> str:
    """The same with the time of day, as in `2027-01-31 12:00 UTC`."""
    given = environment.get("SOURCE_DATE_EPOCH")
    if not given:
        return time.strftime(form, time.gmtime())
    try:
        return time.strftime(form, time.gmtime(int(given)))
    except (ValueError, OverflowError, OSError) as error:
        raise UsageError(
            f"SOURCE_DATE_EPOCH is '{given}'; it must be a number of seconds since 1970"
        ) from error


def read_origin(environment: Mapping[str, str], formats: Collection[str]) -> Origin:
    """What those of `formats` need that say where they come from; git is asked for them only."""
    here = os.getcwd().replace(os.sep, "/")
    workspace = _inside(environment.get("GITHUB_WORKSPACE") or environment.get("CI_PROJECT_DIR"))
    if _SAY_FROM_WHERE.isdisjoint(formats):
        return Origin(workspace_folder=workspace, working_directory=here)
    automation_id, automation = _automation(environment)
    folder = _git("rev-parse", "--show-prefix")
    known = Origin(
        automation_id=automation_id,
        automation=automation,
        workspace_folder=workspace,
        working_directory=here,
    )
    if folder is None:
        return known
    branch = environment.get("GITHUB_REF") or environment.get("BUILD_SOURCEBRANCH")
    return replace(
        known,
        repository=repository_uri(_git("config", "--get", "remote.origin.url") or ""),
        revision=_git("rev-parse", "--verify", "--quiet", "HEAD"),
        branch=branch or _git("symbolic-ref", "--quiet", "HEAD"),
        folder=folder,
        uncommitted="html" in formats and bool(_git("status", "--porcelain", "-uno")),
    )


@cache
def remote_of(folder: str) -> str | None:
    """The address of the git repository around a folder, as in `ssh://example.com/team/infra.git`;
    None: there is none, or it is a path."""
    address = _git("-C", folder, "config", "--get", "remote.origin.url")
    return None if address is None else repository_uri(address)


def _inside(workspace: str | None) -> str:
    """The working directory inside of a folder, "" at its top and outside of it."""
    if not workspace:
        return ""
    try:
        folder = os.path.relpath(os.getcwd(), workspace).replace(os.sep, "/")
    except ValueError:  # another drive of Windows
        return ""
    return "" if folder == "." or folder.startswith("..") else folder


def _git(*arguments: str) -> str | None:
    """What git answers, None where it can't: no git, no repository, no such thing in it."""
    import subprocess

    try:
        answer = subprocess.run(
            ["git", *arguments], capture_output=True, timeout=10, check=False, encoding="utf-8"
        )
    except (OSError, subprocess.SubprocessError, UnicodeDecodeError):
        return None
    return answer.stdout.removesuffix("\n") if answer.returncode == 0 else None


def repository_uri(address: str) -> str | None:
    """`git@example.com:team/infra.git` -> `ssh://example.com/team/infra.git`; None for a path."""
    from urllib.parse import urlsplit, urlunsplit

    if "://" not in address:
        host, colon, path = address.partition(":")
        if not colon or "/" in host or len(host) == 1:  # one letter is a drive of Windows
            return None
        address = f"ssh://{host}/{path.lstrip('/')}"
    try:
        parts = urlsplit(address)
    except ValueError:
        return None
    if parts.scheme not in ("https", "http", "ssh", "git") or not parts.hostname:
        return None
    host = parts.netloc.rpartition("@")[2]
    return urlunsplit((parts.scheme, host, parts.path, "", ""))


def _automation(environment: Mapping[str, str]) -> tuple[str, tuple[tuple[str, str], ...]]:
    """The identity of the run, in the form that Azure DevOps insists on; GitHub shows it to people.

    It refuses a log without them, so outside a pipeline there are stand-ins.
    """
    if environment.get("GITHUB_ACTIONS"):
        return Origin().automation_id, ()
    values = {name: environment.get(name) or other for name, other in _PIPELINE_VARIABLES.items()}
    organization = environment.get("SYSTEM_COLLECTIONURI", "").rstrip("/").rpartition("/")[2]
    parts = (
        organization or "armguard",
        environment.get("SYSTEM_TEAMPROJECTID") or _NO_ID,
        values["SYSTEM_DEFINITIONID"],
        values["SYSTEM_PHASEID"],
        environment.get("BUILD_SOURCEBRANCH") or "refs/heads/main",
        environment.get("BUILD_BUILDID") or "0",
    )
    properties = {
        "buildDefinitionId": values["SYSTEM_DEFINITIONID"],
        "buildDefinitionName": values["BUILD_DEFINITIONNAME"],
        "phaseId": values["SYSTEM_PHASEID"],
        "phaseName": values["SYSTEM_PHASENAME"],
    }
    return (
        _PIPELINE + "/".join(parts),
        tuple((_PIPELINE + name, value) for name, value in properties.items()),
    )
