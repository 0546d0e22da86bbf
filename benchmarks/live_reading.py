"""How long `armguard check --live` takes for many vaults: it reads them at once, not one by one.

    python benchmarks/live_reading.py [VAULTS]

Each answer of the fake takes 100 ms. The gate for 200 vaults is the time of 30 requests, one after
the other, beyond what the same check takes where the fake answers at once.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

PROJECT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(PROJECT), str(PROJECT / "tests"), str(PROJECT / "tests" / "live")]

from fake_arm import Answer, FakeArm, Request, Serving  # noqa: E402
from training import GROUP, SUBSCRIPTION, USER, state, template  # noqa: E402

DELAY = 0.1
MOST_REQUESTS = 30


class SlowArm(FakeArm):
    """Azure is some way off, for each request by itself."""

    delay = 0.0

    def answer(self, request: Request) -> Answer:
        time.sleep(self.delay)
        return super().answer(request)


def world(vaults: int) -> tuple[Any, Any]:
    """A state with so many vaults, and the template that writes them as they are."""
    held, written = state(USER), template(USER)
    (vault,), (resource,) = held["vaults"], written["resources"]
    names = [f"kv-train-{number}" for number in range(vaults)]
    below = f"{GROUP}/providers/Microsoft.KeyVault/vaults"
    held["vaults"] = [{**vault, "id": f"{below}/{name}", "name": name} for name in names]
    return held, {**written, "resources": [{**resource, "name": name} for name in names]}


def measured(vaults: int, delay: float) -> tuple[float, int]:
    """(wall time of one whole process, number of requests)."""
    held, written = world(vaults)
    fake = SlowArm(held)
    fake.delay = delay
    with tempfile.TemporaryDirectory() as folder, Serving(fake) as url:
        (Path(folder) / "main.json").write_text(json.dumps(written), encoding="utf-8")
        place = ["--subscription", SUBSCRIPTION, "--resource-group", "rg-train", "--live"]
        check = [sys.executable, "-m", "armguard", "check", "main.json", *place]
        start = time.perf_counter()
        done = subprocess.run(
            [*check, "--arm-endpoint", url, "--format", "json"],
            cwd=folder,
            env={**os.environ, "PYTHONPATH": str(PROJECT)},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            encoding="utf-8",
        )
        spent = time.perf_counter() - start
    states = [each["live"]["state"] for each in json.loads(done.stdout)["deployments"][0]["vaults"]]
    if done.returncode != 0 or states != ["exists"] * vaults:
        sys.exit(done.stdout + done.stderr)
    return spent, len(fake.requests)


def main() -> int:
    vaults = int(sys.argv[1]) if len(sys.argv) > 1 else 200
    start, _ = measured(1, 0)
    at_once, _ = measured(vaults, 0)
    spent, requests = measured(vaults, DELAY)
    most = at_once + MOST_REQUESTS * DELAY
    print(f"1 vault, answers at once      {start:6.2f} s")
    print(f"{vaults} vaults, answers at once   {at_once:6.2f} s")
    print(f"{vaults} vaults, 100 ms an answer  {spent:6.2f} s (at most {most:.2f})")
    print(f"{requests} requests")
    return 0 if spent <= most else 1


if __name__ == "__main__":
    sys.exit(main())
