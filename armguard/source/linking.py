"""Templates that a template links: which files they are, and what these hold.

An address leads to a server, where nobody looks: the file is taken from the repository of the
linking one. Nothing is read outside of that repository or of the folders that were named. Without
a repository and such a folder that is the working directory if the file is in it, else the file's
own folder.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from armguard.errors import UnreadableFileError
from armguard.record import record
from armguard.safe_text import shown_address
from armguard.source.discovery import shown_path
from armguard.source.folder import repository_root
from armguard.source.json_text import parse_json, read_text
from armguard.source.open_folders import OpenFolders
from armguard.source.repository_address import (
    MOST_SEGMENTS,
    WebAddress,
    named_path,
    paths_in_repository,
    web_address,
)
from armguard.source.schema import is_template

LONGEST_SHOWN = 200
_SCHEME = r"[A-Za-z][A-Za-z0-9+.-]*:"


def _no_remote(folder: str) -> None:
    return None


@record
class Links:
    """What a run knows about where linked templates are."""

    folders: tuple[str, ...] = ()
    """the folders that were named: what is in them may be read"""
    mapped: tuple[tuple[str, str], ...] = ()
    """how an address begins -> the folder that holds what is there"""
    remote: Callable[[str], str | None] = _no_remote
    """the address of the repository around a folder, as in `ssh://github.com/team/infra.git`"""
    read: Callable[[str], str] = read_text
    """what the text of a file is, or is to be"""


@record
class Address:
    """The address of a linked template, as far as it is written out."""

    text: str
    """all of it, or the path that it ends in, without its query"""
    query: str = ""
    """what follows the question mark"""
    beside: str | None = None
    """the file that `text` is relative to, where it is"""
    begins: str | None = None
    """where only its end is known: what it begins with before that, empty if nobody knows; None:
    `text` is all of it"""
    sure: bool = True
    """whether it is this one at every deployment: the default of no parameter has a part in it"""


@record
class LinkedFile:
    document: Mapping[str, Any]
    path: str
    assumed: bool = False
    """whether the link is only taken to lead to this file"""


class Linker:
    """Loads linked templates, each once; `documents` holds all that were loaded by their path, and
    by that of the file where a symbolic link led to it."""

    def __init__(self, path: str, document: Mapping[str, Any], links: Links | None = None) -> None:
        self.documents: dict[str, Any] = {path: document}
        self._links = links or Links()
        folder = os.path.realpath(os.path.dirname(path) or ".")
        self._repository = repository_root(folder)
        self._top = _as_seen_from(path, folder, self._repository)
        self._open = OpenFolders(path, self._links.folders)
        self._found: dict[tuple[Address, tuple[str, ...]], LinkedFile | str | None] = {}

    def find(self, address: Address, files: Sequence[str]) -> LinkedFile | str | None:
        """The template at an address; or why it can't be read. None: it is nowhere here.

        `files`: the linking one and those that led to it, from the inside out.
        """
        key = (address, tuple(files))
        if key not in self._found:
            self._found[key] = self._find(address, files)
        return self._found[key]

    def _find(self, address: Address, files: Sequence[str]) -> LinkedFile | str | None:
        if not _may_name_a_file(address.text):
            return "the path of its template holds a character that no path of a file can hold"
        if address.beside is not None:
            return self._named(os.path.dirname(address.beside), address.text, not address.sure)
        if address.begins is None:
            web = web_address(address.text, address.query)
            if web is not None:
                mapped = self._mapped(web, not address.sure)
                return mapped or self._own(web) or self._ending(named_path(web), files)
            if _leads_elsewhere(address.text):
                return None
        else:
            # what is not known in the middle may be the branch, of which nothing is needed
            web = web_address(f"{address.begins}-{address.text}", address.query)
            own = None if web is None else self._own(web)
            if own is not None:
                return own
        return self._ending(address.text, files)

    def _named(self, folder: str, relative: str, assumed: bool) -> LinkedFile | str:
        """The file at a path that is written out."""
        target = self._target(folder, relative)
        if target is None:
            shown = short_address(relative)
            return f"its template '{shown}' is outside of this project, so it is not read"
        found = self._load(target)
        if isinstance(found, str):
            return found
        document, path = found
        if not _is_meant_as_template(document):
            return f"its template '{short_address(path)}' has no resources"
        return LinkedFile(document, path, assumed)

    def _target(self, folder: str, relative: str) -> str | None:
        """None: it is nothing that may be read."""
        from urllib.parse import unquote

        plain = relative.replace("\\", "/")
        unescaped = unquote(plain).replace("\\", "/")
        if any(_leads_elsewhere(each) or each.startswith("/") for each in (plain, unescaped)):
            return None
        if not _may_name_a_file(unescaped):
            return None
        targets = [os.path.normpath(os.path.join(folder, each)) for each in (plain, unescaped)]
        if not all(map(self._open.hold, targets)):
            return None
        return targets[0] if os.path.lexists(targets[0]) else targets[1]

    def _mapped(self, web: WebAddress, assumed: bool) -> LinkedFile | str | None:
        """What the configuration says, the longest beginning first."""
        for begins, folder in sorted(self._links.mapped, key=lambda each: -len(each[0])):
            known = web_address(begins)
            if known is None or known.host != web.host:
                continue
            path = known.path.rstrip("/") + "/"
            if web.path.startswith(path):
                return self._named(folder, web.path.removeprefix(path), assumed)
        return None

    def _own(self, web: WebAddress) -> LinkedFile | None:
        """What a raw address of this repository means."""
        if self._repository is None:
            return None
        remote = self._links.remote(self._repository)
        for path in () if remote is None else paths_in_repository(web, remote):
            found = self._assumed(os.path.join(self._top, path))
            if found is not None:
                return found
        return None

    def _ending(self, path: str, files: Sequence[str]) -> LinkedFile | None:
        """The longest end of a path that is a template beside one of these files, which is not one
        of them."""
        for end in _ends(path):
            for file in files:
                found = self._assumed(os.path.join(os.path.dirname(file), end))
                if found is not None and found.path not in files:
                    return found
        return None

    def _assumed(self, target: str) -> LinkedFile | None:
        """The template of this name, if there is one that may be read."""
        target = os.path.normpath(target)
        if (
            not _may_name_a_file(target)
            or not os.path.isfile(target)
            or not self._open.hold(target)
        ):
            return None
        found = self._load(target)
        if isinstance(found, str) or not _is_meant_as_template(found[0]):
            return None
        return LinkedFile(*found, assumed=True)

    def _load(self, target: str) -> tuple[Mapping[str, Any], str] | str:
        shown = shown_path(target)
        if shown not in self.documents:
            try:
                document = parse_json(self._links.read(target))
            except UnreadableFileError as error:
                reason = str(error).removeprefix("can't be read: ")
                return f"its template '{short_address(shown)}' can't be read: {reason}"
            if not isinstance(document, Mapping):
                return f"its template '{short_address(shown)}' is not a JSON object"
            self.documents[shown] = document
            self.documents.setdefault(shown_path(os.path.realpath(target)), document)
        return self.documents[shown], shown


def short_address(text: str) -> str:
    """For people: without keys, and cut off where nobody reads on."""
    text = shown_address(text)
    return text if len(text) <= LONGEST_SHOWN else f"{text[: LONGEST_SHOWN - 3]}..."


def _leads_elsewhere(text: str) -> bool:
    """Whether it names a scheme, a drive, or another machine."""
    plain = text.lstrip().replace("\\", "/")
    return plain.startswith("//") or re.match(_SCHEME, plain) is not None


def _is_meant_as_template(document: Mapping[str, Any]) -> bool:
    return is_template(document) or any(name.lower() == "resources" for name in document)


def _ends(path: str) -> Iterator[str]:
    """The path without its first segments, longest first."""
    from urllib.parse import unquote

    plain = unquote(path).replace("\\", "/")
    segments = [each for each in plain.split("/") if each not in ("", ".")][-MOST_SEGMENTS:]
    for start in range(len(segments)):
        yield "/".join(segments[start:])


def _may_name_a_file(path: str) -> bool:
    """Not with a null character, and not with half of a surrogate pair, which has no bytes."""
    try:
        return b"\0" not in os.fsencode(path)
    except UnicodeEncodeError:
        return False


def _as_seen_from(path: str, folder: str, repository: str | None) -> str:
    """The top of the repository, written as the path of a file in its `folder` is."""
    if repository is None:
        return ""
    top = os.path.join(os.path.dirname(path), os.path.relpath(repository, folder))
    top = os.path.normpath(top)
    return top if os.path.realpath(top) == repository else repository
