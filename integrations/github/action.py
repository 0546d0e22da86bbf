"""The step of the GitHub Action: installs armguard into a place of its own, runs it, hands on what
it said.

Inputs arrive as environment variables and leave as elements of an argument list: no shell reads
them, and Python runs isolated, so that nothing of the checked-out repository is imported: -I for
each one started here, and no PYTHON* variable for those that pip starts to build the package.
"""

from __future__ import annotations

import json
import os
import re
import shlex
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

WHAT_HAPPENED = {
    2: "wrong usage, or nothing to check; the log says what",
    3: "deployed state could not be read, or a vault could not be decided; the log says which",
    4: "a bug in armguard; the log says where",
}
"""Of the exit codes that come without an error on a template."""
WRONG_USAGE = 2


class RefusedError(Exception):
    """Says why nothing was checked, and what to do about it."""


def main() -> int:
    try:
        token = os.environ.pop("COMMENT_TOKEN", "")  # for no other program than comment.py
        arguments = words("args")
        name = name_of_comment()
        live = "--live" in arguments
        folder = Path.cwd() / line("working-directory")
        if not folder.is_dir():
            raise RefusedError(
                f"there is no folder '{folder}'; correct the input working-directory"
            )
        paths = [path for path in map(str.strip, text("paths").split("\n")) if path]
        if "-" in paths:
            raise RefusedError(
                "the input paths has '-', but a step has no standard input; name files or folders"
            )
        sarif = line("sarif-file")
        with tempfile.TemporaryDirectory(dir=os.environ["RUNNER_TEMP"]) as reports:
            summary, counts = Path(reports, "summary.md"), Path(reports, "report.json")
            options = [
                "--format=github",
                *([f"--output=sarif={sarif}"] if sarif else []),
                f"--output=markdown={summary}",
                f"--output=json={counts}",
                *given("bicep"),
                *given("config"),
                *given("fail-on"),
                *(["--fail-on-undecided"] if fails_on_undecided(live) else []),
            ]
            # everything before "--" may be an option, nothing after it
            command = [installed(live), "-I", "-m", "armguard", "check"]
            command += [*options, *arguments, "--", *paths]
            code = run(command, cwd=folder)
            if counts.is_file():  # the last report: a run that was refused has written none
                findings = hand_on(
                    summary, counts, os.path.abspath(folder / sarif) if sarif else ""
                )
                if name is not None:
                    comment(summary, name, token, is_news=code != 0 or findings > 0)
    except RefusedError as error:
        complain(str(error))
        return WRONG_USAGE
    if code in WHAT_HAPPENED:
        complain(WHAT_HAPPENED[code])
    return code


def text(name: str) -> str:
    return os.environ.get("INPUT_" + name.upper().replace("-", "_"), "")


def line(name: str) -> str:
    """An input that is one line: a second one could become an output of its own."""
    value = text(name).strip()
    if any(character < " " for character in value):
        raise RefusedError(f"the input {name} has a line break or control character; remove it")
    return value


def words(name: str) -> list[str]:
    """An input split as a shell splits it: quotes are understood, nothing is expanded."""
    try:
        return shlex.split(text(name))
    except ValueError as error:
        reason = str(error).lower()
        raise RefusedError(f"the input {name} can't be split into words: {reason}") from None


def given(name: str) -> list[str]:
    value = line(name)
    return [f"--{name}={value}"] if value else []


def fails_on_undecided(live: bool) -> bool:
    value = line("fail-on-undecided")
    if value not in ("", "auto", "true", "false"):
        raise RefusedError(
            f"the input fail-on-undecided is '{value}'; allowed are auto, true and false"
        )
    return live if value in ("", "auto") else value == "true"


def name_of_comment() -> str | None:
    """What tells a comment from others of the same job, mostly nothing; None: no comment is asked
    for."""
    value = line("comment")
    if value.lower() in ("", "false"):
        return None
    if value.lower() == "true":
        return ""
    if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9 ._-]{0,59}", value):
        raise RefusedError(
            f"the input comment is '{value}'; allowed are true, false, or a name of at most 60"
            " letters, digits, blanks, dots, hyphens and underscores"
        )
    return value


def installed(live: bool) -> str:
    """The Python of a virtual environment that holds this very version of armguard.

    It is made once in a job; one that was left half-made has no marker and is made anew.
    """
    source = os.environ["GITHUB_ACTION_PATH"]
    place = Path(os.environ["RUNNER_TEMP"], "armguard-azure" if live else "armguard")
    python = place / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    marker = place / "complete"
    if marker.is_file() and marker.read_text("utf-8") == source:
        return str(python)
    make = [sys.executable, "-I", "-m", "venv", "--clear", str(place)]
    pip = [str(python), "-I", "-m", "pip", "--quiet", "--disable-pip-version-check", "--no-input"]
    install = [*pip, "install", f"{source}[azure]" if live else source]
    # what they print is no result of a check
    if any(run(step, stdout=sys.stderr) != 0 for step in (make, install)):
        wanted = "armguard with its Azure packages" if live else "armguard"
        raise RefusedError(f"{wanted} could not be installed; see the log")
    marker.write_text(source, "utf-8")
    return str(python)


def run(command: list[str], variables: Mapping[str, str] | None = None, **options: Any) -> int:
    """Run a program without the PYTHON* variables of the job; its own children ignore -I.
    `variables` are for it alone."""
    job = {k: v for k, v in os.environ.items() if not k.startswith("PYTHON")}
    environment = {**job, **(variables or {})}
    done = subprocess.run(command, env=environment, stdin=subprocess.DEVNULL, **options)
    return done.returncode


def hand_on(summary: Path, counts: Path, sarif: str) -> int:
    """Write the summary and the outputs of the step; how many findings there are."""
    with open(os.environ["GITHUB_STEP_SUMMARY"], "a", encoding="utf-8") as stream:
        stream.write(summary.read_text("utf-8"))
    found = json.loads(counts.read_text("utf-8"))["summary"]
    findings = found["errors"] + found["warnings"] + found["notes"]
    with open(os.environ["GITHUB_OUTPUT"], "a", encoding="utf-8") as stream:
        stream.write(f"findings={findings}\nsarif-file={sarif}\n")
    return int(findings)


def comment(summary: Path, name: str, token: str, *, is_news: bool) -> None:
    """Put the report under the pull request; whatever comes of it, the exit code is the check's."""
    script = Path(__file__).with_name("comment.py")
    command = [sys.executable, "-I", str(script), str(summary)]
    command += [] if is_news else ["--only-update"]
    if run(command, variables={"COMMENT_NAME": name, "COMMENT_TOKEN": token}) != 0:
        print("armguard: no comment, because of a bug in armguard; see above", flush=True)


def complain(sentence: str) -> None:
    """Put one error without a place on the run's page."""
    message = sentence.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")
    print(f"::error title=armguard::{message}", flush=True)


if __name__ == "__main__":
    sys.exit(main())
