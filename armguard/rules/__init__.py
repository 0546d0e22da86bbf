"""The rules, one file each, found by being here.

A rule file has a docstring, which is its page in Markdown; `SUMMARY`, one line; `SEVERITY`, the
default one; and `find(assessment)`, a generator of findings. If it also looks at all templates of a
run together, it has a `find_across(footprints)`, and a finding of it that may become one of another
rule then names that in `BECOMES`. Its id is the name of the file. Files that start
with an underscore are no rules.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from functools import cache

from armguard.explaining.rule_page import rule_page
from armguard.finding import DeploymentReport, Finding, RulePage, Severity
from armguard.keyvault.assessment import Assessment
from armguard.keyvault.footprint import Footprint
from armguard.record import record


@record
class Rule:
    id: str
    summary: str
    severity: Severity
    page: str
    find: Callable[[Assessment], Iterable[Finding]]
    find_across: Callable[[Sequence[Footprint]], Iterable[Finding]] | None = None
    """what it finds in all templates of a run together"""
    becomes: str | None = None
    """the rule that a finding may become then, so this one has to run for that one too"""

    def is_needed_for(self, wanted: Collection[str]) -> bool:
        return self.id in wanted or self.becomes in wanted


@cache
def all_rules() -> tuple[Rule, ...]:
    """Every rule, sorted by id."""
    from importlib import import_module
    from pkgutil import iter_modules

    rules = []
    for entry in iter_modules(__path__):
        if entry.name.startswith("_"):
            continue
        module = import_module(f"{__name__}.{entry.name}")
        rules.append(
            Rule(
                entry.name.replace("_", "-"),
                module.SUMMARY,
                module.SEVERITY,
                (module.__doc__ or "").strip(),
                module.find,
                getattr(module, "find_across", None),
                getattr(module, "BECOMES", None),
            )
        )
    return tuple(sorted(rules, key=lambda rule: rule.id))


def rule_pages() -> tuple[RulePage, ...]:
    return tuple(rule_page(r.id, r.severity, r.summary, r.page) for r in all_rules())


def find_all(assessment: Assessment, rules: Iterable[Rule]) -> Iterator[Finding]:
    for rule in rules:
        yield from rule.find(assessment)


def look_across(
    findings: list[Finding],
    deployments: list[DeploymentReport],
    footprints: Sequence[Footprint],
    rules: Iterable[Rule],
    selects: Callable[[str, str], bool],
) -> None:
    """Put what only all templates of a run together show into its findings and reports; `selects`
    says whether a rule is selected for a path."""
    if len(footprints) < 2:
        return
    from armguard.explaining.other_templates import name_workspaces_elsewhere

    for rule in rules:
        if rule.find_across is not None:
            findings.extend(rule.find_across(footprints))
    name_workspaces_elsewhere(findings, deployments, footprints, selects)
