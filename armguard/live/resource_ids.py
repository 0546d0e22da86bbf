"""The ids that may become part of a URL: names that are one segment of a path, and nothing else.

Templates, options and answers write ids. `..` as a name would lead to another path of the host, so
what is no proper name is refused before anything is sent, and the rest is quoted.
"""

from __future__ import annotations

import re
from urllib.parse import quote, urlsplit

from armguard.errors import UsageError
from armguard.record import record

_GUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
_LONGEST_NAME = 260
_KEYWORDS = {1: "subscriptions", 3: "resourcegroups", 5: "providers"}
_SEGMENTS = 9
_PORTS = {"http": 80, "https": 443}
_KEPT_IN_LINKS = "%/:=&?~#+!$,;'@()*[]"


@record
class ResourceId:
    subscription: str
    name: str
    type: str
    """`microsoft.keyvault/vaults`, in lower case"""
    group_path: str
    """`/subscriptions/.../resourceGroups/...`, as the id has it"""


def parse_resource_id(text: str) -> ResourceId | None:
    """The id of a resource of a resource group; None: it is none, or not one that can be asked for.
    Children and extensions are none."""
    parts = text.split("/")
    if len(parts) != _SEGMENTS or parts[0] or not all(map(is_name, parts[1:])):
        return None
    if any(parts[index].lower() != word for index, word in _KEYWORDS.items()):
        return None
    return ResourceId(parts[2], parts[8], f"{parts[6]}/{parts[7]}".lower(), "/".join(parts[:5]))


def is_name(text: str) -> bool:
    """Whether it can be one segment of a path. A blank one or one of dots would be dropped on the
    way, or taken for a step up."""
    is_segment = text.isprintable() and not {"/", "\\"} & set(text)
    return is_segment and 0 < len(text) <= _LONGEST_NAME and text.strip(" .") != ""


def refuse_odd_name(text: str, what: str) -> None:
    """Raises `UsageError` for what somebody gave as a name and can't be one."""
    if not is_name(text):
        raise UsageError(f"'{text[:_LONGEST_NAME]}' can't be {what}; give its name or id alone")


def refuse_odd_subscription(text: str) -> None:
    """Raises `UsageError` for what somebody gave as a subscription and can't be the id of one."""
    if _GUID.fullmatch(text) is None:
        raise UsageError(
            f"'{text[:_LONGEST_NAME]}' can't be a subscription: --subscription takes its id, as"
            " 'az account show --query id' prints it"
        )


def quoted_path(path: str) -> str | None:
    """A path as it is sent; None: one of its segments is no name."""
    first, *segments = path.split("/")
    if first or not segments or not all(map(is_name, segments)):
        return None
    return quote(path)


def quoted_link(link: str) -> str:
    """A link of an answer, with what is not allowed in a URL quoted; a brace would be taken for a
    placeholder by azure-core."""
    return quote(link, safe=_KEPT_IN_LINKS, errors="replace")


def host_of(url: str) -> tuple[str, str, int | None] | None:
    """(scheme, host, port) of an address; None: it can't be taken apart."""
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port
    except ValueError:
        return None
    if not host or parts.username is not None or parts.password is not None:
        return None
    return parts.scheme, host.lower(), port or _PORTS.get(parts.scheme)
