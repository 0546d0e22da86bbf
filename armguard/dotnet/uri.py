"""URIs as System.Uri of .NET reads, resolves and writes them.

It is neither RFC 3986 nor urllib: hosts keep their Unicode letters, escapes of plain letters are
undone, IPv4 hosts may be short, and a path with a leading slash alone is a file, as on Linux.
"""

from __future__ import annotations

import re

from armguard.dotnet.ip import address_text, read_address
from armguard.dotnet.uri_escapes import MALFORMED, escape, is_rewritten, normalised, unescape
from armguard.errors import EvaluationError
from armguard.record import record

_PORTS = {
    "http": 80,
    "https": 443,
    "ws": 80,
    "wss": 443,
    "ftp": 21,
    "gopher": 70,
    "nntp": 119,
    "telnet": 23,
    "ldap": 389,
}
_AUTHORITY_NEEDED = frozenset(_PORTS) - {"ldap"}
_WITHOUT_QUERY = frozenset({"ftp", "gopher", "nntp", "telnet"})
_LONGEST = 65_519
"""characters of one URI"""

_WHITE = " \t\r\n"
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*")
_DRIVE = re.compile(r"[A-Za-z][:|](?:([/\\])|.)", re.DOTALL)
_AUTHORITY_END = re.compile(r"[/\\?#]")
_BAD_IN_WELL_FORMED = re.compile(rf'{MALFORMED}|[\x00-\x20"<>\[\]\\^`{{|}}\x7f-\x9f]')

_LABEL_START = re.compile(r"[A-Za-z0-9\xa0-\U0010ffff]")
_BAD_IN_HOST = re.compile(r"[\x00-,/:-@\[-^`{-\x9f]")
_DOTS = re.compile("[.\u3002\uff0e\uff61]")
_UNC_SEGMENT = re.compile(r"[\w-]+")


class InvalidUriError(EvaluationError):
    """The text is no absolute URI."""


@record
class Uri:
    """An absolute URI; its parts are written as .NET keeps them, not yet escaped."""

    scheme: str
    """in lower case"""
    authority: bool
    """whether the scheme is followed by //"""
    user: str
    """'name' or 'name:password', without the @"""
    host: str
    """in lower case; an IPv6 address has its brackets"""
    port: int | None
    """None: it is the scheme's own"""
    path: str
    query: str
    """with its question mark, or empty"""
    fragment: str
    """with its hash sign, or empty"""
    well_formed: bool
    """whether Uri.IsWellFormedUriString() accepts the text"""

    @property
    def absolute_path(self) -> str:
        return escape(self.path, "?#")

    @property
    def escaped_query(self) -> str:
        return escape(self.query, "#")

    def absolute(self) -> str:
        """Uri.AbsoluteUri: everything escaped but the host."""
        user = f"{escape(self.user)}@" if self.user else ""
        return self._written(user, self.absolute_path, self.escaped_query, escape(self.fragment))

    def display(self) -> str:
        """Uri.ToString(): escapes are undone where that changes no meaning."""
        user = f"{unescape(self.user)}@" if self.user else ""
        return self._written(
            user,
            unescape(self.path, "?#"),
            unescape(self.query, "#", in_query=True),
            unescape(self.fragment),
        )

    def _written(self, user: str, path: str, query: str, fragment: str) -> str:
        slashes = "//" if self.authority else ""
        port = "" if self.port is None else f":{self.port}"
        # a drive letter is kept without the slash before it
        root = "/" if self.scheme == "file" and not path.startswith("/") else ""
        return f"{self.scheme}:{slashes}{user}{self.host}{port}{root}{path}{query}{fragment}"


def is_absolute(text: str) -> bool:
    """Whether a text that may be relative is not; raise `InvalidUriError` where .NET refuses it."""
    start = text.lstrip(_WHITE)
    scheme, colon, rest = start.partition(":")
    if start[:2] == "\\\\":
        return True
    if len(start) < 3 or start[0] in "/\\":
        return False
    if _begins_with_drive(start):
        return True
    if not colon or _SCHEME.fullmatch(scheme) is None or len(scheme) == 1:
        return False
    # without slashes a scheme that needs them leaves a relative reference
    return not (scheme.lower() in _AUTHORITY_NEEDED and rest[:2].replace("\\", "/") != "//")


def _begins_with_drive(text: str) -> bool:
    """'c:/' or 'c|/'; raise `InvalidUriError` for 'c:x', which .NET takes for a broken path."""
    drive = _DRIVE.match(text)
    if drive and drive[1] is None:
        raise InvalidUriError(f"'{text}' begins like a drive, so a slash must follow it")
    return drive is not None


