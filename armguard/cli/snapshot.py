"""`armguard snapshot`: deployed vaults, and who uses them, into a file with a checksum.

The file is what `check --against` compares with and what a wipe can be repaired from, so a poorer
one never takes the place of a fuller one unasked.
"""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

import click

from armguard.cli import options
from armguard.cli.exit_code import ExitCode
from armguard.cli.outputs import refuse_outputs
from armguard.cli.streams import print_document, print_text, write_file
from armguard.errors import UsageError
from armguard.safe_text import line
from armguard.version import __version__

if TYPE_CHECKING:
    from armguard.deployed.inventory import Inventory

_EPILOG = """
\b
Examples:
  armguard snapshot --subscription ID --resource-group rg-train -o before.json
  armguard check main.json --against before.json --resource-group rg-train

\b
Exit codes:
  0  everything was read and written
  2  wrong usage, or FILE holds more than could be read now
  3  something could not be read; the file is written and says what
"""
_read = options.in_group("What is read")


@click.command(
    "snapshot",
    cls=options.GroupedCommand,
    epilog=_EPILOG,
    short_help="Write down which vaults are deployed, and who has access to them.",
)
@_read("--subscription", metavar="ID", required=True, help="The subscription.")
@_read("--resource-group", metavar="NAME", help="Only this resource group.")
@_read(
    "--vault",
    "vaults",
    metavar="NAME",
    multiple=True,
    help="Only this vault; can be repeated.",
)
@options.output(
    "-o",
    "--output",
    "path",
    metavar="FILE",
    type=options.FILE_NAME,
    required=True,
    help="The file to write.",
)
@options.output(
    "--force",
    is_flag=True,
    help="Replace FILE even if it holds more, or is no snapshot.",
)
@options.text_or_json
@options.live_options()
def command(
    subscription: str,
    resource_group: str | None,
    vaults: tuple[str, ...],
    path: str,
    force: bool,
    format_name: str,
    arm_endpoint: str | None,
    cloud: str,
    credential: str,
    timeout: float,
) -> ExitCode:
    """Write down which vaults are deployed, who has access to them and which workspaces use them.

    It needs the role Reader, and armguard with the extra azure; nothing is ever written to Azure.
    Without --resource-group all vaults of the subscription are read.
    """
    refuse_outputs([(path, "snapshot")])
    from datetime import UTC, datetime

    from armguard.cli.deployed_state import open_reader
    from armguard.cli.progress import Progress

    reader = open_reader(arm_endpoint, cloud, credential, timeout, Progress(None))
    from armguard.deployed.snapshot import snapshot_document
    from armguard.live.endpoints import endpoint_of
    from armguard.live.inventory_reading import read_inventory

    inventory = read_inventory(reader, subscription, resource_group, vaults)
    if not force:
        _refuse_to_forget(path, inventory)
    document = snapshot_document(
        inventory,
        taken_at=datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        cloud=cloud,
        endpoint=endpoint_of(arm_endpoint, cloud).url,
        version=__version__,
    )
    from json import dumps

    write_file(path, dumps(document, indent=1, ensure_ascii=False) + "\n")
    for notice in reader.notices():
        print(line(notice), file=sys.stderr)
    _say(path, document, inventory, format_name)
    return ExitCode.UNANSWERED if inventory.unread_items else ExitCode.CLEAN


def _refuse_to_forget(path: str, inventory: Inventory) -> None:
    if not os.path.exists(path) or os.path.getsize(path) == 0:
        return
    from armguard.deployed.snapshot import lacks, read_snapshot

    try:
        old = read_snapshot(path)
    except UsageError as error:
        raise UsageError(f"'{path}' is not overwritten: {error}; use --force to do it") from error
    lacking = lacks(inventory, old.inventory)
    if lacking is not None:
        raise UsageError(
            f"'{path}' is not overwritten: it holds {lacking}, which could not be found now; write"
            " another file, or use --force"
        )


def _say(path: str, document: dict[str, object], inventory: Inventory, format_name: str) -> None:
    unread = [{"id": each.id, "reason": each.reason} for each in inventory.unread_items]
    counts = {
        "vaults": len(inventory.vaults),
        "workspaces": len(inventory.workspaces),
        "identities": len(inventory.identities),
    }
    if format_name == "json":
        from armguard.reporters.json import TOOL
        from armguard.safe_text import document_text

        head = {"version": 1, "tool": TOOL, "command": "snapshot", "path": path}
        said = {"sha256": document["sha256"], "takenAt": document["takenAt"]}
        print_document(document_text({**head, **said, **counts, "unread": unread}))
        return
    from armguard.deployed.inventory import in_sentences

    lines = [f"not read: {each}" for each in in_sentences(inventory.unread_items)]
    told = ", ".join(f"{count} {name}" for name, count in counts.items())
    lines.append(f"wrote {path}: {told}; {len(unread)} not read")
    print_text("".join(f"{line(each)}\n" for each in lines))
