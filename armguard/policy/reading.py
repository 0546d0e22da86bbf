"""From what is written in a YAML file to a `Policy`; every mistake is an error with its line."""

from __future__ import annotations

import re
from collections.abc import Iterable

from armguard.errors import UsageError, did_you_mean
from armguard.finding import Severity
from armguard.policy.definition import (
    EXAMPLE_KINDS,
    AllOf,
    AnyOf,
    Check,
    Condition,
    Example,
    Not,
    Policy,
)
from armguard.policy.loader import Written
from armguard.policy.operators import OPERATORS
from armguard.policy.selector import Path, parse_path

_REQUIRED = ("id", "title", "severity", "why", "applies-to", "require", "remedy")
_OPTIONAL = ("where", "references", "examples")
KEYS = (*_REQUIRED, *_OPTIONAL)
_JOINS = ("all", "any", "not")
_ID = re.compile(r"[a-z][a-z0-9]*(?:-[a-z0-9]+)*")
_TYPE = re.compile(r"[A-Za-z0-9.*/_-]+")


def policy_of(written: Written) -> Policy:
    """Raises `UsageError` for whatever is no policy."""
    members = _members(written, KEYS, "a policy")
    for name in _REQUIRED:
        if name not in members:
            written.refuse(f"the policy has no '{name}'; it needs {_listed(_REQUIRED)}")
    where, references = members.get("where"), members.get("references")
    return Policy(
        id=_identifier(members["id"]),
        title=_text(members["title"], "title"),
        severity=_severity(members["severity"]),
        why=_text(members["why"], "why"),
        types=_types(members["applies-to"]),
        where=None if where is None else condition_of(where, "where"),
        require=condition_of(members["require"], "require"),
        remedy=_text(members["remedy"], "remedy"),
        references=() if references is None else _texts(references, "references"),
        examples=tuple(_examples(members["examples"])) if "examples" in members else (),
        path=written.path,
        line=members["id"].line,
    )


def condition_of(written: Written, name: str) -> Condition:
    """`{path: ..., OPERATOR: ...}`, `{all: [...]}`, `{any: [...]}` or `{not: {...}}`."""
    members = _mapping(written, name)
    joins = [each for each in members if each in _JOINS]
    if joins:
        if len(members) > 1:
            written.refuse(
                f"'{joins[0]}' stands beside {_listed(k for k in members if k != joins[0])};"
                " a condition is one check, or one of 'all', 'any' and 'not'"
            )
        inner = members[joins[0]]
        if joins[0] == "not":
            return Not(condition_of(inner, "not"))
        conditions = tuple(condition_of(each, joins[0]) for each in _list(inner, joins[0]))
        return AllOf(conditions) if joins[0] == "all" else AnyOf(conditions)
    return _check(written, members)


def _check(written: Written, members: dict[str, Written]) -> Check:
    for key, each in members.items():
        if key != "path" and key not in OPERATORS:
            each.refuse(_no_such(key, "operator", ("path", *_JOINS, *OPERATORS)))
    operators = [key for key in members if key != "path"]
    if "path" not in members:
        written.refuse("the check has no 'path'")
    if len(operators) != 1:
        written.refuse(
            f"the check has {_listed(operators)}; join two checks with 'all'"
            if operators
            else f"the check has no operator; there are {_listed(OPERATORS)}"
        )
    operator = operators[0]
    operand = members[operator].plain()
    try:
        OPERATORS[operator].check(operand)
    except UsageError as error:
        members[operator].refuse(f"'{operator}' {error}")
    return Check(_path(members["path"]), operator, operand)


def _path(written: Written) -> Path:
    text = _text(written, "path")
    try:
        return parse_path(text)
    except UsageError as error:
        written.refuse(str(error))


def _examples(written: Written) -> Iterable[Example]:
    for kind, list_of in _members(written, EXAMPLE_KINDS, "examples").items():
        for each in _list(list_of, kind):
            members = _mapping(each, f"a {kind} example")
            if "type" not in members and "resources" not in members:
                each.refuse("an example is a resource with 'type', or a template with 'resources'")
            known = next(name for name in EXAMPLE_KINDS if name == kind)
            yield Example(known, each.plain(), each.line)


def _identifier(written: Written) -> str:
    text = _text(written, "id")
    if not _ID.fullmatch(text):
        written.refuse(f"id '{text}' must be words in lower case joined by hyphens")
    return text


def _severity(written: Written) -> Severity:
    text = _text(written, "severity")
    if text not in list(Severity):
        written.refuse(_no_such(text, "severity", list(Severity)))
    return Severity(text)


def _types(written: Written) -> tuple[str, ...]:
    types = _texts(written, "applies-to")
    for each in types:
        if not _TYPE.fullmatch(each):
            written.refuse(
                f"'{each}' is no resource type; write it as in Microsoft.KeyVault/vaults"
            )
        if not _can_fit(each):
            written.refuse(
                f"'{each}' fits no resource, for a type has a provider and a name, as"
                " Microsoft.KeyVault/vaults, or stands with * for several"
            )
    return types


def _can_fit(pattern: str) -> bool:
    """Whether a resource type can be of this form: parts between slashes, two at least."""
    parts = pattern.split("/")
    return all(parts) and (len(parts) > 1 or "*" in pattern)


def _texts(written: Written, name: str) -> tuple[str, ...]:
    """One text, or a list of them."""
    if isinstance(written.value, str):
        return (_text(written, name),)
    return tuple(_text(each, name) for each in _list(written, name))


def _text(written: Written, name: str) -> str:
    if not isinstance(written.value, str) or not written.value.strip():
        written.refuse(f"'{name}' must be a text that is not empty")
    return written.value.strip()


def _list(written: Written, name: str) -> list[Written]:
    if not isinstance(written.value, list) or not written.value:
        written.refuse(f"'{name}' must be a list that is not empty")
    return written.value


def _mapping(written: Written, name: str) -> dict[str, Written]:
    if not isinstance(written.value, dict):
        written.refuse(f"'{name}' must be a mapping")
    return written.value


def _members(written: Written, known: Iterable[str], name: str) -> dict[str, Written]:
    members = _mapping(written, name)
    for key, each in members.items():
        if key not in known:
            each.refuse(_no_such(key, "key", known))
    return members


def _no_such(name: str, kind: str, known: Iterable[str]) -> str:
    advice = did_you_mean(name.lower(), known, f"there are {_listed(known)}")
    return f"'{name}' is no {kind}; {advice}"


def _listed(names: Iterable[str]) -> str:
    return ", ".join(f"'{each}'" for each in names)
