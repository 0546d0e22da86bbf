"""Which of the Bicep files of a run are deployed by themselves: those are compiled and checked.

A file that another one uses is a part of that one, unless somebody names it or it has parameters of
its own. A program such as pre-commit names what was changed, and means what that is a part of.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Collection, Iterable, Iterator

from armguard.finding.report import Skipped
from armguard.record import record
from armguard.source.bicep.files import (
    deployed_by_others,
    extended_file,
    is_base,
    roots_above,
    used_template,
)
from armguard.source.bicep_paths import is_bicep, is_bicep_parameters, is_bicep_template
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
    is_excluded: Callable[[str], bool] = lambda path: False,
) -> BicepRoots:
    """The roots among files that are Bicep. `has_parameters`: whether there are parameter files
    that are named after a template; with `force_exclude` a program has chosen the files, so those
    of the repository count as well that are deployed with them and not excluded."""
    given = tuple(candidates)
    chosen = [each.path for each in given if each.named] if force_exclude else []
    around = [path for path in _files_around(chosen) if not is_excluded(path)]
    files = {each.path: each for each in given if is_bicep_template(each.path)}
    known = {*files, *filter(is_bicep_template, around)}
    owners = deployed_by_others(known)
    roots = dict.fromkeys(roots_above([each for each in chosen if each in files], known), False)
    parts = []
    for path, each in files.items():
        owner = owners.get(path)
        if owner is None or (each.named and not force_exclude) or has_parameters(path):
            roots[path] = each.named
        else:
            parts.append(Skipped(path, f"it is deployed as a part of {owner}"))
    parameters = {each.path: each for each in given if is_bicep_parameters(each.path)}
    for path in _extending(chosen, filter(is_bicep_parameters, around)):
        parameters.setdefault(path, Candidate(path, False))
    sets = []
    for each in parameters.values():
        used = used_template(each.path)
        is_meant = each.named and not force_exclude
        if is_base(each.path) and not is_meant:
            parts.append(Skipped(each.path, "a parameter file that others extend"))
            continue
        if used is not None and is_excluded(used) and not is_meant:
            parts.append(Skipped(each.path, f"a parameter file of {used}, which is excluded"))
            continue
        sets.append(each)
        if used is not None and is_bicep_template(used) and os.path.isfile(used):
            roots[used] = roots.get(used, False) or each.named
    return BicepRoots(
        tuple(Candidate(path, roots[path]) for path in sorted(roots)),
        tuple(sets),
        tuple(each for each in parts if each.path not in roots),
    )


def _files_around(paths: Collection[str]) -> Iterator[str]:
    """The Bicep files of the repositories that some files are in."""
    folders = {os.path.dirname(os.path.abspath(path)) for path in paths}
    repositories = {root for root in map(repository_root, folders) if root is not None}
    for repository in sorted(repositories):
        for name in filter(is_bicep, list_folder(repository).files):
            yield shown_path(os.path.join(repository, name))


def _extending(bases: Collection[str], paths: Iterable[str]) -> Iterator[str]:
    """Those of these parameter files that extend others, also over several steps."""
    for path in paths if bases else ():
        passed: set[str] = set()
        base = extended_file(path)
        while base is not None and base not in passed:
            if base in bases:
                yield path
                break
            passed.add(base)
            base = extended_file(base)
