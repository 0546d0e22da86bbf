"""Whether any input ends a run in another way than with findings or a sentence.

    python benchmarks/mutations.py [--seed N] [--minutes M] [--only NUMBER] [--keep FOLDER]

Templates, parameter files, policies, configurations and snapshots are changed at random, in their
bytes, their JSON and their expressions, and checked. A run is a fault that shows a traceback, exits
with 4 or with a signal, takes more than 10 seconds or more than 300 MiB. Seed and number make a
case again: `--seed 7 --only 1234`. It exits with 1 where there was a fault, and `--keep` keeps the
files of each.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import shutil
import signal
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

PROJECT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(PROJECT))

from armguard.cli import main as armguard  # noqa: E402
from armguard.deployed.inventory import Inventory  # noqa: E402
from armguard.deployed.snapshot import checksum, snapshot_document  # noqa: E402
from armguard.reporters import FORMATS  # noqa: E402

SECONDS = 10
MEBIBYTES = 300
SUBSCRIPTION = "00000000-0000-0000-0000-0000000000bb"

TEXTS = [
    "", " ", "\u2003", "\ud800", "\x1b[31m", "##vso[x]", "../../x.json", "a" * 5000, "é",
    "[", "[[", "[]", "[]]", "[a(", "[parameters('p')]", "[parameters(parameters('p'))]",
    "[variables('v')]", "[reference('x')]", "[concat(variables('v'), variables('v'))]",
    "[resourceId('a/b', 'c')]", "[createArray()]", "[union(createArray(1), parameters('p'))]",
    "[range(0, 10000)]", "[deployment().name]", "[copyIndex()]", "[if(parameters('p'), 1, '')]",
    "[toObject(createArray(1), lambda('x', lambdaVariables('x')))]", "[json('{')]", "[utcNow()]",
    "[padLeft('', 100000, 'x')]", "[concat" + "('a'" * 200 + ")" * 200 + "]", "true", "2.0",
    "Microsoft.KeyVault/vaults", "Microsoft.KeyVault/vaults/accessPolicies", "Incremental",
    "Microsoft.Resources/deployments", "Microsoft.MachineLearningServices/workspaces", "add",
    "securestring", "object", "array", "#/definitions/x", "a\0b", "$.properties.*..x[?(@.a)]",
    "(a*)*b", "*" * 30, "9" * 5000, "$.a" + ".a" * 2000, "%7Btenant%7D", "inner", "outer",
]  # fmt: skip
NAMES = [
    "parameters", "variables", "resources", "outputs", "functions", "definitions",
    "languageVersion",
    "copy", "count", "input", "name", "type", "properties", "accessPolicies", "condition", "scope",
    "template", "templateLink", "parametersLink", "expressionEvaluationOptions", "mode", "existing",
    "@options", "dependsOn", "discriminator", "mapping", "items", "allowedValues", "value", "$ref",
    "reference", "createMode", "enableRbacAuthorization", "identity", "objectId", "metadata",
    "[concat('resour', 'ces')]", "[parameters('p')]", "$schema", "apiVersion", "matches", "where",
    "require", "any", "all", "not", "path", "examples", "select", "exclude", "environments",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Sources:
    templates: list[str]
    parameters: list[str]
    policies: list[str]
    configurations: list[str]
    snapshots: list[str]


def sources() -> Sources:
    documents = [
        path.read_text("utf-8")
        for path in sorted((PROJECT / "fixtures").rglob("*.json"))
        if "golden" not in path.parts
    ]
    configuration = (PROJECT / "fixtures" / "sample-repository" / "armguard.toml").read_text(
        "utf-8"
    )
    policies = [path.read_text("utf-8") for path in sorted((PROJECT / "policies").rglob("*.yaml"))]
    return Sources(
        templates=[text for text in documents if "eploymentTemplate.json" in text],
        parameters=[text for text in documents if "eploymentParameters.json" in text],
        policies=policies,
        configurations=[configuration, '[tool.armguard]\nexclude = ["a/**/b*"]\n'],
        snapshots=[json.dumps(snapshot(), indent=1)],
    )


def snapshot() -> dict[str, Any]:
    group = f"/subscriptions/{SUBSCRIPTION}/resourceGroups/rg"
    policy = {"tenantId": "t", "objectId": "o", "permissions": {"secrets": ["get"]}}
    vaults = tuple(
        {
            "id": f"{group}/providers/Microsoft.KeyVault/vaults/{name}",
            "name": name,
            "location": "westeurope",
            "properties": {"enableRbacAuthorization": False, "accessPolicies": [policy]},
        }
        for name in ("kv", "kv-ml", "vault")
    )
    place = Inventory(
        tenant="t", subscription=SUBSCRIPTION, resource_group="rg", names=None, vaults=vaults,
        workspaces=(), identities=(), groups=(), unread_items=(),
    )  # fmt: skip
    return snapshot_document(
        place, taken_at="2027-01-31T12:00:00Z", cloud="AzureCloud", endpoint="x", version="0"
    )


class Mutation:
    """The files of one case."""

    def __init__(self, chance: random.Random, given: Sources) -> None:
        self.chance = chance
        self.given = given

    def write(self, folder: Path) -> list[str]:
        """Write them, and say how armguard is called."""
        chance, given = self.chance, self.given
        changed = chance.choice(("template", "template", "template", "parameters", "other"))
        (folder / "main.json").write_bytes(self._file(given.templates, changed == "template"))
        arguments = ["check", "--format", chance.choice(FORMATS)]
        if chance.random() < 0.5 or changed == "parameters":
            name = chance.choice(("main.parameters.json", "values.json", "parameters.json"))
            (folder / name).write_bytes(self._file(given.parameters, changed == "parameters"))
            if chance.random() < 0.5:
                arguments += ["main.json", "--parameters", name]
        if changed == "other":
            arguments += self._others(folder)
        if chance.random() < 0.1:
            arguments += ["--set", f"p={self._value()}".replace("\0", "")]
        if chance.random() < 0.3:
            arguments += ["--resource-group", "rg", "--subscription", SUBSCRIPTION]
        # a surrogate can't be a word of a command line
        return [word.encode("utf-8", "replace").decode() for word in arguments]

    def _others(self, folder: Path) -> list[str]:
        match self.chance.choice(("policy", "configuration", "snapshot", "ignored")):
            case "policy":
                (folder / "p").mkdir()
                (folder / "p" / "p.yaml").write_bytes(self._lines(self.given.policies))
                return ["--policies", "p"]
            case "configuration":
                (folder / "armguard.toml").write_bytes(self._lines(self.given.configurations))
                return []
            case "ignored":
                (folder / ".gitignore").write_bytes(self._lines(["*.tmp\n!a/**/b\n/x[a-z]?\n"]))
                return []
            case _:
                text = self.chance.choice(self.given.snapshots)
                if self.chance.random() < 0.3:
                    (folder / "deployed.json").write_bytes(self._bytes(text.encode()))
                    return ["--against", "deployed.json"]
                document = self._changed(json.loads(text))
                if isinstance(document, dict):
                    document["sha256"] = checksum(document)
                (folder / "deployed.json").write_bytes(_dumped(document))
                return ["--against", "deployed.json"]

    def _file(self, texts: list[str], change: bool) -> bytes:
        text = self.chance.choice(texts)
        if not change:
            return text.encode()
        if self.chance.random() < 0.25:
            return self._bytes(text.encode())
        try:
            document = json.loads(text)
        except ValueError:
            return self._bytes(text.encode())
        return _dumped(self._changed(document))

    def _bytes(self, data: bytes) -> bytes:
        for _ in range(self.chance.randint(1, 6)):
            start = self.chance.randrange(len(data) + 1)
            end = min(len(data), start + self.chance.choice((0, 1, 1, 10, 200)))
            odd = (
                b"",
                b"\xff",
                b"\0",
                b"//",
                b"/*",
                b'"',
                b"{",
                b"]",
                b"\\ud800",
                data[start:end] * 2,
            )
            data = data[:start] + self.chance.choice(odd) + data[end:]
        return data.decode().encode("utf-16-le") if _is_rare(self.chance, data) else data

    def _lines(self, texts: list[str]) -> bytes:
        lines = self.chance.choice(texts).splitlines()
        for _ in range(self.chance.randint(1, 4)):
            index = self.chance.randrange(len(lines))
            before, _, after = lines[index].partition(self.chance.choice((":", "=", '"', "*")))
            odd = self.chance.choice((*TEXTS, *NAMES, "[" * 500, "&a [*a]", "!!python/x", "1e999"))
            lines[index] = self.chance.choice(
                (
                    odd,
                    f"{before}: {odd}",
                    f'{before}= "{odd}"',
                    before + odd + after,
                    lines[index] * 2,
                )
            )
        return self._bytes_or_whole("\n".join(lines).encode("utf-8", "surrogatepass"))

    def _bytes_or_whole(self, data: bytes) -> bytes:
        return self._bytes(data) if self.chance.random() < 0.2 else data

    def _changed(self, document: Any) -> Any:
        for _ in range(self.chance.randint(1, 8)):
            places = list(_places(document))
            if not places:
                return document
            holder, key = self.chance.choice(places)
            value = holder[key]
            match self.chance.randrange(7):
                case 0:
                    del holder[key]
                case 1 if isinstance(holder, dict):
                    holder[self.chance.choice(NAMES)] = holder.pop(key)
                case 2 if isinstance(holder, dict):
                    holder[self.chance.choice(NAMES)] = self._value()
                case 3:
                    other, name = self.chance.choice(places)
                    copied = json.loads(json.dumps(other[name])) if name in _keys(other) else None
                    holder[key] = copied
                case 4 if isinstance(value, str) and value[:1] == "[":
                    start = self.chance.randrange(len(value))
                    part = self.chance.choice((*TEXTS, "(", ")", "'", ",", ".", "?", "]"))
                    holder[key] = value[:start] + part + value[start + self.chance.randrange(3) :]
                case _:
                    holder[key] = self._value()
        return document

    def _value(self) -> Any:
        deep: Any = []
        for _ in range(self.chance.choice((1, 100, 500, 600))):
            deep = [deep] if self.chance.random() < 0.5 else {"a": deep}
        plain = [None, True, False, 0, -1, 1.5, 2**70, [], {}, [[]], {"": {}}, ["a"] * 900, deep]
        return self.chance.choice([*plain, *TEXTS, *TEXTS, *TEXTS])


def _is_rare(chance: random.Random, data: bytes) -> bool:
    return chance.random() < 0.02 and data.isascii()


def _keys(holder: Any) -> Any:
    return holder if isinstance(holder, dict) else range(len(holder))


def _places(document: Any) -> Iterator[tuple[Any, Any]]:
    pending = [document]
    while pending:
        holder = pending.pop()
        if isinstance(holder, (dict, list)):
            for key in list(_keys(holder)):
                yield holder, key
                pending.append(holder[key])


def _dumped(document: Any) -> bytes:
    return json.dumps(document, indent=1).encode()


@dataclass(frozen=True, slots=True)
class Ended:
    exit: int
    """negative: the signal"""
    seconds: float
    mebibytes: float
    said: str

    @property
    def fault(self) -> str | None:
        if self.seconds > SECONDS:
            return f"took more than {SECONDS} s"
        if self.exit not in (0, 1, 2, 3):
            return f"exit {self.exit}"
        if self.mebibytes > MEBIBYTES:
            return f"took {self.mebibytes:.0f} MiB"
        return "a traceback" if "Traceback (most recent" in self.said else None


def run(arguments: list[str], folder: Path) -> Ended:
    """One run, in a process that begins with everything imported."""
    said = folder.parent / "said"
    began = time.monotonic()
    child = os.fork()
    if child == 0:
        out = os.open(said, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
        os.dup2(out, 1)
        os.dup2(out, 2)
        os.chdir(folder)
        signal.alarm(SECONDS + 5)
        sys.argv = ["armguard", *arguments]
        try:
            code = armguard(arguments)
        except SystemExit as leaving:
            code = leaving.code if isinstance(leaving.code, int) else 1
        except BaseException:
            import traceback

            traceback.print_exc()
            code = 4
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)
    _, status, used = os.wait4(child, 0)
    return Ended(
        exit=os.waitstatus_to_exitcode(status),
        seconds=time.monotonic() - began,
        mebibytes=used.ru_maxrss / 1024,
        said=said.read_text("utf-8", "replace"),
    )


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--minutes", type=float, default=1)
    parser.add_argument("--only", type=int)
    parser.add_argument("--keep", type=Path)
    options = parser.parse_args()
    given = sources()
    ends = time.monotonic() + 60 * options.minutes
    exits: Counter[int] = Counter()
    slowest = largest = 0.0
    faults = 0
    number = 0 if options.only is None else options.only
    while time.monotonic() < ends:
        with tempfile.TemporaryDirectory() as made:
            folder = Path(made) / "run"
            folder.mkdir()
            chance = random.Random(f"{options.seed}/{number}")
            arguments = Mutation(chance, given).write(folder)
            ended = run(arguments, folder)
            if ended.fault is not None:
                faults += 1
                print(f"{options.seed}/{number}: {ended.fault}: armguard {arguments}"[:300])
                print("    " + "\n    ".join(ended.said.splitlines()[-3:])[:600])
                if options.keep is not None:
                    shutil.copytree(folder, options.keep / str(number), dirs_exist_ok=True)
        exits[ended.exit] += 1
        slowest, largest = max(slowest, ended.seconds), max(largest, ended.mebibytes)
        number += 1
        if options.only is not None:
            print(ended.said)
            break
    told = ", ".join(f"{count} with exit {code}" for code, count in sorted(exits.items()))
    print(f"seed {options.seed}: {sum(exits.values())} runs ({told}), {faults} faults;")
    print(f"the slowest took {slowest:.1f} s, the largest {largest:.0f} MiB")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
