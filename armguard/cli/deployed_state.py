"""Opens what a check compares vaults with: Azure itself, or files.

Packages of Azure are imported here only, and only for `--live` and commands that go online.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING

from armguard.errors import UsageError
from armguard.safe_text import line

if TYPE_CHECKING:
    from armguard.cli.progress import Progress
    from armguard.deployed.inventory import DeployedState
    from armguard.live.reader import LiveReader

INSTALL = "pip install '.[azure]'"


def open_state(
    *,
    live: bool,
    against: Sequence[str],
    has_place: bool,
    arm_endpoint: str | None,
    cloud: str,
    credential: str,
    timeout: float,
    progress: Progress,
) -> DeployedState | None:
    """None: nothing is compared. `has_place`: whether a subscription is known."""
    if live and against:
        raise UsageError("--live and --against exclude each other: compare with one of them")
    if against:
        from armguard.deployed.readings.joined import read_files

        return read_files(against)
    if not live:
        return None
    if not has_place:
        raise UsageError("--live needs --subscription ID, and mostly --resource-group NAME")
    return open_reader(arm_endpoint, cloud, credential, timeout, progress)


def open_reader(
    arm_endpoint: str | None, cloud: str, credential: str, timeout: float, progress: Progress
) -> LiveReader:
    """A reader that is online. Raises `UsageError` where the packages of Azure are missing."""
    import time

    try:
        from armguard.live.connection import Connection
        from armguard.live.reader import LiveReader
        from armguard.live.transport import Deadline
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] not in ("azure", "requests"):
            raise
        raise UsageError(
            "reading from Azure needs the extra armguard[azure]; install armguard with it, in a"
            f" copy of its repository: {INSTALL}, or compare with files: --against FILE"
        ) from error
    from armguard.live.endpoints import endpoint_of

    def say(text: str) -> None:
        progress.leave(lambda: _say(text))  # several threads may have something to say

    connection = Connection(
        endpoint_of(arm_endpoint, cloud),
        Deadline(timeout),
        say,
        credential_name=credential,
        environment=os.environ,
        progress=progress.tell,
    )
    return LiveReader(connection, time.sleep)


def _say(text: str) -> None:
    """Tell somebody who waits why; a stream that is closed has nobody."""
    if sys.stderr is None:
        return
    try:
        sys.stderr.write(line(text) + "\n")
        sys.stderr.flush()
    except OSError:
        return
