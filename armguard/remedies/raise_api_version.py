"""The newest stable API version for all vaults, and children with access policies, of a file.

A version that does not retire gives a *new* vault role assignments unless `enableRbacAuthorization`
is false, so with it the model of every vault is written out: the one that the deployed vault has. A
guess would switch the model of somebody's vault, so where the template does not say it deployed
state has to; a vault that does not exist keeps the meaning that the template has today. A file is
raised as a whole or not at all.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from armguard.errors import EvaluationError, ExpressionSyntaxError
from armguard.evaluation.unknown import Value
from armguard.evaluation.values import find_key, member
from armguard.explaining.case import Case
from armguard.expressions.parser import is_expression
from armguard.expressions.syntax import Call, Literal, to_text
from armguard.finding import Location, quoted
from armguard.keyvault.api_versions import (
    NEWEST,
    ROLES_SINCE,
    is_before,
    new_vault_uses_roles,
    retires,
)
from armguard.keyvault.assessment import AssessedVault
from armguard.keyvault.declared import POLICY_CHANGES, VAULTS, is_written, safe_member, safe_read
from armguard.record import record
from armguard.remedies._given import is_given
from armguard.remedies.remedy import Expected, Proposal, RefusedError, Target

if TYPE_CHECKING:
    from armguard.source.text_edits import Edit
    from armguard.templates.resource import Resource, Surroundings

RANK = 10
SUMMARY = f"vaults and their access policies get API version {NEWEST}, and keep their model"
COST = "nothing; whether a vault uses access policies or role assignments has to be known"
HAZARDS = ("version",)

_RAISED = (VAULTS, POLICY_CHANGES)
_MODEL = "enableRbacAuthorization"
_NOT_KNOWN = (
    "whether it uses access policies or role assignments is not known, and a guess may switch it:"
    " --live or --against FILE tells"
)
_NAMES = {False: "access policies", True: "role assignments"}


def objection(vault: AssessedVault | None, case: Case) -> str | None:
    """Why the file with this vault can't be raised."""
    for each in case.assessment.vaults if vault is not None else ():
        is_here = vault is not None and each.place.path == vault.place.path
        is_raised = is_here and each.written is not None and not each.by_children
        if is_raised and retires(each.settings["apiVersion"].value):
            said = each.settings[_MODEL].value
            try:
                if is_given(said):
                    _refuse_uncounted(case, each, said)
                elif said is not None:
                    raise RefusedError(_may_be_null(str(said)))
                elif not _gets_roles(each):
                    _model(case, each)
            except RefusedError as error:
                return f"vault {quoted(each.name)}: {error}"
    return None


def propose(target: Target) -> Proposal:
    old = {
        place: seen
        for place, seen in _seen_in(target).items()
        if any(retires(each.version) for each in seen)
    }
    raised = {place: seen for place, seen in old.items() if seen[0].kind in _RAISED}
    written, edits = _written_models(raised, target), [*_versions(raised, target)]
    for each in written:
        edits.extend(each.edits)
    many = len(raised) > 1
    does = (
        f"{len(raised)} resource{'s' if many else ''} of Key Vault get{'' if many else 's'} API"
        f" version {NEWEST}"
    )
    return Proposal(
        tuple(edits),
        "; ".join((does, *(each.said for each in written))),
        tuple(dict.fromkeys(_left(old, target))),
        Expected(
            changed=(("apiversion",), *([("properties", _MODEL.lower())] if written else [])),
            children_changed=(("apiversion",),),
            everywhere=True,
        ),
    )


@record
class _Seen:
    """A resource in one deployment."""

    case: Case
    resource: Resource

    @property
    def kind(self) -> str:
        return self.resource.type.lower()

    @property
    def version(self) -> Value:
        return safe_member(self.resource, "apiVersion")

    @property
    def said(self) -> Value:
        """What the template says about the model."""
        return safe_read(self.resource, _MODEL)

    @property
    def vault(self) -> AssessedVault:
        key = self.resource.key
        found = next((each for each in self.case.assessment.vaults if each.key == key), None)
        if found is None:
            raise RefusedError("the template can't be evaluated for it")
        return found

    @property
    def exists(self) -> bool:
        return self.case.comparison_of(self.vault) is not None

    @property
    def is_absent(self) -> bool:
        found = self.case.answer_for(self.vault)
        return found is not None and found.found.state == "absent"

    @property
    def called(self) -> str:
        files = self.case.parameter_files
        return f"{quoted(self.resource.shown_name)}{f' with {files[-1]}' if files else ''}"


@record
class _WrittenModel:
    edits: tuple[Edit, ...]
    said: str