def parse_uri(text: str) -> Uri:
    """An absolute URI; raise `InvalidUriError` for anything else."""
    if len(text) > _LONGEST:
        raise InvalidUriError(
            f"a URI of {len(text)} characters is too long, {_LONGEST} are allowed"
        )
    start = text.strip(_WHITE)
    if start[:1] in ("/", "\\") and (start[:1] == "/" or start[1:2] in ("/", "\\")):
        return _implicit_file(text, start)
    if _begins_with_drive(start):
        return _file("", start.replace("\\", "/"), "", "", well_formed=False)
    scheme, colon, rest = start.partition(":")
    if not colon or len(scheme) < 2 or not _SCHEME.fullmatch(scheme):
        raise InvalidUriError(f"'{text}' is no absolute URI such as 'https://contoso.org/path'")
    scheme = scheme.lower()
    if scheme == "file":
        return _explicit_file(text, rest)
    if rest[:2].replace("\\", "/") == "//":
        return _with_authority(text, scheme, rest)
    if scheme in _AUTHORITY_NEEDED:
        raise InvalidUriError(f"'{text}' needs '//' and a host after '{scheme}:'")
    path, query, fragment, well_formed = _read_tail(text, scheme, rest, "")
    return Uri(scheme, False, "", "", None, path, query, fragment, well_formed)


def _with_authority(text: str, scheme: str, rest: str) -> Uri:
    end = _AUTHORITY_END.search(rest, 2)
    split = end.start() if end else len(rest)
    user, host, port = _read_authority(text, scheme, rest[2:split])
    tail = rest[split:]
    path, query, fragment, well_formed = _read_tail(text, scheme, tail, "/")
    return Uri(
        scheme,
        True,
        normalised(user) if is_rewritten(text) else user,
        host,
        port,
        path,
        query,
        fragment,
        well_formed and rest[:2] == "//" and not _BAD_IN_WELL_FORMED.search(user),
    )


def _implicit_file(text: str, start: str) -> Uri:
    if start[:2].replace("\\", "/") != "//":
        # a file name holds neither query nor fragment nor escapes
        return _file("", start.replace("%", "%25"), "", "", well_formed=False)
    host, slash, path = start.replace("\\", "/").lstrip("/").partition("/")
    return _file(_read_host(text, host), slash + path, "", "", well_formed=False)


def _explicit_file(text: str, rest: str) -> Uri:
    host, tail = "", rest
    if rest[:2].replace("\\", "/") == "//":
        end = _AUTHORITY_END.search(rest, 2)
        split = end.start() if end else len(rest)
        host, tail = rest[2:split], rest[split:]
        if re.fullmatch("[A-Za-z][:|]", host):
            host, tail = "", f"/{host}{tail}"
    if not rest or (not host and tail[:1] not in ("/", "\\")):
        raise InvalidUriError(f"'{text}' names no file, as 'file:///folder/name' does")
    path, query, fragment, well_formed = _read_tail(text, "file", tail, "/")
    host = _read_host(text, host) if host else ""
    return _file(host, path, query, fragment, well_formed=well_formed and rest[:2] == "//")


def _file(host: str, path: str, query: str, fragment: str, *, well_formed: bool) -> Uri:
    path = without_dots(path)
    if drive := re.match("/?([A-Za-z])[:|]/", path):
        path = f"{drive[1]}:/{path[drive.end() :]}"
    return Uri("file", True, "", host, None, path, query, fragment, well_formed)


def _read_authority(text: str, scheme: str, authority: str) -> tuple[str, str, int | None]:
    user, at, address = authority.partition("@")
    if not at:
        user, address = "", authority
    host, colon, digits = address.partition(":")
    if address.startswith("["):
        inside, closed, after = address.partition("]")
        host, digits = inside + closed, after[1:]
        colon = after[:1]
        if not closed or colon not in ("", ":"):
            raise InvalidUriError(f"the host of '{text}' is no IPv6 address in brackets")
    port = None
    if digits:
        if not (digits.isascii() and digits.isdigit()) or len(digits) > 9 or int(digits) > 65535:
            raise InvalidUriError(f"the port '{digits}' in '{text}' must be from 0 to 65535")
        port = int(digits)
    if port == _PORTS.get(scheme):
        port = None
    if not host and scheme not in _PORTS and not user and not colon:
        return "", "", None
    return user, _read_host(text, host), port


