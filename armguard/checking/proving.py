"""The proof of a remedy: what was judged before and what is judged after it, side by side.

The error has to be gone, no other one may come, and all that is deployed besides the vault has to
be the same under every set of parameters: what a remedy says of itself is not believed.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import product
from typing import Any

from armguard.checking.changed import Looked, count, identity
from armguard.checking.judging import Judged
from armguard.checking.side_by_side import Deployed
from armguard.evaluation.unknown import Value
from armguard.evaluation.values import member
from armguard.finding import Certainty, Finding, Severity, quoted
from armguard.keyvault.api_versions import new_vault_uses_roles
from armguard.keyvault.declared import POLICY_CHANGES, VAULTS
from armguard.record import replace
from armguard.remedies.remedy import Expected, Target


def objection(
    before: Looked, after: Looked, target: Target, targeted: Sequence[Finding], expected: Expected
) -> str | None:
    """Why what comes after is not what a remedy promises, one sentence; None: it is proven.

    `targeted`: the findings that have to go.
    """
    affected = after.changed_since(before)
    without = expected.cuts_off and before.deployed is not None
    if without:
        before = before.without_deployed_state(affected)
        after = after.without_deployed_state(affected)
    found = [each for index in affected for each in before.findings_of(index)]
    if without:
        targeted = [each for each in found if each.vault == target.place and _is_of_list(each)]
    then = [each for index in affected for each in after.findings_of(index)]
    if expected.moves_entries:
        found, then = [*map(_of_an_entry, found)], [*map(_of_an_entry, then)]
    return (
        _stays(found, then, targeted)
        or _new_parameter(before, after, expected, affected)
        or _other_model(before, after, affected)
        or _left_open(before, after, affected)
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


def _new_parameter(
    before: Looked, after: Looked, expected: Expected, affected: Sequence[int]
) -> str | None:
    """Which parameter there would be with which nobody knows what is deployed."""
    for index in affected:
        root = before.judged[index].path
        known = {
            *_declared(before.judged[index]),
            *map(str.lower, expected.parameters.get(root, ())),
        }
        for name in _declared(after.judged[index]):
            if name not in known:
                return f"parameter '{name}' of {root} would be new"
    return None


def _declared(judged: Judged) -> list[str]:
    """The parameters of a root template."""
    assert judged.job is not None
    declared = member(judged.job.template.document, "parameters")
    return [name.lower() for name in declared] if isinstance(declared, Mapping) else []


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


def _left_open(before: Looked, after: Looked, affected: Sequence[int]) -> str | None:
    """Of which vault nobody would know any more what happens to its list."""
    for index in affected:
        had = {each.key: each for each in before.judged[index].case.assessment.vaults}
        for vault in after.judged[index].case.assessment.vaults:
            old = had.get(vault.key)
            if old is None or old.verdict.kind == "undecided" or vault.verdict.kind != "undecided":
                continue
            return (
                f"what a deployment does to vault {quoted(vault.name)} would not be known any more:"
                f" {vault.verdict.reason}"
            )
    return None


def _is_left_to_the_caller(finding: Finding) -> bool:
    """Whether a parameter decides now that somebody has to give."""
    return _is_of_list(finding) and finding.certainty is Certainty.POSSIBLE


def _is_of_list(finding: Finding) -> bool:
    """Whether it is about what the list of a vault does, and not about its API version."""
    return finding.hazard in ("list", "workspace")


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
        source = before.source_of(target.place)
        first = Deployed(before, index, {}, target.place, source, expected)
        for values in _values(expected.parameters.get(root, {}), ids):
            second = Deployed(after, index, values, target.place, source, expected)
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