def _seen_in(target: Target) -> dict[Location, list[_Seen]]:
    """The resources of Key Vault that are written in the file, also those that no set of parameters
    deploys or that are only referred to: an old version is refused there as well."""
    found: dict[Location, list[_Seen]] = {}
    for case, opened in zip(target.cases, target.opened, strict=True):
        for resource in _every(opened()):
            if resource.place.path == target.place.path and _is_of_key_vault(resource):
                found.setdefault(resource.place, []).append(_Seen(case, resource))
    return found


def _every(deployment: Surroundings) -> Iterator[Resource]:
    for resource in deployment.resources():
        yield resource
        try:
            held = resource.holds_template and not resource.existing
            inside = deployment.nested(resource).deployment if held else None
        except EvaluationError:
            continue
        if inside is not None:
            yield from _every(inside)


def _is_of_key_vault(resource: Resource) -> bool:
    return resource.type.lower().startswith("microsoft.keyvault/")


def _versions(raised: Mapping[Location, Sequence[_Seen]], target: Target) -> Iterator[Edit]:
    """Each version replaced where it stands, or the variable that only these versions come from."""
    from armguard.remedies._variables import variable_behind

    places = {place: _version_place(place, seen[0], target) for place, seen in raised.items()}
    edits: dict[Location, Edit] = {}
    for place, at in places.items():
        written = str(target.files.value(at))
        found = variable_behind(raised[place][0].resource, written, places.values(), target.files)
        changed = at if found is None or not retires(target.files.value(found)) else found
        edits[changed] = target.editor.set_value(changed.pointer, NEWEST)
    yield from edits.values()


def _version_place(place: Location, seen: _Seen, target: Target) -> Location:
    try:
        written = target.files.value(place)
    except RefusedError as error:
        raise RefusedError(f"{_what(seen)}: {error}") from error
    key = find_key(written, "apiVersion")
    if key is None or written[key] != member(seen.resource.written, "apiVersion"):
        raise RefusedError(f"{_what(seen)}: its API version is not written out")
    return place.child(key)


def _written_models(
    raised: Mapping[Location, Sequence[_Seen]], target: Target
) -> list[_WrittenModel]:
    """Raises `RefusedError` with all vaults whose model is not known."""
    written, refused = list[_WrittenModel](), dict[str, list[str]]()
    for place, seen in raised.items():
        declared = [each for each in seen if each.kind == VAULTS and not each.resource.existing]
        try:
            found = _written_model(place, declared, target) if declared else None
        except RefusedError as error:
            refused.setdefault(str(error), []).append(_name(declared))
            continue
        if found is not None:
            written.append(found)
    if refused:
        raise RefusedError(
            ", and ".join(
                f"vault{'s' if len(names) > 1 else ''} {_listed(names)}: {reason}"
                for reason, names in refused.items()
            )
        )
    return written


def _written_model(place: Location, seen: Sequence[_Seen], target: Target) -> _WrittenModel | None:
    """The model of a vault written out; None: it is."""
    if all(is_given(each.said, each.resource) for each in seen):
        for each in seen:
            if is_written(each.resource):
                _refuse_uncounted(each.case, each.vault, each.said)
        return None
    resource = target.files.value(place)
    properties = member(resource, "properties")
    key = find_key(properties, _MODEL)
    said = None if key is None else properties[key]
    if isinstance(properties, str):
        raise RefusedError(
            f"its properties are one expression, {quoted(properties)}, so {_MODEL} can't be"
            " written out beside it"
        )
    if not isinstance(properties, Mapping):
        raise RefusedError("it has no properties")
    if said is not None or any(each.said is not None for each in seen):
        raise RefusedError(_may_be_null(None if said is None else str(said)))
    try:
        model = _agreed(seen)
    except RefusedError:
        if all(new_vault_uses_roles(each.version) for each in seen):
            return None  # what is written means the same with either version
        raise
    properties_at = place.child(str(find_key(resource, "properties")))
    if key is not None:
        edits = [target.editor.set_value(properties_at.child(key).pointer, model)]
    else:
        edits = target.editor.insert_members(properties_at.pointer, {_MODEL: model})
    told = f"vault {_name(seen)} gets {_MODEL} {str(model).lower()}, since it {_why(model, seen)}"
    return _WrittenModel(tuple(edits), told)


def _why(model: bool, seen: Sequence[_Seen]) -> str:
    uses = _NAMES[model]
    if any(each.exists for each in seen):
        return f"uses {uses} today"
    if all(each.is_absent for each in seen):
        return f"does not exist and would use {uses} with the old version"
    return f"is only written where it is new, and would use {uses} with the old version"


