"""Whether what is deployed speaks of a resource, in its own words or as a part of an id."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from armguard.errors import EvaluationError
from armguard.evaluation.identity import canonical_text
from armguard.evaluation.unknown import Text
from armguard.expressions.parser import is_expression, parse_expression
from armguard.finding import Location

if TYPE_CHECKING:
    from armguard.templates.deployment import Deployment


class Spoken:
    """All texts that are deployed, besides those of the vault where it is written."""

    def __init__(self, deployment: Deployment, vault: Location | None = None) -> None:
        from armguard.templates.expansion import declared_resources, shown_json, shown_resource

        self.failed = 0
        """how many resources can't be evaluated"""
        self._texts: list[str] = []
        for resource in declared_resources(deployment):
            if resource.place == vault:
                continue
            try:
                self._texts.extend(_texts(shown_resource(resource)))
            except EvaluationError:
                self.failed += 1
        try:
            outputs = [value for _, value in deployment.outputs().values()]
            self._texts.extend(_texts(shown_json(outputs)))
        except EvaluationError:
            self.failed += 1

    def of(self, names: Collection[Text]) -> bool:
        """Whether one of these names is among them, be it as a part of an id."""
        from armguard.templates.expansion import shown_json

        written = {text for each in names for text in _texts(shown_json(each))}
        pattern = re.compile("|".join(rf"(?<![\w-]){re.escape(each)}(?![\w-])" for each in written))
        return any(map(pattern.search, self._texts))


def _texts(shown: Any) -> Iterator[str]:
    """Each in one spelling, in lower case."""
    if isinstance(shown, Mapping):
        for name, value in shown.items():
            yield name.lower()
            yield from _texts(value)
    elif isinstance(shown, list):
        for value in shown:
            yield from _texts(value)
    elif isinstance(shown, str):
        try:
            is_open = is_expression(shown)
            yield canonical_text(parse_expression(shown)) if is_open else shown.lower()
        except EvaluationError:
            yield shown.lower()
