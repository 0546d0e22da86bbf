"""Which rules count where, and how severe they are.

Everybody who says something about rules is a layer: the file, its entries for some paths, the
command line. They are laid over each other in that order for each path: a layer with `select`
starts anew with those rules, one without takes its `ignore` away from what is below. What tells
that something was not checked is no matter of choice: only an `ignore` takes it away.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping

from armguard.errors import UsageError, did_you_mean
from armguard.finding import Finding, Severity
from armguard.record import field, record, replace
from armguard.source.path_patterns import PathPatterns


@record
class Layer:
    """What one place says about rules; `select` None: nothing, () none of them."""

    select: tuple[str, ...] | None = None
    ignore: tuple[str, ...] = ()
    severity: Mapping[str, Severity] = field(default_factory=dict)
    patterns: PathPatterns | None = None
    """the paths it is about; None: all"""
    origin: str = ""
    """where it is written, for people"""

    def over(self, selected: frozenset[str], always: frozenset[str]) -> frozenset[str]:
        """What is selected after this layer was laid over `selected`; no `select` leaves out what
        `always` counts."""
        start = selected if self.select is None else (selected & always).union(self.select)
        return start.difference(self.ignore)


class Selection:
    """The layers of a run, the last one the strongest.

    `known` are the ids of all rules and policies, `always` of those that only an `ignore` takes
    away. Raises `UsageError` for a layer that names another one.
    """

    def __init__(
        self, layers: Iterable[Layer], known: Collection[str], always: Collection[str] = ()
    ) -> None:
        self._layers = tuple(layers)
        self._known = frozenset(known)
        self._always = frozenset(always)
        self._by_path: dict[str, tuple[frozenset[str], Mapping[str, Severity]]] = {}
        for layer in self._layers:
            for name in (*(layer.select or ()), *layer.ignore, *layer.severity):
                refuse_unknown_rule(name, self._known, layer.origin)

    @property
    def anywhere(self) -> frozenset[str]:
        """The rules that are selected for one path at least, so those that have to run."""
        selected = self._known
        for layer in self._layers:
            over = layer.over(selected, self._always)
            selected = over if layer.patterns is None else selected | over
        return selected

    def selects(self, rule: str, path: str) -> bool:
        return rule in self._at(path)[0]

    def applied(self, findings: Iterable[Finding]) -> list[Finding]:
        """The findings that are selected where they stand, with the severities asked for.

        An error that is only possible stays a warning, whoever made it an error.
        """
        result = []
        for finding in findings:
            selected, severities = self._at(finding.location.path)
            if finding.rule not in selected:
                continue
            severity = severities.get(finding.rule)
            if severity is not None:
                finding = replace(finding, severity=severity.given(finding.certainty))
            result.append(finding)
        return result

    def _at(self, path: str) -> tuple[frozenset[str], Mapping[str, Severity]]:
        if path not in self._by_path:
            selected = self._known
            severities: dict[str, Severity] = {}
            for layer in self._layers:
                if layer.patterns is None or layer.patterns.match(path):
                    selected = layer.over(selected, self._always)
                    severities.update(layer.severity)
            self._by_path[path] = (selected, severities)
        return self._by_path[path]


def refuse_unknown_rule(name: str, known: Collection[str], origin: str) -> None:
    """Raise `UsageError` for a `name` that is no rule; `origin` is where it is written."""
    if name in known:
        return
    advice = did_you_mean(name.lower(), known, "'armguard rules' lists them")
    raise UsageError(f"{origin}{': ' if origin else ''}there is no rule '{name}'; {advice}")
