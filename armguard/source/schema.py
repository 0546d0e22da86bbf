"""What a JSON text says it is, by its `$schema`, before anybody parses it.

Only the `$schema` of the outermost object counts: policy definitions and linked templates in a
string of another file embed templates that are not deployed from there.
"""

from __future__ import annotations

import re

from armguard.source.tokens import BYTE_ORDER_MARK, COMMENT, OTHER_BLANKS, STRING, after_ignored

_BLANKS = rf"(?:[ \t\r\n{OTHER_BLANKS}]++|{COMMENT})*+"
_SCHEMA = rf'"\$(?i:schema)"{_BLANKS}:{_BLANKS}({STRING})'
_SCHEMA_MEMBER = re.compile(_SCHEMA)
_UP_TO_DECISION = re.compile(
    rf'(?:[^"{{}}\[\]/]++|(?!"\$(?i:schema)"){STRING}|{COMMENT}|/(?![/*]))*+'
)
_FILE_NAME = re.compile(
    r"(?:.*[/\\])?(?:subscription|managementgroup|tenant|)deployment(template|parameters)\.json"
    r"\s*(?:[#?].*)?",
    re.IGNORECASE | re.DOTALL,
)


def is_template_text(text: str) -> bool:
    """Whether the outermost object's `$schema` is that of a deployment template.

    The text need not be whole or valid beyond that member: the first 2 kB of a file will do if
    they hold it.
    """
    return _kind_of_text(text) == "template"


def is_parameters_text(text: str) -> bool:
    """Whether the outermost object's `$schema` is that of a file of deployment parameters."""
    return _kind_of_text(text) == "parameters"


def _kind_of_text(text: str) -> str | None:
    schema = _outermost_schema(text)
    match = _FILE_NAME.fullmatch(schema) if schema is not None else None
    return match[1].lower() if match else None


def _outermost_schema(text: str) -> str | None:
    position = after_ignored(text, 1 if text.startswith(BYTE_ORDER_MARK) else 0)
    if not text.startswith("{", position):
        return None
    first = _SCHEMA_MEMBER.match(text, after_ignored(text, position + 1))
    if first:
        return first[1][1:-1]
    lowered = text.lower()
    # Most JSON is neither, and this is quicker than following its brackets to the end.
    if "deploymenttemplate.json" not in lowered and "deploymentparameters.json" not in lowered:
        return None
    return _schema_at_depth_one(text, position + 1)


def _schema_at_depth_one(text: str, position: int) -> str | None:
    depth = 1
    while depth:
        match = _UP_TO_DECISION.match(text, position)
        position = match.end() if match else position
        character = text[position : position + 1]
        if character in ("{", "["):
            depth += 1
        elif character in ("}", "]"):
            depth -= 1
        elif character == '"':
            member = _SCHEMA_MEMBER.match(text, position)
            if member and depth == 1:
                return member[1][1:-1]
            # A key without a string behind it, or a string that is never closed.
            position = text.find('"', position + 1)
            if position < 0:
                return None
        else:
            return None
        position += 1
    return None
