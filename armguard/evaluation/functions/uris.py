"""URIs as template functions; the rules of .NET behind them are in `dotnet/uri.py`.

parseUri() answers escaped parts, buildUri() an unescaped text: both are what Azure does.
"""

from __future__ import annotations

import re

from armguard.dotnet import uri as dotnet_uri
from armguard.dotnet.uri_escapes import escape, escape_all
from armguard.errors import BudgetSpentError, EvaluationError
from armguard.evaluation.functions.registry import OBJECT, STRING, function, kind_name, kind_of
from armguard.evaluation.unknown import Value

_LONGEST = 4_000_000
_ESCAPED_UNITS = re.compile(r"(?:%u[0-9A-Fa-f]{4})+|(?:%[0-9A-Fa-f]{2})+")


@function("uri", STRING, STRING)
def uri(base: str, reference: str) -> str:
    """uri(baseUri, relativeUri)

    What follows the last slash of baseUri is replaced, so end a folder with a slash. baseUri must
    be well formed: blanks and the like have to be escaped.
    """
    try:
        parsed = dotnet_uri.parse_uri(base)
    except dotnet_uri.InvalidUriError as error:
        raise EvaluationError(f"the first argument of uri() must be a URI: {error}") from error
    if not parsed.well_formed:
        raise EvaluationError(
            f"the first argument of uri() must be a well-formed URI, but '{base}' has characters"
            " that must be escaped, or lacks '//'"
        )
    return dotnet_uri.resolve(parsed, reference).absolute()


@function("uriComponent", STRING)
def uri_component(text: str) -> str:
    """uriComponent(stringToEncode)

    Everything but letters, digits and `-._~` is escaped.
    """
    if len(text) > _LONGEST // 3:
        raise BudgetSpentError(f"escaping {len(text)} characters is more than any template needs")
    return escape_all(text)


@function("uriComponentToString", STRING)
def uri_component_to_string(text: str) -> str:
    """uriComponentToString(uriEncodedString)

    A plus is a blank, and `%u00e9` is an 'é'; what is no escape stays as it is.
    """
    decoded = _ESCAPED_UNITS.sub(_decode, text.replace("+", " "))
    return decoded.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


def _decode(escapes: re.Match[str]) -> str:
    if escapes[0][1] == "u":
        return "".join(chr(int(digits, 16)) for digits in escapes[0].split("%u")[1:])
    return bytes.fromhex(escapes[0].replace("%", "")).decode("utf-8", "replace")


@function("parseUri", STRING)
def parse_uri(text: str) -> Value:
    """parseUri(uri)

    scheme, host and port, and path and query where there are any. port is null where it is the
    scheme's own; user information and fragment are left out.
    """
    parsed = dotnet_uri.parse_uri(text)
    parts: dict[str, Value] = {"scheme": parsed.scheme, "host": parsed.host, "port": parsed.port}
    if parsed.absolute_path not in ("", "/"):
        parts["path"] = parsed.absolute_path
    if parsed.query:
        parts["query"] = parsed.escaped_query
    return parts


@function("buildUri", OBJECT)
def build_uri(parts: dict[str, Value]) -> str:
    """buildUri(uriComponents)

    Of an object with scheme and host, and perhaps port, path and query. The result is not escaped
    where that changes no meaning: 'a b' stays.
    """
    members = {name.lower(): value for name, value in parts.items()}
    scheme, host = _text(members, "scheme"), _text(members, "host")
    for name, value in (("scheme", scheme), ("host", host)):
        if not value:
            raise EvaluationError(f"buildUri() needs an object with a '{name}'")
    path, query = _text(members, "path"), _text(members, "query")
    port = members.get("port")
    if port is not None and type(port) is not int:
        raise EvaluationError(
            f"the port of buildUri() must be Integer, but is {kind_name(kind_of(port))}"
        )
    if port is not None and not -1 <= port <= 65535:
        raise EvaluationError(f"the port of buildUri() must be from -1 to 65535, but is {port}")
    if query and not query.startswith("?"):
        query = f"?{query}"
    path = escape(path.replace("\\", "/"), "?#")
    if not path.startswith("/"):
        path = f"/{path}"
    if ":" in host and not host.startswith("["):
        host = f"[{host}]"
    at = "" if port is None or port == -1 else f":{port}"
    scheme = scheme.partition(":")[0]
    return dotnet_uri.parse_uri(f"{scheme}://{host}{at}{path}{query}").display()


def _text(members: dict[str, Value], name: str) -> str:
    value = members.get(name)
    if value is not None and not isinstance(value, str):
        raise EvaluationError(
            f"'{name}' of buildUri() must be String, but is {kind_name(kind_of(value))}"
        )
    return value or ""
