"""Which file of a git repository an address on its own server means.

Servers give a file of a branch as it is at a "raw" address. A branch may have slashes in its name,
so which part of such an address is the path, only the files tell.
"""

from __future__ import annotations

import posixpath
import re

from armguard.record import record

_WEB = r"(?i)\s*https?://(?:[^/#]*@)?([^/#]+)([^#]*)"
MOST_SEGMENTS = 32
"""of a path, counted from its end; files lie less deep"""
_AZURE_SSH = ("ssh.dev.azure.com", "vs-ssh.visualstudio.com")


@record
class WebAddress:
    host: str
    """in lower case, with its port"""
    path: str
    """begins with a slash; nothing in it is escaped, and no dots and double slashes are left"""
    query: str = ""


def web_address(text: str, query: str = "") -> WebAddress | None:
    """The parts of an address that is written without its query; None: it is none of http or
    https."""
    from urllib.parse import unquote

    match = re.match(_WEB, text.replace("\\", "/"))
    if match is None:
        return None
    path = unquote(match[2]).replace("\\", "/")
    path = posixpath.normpath("/" + path.lstrip("/"))
    return WebAddress(match[1].lower(), path, query.partition("#")[0])


def named_path(address: WebAddress) -> str:
    """The path of the file: the interface of Azure DevOps has it in the query."""
    return _asked_path(address) or address.path


def paths_in_repository(address: WebAddress, remote: str) -> list[str]:
    """The paths in the repository of `remote` that a raw address of it can mean, longest first;
    none: it is not about that repository. `remote` is an address as in
    `ssh://github.com/team/infra.git`."""
    scheme, _, rest = remote.partition("://")
    host, _, path = rest.partition("/")
    host = host.rpartition("@")[2].lower()
    if scheme == "ssh":
        host = host.partition(":")[0]
    parts = path.strip("/").removesuffix(".git").split("/")
    azure = _of_azure_devops(host, parts)
    if azure:
        return _paths_of_azure_devops(address, azure)
    whole = "/".join(parts)
    if host == "github.com":
        prefixes = {f"raw.githubusercontent.com/{whole}"}
    else:
        # GitHub Enterprise Server, with and without subdomains of its own
        prefixes = {f"raw.{host}/{whole}", f"{host}/raw/{whole}"}
    # GitHub, GitLab and Bitbucket
    prefixes |= {f"{host}/{whole}/{kind}" for kind in ("raw", "blob", "-/raw")}
    for prefix in prefixes:
        after = _after(address, prefix)
        if after is not None:
            # at least the branch stands before the path
            segments = after.split("/")[1:][-MOST_SEGMENTS:]
            return ["/".join(segments[start:]) for start in range(len(segments))]
    return []


def _of_azure_devops(host: str, parts: list[str]) -> set[str]:
    """How the addresses of its interface begin."""
    from urllib.parse import unquote

    parts = [unquote(part) for part in parts]
    if host in _AZURE_SSH and len(parts) == 4:
        _, organization, project, name = parts
    elif "_git" in parts[:-1]:
        position = parts.index("_git")
        name = parts[position + 1]
        around = parts[:position]
        if host != "dev.azure.com" and not host.endswith(".visualstudio.com"):
            return {"/".join((host, *around, "_apis/git/repositories", name))}
        organization = around.pop(0) if host == "dev.azure.com" and around else host.split(".")[0]
        # a project's repository of the same name has a short address
        project = around[-1] if around else name
    else:
        return set()
    own = f"{organization}.visualstudio.com"
    begins = (f"dev.azure.com/{organization}", own, f"{own}/DefaultCollection")
    return {f"{each}/{project}/_apis/git/repositories/{name}" for each in begins}


def _paths_of_azure_devops(address: WebAddress, begins: set[str]) -> list[str]:
    for each in begins:
        rest = _after(address, f"{each}/items")
        if rest is not None:
            path = (rest or _asked_path(address)).strip("/")
            return [path] if path else []
    return []


def _after(address: WebAddress, prefix: str) -> str | None:
    """What follows a prefix, whose letters have no case; None: the address does not begin so."""
    whole = address.host + address.path
    begins = whole[: len(prefix)].lower() == prefix.lower()
    rest = whole[len(prefix) :]
    return rest.lstrip("/") if begins and rest[:1] in ("", "/") else None


def _asked_path(address: WebAddress) -> str:
    from urllib.parse import parse_qsl

    if not address.path.lower().endswith("/items"):
        return ""
    asked = {name.lower(): value for name, value in parse_qsl(address.query)}
    return asked.get("path") or asked.get("scopepath") or ""
