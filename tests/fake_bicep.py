"""A Bicep CLI to run that compiles nothing: it answers what a test says, and notes what it was
asked.

Its answers are by the ends of paths, the longest that fits. Those that it may give are in
`FakeBicep.answers`.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from support import make_template

_PROGRAM = """\
#!{python} -IS
import json, os, signal, sys, time

HERE = os.path.dirname(os.path.abspath(__file__))


def note(name, line):
    with open(os.path.join(HERE, name), "a") as file:
        file.write(json.dumps(line) + "\\n")


with open(os.path.join(HERE, "answers.json")) as file:
    SAID = json.load(file)


def answer_to(path):
    note("asked", path)
    note("environment", dict(os.environ))
    fitting = [each for each in SAID["answers"] if path.endswith("/" + each)]
    answer = SAID["answers"][max(fitting, key=len)] if fitting else {{"error": "not known"}}
    match answer:
        case {{"hangs": _}}:
            time.sleep(600)
        case {{"dies": signal_number}}:
            os.kill(os.getpid(), signal_number)
        case {{"floods": count}}:
            chunk = b"x" * 1024 * 1024
            for _ in range(count):
                sys.stdout.buffer.write(chunk)
    return answer


def built(path):
    answer = answer_to(path)
    if "prints" in answer:
        return answer["prints"], 0
    if "error" in answer:
        sys.stderr.write(path + "(2,3) : Error BCP999: " + answer["error"] + "\\n")
        return "", 1
    if path.lower().endswith(".bicep"):
        return json.dumps(answer["template"]), 0
    template = answer.get("template")
    both = {{
        "parametersJson": json.dumps(answer["parameters"]),
        "templateJson": None if template is None else json.dumps(template),
        "templateSpecId": None,
    }}
    return json.dumps(both), 0


def compiled(path):
    answer = answer_to(path)
    if "error" in answer:
        start = {{"line": 1, "char": 2}}
        said = {{"source": path, "range": {{"start": start}}, "level": "Error", "code": "BCP999"}}
        return {{"success": False, "diagnostics": [{{**said, "message": answer["error"]}}]}}
    result = {{"success": True, "diagnostics": []}}
    if "prints" in answer:
        return {{**result, "contents": answer["prints"], "parameters": answer["prints"]}}
    template = json.dumps(answer["template"]) if answer.get("template") is not None else None
    if path.lower().endswith(".bicep"):
        return {{**result, "contents": template}}
    return {{**result, "parameters": json.dumps(answer["parameters"]), "template": template}}


def serve():
    while True:
        size = 0
        for line in iter(sys.stdin.buffer.readline, b"\\r\\n"):
            if not line:
                return
            size = int(line.split(b":")[1])
        request = json.loads(sys.stdin.buffer.read(size))
        if request["method"] == "bicep/version":
            result = {{"version": "9.9.9"}}
        else:
            result = compiled(request["params"]["path"])
        content = json.dumps({{"jsonrpc": "2.0", "id": request["id"], "result": result}}).encode()
        sys.stdout.buffer.write(b"Content-Length: %d\\r\\n\\r\\n" % len(content) + content)
        sys.stdout.buffer.flush()


note("calls", sys.argv[1:])
if sys.argv[1:] == ["jsonrpc", "--stdio"]:
    if not SAID["has_rpc"]:
        sys.exit("Unrecognized command or argument 'jsonrpc'.")
    serve()
elif sys.argv[1] in ("build", "build-params") and "--stdout" in sys.argv:
    output, code = built(sys.argv[2])
    sys.stdout.write(output)
    sys.exit(code)
else:
    sys.exit("wrong usage")
"""


class FakeBicep:
    """A program in a folder of its own; `has_rpc`: one process can answer for all files."""

    def __init__(
        self, folder: Path, answers: Mapping[str, Mapping[str, Any]], *, has_rpc: bool = False
    ) -> None:
        """`answers`: end of a path -> `template` (and `parameters`), an `error`, what it `prints`
        in place of a template, or how it misbehaves: `hangs`, `dies` of a signal, `floods` with so
        many MiB."""
        self.folder = folder
        self.answers = dict(answers)
        folder.mkdir(parents=True, exist_ok=True)
        program = folder / "bicep"
        program.write_text(_PROGRAM.format(python=sys.executable), "utf-8")
        program.chmod(0o755)
        said = {"answers": self.answers, "has_rpc": has_rpc}
        (folder / "answers.json").write_text(json.dumps(said), "utf-8")

    @property
    def program(self) -> str:
        return str(self.folder / "bicep")

    @property
    def calls(self) -> list[list[str]]:
        """The arguments of each process, in the order of their beginning."""
        return self._noted("calls")

    @property
    def asked(self) -> list[str]:
        """The files it was asked for, one each time, whichever way."""
        return self._noted("asked")

    @property
    def environments(self) -> list[dict[str, str]]:
        return self._noted("environment")

    def _noted(self, name: str) -> list[Any]:
        file = self.folder / name
        return [*map(json.loads, file.read_text("utf-8").splitlines())] if file.exists() else []


def parameters(**values: Any) -> dict[str, Any]:
    """What a .bicepparam file is compiled to."""
    schema = "https://schema.management.azure.com/schemas/2019-04-01/deploymentParameters.json#"
    given = {name: {"value": value} for name, value in values.items()}
    return {"$schema": schema, "contentVersion": "1.0.0.0", "parameters": given}


def compiled(*resources: Any, **members: Any) -> dict[str, Any]:
    """The template that a .bicep file is compiled to."""
    generator = {"name": "bicep", "version": "0.49.2.45890", "templateHash": "1"}
    return make_template(*resources, metadata={"_generator": generator}, **members)
