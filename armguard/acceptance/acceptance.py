"""What a run is told about its findings beforehand: which rules count, what is accepted, and why.

The order matters: rules are selected first, so a suppression of a rule that is switched off is
never called unused; and what is suppressed is no part of a baseline.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from typing import TYPE_CHECKING, Any

from armguard.acceptance.selection import Selection
from armguard.finding import Finding
from armguard.record import record
from armguard.source.words import has_word

if TYPE_CHECKING:
    from armguard.acceptance.baseline import Baseline
    from armguard.acceptance.suppressions import WrongSuppression
    from armguard.acceptance.written import WrittenSuppression

_MARK = "armguard"
"""What a template that suppresses anything says somewhere."""


@record
class Acceptance:
    """`known`: the ids of all rules and policies of this run."""

    known: frozenset[str]
    selection: Selection
    suppressions: tuple[WrittenSuppression, ...] = ()
    """those of the configuration"""
    baseline: Baseline | None = None
    on: str = ""
    """the day that suppressions are judged for; empty: today"""
    whole: bool = False
    """all of the project is checked"""
    in_part: bool = False
    """only one of several environments is checked, so nothing can be called unused"""

    def judged(
        self,
        findings: Iterable[Finding],
        texts: Mapping[str, str],
        document_of: Callable[[str], Any],
        parts: Mapping[str, Collection[str]],
        open_paths: Collection[str],
    ) -> tuple[tuple[Finding, ...], tuple[WrongSuppression, ...]]:
        """Located findings with their suppressions, and what is wrong with suppressions.

        `texts` are those of all checked files, `document_of` gives what was parsed of one; `parts`
        are the files that are in that as well. About `open_paths` something is not decided, so
        nobody knows what a suppression would have held there.
        """
        own = {path for path, text in texts.items() if has_word(text, _MARK)}
        saying = {
            path: texts[path]
            for path in texts
            if path in own or (own and not own.isdisjoint(parts.get(path, ())))
        }
        if not saying and not self.suppressions:
            return tuple(findings), ()
        # most runs suppress nothing and need not pay for the module
        from armguard.acceptance.suppressions import is_within, judge, may_concern, today
        from armguard.acceptance.written import suppressions_in

        written = [*self.suppressions]
        for path, text in sorted(saying.items()):
            written.extend(suppressions_in(path, text, document_of(path)))

        def is_due(each: WrittenSuppression) -> bool:
            return (
                not self.in_part
                and not any(may_concern(each, path) for path in open_paths)
                and self.selection.selects(each.rule, each.location.path)
                and is_within(each, texts, whole=self.whole)
            )

        return judge(findings, written, on=self.on or today(), known=self.known, is_due=is_due)
