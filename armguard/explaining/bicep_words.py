"""What is compiled from Bicep, in the words of Bicep."""

from __future__ import annotations

import re

from armguard.explaining.case import Case
from armguard.explaining.written_at import written_at
from armguard.finding import Location
from armguard.source.bicep_paths import is_bicep_template

_IN_DEPLOYMENT = re.compile(r"(?i)(.*/resources/[^/]+)/(?:properties|condition)(?:/|\Z)")


def file_of(place: Location, case: Case) -> str:
    """The file in which somebody wrote what is at a place: of Bicep it may be a module."""
    places = case.places.get(place.path)
    return place.path if places is None else places.of(place.pointer).path


def is_bicep(place: Location, case: Case) -> bool:
    """Whether somebody wrote in Bicep what is at a place."""
    return is_bicep_template(file_of(place, case))


def is_foreign(place: Location, case: Case) -> bool:
    """Whether it is inside of a module that is taken from a registry."""
    places = case.places.get(place.path)
    return places is not None and places.of(place.pointer).is_foreign


def module_of(place: Location | None, case: Case) -> str | None:
    """`module 'vault'`, of the innermost deployment that a place is in, whether it is in its
    template or what that is given; None: that is no module of Bicep."""
    if place is None or place.path not in case.places:
        return None
    deployment = _IN_DEPLOYMENT.match(place.pointer)
    if deployment is None:
        return None
    name = case.places[place.path].of(deployment[1]).name
    if name:
        return f"module '{name}'"
    from armguard.source.bicep.places import is_compiled

    template = Location(place.path, f"{deployment[1]}/properties/template")
    return "the module" if is_compiled(written_at(template, case.assessment.documents)) else None
