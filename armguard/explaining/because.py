"""Why a vault's verdict is what it is, in words: from the property down to what decides it."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from armguard.evaluation.scope import Consulted
from armguard.evaluation.unknown import Value
from armguard.explaining.bicep_words import is_bicep, module_of
from armguard.explaining.case import Case
from armguard.explaining.written_at import MISSING, written_at
from armguard.finding import Certainty, Detail, Location, Related
from armguard.keyvault.api_versions import ROLES_BY_DEFAULT
from armguard.keyvault.outcome import Step
from armguard.keyvault.verdict import Verdict
from armguard.pointer import keys_of

_SHOWN = 70
_MOST_FILES = 3
_MOST_PARTS = 20
"""five parameters or variables, each with its place"""


def only_if(*conditions: str) -> str:
    """`, if A and B` for the end of a message; nothing without conditions."""
    said = dict.fromkeys(conditions)
    return f", if {' and '.join(said)}" if said else ""


_KEEPS_ITS_MODEL = (
    f"enableRbacAuthorization is not set: with API version {ROLES_BY_DEFAULT} or later a vault"
    " that exists keeps its model, and only a new one uses role assignments"
)


_AT_RUN_TIME = (
    "Azure computes this list while it deploys; whether it has entries follows from what is written"
)


def unset_by(parameter_files: Sequence[str], fitting: Sequence[str] = ()) -> str:
    """That these files, the ones of a deployment, leave a parameter to its default; `fitting`: the
    files that are not used since nobody said that they belong to it."""
    if not parameter_files and fitting:
        rest = " ..." if len(fitting) > _MOST_FILES else ""
        return f"; not used is what may set it: {', '.join(fitting[:_MOST_FILES])}{rest}"
    if not parameter_files:
        return "; no parameter file sets it"
    named = ", ".join(parameter_files[:_MOST_FILES])
    more = len(parameter_files) - _MOST_FILES
    others = f" and {more} more" if more > 0 else ""
    return f"; {named}{others} {'do' if len(parameter_files) > 1 else 'does'} not set it"


def because(verdict: Verdict, case: Case) -> tuple[tuple[Detail, ...], tuple[Related, ...]]:
    """The `because` lines of a finding about a verdict, and the places that they name."""
    details, related = because_of(verdict.outcome.steps, case, verdict.deciding)
    details = (*details, *map(taken_from_here, verdict.outcome.files))
    details = (*details, *(Detail("because", (each,)) for each in verdict.outcome.doubts))
    if verdict.outcome.at_run_time:
        details = (*details, Detail("because", (_AT_RUN_TIME,)))
    if verdict.outcome.keeps_model:
        details = (*details, Detail("because", (_KEEPS_ITS_MODEL,)))
    if verdict.certainty is Certainty.POSSIBLE and verdict.world.said:
        details = (*details, Detail("so if", (" and ".join(verdict.world.said),)))
    return details, related


def taken_from_here(file: Consulted) -> Detail:
    """That a file is only taken for the one that is linked."""
    text = f"the template is taken from this repository's {file.name}; that the link"
    where: tuple[str | Location, ...] = () if file.location is None else (" (", file.location, ")")
    return Detail("because", (text, *where, " leads there when it is deployed is assumed"))


def because_of(
    steps: Sequence[Step], case: Case, deciding: Sequence[str] = ()
) -> tuple[tuple[Detail, ...], tuple[Related, ...]]:
    """The same for what the last step found. Of the steps before it those are told that hang on a
    parameter of `deciding`, or on what is assumed."""
    details: list[Detail] = []
    related: list[Related] = []
    for position, step in enumerate(steps, 1):
        if position < len(steps) and not _matters(step, deciding):
            continue
        text, places = _told(step, case)
        details.append(Detail("because", text))
        related.extend(places)
    return tuple(details), tuple(dict.fromkeys(related))


def _matters(step: Step, deciding: Sequence[str]) -> bool:
    decisive = {name.lower() for name in deciding}
    return any(
        each.kind == "assumption" or (each.is_default and each.name.lower() in decisive)
        for each in step.evaluated.consulted
    )


def _told(step: Step, case: Case) -> tuple[tuple[str | Location, ...], list[Related]]:
    documents = case.assessment.documents
    parts: list[str | Location] = [_opening(step, case)]
    related: list[Related] = []
    defaults = False
    more = 0
    for consulted in () if _is_written_out(step, documents) else step.evaluated.consulted:
        said = _said(consulted, case)
        if said is None:
            continue
        if len(parts) > _MOST_PARTS:
            more += 1
            continue
        parts.append(f" and {said}")
        if consulted.location is not None:
            location = consulted.location
            parts.extend((" (", location, ")"))
            related.append(Related(said, location))
        defaults |= consulted.origin == "default" and not _is_left_null(consulted)
    if more:
        parts.append(f" and {more} more")
    elif defaults and len(related) == 1:
        parts.append(unset_by(case.parameter_files, case.fitting))
    return tuple(parts), related


def _is_written_out(step: Step, documents: Mapping[str, Any]) -> bool:
    """Whether it is a list with its brackets: then nothing inside of it decides that it is one."""
    return isinstance(written_at(step.place, documents), list)


def _opening(step: Step, case: Case) -> str:
    documents = case.assessment.documents
    what = "the condition" if step.what == "condition" else step.what
    value = written_at(step.place, documents)
    if not _is_property(step) and isinstance(value, str):
        return f"{what} comes from {short(value)}"
    if value is MISSING and (source := _source(step.place, documents)) is not None:
        return f"{what} comes from {short(source)}"
    if value is MISSING or not _is_property(step):
        return f"{what} is not written"
    if step.place.pointer.rpartition("/")[2].isdigit():
        made = step.evaluated.value
        loop = "loop" if is_bicep(step.place, case) else "copy loop"
        return f"{what} is written by a {loop}{_of_so_many(made)}"
    if isinstance(value, str) and value[:1] == "[":
        return f"{what} is {short(value)}"
    return f"{what} is written as {short(value)}"


def _is_property(step: Step) -> bool:
    """Whether the place of a step is that of the property itself, not of what is around it."""
    *_, before, name = ("", *step.place.pointer.split("/"))
    return name.lower() == step.what.lower() or (before == "copy" and name.isdigit())


def _said(consulted: Consulted, case: Case) -> str | None:
    kind, name, documents = consulted.kind, consulted.name, case.assessment.documents
    if kind == "variable" and consulted.count is not None:
        return f"variable '{name}' is a loop of {consulted.count}"
    if kind == "variable":
        # a name that no file of Bicep can have
        what = "what is loaded from a file" if name.startswith("$fxv#") else f"variable '{name}'"
        return f"{what} is {_written(consulted, documents)}"
    if kind != "parameter":
        return None
    parameter = f"parameter '{name}'"
    if consulted.origin in ("fixed", "passed"):
        parameter += f" of {module_of(consulted.location, case) or 'the nested template'}"
    if _is_left_null(consulted):
        return f"{parameter} is not given, so null"
    match consulted.origin:
        case "default" | "fixed":
            return f"{parameter} defaults to {_written(consulted, documents)}"
        case "passed" | "supplied":
            return f"{parameter} is given {_written(consulted, documents)}"
        case "unset":
            return f"{parameter} is given {_written(consulted, documents)}, taken for not set"
        case _:
            return f"{parameter} has no value"


def _of_so_many(made: Value) -> str:
    return f" of {len(made)}" if isinstance(made, list) else ""


def _is_left_null(consulted: Consulted) -> bool:
    """Whether it is a nullable parameter without a default that nobody gives: its place is then
    that of its declaration."""
    if consulted.location is None or consulted.origin not in ("default", "fixed"):
        return False
    return not consulted.location.pointer.endswith("/defaultValue")


def _written(consulted: Consulted, documents: Mapping[str, Any]) -> str:
    if consulted.secret and consulted.location is None:
        return "a secret"
    if consulted.location is None:
        return "a value on the command line"
    value = written_at(consulted.location, documents)
    if consulted.secret and (value != "" or consulted.origin == "supplied"):
        return "a secret"
    if value is MISSING:
        return "a value"
    if isinstance(value, dict) and consulted.origin in ("passed", "supplied", "unset"):
        inner = next((v for k, v in value.items() if k.lower() == "value"), MISSING)
        value = value if inner is MISSING else inner
    # one that does not fit its type has no members that could be hidden by themselves
    is_text = not isinstance(value, (list, dict, bool)) and value is not None
    return "a value that is not shown" if consulted.conceals and is_text else short(value)


def _source(place: Location, documents: Mapping[str, Any]) -> str | None:
    """The expression that makes what stands at a place, where that is not written out."""
    keys = keys_of(place.pointer)
    for length in range(len(keys)):
        value = written_at(Location(place.path).child(*keys[:length]), documents)
        if isinstance(value, str):
            return value
    return None


def short(value: Any) -> str:
    """A value as it is written, in one short line."""
    if isinstance(value, str):
        text = value if value[:1] == "[" else f"'{value}'"
    elif isinstance(value, (list, dict)) and value:
        kind, unit = ("an array", "element") if isinstance(value, list) else ("an object", "member")
        return f"{kind} of {len(value)} {unit}{'s' if len(value) != 1 else ''}"
    else:
        text = json.dumps(value, ensure_ascii=False)
    text = " ".join(text.split())
    return text if len(text) <= _SHOWN else text[: _SHOWN - 3] + "..."
