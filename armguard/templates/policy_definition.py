"""The properties of a policy definition: its rule is a language of its own.

languageVersion 2.0 leaves the rule alone, but for the brackets of `[[`; before, it is evaluated as
any property.
"""

from __future__ import annotations

from typing import Any

from armguard.evaluation.json_values import evaluate_json, with_member
from armguard.evaluation.scope import Scope, refuse_depth
from armguard.evaluation.unknown import Value
from armguard.evaluation.values import find_key
from armguard.templates.written import unescaped


def with_rule_as_written(written: Any, scope: Scope) -> Value:
    """The properties, of which all but the rule is evaluated; None: there is no rule."""
    key = find_key(written, "policyRule")
    if key is None:
        return None
    others = {name: value for name, value in written.items() if name != key}
    properties = evaluate_json(others, scope, loops=True)
    refuse_depth(written[key])
    return with_member(properties, key, unescaped(written[key]))
