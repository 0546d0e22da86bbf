"""The rules, one file each, found by being here.

A rule file has a docstring, which is its page in Markdown; `SUMMARY`, one line; `SEVERITY`, the
default one; and `find(assessment)`, a generator of findings. Its id is the name of the file. Files
that start with an underscore are no rules.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cache

from armguard.finding import Finding, RulePage, Severity
from armguard.keyvault.assessment import Assessment


@dataclass(frozen=True, slots=True)
class Rule:
    id: str
    summary: str
    severity: Severity
    page: str
    find: Callable[[Assessment], Iterable[Finding]]


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
            )
        )
    return tuple(sorted(rules, key=lambda rule: rule.id))


def rule_pages() -> tuple[RulePage, ...]:
    return tuple(RulePage(r.id, r.severity, r.summary, r.page) for r in all_rules())


def find_all(assessment: Assessment, rules: Iterable[Rule]) -> Iterator[Finding]:
    for rule in rules:
        yield from rule.find(assessment)
