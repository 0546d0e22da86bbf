"""Files that are no template and hold one: policy definitions, artifacts of Blueprints.

No deployment evaluates such a file: the template in it stands as it will be deployed, and only what
is passed to it is in the language of the policy or the Blueprint.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from armguard.evaluation.facts import Facts, Keeper, facts_of_later
from armguard.evaluation.values import find_key
from armguard.finding import Location
from armguard.record import record
from armguard.templates.embedded import passed_later
from armguard.templates.embedding import (
    BLUEPRINT_ARTIFACTS,
    EMBEDDINGS,
    POLICY_DEFINITIONS,
    Embedding,
    Path,
)
from armguard.templates.parameters import SuppliedParameter
from armguard.templates.template import level_of

Keys = tuple[str, ...]


@record
class KeptTemplate:
    """A template in a file of something else."""

    called: str
    """what the file is, for people"""
    file: Mapping[str, Any]
    template: Mapping[str, Any]
    keys: Keys
    """the way from the file to the template"""
    passed: Any
    """what is passed to the template, as it is written"""
    passed_keys: Keys

    def facts(self, path: str) -> Facts:
        """Where it goes; `path` is that of the file."""
        return facts_of_later(level_of(self.template), self._keeper(path))

    def supplied(self, path: str) -> dict[str, SuppliedParameter]:
        """What is passed to it, by lower-case name."""
        place = Location(path).child(*self.passed_keys)
        return passed_later(self.passed, place, self._keeper(path))

    def _keeper(self, path: str) -> Keeper:
        return Keeper(self.called, path)


_RULE: Path = ("properties", "policyRule")
_FORMS = (
    (POLICY_DEFINITIONS, 0),
    # as `az policy definition create` takes it: without properties, or the rule alone
    (POLICY_DEFINITIONS, 1),
    (POLICY_DEFINITIONS, len(_RULE)),
    (BLUEPRINT_ARTIFACTS, 0),
)
"""(what a file may be, how many of the outer members of that it leaves out)"""


def kept_template(document: Any) -> KeptTemplate | None:
    """The template that a parsed file of something else holds; None: it holds none."""
    for kind, outside in _FORMS:
        found = _kept(document, EMBEDDINGS[kind], outside)
        if found is not None:
            return found
    return None


def _kept(document: Any, embedding: Embedding, outside: int) -> KeptTemplate | None:
    assert embedding.only_if is not None
    assert embedding.parameters is not None
    path, wanted = embedding.only_if
    said, _ = _at(document, path[outside:])
    if not isinstance(said, str) or (said[:1] != "[" and said.lower() != wanted):
        return None
    template, keys = _at(document, embedding.templates[0][outside:])
    if not isinstance(template, Mapping) or find_key(template, "resources") is None:
        return None
    passed, passed_keys = _at(document, embedding.parameters[outside:])
    return KeptTemplate(embedding.called, document, template, keys, passed, passed_keys)


def _at(document: Any, path: Path) -> tuple[Any, Keys]:
    """What stands at a path, None where nothing does, and the way to it as it is spelled."""
    keys: list[str] = []
    for name in path:
        key = find_key(document, name)
        if key is None:
            return None, tuple(keys)
        keys.append(key)
        document = document[key]
    return document, tuple(keys)
