"""Which remedy is possible for which hazardous template, and why one is refused.

    python benchmarks/remedies.py [--shared FOLDER] [--only TEXT] [--every N] [--show REASON]

Every template with an error or warning that a remedy is for, of the fixtures, and of the answers of
Azure's engine and the situations of users beside the project where these are there. Each remedy is
tried, which proves it; what is left is a template for which nothing but role assignments helps.
Prints a table of remedies and counts, the reasons of refusals, and the templates that are left.
"""

from __future__ import annotations

import argparse
import json
import lzma
import re
import sys
import tempfile
import time
import traceback
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from armguard.analysis import Request, look_at_paths
from armguard.checking.fixing import choices_for, problems_in
from armguard.evaluation.facts import DeploymentScope
from armguard.finding import Severity

PROJECT = Path(__file__).resolve().parent.parent
PLACE = DeploymentScope(
    tenant_id="00000000-0000-0000-0000-00000000aaaa",
    subscription_id="00000000-0000-0000-0000-000000000001",
    resource_group="oracle-rg",
    location="westeurope",
)


def recorded(shared: Path, folder: Path) -> Iterator[tuple[str, Request]]:
    """The templates of the recorded answers, each as a file with its parameters beside it."""
    conformance = shared / "conformance"
    cases: dict[str, Any] = {}
    with lzma.open(conformance / "templates.jsonl.xz", "rt", encoding="utf-8") as lines:
        cases = {each["id"]: each for each in map(json.loads, lines)}
    with open(conformance / "keyvault.jsonl", encoding="utf-8") as lines:
        wanted = [cases[each["id"]] for each in map(json.loads, lines)]
    with lzma.open(conformance / "fuzz" / "vaults.jsonl.xz", "rt", encoding="utf-8") as lines:
        wanted.extend(map(json.loads, lines))
    for number, case in enumerate(wanted):
        own = folder / str(number)
        own.mkdir()
        text = case["template"]
        if not isinstance(text, str):
            text = json.dumps(text, indent=2)
        (own / "main.json").write_text(text, "utf-8", newline="")
        sets = ()
        if case.get("parameters"):
            given = {"parameters": case["parameters"]}
            (own / "main.parameters.json").write_text(json.dumps(given, indent=2), "utf-8")
            sets = ((str(own / "main.parameters.json"),),)
        yield (
            case["id"],
            Request(
                paths=(str(own / "main.json"),), parameter_sets=sets, scope=PLACE, raise_bugs=True
            ),
        )


def found_in(folder: Path) -> Iterator[tuple[str, Request]]:
    """The templates of a folder, one request for each file that may be one."""
    for path in sorted(folder.rglob("*.json*")):
        if path.is_file() and "parameters" not in path.name and path.name != "case.json":
            name = path.relative_to(folder.parent).as_posix()
            yield name, Request(paths=(str(path),), scope=PLACE, raise_bugs=True)


class Table:
    def __init__(self, show: str | None) -> None:
        self.templates = 0
        self.problems = 0
        self.possible: Counter[str] = Counter()
        self.refused: Counter[tuple[str, str]] = Counter()
        self.left: list[str] = []
        self.crashes: list[str] = []
        self._show = show

    def take(self, name: str, request: Request) -> None:
        try:
            _, looked = look_at_paths(request, lambda: b"")
            problems = [each for each in problems_in(looked) if not each.is_version]
            serious = [
                each
                for each in problems
                if any(found.severity is not Severity.NOTE for found in each.findings)
            ]
            self.templates += bool(serious)
            for problem in serious:
                self.problems += 1
                choices = [*choices_for(looked, problem)]
                for each in choices:
                    if each.reason is None:
                        self.possible[each.remedy.name] += 1
                        continue
                    kind = re.sub(r"'[^']*'|\[[^ ]*\]|\d+", "*", each.reason)[:150]
                    self.refused[each.remedy.name, kind] += 1
                    if self._show is not None and self._show in each.reason:
                        print(f"{name}: {each.remedy.name}: {each.reason}")
                if not any(c.reason is None and not c.remedy.unsafe for c in choices):
                    said = "; ".join(f"{c.remedy.name}: {c.reason}" for c in choices)
                    self.left.append(f"{name} {problem.place.pointer}: {said}")
        except Exception as error:
            traceback.print_exc()
            self.crashes.append(f"{name}: {type(error).__name__}: {error}")

    def told(self, most: int) -> None:
        print(f"{self.templates} hazardous templates, {self.problems} vaults that need a remedy")
        for name, count in self.possible.most_common():
            print(f"  {name:<22} possible {count}")
        for (name, kind), count in self.refused.most_common(most):
            print(f"  {name:<22} refused {count:>5}: {kind}")
        print(f"{len(self.left)} left without any but role assignments")
        for each in self.left[:most]:
            print(f"  {each}")
        print(f"{len(self.crashes)} crashes")
        for each in self.crashes[:most]:
            print(f"  {each}")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--shared", type=Path, default=PROJECT.parent / "shared")
    parser.add_argument("--only", default="")
    parser.add_argument("--every", type=int, default=1)
    parser.add_argument("--most", type=int, default=40)
    parser.add_argument("--show")
    options = parser.parse_args()
    table, started = Table(options.show), time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        every = [*found_in(PROJECT / "fixtures")]
        if options.shared.is_dir():
            every += [*found_in(options.shared / "field"), *recorded(options.shared, Path(folder))]
        for name, request in every[:: options.every]:
            if options.only in name:
                table.take(name, request)
    table.told(options.most)
    print(f"{time.monotonic() - started:.0f} seconds")
    return 1 if table.crashes else 0


if __name__ == "__main__":
    sys.exit(main())
