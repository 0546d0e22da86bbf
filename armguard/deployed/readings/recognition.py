"""From a file to what it tells: kinds are recognized by their shape, each element of a list by
itself.

A file that tells nothing about vaults is refused with what it seems to be; one that says `format`
is a snapshot or nothing.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from armguard.deployed.inventory import Document, Inventory
from armguard.deployed.readings import (
    arm_resources,
    ml_workspaces,
    powershell_vaults,
    stack_what_if,
    what_if,
)
from armguard.deployed.readings.json_file import read_json, refused
from armguard.deployed.readings.mistakes import failure_of, seems_to_be
from armguard.deployed.readings.pages import page_of
from armguard.deployed.readings.reading import (
    NOTHING,
    Reading,
    SeenVault,
    partly_known,
    strongest,
    together,
)
from armguard.deployed.snapshot import snapshot_of
from armguard.record import record, replace

WHOLE_FILES = (stack_what_if.read, what_if.read)
"""What recognizes a file as a whole; the first that does reads it."""

ELEMENTS = (powershell_vaults.read, ml_workspaces.read, arm_resources.read)
"""What recognizes one element of a file; the first that does reads it."""


@record
class File:
    """A file given with `--against`, and what it tells."""

    path: str
    reading: Reading
    """what is in it"""
    snapshot: Inventory | None
    """what it is, where it has a scope, so that what it lacks is absent"""
    taken_at: str | None
    """when it was read from Azure, UTC, as in 2027-01-31T12:00:00Z; None: it does not say"""
    when: str
    """the same in words, or the time of the file, called that"""

    @property
    def taken_from(self) -> str:
        """The same, with what it is of."""
        return f"the {self.when}" if self.taken_at is not None else f"'{self.path}' ({self.when})"

    @property
    def workspaces(self) -> tuple[Document, ...]:
        return self.reading.workspaces if self.snapshot is None else self.snapshot.workspaces

    @property
    def identities(self) -> tuple[Document, ...]:
        return self.reading.identities if self.snapshot is None else self.snapshot.identities

    @property
    def resources(self) -> tuple[Document, ...]:
        """Id, type and identity of what has an identity."""
        return () if self.snapshot is None else self.snapshot.resources or ()

    @property
    def tells_a_list(self) -> bool:
        return self.snapshot is not None or _has_a_list(self.reading)

    def vault(self, vault_id: str) -> SeenVault | None:
        """What it tells of a vault; None: nothing."""
        if self.snapshot is not None:
            found = self.snapshot.vault(vault_id, None)
            has_it = found.state in ("exists", "deleted") or self.snapshot.tells_of(vault_id)
            return SeenVault(vault_id, found) if has_it else None
        wanted = vault_id.lower()
        told = [each for each in self.reading.vaults if each.id.lower() == wanted]
        return _partly_known(strongest(told)) if told else None


def read_file(path: str) -> File:
    """What a file tells. Raises `UsageError` for one that can't be read or tells nothing."""
    document = read_json(path)
    if isinstance(document, dict) and "format" in document:
        snapshot = snapshot_of(document, path)
        taken = f"snapshot of {_in_words(snapshot.taken_at)}"
        return File(path, NOTHING, snapshot.inventory, snapshot.taken_at, taken)
    failure = failure_of(document)
    if failure is not None:
        raise refused(path, f"{failure}; run the command again")
    reading = _recognized(document)
    if reading is None:
        raise refused(path, seems_to_be(document))
    if reading.taken_at is not None:
        taken = f"what-if of {_in_words(reading.taken_at)}"
    else:
        taken = f"time of the file: {_time_of_file(path)}"
    return File(path, reading, None, reading.taken_at, taken)


def _recognized(document: Any) -> Reading | None:
    """None: it tells nothing."""
    for read in WHOLE_FILES:
        reading = read(document)
        if reading is not None:
            is_cut = what_if.is_of_powershell(document) and not _has_a_list(reading)
            return reading if reading != NOTHING and not is_cut else None
    page = page_of(document)
    parts = [_element(each) for each in page.elements]
    odd = parts.count(None)
    gaps = (f"{odd} of its elements {'is' if odd == 1 else 'are'} not understood",) if odd else ()
    reading = together([each for each in parts if each is not None], *page.gaps, *gaps)
    return reading if reading.tells_something else None


def _element(element: Any) -> Reading | None:
    if not isinstance(element, Mapping):
        return None
    readings = (read(element) for read in ELEMENTS)
    return next((each for each in readings if each is not None), None)


def _partly_known(vault: SeenVault) -> SeenVault:
    if vault.found.state != "exists" or vault.found.document is None:
        return vault
    document = partly_known(vault.found.document)
    return replace(vault, found=replace(vault.found, document=document))


def _has_a_list(reading: Reading) -> bool:
    return any(vault.found.state == "exists" for vault in reading.vaults)


def _in_words(moment: str) -> str:
    """2027-01-31 12:00 UTC"""
    try:
        return datetime.fromisoformat(moment).astimezone(UTC).strftime("%Y-%m-%d %H:%M UTC")
    except (ValueError, OverflowError):
        return "a time that can't be read"


def _time_of_file(path: str) -> str:
    """A checkout sets it anew, so it tells little."""
    try:
        moment = datetime.fromtimestamp(os.stat(path).st_mtime, UTC)
    except (OSError, ValueError, OverflowError):
        return "not known"
    return moment.strftime("%Y-%m-%d %H:%M UTC")