def _may_be_null(said: str | None) -> str:
    how = "" if said is None else f", {quoted(said)},"
    return (
        f"its {_MODEL}{how} may come to null, where a new vault uses role assignments that it does"
        " not use with the old version; make it true or false"
    )


def _refuse_uncounted(case: Case, vault: AssessedVault, said: Value) -> None:
    """Raise `RefusedError` where the model that a vault is given counts only with the new
    version."""
    version = vault.settings["apiVersion"].value
    if not isinstance(version, str) or not is_before(version, ROLES_SINCE):
        return
    told = (
        f"{_MODEL} came with API version {ROLES_SINCE}, so whether it counts with {version} is not"
        " established"
    )
    try:
        model = _model(case, vault)
    except RefusedError as error:
        raise RefusedError(f"{error} ({told})") from error
    if case.comparison_of(vault) is not None and model is not said:
        raise RefusedError(f"it uses {_NAMES[model]} today, and {told}")


def _agreed(seen: Sequence[_Seen]) -> bool:
    """Whether all that are written in one place use role assignments. Raises `RefusedError`."""
    # where the vault is missing and not written now, that says something only if nothing else does
    there = [each for each in seen if each.exists or is_written(each.resource)]
    models = [(_model(each.case, each.vault), each.called) for each in there or seen]
    found = dict(reversed(models))
    if len(found) > 1:
        raise RefusedError(
            f"{found[True]} uses {_NAMES[True]} and {found[False]} {_NAMES[False]}, which one value"
            f" can't say: make {_MODEL} a parameter"
        )
    return models[0][0]


def _model(case: Case, vault: AssessedVault) -> bool:
    """Whether a vault uses role assignments. Raises `RefusedError` where that is not known."""
    found = case.answer_for(vault)
    state = None if found is None else found.found.state
    if found is not None and found.rbac is not None:
        return found.rbac
    if state == "absent" or vault.only_once:
        return _gets_roles(vault)
    if state == "deleted":
        raise RefusedError(
            "a soft-deleted vault has its name, whose model is not known: recover or purge it first"
        )
    if found is not None:
        raise RefusedError(f"its model was not read: {found.note or 'nobody says why'}")
    if vault.keeper is not None:
        raise RefusedError(
            f"it is kept in a {vault.keeper.called}, and which model the vaults have that are made"
            f" of it is not known; write {_MODEL} out"
        )
    if case.compared is not None:
        raise RefusedError(
            "its id is not known, so it was not compared with what is deployed: --resource-group,"
            " --parameters or --set may tell what it hangs on"
        )
    raise RefusedError(_NOT_KNOWN)


def _gets_roles(vault: AssessedVault) -> bool:
    """Whether a new vault gets role assignments with the version that it has, if nothing is
    written about that."""
    return new_vault_uses_roles(vault.settings["apiVersion"].value)


def _left(old: Mapping[Location, Sequence[_Seen]], target: Target) -> Iterator[str]:
    """What is left to somebody else."""
    others = dict[str, None]()
    for seen in old.values():
        if seen[0].kind not in _RAISED:
            others[seen[0].resource.type] = None
            continue
        version = str(member(seen[0].resource.written, "apiVersion"))
        if "parameters(" in version.lower():
            yield f"{version} decides no API version of vaults and access policies any more"
    path = target.place.path
    from armguard.templates.mentions import texts_in

    if any(_reads_a_vault(text) for _, text in texts_in(target.place, target.files.document(path))):
        others["reference() of vaults"] = None
    if others:
        named = " and ".join(others)
        yield f"raise the API versions of {named} as well: they retire on the same day"


def _reads_a_vault(text: str) -> bool:
    """Whether an expression reads a vault with a version that retires."""
    if "reference(" not in text.lower() or not is_expression(text):
        return False
    from armguard.expressions.spans import calls_in

    try:
        calls = calls_in(text)
    except ExpressionSyntaxError:
        return False
    for call in calls:
        match call.node:
            case Call(name, (target, Literal(version), *_)) if name.lower() == "reference":
                if retires(version) and VAULTS in to_text(target).lower():
                    return True
    return False


def _what(seen: _Seen) -> str:
    return f"{'vault' if seen.kind == VAULTS else 'child'} {quoted(seen.resource.shown_name)}"


def _name(seen: Sequence[_Seen]) -> str:
    """What a vault is called; of several, as it is written."""
    names = {each.resource.shown_name for each in seen}
    resource = seen[0].resource
    return quoted(names.pop() if len(names) == 1 else str(member(resource.written, "name")))


def _listed(names: Sequence[str]) -> str:
    return ", ".join(dict.fromkeys(names))