def _read_host(text: str, host: str) -> str:
    """A host as .NET writes it: in lower case, addresses in their usual form."""
    if host.startswith("["):
        address = read_address(host[1:-1].partition("%")[0])
        if address is None or address[1] != 128:
            raise InvalidUriError(f"the host '{host}' of '{text}' is no IPv6 address")
        return f"[{address_text(*address)}]"
    address = read_address(host) if ":" not in host else None
    if address is not None:
        return address_text(*address)
    if not _is_dns_name(host) and not _is_unc_name(host):
        raise InvalidUriError(f"'{host}' in '{text}' is no name of a host")
    if host.isascii():
        return host.lower()
    import unicodedata

    from armguard.dotnet import culture

    return culture.to_lower(unicodedata.normalize("NFC", host))


def _is_dns_name(host: str) -> bool:
    if not host or _BAD_IN_HOST.search(host):
        return False
    labels = _DOTS.split(host)
    if len(labels) > 1 and not labels[-1]:
        labels.pop()
    return all(_LABEL_START.match(label) and _label_length(label) <= 63 for label in labels)


def _is_unc_name(host: str) -> bool:
    """What no DNS name may be, a Windows machine's may: '_a', 'a-'."""
    first, *others = host.split(".")
    if others and not others[-1]:
        others.pop()
    return (
        _UNC_SEGMENT.fullmatch(first) is not None
        and not first.isdigit()
        and all(_UNC_SEGMENT.fullmatch(other) and other[0] not in "-_" for other in others)
    )


def _label_length(label: str) -> int:
    if label.isascii():
        return len(label)
    return len(label) + 4 + sum(letter > "\xff" for letter in label)


def _read_tail(text: str, scheme: str, tail: str, root: str) -> tuple[str, str, str, bool]:
    """Path, query, fragment, and whether they are well formed; `root` is what paths begin with."""
    well_formed = True
    tail, hash_sign, fragment = tail.partition("#")
    mark, query = "", ""
    if scheme not in _WITHOUT_QUERY:
        tail, mark, query = tail.partition("?")
    path = tail
    if is_rewritten(text):
        path, fragment = normalised(path), normalised(fragment)
        query = normalised(query, in_query=True)
    for part in (path, query, fragment):
        if _BAD_IN_WELL_FORMED.search(part) or (not part.isascii() and "%" in part):
            well_formed = False
    if "#" in fragment or (scheme in _WITHOUT_QUERY and "?" in path):
        well_formed = False
    if root:
        path = without_dots(path.replace("\\", "/"))
        if not path.startswith(root):
            path = root + path
    return path, mark + query, hash_sign + fragment, well_formed


def without_dots(path: str) -> str:
    """'.' and '..' segments resolved; '..' at the root is dropped."""
    if "." not in path:
        return path
    kept: list[str] = []
    segments = path.split("/")
    for index, segment in enumerate(segments):
        if segment not in (".", ".."):
            kept.append(segment)
            continue
        if segment == ".." and len(kept) > 1:
            kept.pop()
        if index == len(segments) - 1:
            kept.append("")
    return "/".join(kept)


def resolve(base: Uri, reference: str) -> Uri:
    """new Uri(base, reference); raise `InvalidUriError` where .NET refuses it."""
    if is_absolute(reference):
        return parse_uri(reference)
    reference = reference.strip(_WHITE)
    scheme, colon, rest = reference.partition(":")
    if colon and scheme.lower() == base.scheme and len(scheme) > 1:
        reference = rest
    elif colon and len(scheme) > 1 and _SCHEME.fullmatch(scheme):
        return parse_uri(reference)
    if not reference:
        return base
    whole = base.absolute()
    before_fragment = whole.partition("#")[0] if base.fragment else whole
    if reference[0] == "#":
        return parse_uri(before_fragment + reference)
    has_query = base.scheme not in _WITHOUT_QUERY
    before_query = before_fragment.partition("?")[0] if has_query else before_fragment
    if reference[0] == "?" and has_query:
        return parse_uri(before_query + reference)
    if reference[0] == "/" or (reference[0] == "\\" and base.authority):
        if reference[1:2] == "/":
            return parse_uri(f"{base.scheme}:{reference}")
        server = before_query.removesuffix(base.absolute_path)
        return parse_uri(f"{server}/{reference[1:]}")
    folder = before_query[: len(before_query) - len(base.absolute_path.rpartition("/")[2])]
    return parse_uri(folder + reference)
