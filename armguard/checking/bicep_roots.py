"""Which of the Bicep files of a run are deployed by themselves: those are compiled and checked.

A file that another one uses is a part of that one, unless somebody names it or it has parameters of
its own. A program such as pre-commit names what was changed, and means what that is a part of.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Sequence

from armguard.finding import Skipped
from armguard.record import record
from armguard.source.bicep.files import deployed_by_others, is_base, used_template
from armguard.source.bicep_paths import is_bicep_parameters, is_bicep_template
from armguard.source.discovery import Candidate, shown_path
from armguard.source.folder import list_folder, repository_root


@record
class BicepRoots:
    templates: tuple[Candidate, ...] = ()
    parameters: tuple[Candidate, ...] = ()
    """parameter files that are for one template"""
    parts: tuple[Skipped, ...] = ()


def bicep_roots(
    candidates: Iterable[Candidate],
    has_parameters: Callable[[str], bool],
    *,
    force_exclude: bool = False,
) -> BicepRoots:
    """The roots among files that are Bicep. `has_parameters`: whether there are parameter files
    that are named after a template; with `force_exclude` a program has chosen the files."""
    every = tuple(candidates)
    parameters = [each for each in every if is_bicep_parameters(each.path)]
    files = {each.path: each for each in every if is_bicep_template(each.path)}
    owners = deployed_by_others(files)
    if force_exclude:
        chosen = [path for path, each in files.items() if each.named]
        owners |= _owners_around([path for path in chosen if path not in owners], files)
    roots: dict[str, bool] = {}
    parts = []
    for path, each in files.items():
        owner = owners.get(path)
        if owner is None or (each.named and not force_exclude) or has_parameters(path):
            roots[path] = each.named
        else:
            parts.append(Skipped(path, f"it is deployed as a part of {owner}"))
            root = _root_of(path, owners)
            if root not in files:
                roots[root] = False
    sets = []
    for each in parameters:
        if is_base(each.path) and not each.named:
            parts.append(Skipped(each.path, "a parameter file that others extend"))
            continue
        sets.append(each)
        used = used_template(each.path)
        if used is not None and is_bicep_template(used) and os.path.isfile(used):
            roots[used] = roots.get(used, False) or each.named
    own = set(roots)
    return BicepRoots(
        tuple(Candidate(path, roots[path]) for path in sorted(roots)),
        tuple(sets),
        tuple(each for each in parts if each.path not in own),
    )


def _root_of(path: str, owners: dict[str, str]) -> str:
    while path in owners:
        path = owners[path]
    return path


def _owners_around(paths: Sequence[str], known: Iterable[str]) -> dict[str, str]:
    """What the repository around some files deploys them as parts of, up to its roots."""
    folders = {os.path.dirname(os.path.abspath(path)) for path in paths}
    repositories = {root for root in map(repository_root, folders) if root is not None}
    found: dict[str, str] = {}
    for repository in sorted(repositories):
        listed = (os.path.join(repository, name) for name in list_folder(repository).files)
        every = {shown_path(path) for path in listed if is_bicep_template(path)}
        found |= deployed_by_others(every | set(known))
    return found
