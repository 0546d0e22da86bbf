"""What a run looks for: selected rules and policies, and what is accepted beforehand."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import partial
from typing import TYPE_CHECKING

from armguard.acceptance.acceptance import Acceptance
from armguard.acceptance.selection import Selection, refuse_unknown_rule
from armguard.checking.judging import Judged
from armguard.checking.request import Request
from armguard.errors import UsageError
from armguard.explaining.case import Case
from armguard.explaining.sighting import Offers
from armguard.finding import Finding, Hazard, Severity
from armguard.finding.report import RulePage
from armguard.keyvault.assessment import AssessedVault
from armguard.policy import load as load_policies
from armguard.policy import policy_pages
from armguard.record import record, replace
from armguard.rules import Rule, all_rules, find_all, rule_pages
from armguard.source.discovery import Unreadable

if TYPE_CHECKING:
    from armguard.acceptance.suppressions import WrongSuppression
    from armguard.policy.definition import Policy
    from armguard.source.bicep.places import Places


_RANK = tuple(Severity)


def _offered(case: Case, hazard: Hazard, vault: AssessedVault | None) -> Offers:
    from armguard.remedies import possible  # nothing wrong, nothing to repair

    return possible(hazard, vault, case)


def _cause(finding: Finding, rule: str) -> tuple[object, ...]:
    return rule, finding.location, finding.parameters, finding.resource


@record
class Checks:
    rules: tuple[Rule, ...]
    policies: tuple[Policy, ...]
    acceptance: Acceptance

    def in_template(
        self, judged: Judged, places: Mapping[str, Places] | None = None
    ) -> Iterator[Finding]:
        """What the rules and the policies find in a template with its parameters. `places`: where
        what was compiled comes from, of Bicep files."""
        case = replace(judged.case, today=self.acceptance.on, places=places or {})
        offered = partial(_offered, case)
        for finding in (
            *find_all(self.rules, "case", case, judged.path, offered),
            *judged.violations,
        ):
            yield replace(finding, parameters=judged.parameter_files)

    def in_files(self, unreadable: Iterable[Unreadable]) -> Iterator[Finding]:
        for each in unreadable:
            yield from find_all(self.rules, "file", each)

    def in_suppressions(self, wrong: Iterable[WrongSuppression]) -> Iterator[Finding]:
        for each in wrong:
            yield from find_all(self.rules, "suppression", each)

    def selected(self, findings: Iterable[Finding]) -> list[Finding]:
        """Those that are selected where they stand, without what gives way to another one."""
        every = self.acceptance.selection.applied(findings)
        stronger = {rule.id: rule.gives_way_to for rule in self.rules}
        found: dict[tuple[object, ...], int] = {}
        for each in every:
            cause = _cause(each, each.rule)
            found[cause] = min(_RANK.index(each.severity), found.get(cause, len(_RANK)))

        def is_told(each: Finding) -> bool:
            """Whether another one that is as severe tells of it; one with a subject of its own is
            about more than what stands at its place."""
            if each.subject:
                return False
            others = (_cause(each, rule) for rule in stronger.get(each.rule, ()))
            worst = min((found.get(other, len(_RANK)) for other in others), default=len(_RANK))
            return worst <= _RANK.index(each.severity)

        return [each for each in every if not is_told(each)]

    def pages(self) -> tuple[RulePage, ...]:
        return (*rule_pages(self.rules), *policy_pages(self.policies))


def checks_of(request: Request) -> Checks:
    """Raises `UsageError` for a rule or a policy that does not exist, and for a broken policy."""
    settings = request.settings
    policies = load_policies(settings.packs, settings.policies, tested=True)
    ids = [rule.id for rule in all_rules()]
    for policy in policies:
        if policy.id in ids:
            raise UsageError(
                f"{policy.path}:{policy.line}: '{policy.id}' is a rule already; choose another id"
            )
    ids.extend(policy.id for policy in policies)
    for each in settings.suppressions:
        refuse_unknown_rule(each.rule, ids, each.origin)
    acceptance = Acceptance(
        frozenset(ids),
        Selection(settings.layers, ids, [rule.id for rule in all_rules() if rule.always_counts]),
        settings.suppressions,
        request.baseline,
        request.today,
        whole=request.paths == (".",) and not settings.folder,
        in_part=request.environment is not None,
    )
    wanted = acceptance.selection.anywhere
    return Checks(
        tuple(rule for rule in all_rules() if rule.id in wanted),
        tuple(policy for policy in policies if policy.id in wanted),
        acceptance,
    )
