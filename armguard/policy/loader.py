"""YAML to plain values that know their lines: the only module that reads YAML.

Scalars are read as in JSON: `off` and `2023-09-01` are texts, not a boolean and a date. Aliases and
a key written twice are refused, for both hide what a policy says.
"""

from __future__ import annotations

import re
from typing import Any, NoReturn

from armguard.errors import UnreadableFileError, UsageError
from armguard.record import record
from armguard.source.json_text import read_text


@record
class Written:
    """A value, the elements of an array and the members of an object being `Written` as well."""

    value: Any
    path: str
    line: int
    """that of its key, where it has one"""

    def refuse(self, message: str) -> NoReturn:
        raise UsageError(f"{self.path}:{self.line}: {message}")

    def plain(self) -> Any:
        if isinstance(self.value, dict):
            return {name: each.plain() for name, each in self.value.items()}
        return [each.plain() for each in self.value] if isinstance(self.value, list) else self.value


def read_yaml(path: str) -> Written:
    """The one document of a YAML file. Raises `UsageError` with file and line."""
    try:
        text = read_text(path)
    except UnreadableFileError as error:
        raise UsageError(f"{path}: {error}") from error
    return parse_yaml(text, path)


def parse_yaml(text: str, path: str) -> Written:
    """The one document of a text; `path` is for messages."""
    import yaml

    class Loader(yaml.SafeLoader):
        yaml_implicit_resolvers: dict[Any, Any] = {}  # noqa: RUF012

        def compose_node(self, parent: Any, index: Any) -> Any:
            event: Any = self.peek_event()  # type: ignore[no-untyped-call]
            alias = isinstance(event, yaml.AliasEvent)
            if alias or event.tag is not None:
                what = "aliases are not allowed: write the value again"
                raise yaml.MarkedYAMLError(
                    problem=what if alias else f"tags such as {event.tag} are not allowed",
                    problem_mark=event.start_mark,
                )
            return super().compose_node(parent, index)

    for tag, pattern in _SCALARS.items():
        Loader.add_implicit_resolver(
            f"tag:yaml.org,2002:{tag}", re.compile(f"(?:{pattern})$"), None
        )
    try:
        loader = Loader(text)
        try:
            node = loader.get_single_node()
            if node is None:
                raise UsageError(f"{path}:1: the file holds no policy")
            return _written(node, loader, path, node.start_mark.line + 1)
        finally:
            loader.dispose()
    except yaml.MarkedYAMLError as error:
        raise UsageError(f"{path}:{_told(error)}") from error
    except yaml.reader.ReaderError as error:
        line = text.count("\n", 0, error.position) + 1
        raise UsageError(f"{path}:{line}: a control character is not allowed in YAML") from error
    except RecursionError as error:
        raise UsageError(f"{path}:1: the file is nested too deep") from error


def _told(error: Any) -> str:
    """`3: found unexpected end of stream, while scanning a quoted scalar from line 1 on`."""
    mark = error.problem_mark or error.context_mark
    text = f"{1 if mark is None else mark.line + 1}: {error.problem or error.context}"
    if error.problem and error.context and error.context_mark is not None:
        text += f", {error.context} from line {error.context_mark.line + 1} on"
    return text


_SCALARS = {
    "null": r"null|~|",
    "bool": r"true|false",
    "int": r"-?(?:0|[1-9][0-9]*)",
    "float": r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][-+]?[0-9]+)?",
}


def _written(node: Any, loader: Any, path: str, line: int) -> Written:
    match node.id:
        case "mapping":
            members: dict[str, Written] = {}
            for key_node, value_node in node.value:
                key_line = key_node.start_mark.line + 1
                key = loader.construct_object(key_node) if key_node.id == "scalar" else None
                if not isinstance(key, str):
                    raise UsageError(f"{path}:{key_line}: a key must be a text")
                if key in members:
                    raise UsageError(f"{path}:{key_line}: '{key}' is written twice")
                members[key] = _written(value_node, loader, path, key_line)
            return Written(members, path, line)
        case "sequence":
            return Written(
                [_written(each, loader, path, each.start_mark.line + 1) for each in node.value],
                path,
                line,
            )
        case _:
            try:
                return Written(loader.construct_object(node), path, line)
            except ValueError as error:
                digits = len(node.value)
                raise UsageError(f"{path}:{line}: a number of {digits:,} digits") from error
