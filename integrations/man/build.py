"""Writes the manual pages of armguard and its commands, with click-man, which has to be installed.

The program `click-man` itself would find no commands: armguard imports each one only when it runs.
"""

from __future__ import annotations

import os
import sys

import click
from click_man.core import write_man_pages

from armguard.cli import group
from armguard.version import __version__


def main(folder: str) -> None:
    os.makedirs(folder, exist_ok=True)
    context = click.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        assert command is not None
        group.add_command(command, name)
    write_man_pages("armguard", group, version=__version__, target_dir=folder)


if __name__ == "__main__":
    main(sys.argv[1])
