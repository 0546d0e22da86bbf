"""The proof of a remedy: what was judged before and what is judged after it, side by side.

The error has to be gone, no other one may come, and all that is deployed besides the vault has to
be the same under every set of parameters: what a remedy says of itself is not believed.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import product
from json import dumps
from typing import Any

from armguard.checking.changed import Looked, count, identity
from armguard.checking.judging import opened
from armguard.errors import EvaluationError
from armguard.evaluation.evaluator import ask
from armguard.evaluation.identity import canonical_text, comparable
from armguard.evaluation.unknown import Value
from armguard.evaluation.values import member
from armguard.expressions.parser import is_expression, parse_expression
from armguard.expressions.syntax import Call, Expression, Index, Lambda, Literal, Property
from armguard.finding import Certainty, Finding, Location, Severity, quoted
from armguard.keyvault.api_versions import new_vault_uses_roles
from armguard.keyvault.declared import POLICY_CHANGES, VAULTS, operation_of, vault_of_change
from armguard.record import record, replace
from armguard.remedies.remedy import Expected, Path, Target
from armguard.templates.dependencies import names_of
from armguard.templates.embedding import EMBEDDINGS
from armguard.templates.expansion import declared_resources, shown_json, shown_resource
from armguard.templates.resource import Resource, Surroundings


def objection(
    before: Looked, after: Looked, target: Target, targeted: Sequence[Finding], expected: Expected
) -> str | None:
    """Why what comes after is not what a remedy promises, one sentence; None: it is proven.

    `targeted`: the findings that have to go.
    """
    if expected.cuts_off and before.deployed is not None:
        before, after = before.without_deployed_state(), after.without_deployed_state()
        targeted = [
            each
            for each in before.findings
            if each.vault == target.place and each.hazard is not None
        ]
    affected = after.with_files(after.texts.changed)
    found = [each for index in affected for each in before.findings_of(index)]
    then = [each for index in affected for each in after.findings_of(index)]
    if expected.moves_entries:
        found, then = [*map(_of_an_entry, found)], [*map(_of_an_entry, then)]
    return (
        _stays(found, then, targeted)
        or _other_model(before, after, affected)
        or _differs(before, after, target, expected, affected)
        or (_loses(after, target, affected) if expected.keeps_access else None)
    )


def _of_an_entry(finding: Finding) -> Finding:
    """What is told of an entry, wherever that stands."""
    resource = finding.resource
    if finding.hazard is not None or resource is None:
        return finding
    is_list = resource.type.lower() in (VAULTS, POLICY_CHANGES)
    return replace(finding, resource=None) if is_list else finding


def _stays(
    found: Sequence[Finding], then: Sequence[Finding], targeted: Sequence[Finding]
) -> str | None:
    """Which error stays, or which one comes."""
    aimed_at = count(targeted)
    version = {identity(each) for each in targeted if each.hazard == "version"}
    for worst in (Severity.ERROR, Severity.WARNING):
        serious = (Severity.ERROR,) if worst is Severity.ERROR else (worst, Severity.ERROR)
        were = count(each for each in found if each.severity in serious)
        are = count(each for each in then if each.severity in serious)
        for each in then:
            key = identity(each)
            if each.severity not in serious:
                continue
            allowed = were[key]
            if worst is Severity.ERROR or key in version:
                allowed -= aimed_at[key] if each.severity is worst or key in version else 0
            if are[key] > max(allowed, 0) and not _is_left_to_the_caller(each):
                verb = "would stay" if key in aimed_at else "would come"
                return f"{each.severity.value} {each.rule} {verb}: {each.message}"
    return None


def _other_model(before: Looked, after: Looked, affected: Sequence[int]) -> str | None:
    """Which vault would use role assignments, if it is new, only because of its API version."""
    for index in affected:
        had = {each.key: each for each in before.judged[index].case.assessment.vaults}
        for vault in after.judged[index].case.assessment.vaults:
            old = had.get(vault.key)
            if old is None or not vault.verdict.outcome.keeps_model:
                continue
            if not new_vault_uses_roles(old.settings["apiVersion"].value):
                return (
                    f"vault {quoted(vault.name)} would use role assignments where it is new, as it"
                    " does not with the API version that it has"
                )
    return None


def _is_left_to_the_caller(finding: Finding) -> bool:
    """Whether a parameter decides now that somebody has to give."""
    return finding.hazard in ("list", "workspace") and finding.certainty is Certainty.POSSIBLE


def _loses(after: Looked, target: Target, affected: Sequence[int]) -> str | None:
    """Who still loses access to the deployed vault, or may; a child can take it away as well."""
    from armguard.explaining.live_sighting import in_words, who

    keys = {each.vault.key for each in target.members}
    for index in affected:
        for comparison in after.judged[index].case.comparisons:
            if comparison.vault.key not in keys:
                continue
            for each in (each for each in comparison.changes if each.is_loss):
                child = comparison.taken.get(each.key)
                by = f" by the child at {child.place.pointer}" if child is not None else ""
                verb = "might still lose" if each.change == "undecided" else "would still lose"
                return (
                    f"{who(each)} {verb} access to vault '{comparison.vault.name}'{by}:"
                    f" {in_words({**each.lost, **each.perhaps})}"
                )
    return None


def _differs(
    before: Looked, after: Looked, target: Target, expected: Expected, affected: Sequence[int]
) -> str | None:
    """What else would be deployed."""
    for index in affected:
        root = before.judged[index].path
        files = before.judged[index].parameter_files
        members = (each for each in target.members if each.root == root)
        ids = [each.vault.id for each in members if each.parameter_files == files]
        for values in _values(expected.parameters.get(root, {}), ids):
            first = _Deployed(before, index, {}, target.place, expected)
            second = _Deployed(after, index, values, target.place, expected)
            said = first.difference_to(second, leaves_out=True not in values.values())
            if said is not None:
                return f"{root} {_with(values)}would deploy something else: {said}"
    return None


def _values(
    parameters: Mapping[str, tuple[Any, ...]], ids: Sequence[Value]
) -> Iterator[dict[str, Value]]:
    """All combinations of values of the new parameters. `ids`: those of the vault, of a loop
    several."""
    for chosen in product(*parameters.values()):
        values = [ids[0] if value is None and ids else value for value in chosen]
        yield dict(zip(parameters, values, strict=True))


def _with(values: Mapping[str, Value]) -> str:
    said = ", ".join(
        f"{name}={str(value).lower() if isinstance(value, bool) else value}"
        for name, value in values.items()
    )
    return f"with {said} " if said else ""


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


class _Deployed:
    """All that one deployment deploys."""

    def __init__(
        self,
        looked: Looked,
        index: int,
        values: Mapping[str, Value],
        place: Location,
        expected: Expected,
    ) -> None:
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
        for resource in declared_resources(deployment):
            kind = resource.type.lower()
            is_near = expected.everywhere and resource.place.path == place.path
            is_target = kind == VAULTS and (is_near or resource.place == place)
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

    def difference_to(self, other: _Deployed, *, leaves_out: bool) -> str | None:
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
            for _, lost in self._granted(vaults) - other._granted(vaults):
                return f"nothing would grant {quoted(lost)} any more"
        return None

    def _granted(self, vaults: set[str]) -> Counter[tuple[str, str]]:
        """(condition, entry) of all that these vaults and their children grant."""
        found = Counter[tuple[str, str]]()
        for each in self.shown:
            if each.vault not in vaults or each.takes:
                continue
            entries = member(each.content.get("properties"), "accessPolicies")
            condition = str(each.content.get("condition", True))
            for entry in entries if isinstance(entries, list) else (entries,):
                found[condition, dumps(entry, sort_keys=True)] += 1
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
