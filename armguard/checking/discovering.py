"""Which files are looked into: what was named or is in a folder, without what is excluded."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from armguard.checking.request import Request
from armguard.record import replace
from armguard.source.discovery import Candidate, Discovery, Unreadable, discover, shown_path

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
    exclude = request.settings.exclude
    reason = f"excluded by {request.settings.origin('exclude')}"

    def stays(each: Candidate | Unreadable) -> bool:
        if each.named and not request.force_exclude:
            return True
        # what can't be opened may be a folder
        return not (exclude.match(each.path) or exclude.match(f"{each.path}/_"))

    every: tuple[Candidate | Unreadable, ...] = (*discovery.candidates, *discovery.unreadable)
    left_out = [(each.path, reason) for each in every if each.named and not stays(each)]
    remaining = Discovery(
        tuple(filter(stays, discovery.candidates)),
        tuple(filter(stays, discovery.unreadable)),
        (*left_out, *(each for each in discovery.skipped if not exclude.match(each[0]))),
    )
    if request.force_exclude:
        return remaining
    before, after = set(_paths_in(discovery)), set(_paths_in(remaining))
    folders = [
        folder
        for folder in map(shown_path, request.paths)
        if any(_is_in(folder, path) for path in before - after)
        and not any(_is_in(folder, path) for path in after)
    ]
    return replace(
        remaining,
        skipped=(*remaining.skipped, *((folder, reason) for folder in folders)),
        notices=tuple(f"'{folder}' is {reason}: nothing in it is checked" for folder in folders),
    )


def _paths_in(discovery: Discovery) -> Iterator[str]:
    yield from (each.path for each in discovery.candidates)
    yield from (each.path for each in discovery.unreadable)


def _is_in(folder: str, path: str) -> bool:
    return folder == "." or path.startswith(f"{folder.rstrip('/')}/")
