"""Gathers the wheels that the task installs armguard from without a network, and prints whose they
are.

PyYAML is built without its C library: armguard uses the loader in Python only, so one wheel serves
every machine instead of one for each Python and platform. What is left of compiled packages is what
the Azure packages need; `PLATFORMS` and `PYTHONS` say for whom they are there.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import zipfile
from email.message import Message
from email.parser import Parser
from pathlib import Path

PYTHONS = ("3.11", "3.12", "3.13", "3.14")
PLATFORMS = (
    ("manylinux_2_28_x86_64", "manylinux_2_17_x86_64", "manylinux2014_x86_64"),
    ("win_amd64",),
    ("macosx_11_0_arm64",),
)
COMPILED = ("cffi", "cryptography")
BUILT = ("pyyaml",)


def main() -> None:
    project, pins, folder = map(Path, sys.argv[1:])
    folder.mkdir(parents=True, exist_ok=True)
    pinned = read_pins(pins)
    with tempfile.TemporaryDirectory() as scratch:
        built = write(Path(scratch, "built.txt"), [pinned.pop(name) for name in BUILT])
        compiled = write(Path(scratch, "compiled.txt"), [pinned.pop(name) for name in COMPILED])
        pure = write(Path(scratch, "pure.txt"), list(pinned.values()))
        pip("wheel", "--no-deps", "--wheel-dir", folder, project)
        pip("wheel", "--no-deps", "--no-binary", ":all:", "--wheel-dir", folder, "-r", built)
        download(folder, pure, "--platform", "any")
        for tags in PLATFORMS:
            platforms = [part for tag in tags for part in ("--platform", tag)]
            for python in PYTHONS:
                download(folder, compiled, *platforms, "--python-version", python)
    hold_to_promise(folder)
    print("It also contains Python packages, each as a wheel with its licence inside.\n")
    foreign = [wheel for wheel in folder.iterdir() if not wheel.name.startswith("armguard-")]
    print("\n".join(sorted({notice(wheel) for wheel in foreign})))


def read_pins(path: Path) -> dict[str, str]:
    """The requirements by name, hashes included and markers left out: pip would ask the markers
    about the machine that builds."""
    pins: dict[str, str] = {}
    for requirement in path.read_text().replace("\\\n", " ").splitlines():
        version, *hashes = requirement.split(" --hash=")
        specifier = version.partition(";")[0].strip()
        written = " ".join([specifier, *(f"--hash={each.strip()}" for each in hashes)])
        pins[specifier.partition("==")[0]] = written
    return pins


def write(path: Path, lines: list[str]) -> Path:
    path.write_text("\n".join(lines) + "\n")
    return path


def download(folder: Path, requirements: Path, *options: str) -> None:
    only = ("--no-deps", "--require-hashes", "--only-binary", ":all:", "--implementation", "cp")
    pip("download", *only, *options, "--dest", folder, "-r", requirements)


def pip(*arguments: str | Path) -> None:
    # without the C library even where its headers are installed
    environment = {**os.environ, "PYYAML_FORCE_LIBYAML": "0"}
    # standard output is the notices
    command = [sys.executable, "-m", "pip", "--disable-pip-version-check", "--quiet"]
    subprocess.run([*command, *map(str, arguments)], check=True, stdout=sys.stderr, env=environment)


def hold_to_promise(folder: Path) -> None:
    bound = {wheel.name for wheel in folder.iterdir() if not wheel.name.endswith("-none-any.whl")}
    strange = [name for name in bound if not name.startswith(COMPILED)]
    if strange:
        sys.exit(f"not for every machine: {', '.join(strange)}; see COMPILED")


def notice(wheel: Path) -> str:
    with zipfile.ZipFile(wheel) as archive:
        name = next(each for each in archive.namelist() if each.endswith(".dist-info/METADATA"))
        metadata = Parser().parsestr(archive.read(name).decode("utf-8"))
    return f"{metadata['Name']} {metadata['Version']} (PyPI): {licence(metadata)}"


def licence(metadata: Message) -> str:
    if expression := metadata["License-Expression"]:
        return expression
    names = [each for each in metadata.get_all("Classifier", ()) if each.startswith("License ::")]
    # the old field may hold the whole text
    return names[0].rsplit(" :: ", 1)[1] if names else metadata["License"].splitlines()[0]


if __name__ == "__main__":
    main()
