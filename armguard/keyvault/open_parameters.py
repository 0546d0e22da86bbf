"""The parameters of the root template that leave something open about its vaults.

A verdict hangs on a parameter that is not supplied where it is undecided because of it, or possible
in a world in which something is assumed about it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from armguard.expressions.syntax import Call, Expression, Literal
from armguard.finding import Certainty
from armguard.keyvault.declared import Closed
from armguard.keyvault.verdict import Verdict
from armguard.keyvault.worlds import calls_in


def open_parameters(verdicts: Iterable[Verdict], closed: Iterable[Closed]) -> frozenset[str]:
    """Their names in lower case."""
    residuals = [residual for each in verdicts for residual in _open_in(each)]
    residuals += [each.open.residual for each in closed if each.open is not None]
    return frozenset(
        str(name).lower()
        for residual in residuals
        for call in calls_in(residual)
        for name in _named(call)
    )


def _open_in(verdict: Verdict) -> Iterator[Expression]:
    if verdict.outcome.open is not None:
        yield verdict.outcome.open.residual
    if verdict.certainty is Certainty.POSSIBLE:
        for step in verdict.outcome.steps:
            for consulted in step.evaluated.consulted:
                if consulted.kind == "assumption" and consulted.residual is not None:
                    yield consulted.residual


def _named(call: Call) -> Iterator[object]:
    """The parameter of the root template that a call reads."""
    match call:
        case Call("parameters", (Literal(name),), ""):
            yield name
