"""The rules, one file each, found by being here.

A rule file has a docstring, which is its page in Markdown; `SUMMARY`, one line; `SEVERITY`, the
default one; and `find`, a generator of what it sees, of which the runner makes findings. Its id is
the name of the file. It looks at one template with one set of parameters, a `Case`, unless
`LOOKS_AT` says that it is about an `Unreadable` file or a `WrongSuppression`. What it finds is left
out where one of the rules that `GIVES_WAY_TO` names is selected and finds something as severe about
the same vault at the same place. `HAZARD` says what a remedy of what it finds is for.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import cache
from typing import Any, Literal

from armguard.explaining.rule_page import rule_page
from armguard.explaining.sighting import Offered, Sighting, stamped
from armguard.finding import Finding, Hazard, Severity
from armguard.finding.report import RulePage
from armguard.record import record, replace
from armguard.version import page_address

LooksAt = Literal["case", "file", "suppression"]


@record
class Rule:
    id: str
    summary: str
    severity: Severity
    page: str
    looks_at: LooksAt
    find: Callable[[Any], Iterable[Sighting]]
    gives_way_to: tuple[str, ...] = ()
    """the rules that say more about the same vault at the same place"""
    hazard: Hazard | None = None
    """what a remedy of what it finds has to be for; None: there is none"""

    @property
    def always_counts(self) -> bool:
        """Whether only an `ignore` takes it away: a file that can't be read was checked for none
        of the rules that somebody selects."""
        return self.looks_at == "file"


@cache
def all_rules() -> tuple[Rule, ...]:
    """Every rule, sorted by id."""
    from importlib import import_module
    from pkgutil import iter_modules

    rules = []
    for entry in iter_modules(__path__):
        module = import_module(f"{__name__}.{entry.name}")
        rules.append(
            Rule(
                entry.name.replace("_", "-"),
                module.SUMMARY,
                module.SEVERITY,
                (module.__doc__ or "").strip(),
                getattr(module, "LOOKS_AT", "case"),
                module.find,
                getattr(module, "GIVES_WAY_TO", ()),
                getattr(module, "HAZARD", None),
            )
        )
    return tuple(sorted(rules, key=lambda rule: rule.id))


def rule_pages(rules: Iterable[Rule] | None = None) -> tuple[RulePage, ...]:
    """These rules, or all, as documentation."""
    every = all_rules() if rules is None else rules
    return tuple(
        replace(rule_page(r.id, r.severity, r.summary, r.page), address=page_address(r.id))
        for r in every
    )


def find_all(
    rules: Iterable[Rule],
    looks_at: LooksAt,
    what: Any,
    template: str = "",
    offered: Offered | None = None,
) -> Iterator[Finding]:
    """All that those of the rules find that are about this kind of thing; see `stamped`."""
    for rule in rules:
        if rule.looks_at == looks_at:
            for sighting in rule.find(what):
                yield stamped(sighting, rule.id, rule.severity, template, offered)
