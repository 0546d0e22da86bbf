"""Which files are looked into: what was named or is in a folder, without what is excluded."""

from __future__ import annotations

from typing import TYPE_CHECKING

from armguard.checking.request import Request
from armguard.record import replace
from armguard.source.discovery import Candidate, Discovery, discover

if TYPE_CHECKING:
    from armguard.checking.environments import Environments


def environments_of(request: Request) -> Environments | None:
    """None: no environment has a say. Raises `UsageError` for one that does not exist."""
    settings = request.settings
    wanted = settings.environments
    if request.environment is None and (request.parameter_sets or not wanted):
        return None
    from armguard.checking.environments import Environments
    from armguard.configuration.environment import named_environment

    if request.environment is not None:
        wanted = (named_environment(request.environment, wanted, settings.file),)
    return Environments(wanted)


def discovered(request: Request, environments: Environments | None) -> Discovery:
    """The files of a request. Raises `UsageError` for a path that does not exist."""
    paths = request.paths if environments is None else environments.paths(request)
    found = _included(discover(paths, force_exclude=request.force_exclude), request)
    if environments is None:
        return found
    return replace(found, candidates=environments.candidates(found.candidates))


def _included(discovery: Discovery, request: Request) -> Discovery:
    """Without what the configuration excludes; who names a file means it, unless a runner does."""
    is_excluded = request.settings.exclude.match

    def stays(candidate: Candidate) -> bool:
        meant = candidate.named and not request.force_exclude
        return meant or not is_excluded(candidate.path)

    left_out = [
        (each.path, "excluded") for each in discovery.candidates if each.named and not stays(each)
    ]
    return Discovery(
        tuple(filter(stays, discovery.candidates)),
        discovery.unreadable,
        (*left_out, *(each for each in discovery.skipped if not is_excluded(each[0]))),
    )
