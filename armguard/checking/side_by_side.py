"""What one deployment deploys, side by side with what another one does.

A reference to the vault that a remedy is about is the same in every spelling.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from json import dumps
from typing import Any

from armguard.checking.changed import Looked
from armguard.checking.judging import opened
from armguard.errors import EvaluationError
from armguard.evaluation.evaluator import ask
from armguard.evaluation.identity import canonical_text, comparable
from armguard.evaluation.unknown import Value
from armguard.evaluation.values import member
from armguard.expressions.parser import is_expression, parse_expression
from armguard.expressions.syntax import Call, Expression, Index, Lambda, Literal, Property
from armguard.finding import Location, quoted
from armguard.keyvault.declared import POLICY_CHANGES, VAULTS, operation_of, vault_of_change
from armguard.record import record
from armguard.remedies.remedy import Expected, Path
from armguard.templates.dependencies import names_of
from armguard.templates.embedding import EMBEDDINGS
from armguard.templates.expansion import declared_resources, shown_json, shown_resource
from armguard.templates.resource import Resource, Surroundings


@record
class _Shown:
    """A resource as it is deployed, and where it is written."""

    place: Location
    key: tuple[str, str]
    """type and id, in lower case"""
    content: Mapping[str, Any]
    vault: str = ""
    """the id of the vault whose access policies it writes"""
    takes: bool = False
    """whether it is a child that may take access away"""


class Deployed:
    """All that one deployment deploys."""

    def __init__(
        self,
        looked: Looked,
        index: int,
        values: Mapping[str, Value],
        place: Location,
        source: Location,
        expected: Expected,
    ) -> None:
        """`place`: of the vault; `source`: the same that stays, see `Looked.source_of`."""
        job = looked.judged[index].job
        assert job is not None
        self._expected = expected
        instead = {name.lower(): value for name, value in values.items()}
        deployment = opened(job, looked.links, instead=instead)
        self.shown: list[_Shown] = []
        self._names: set[str] = set()
        self._ids: set[str] = set()
        self.vaults: set[tuple[str, str]] = set()
        self._children: set[tuple[str, str]] = set()
        """those that are near, whatever vault they are of"""
        for resource in declared_resources(deployment, with_deployments=True):
            kind = resource.type.lower()
            is_near = expected.everywhere and resource.place.path == place.path
            is_target = kind == VAULTS and (is_near or looked.source_of(resource.place) == source)
            if is_target:
                self._names.update(names_of(resource))
            if resource.existing:
                continue
            each = _shown(resource)
            self.shown.append(each)
            if is_target:
                self.vaults.add(each.key)
                if _WHY not in each.content:
                    self._ids.add(each.key[1])
            elif kind == POLICY_CHANGES and is_near:
                self._children.add(each.key)
        try:
            found = ask(deployment.scope, lambda _: _outputs(deployment)).value
        except EvaluationError as error:
            found = str(error)
        self.outputs: Any = found

    def difference_to(self, other: Deployed, *, leaves_out: bool) -> str | None:
        """What `other`, after a remedy, deploys that this one does not, or the other way round."""
        # at the place of the vault there may be another one by now
        spelled = _Spelled(self._names, self._ids)
        mine, others = _by_key(self.shown), _by_key(other.shown)
        for key in dict.fromkeys((*mine, *others)):
            said = self._one_difference(
                key, mine.get(key, []), others.get(key, []), spelled, leaves_out
            )
            if said is not None:
                return said
        if spelled.normal(self.outputs) != spelled.normal(other.outputs):
            return "its outputs"
        if self._expected.moves_entries:
            vaults = {each for _, each in self.vaults | other.vaults}
            for *_, lost in sorted(self._granted(vaults) - other._granted(vaults)):
                return f"nothing would grant {quoted(lost)} any more"
        return None

    def _granted(self, vaults: set[str]) -> set[tuple[str, str, str]]:
        """(vault, condition, entry) of all that these vaults and their children grant."""
        found = set[tuple[str, str, str]]()
        for each in self.shown:
            if each.vault not in vaults or each.takes:
                continue
            entries = member(each.content.get("properties"), "accessPolicies")
            condition = str(each.content.get("condition", True))
            for entry in entries if isinstance(entries, list) else (entries,):
                found.add((each.vault, condition, dumps(entry, sort_keys=True)))
        return found

    def _one_difference(
        self,
        key: tuple[str, str],
        first: Sequence[_Shown],
        second: Sequence[_Shown],
        spelled: _Spelled,
        leaves_out: bool,
    ) -> str | None:
        """The same of what has one type and id, which may be several resources."""
        changed = self._changed(key, first)
        left = [spelled.normal(_without(each.content, changed)) for each in first]
        new = []
        for each in second:
            content = spelled.normal(_without(each.content, changed))
            if content in left:
                left.remove(content)
            else:
                new.append(each)
        for each in new:
            if left:
                closed = ", which nobody can look into," if _WHY in each.content else ""
                return f"{_what(each)}{closed} would change too"
            if key[0] not in self._expected.added:
                return f"{_what(each)} would be new"
        may_go = self._expected.leaves_out and leaves_out and key in self.vaults
        return f"{_what(first[0])} would be missing" if left and not may_go else None

    def _changed(self, key: tuple[str, str], shown: Sequence[_Shown]) -> tuple[Path, ...]:
        if key in self.vaults:
            return self._expected.changed
        is_of_vault = any((VAULTS, each.vault) in self.vaults for each in shown)
        if key in self._children or (is_of_vault and not self._expected.everywhere):
            return self._expected.children_changed
        return self._expected.others_changed.get(key[0], ())


def _what(shown: _Shown) -> str:
    name = shown.content.get("name")
    return f"{shown.content.get('type')} {quoted(name if isinstance(name, str) else shown.key[1])}"


def _by_key(shown: Iterable[_Shown]) -> dict[tuple[str, str], list[_Shown]]:
    found: dict[tuple[str, str], list[_Shown]] = {}
    for each in shown:
        found.setdefault(each.key, []).append(each)
    return found


_WHY = "(why it is shown as it is written)"


def _shown(resource: Resource) -> _Shown:
    kind = resource.type.lower()
    if resource.is_deployment and not resource.existing:
        inside = _inside(resource)
        if inside is not None:
            return _shown_deployment(resource, inside)
    try:
        if resource.is_deployment and _holds_template(resource):
            raise EvaluationError("nobody can look into it")
        content: Mapping[str, Any] = shown_resource(resource)
        key = comparable(resource.id)
        embedding = EMBEDDINGS.get(kind)
        if embedding is not None:
            # what is in its template stands for itself
            passed = () if embedding.parameters is None else (embedding.parameters,)
            inner = (*embedding.templates, *passed)
            content = _without(content, [tuple(map(str.lower, path)) for path in inner])
    except EvaluationError as error:
        written = {k: v for k, v in resource.written.items() if k.lower() != "dependson"}
        content = {**written, "type": resource.type, _WHY: str(error)}
        key = resource.shown_name.lower()
    if kind == VAULTS:
        return _Shown(resource.place, (kind, key), content, key)
    if kind == POLICY_CHANGES:
        vault = comparable(vault_of_change(resource))
        return _Shown(
            resource.place, (kind, key), content, vault, takes=operation_of(resource) != "add"
        )
    return _Shown(resource.place, (kind, key), content)


_IN_ITS_TEMPLATE = (
    "template",
    "templatelink",
    "parameters",
    "parameterslink",
    "expressionevaluationoptions",
)


def _inside(resource: Resource) -> Surroundings | None:
    try:
        return resource.deployment.nested(resource).deployment
    except EvaluationError:
        return None


def _shown_deployment(resource: Resource, inside: Surroundings) -> _Shown:
    """A nested deployment whose resources stand for themselves: how it is deployed, such as its
    mode, and what it hands back."""
    content: dict[str, Any] = {"type": resource.type}
    try:
        content["name"] = shown_json(resource.name)
        content["condition"] = shown_json(resource.condition)
        for name in resource.written:
            if name.lower() in _HEADERS:
                content[name.lower()] = shown_json(resource.evaluate(name))
        for name in member(resource.written, "properties"):
            if name.lower() not in _IN_ITS_TEMPLATE:
                content[name.lower()] = shown_json(resource.read(name).value)
        content["outputs"] = ask(inside.scope, lambda _: _outputs(inside)).value
    except EvaluationError as error:
        content[_WHY] = str(error)
    return _Shown(resource.place, (resource.type.lower(), resource.shown_name.lower()), content)


_HEADERS = ("apiversion", "location", "subscriptionid", "resourcegroup", "scope", "tags")


def _holds_template(resource: Resource) -> bool:
    """Whether more has to stay the same of it than what is passed to a template elsewhere."""
    return member(member(resource.written, "properties"), "template") is not None


def _outputs(deployment: Surroundings) -> Value:
    return {name: shown_json(value) for name, (_, value) in deployment.outputs().items()}


def _without(content: Any, paths: Iterable[Path]) -> Any:
    """The content without what stands at these paths."""
    for path in paths:
        content = _pruned(content, path)
    return content


def _pruned(content: Any, path: Path) -> Any:
    if not isinstance(content, Mapping) or not path:
        return content
    return {
        name: _pruned(value, path[1:]) if name.lower() == path[0] else value
        for name, value in content.items()
        if not (name.lower() == path[0] and len(path) == 1)
    }


@record
class _Spelled:
    """The vault in all its spellings, each as `comparable` has it."""

    names: set[str]
    """all by which a reference may name it"""
    ids: set[str]

    def normal(self, value: Any) -> Any:
        """A value in which the vault and what is read of it are the same in every spelling."""
        if isinstance(value, Mapping):
            return {name: self.normal(each) for name, each in value.items()}
        if isinstance(value, list):
            return [self.normal(each) for each in value]
        if not isinstance(value, str):
            return value
        if not is_expression(value):
            return _THE_VAULT if value.lower() in self.ids else value
        try:
            written = parse_expression(value)
        except EvaluationError:
            return value
        found = self._normal(written)
        return value if found == written else canonical_text(found)

    def _normal(self, node: Expression) -> Expression:
        if _text(node) in self.ids:
            return Literal(_THE_VAULT)
        match node:
            case Call(name, (target, *rest), origin):
                if name.lower() == "reference" and _text(target) in self.names:
                    return Call(name, (Literal(_THE_VAULT), *rest[1:]), origin)
                return Call(name, tuple(map(self._normal, node.arguments)), origin)
            case Property(target, name, safe):
                return Property(self._normal(target), name, safe)
            case Index(target, index, safe):
                return Index(self._normal(target), self._normal(index), safe)
            case Lambda(parameters, body):
                return Lambda(parameters, self._normal(body))
        return node


_THE_VAULT = "the vault"


def _text(node: Expression) -> str:
    return str(node.value).lower() if isinstance(node, Literal) else canonical_text(node)
