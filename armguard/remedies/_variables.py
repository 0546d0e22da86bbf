"""Variables that hold what several resources say: changed once, where nothing else uses them."""

from __future__ import annotations

import re
from collections.abc import Collection

from armguard.evaluation.values import find_key
from armguard.finding import Location
from armguard.remedies._passing import owners_of
from armguard.remedies.remedy import Files
from armguard.templates.mentions import texts_in
from armguard.templates.resource import Resource

_VARIABLE = re.compile(r"\[\s*variables\(\s*'([^']+)'\s*\)\s*\]", re.IGNORECASE)


def variable_behind(
    resource: Resource, written: str, places: Collection[Location], files: Files
) -> Location | None:
    """Where the variable is defined that is all of `written`, a value of a resource; None: it is
    none of this file, or stands at other places than these as well."""
    found = _VARIABLE.fullmatch(written)
    owner = owners_of(resource)[0]
    section = find_key(owner.template, "variables")
    name = find_key(owner.template[section], found[1]) if found and section else None
    if found is None or name is None or owner.place.path != resource.place.path:
        return None
    # a computed name may be this one
    use = re.compile(rf"variables\(\s*('{re.escape(found[1])}'|[^'\s])", re.IGNORECASE)
    path = owner.place.path
    uses = {at for at, text in texts_in(Location(path), files.document(path)) if use.search(text)}
    return owner.place.child(str(section), name) if uses <= {*places} else None
