"""Builds `armguard.pyz`: armguard and the packages it needs as one file, which Python runs.

Compiled code is left out, because a zip can't be imported from otherwise and one file is to serve
every platform: PyYAML works without its C extension. What is needed for `--live` is compiled and
not in it. The same sources and the same versions of the packages make the same bytes.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from argparse import ArgumentParser
from pathlib import Path, PurePath
from tempfile import TemporaryDirectory
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

PROJECT = Path(__file__).resolve().parents[2]
OLDEST_PYTHON = "3.11"
START = """\
import sys

if sys.version_info < (3, 11):
    sys.exit("error: armguard needs Python 3.11 or newer, this is " + sys.version.split()[0])

from armguard.cli import main

if __name__ == "__main__":
    sys.exit(main())
"""
COMPILED = (".so", ".pyd", ".dylib", ".pyc")
LEGAL = ("METADATA", "LICEN", "AUTHORS", "NOTICE", "COPYING")


def main() -> None:
    parser = ArgumentParser(description="Build armguard as one file, which Python runs.")
    parser.add_argument("-o", "--output", type=Path, default=Path("armguard.pyz"), metavar="FILE")
    target: Path = parser.parse_args().output
    with TemporaryDirectory() as folder:
        install(Path(folder))
        write(target, {**contents(Path(folder)), "__main__.py": START.encode()})


def install(folder: Path) -> None:
    """armguard and the packages that it needs, as files in a folder."""
    uv = os.environ.get("UV") or shutil.which("uv")
    if uv is None:
        sys.exit("error: uv, which gathers the packages, is not on PATH; pip install uv")
    versions = ["--python", sys.executable, "--python-version", OLDEST_PYTHON]
    command = [uv, "pip", "install", "--quiet", *versions, "--target", str(folder), str(PROJECT)]
    if subprocess.run(command, check=False).returncode != 0:
        sys.exit("error: the packages could not be gathered; uv says above why")


def contents(folder: Path) -> dict[str, bytes]:
    """What goes into the file, by name inside of it."""
    files = {path.relative_to(folder): path for path in folder.rglob("*") if path.is_file()}
    return {name.as_posix(): path.read_bytes() for name, path in files.items() if is_wanted(name)}


def is_wanted(name: PurePath) -> bool:
    """Whether it is a module, data of a package, or says whose a package is."""
    top = name.parts[0]
    if len(name.parts) == 1 or top == "bin":
        return name.suffix == ".py"
    if top.endswith(".dist-info"):
        return name.name.startswith(LEGAL)
    return name.suffix not in COMPILED


def write(target: Path, files: dict[str, bytes]) -> None:
    """Sorted and dated 1980, as `ZipInfo` does: order and time of a build change nothing."""
    with target.open("wb") as file:
        file.write(b"#!/usr/bin/env python3\n")
        with ZipFile(file, "w") as archive:
            for name in sorted(files):
                entry = ZipInfo(name)
                entry.create_system = 3  # as on Linux, on every system
                archive.writestr(entry, files[name], ZIP_DEFLATED)
    target.chmod(0o755)


if __name__ == "__main__":
    main()
