"""How long `armguard check` of one small file takes, against a Python that does nothing.

    python benchmarks/start_up.py [PAIRS]

Machines are shared and differ, so only the ratio of two processes that ran side by side counts:
the median over the pairs. At most 7 is the gate, 5 the aim.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import time
from pathlib import Path
from statistics import median

PROJECT = Path(__file__).resolve().parent.parent
TEMPLATE = "fixtures/workspace.json"
PAIRS = 9


def seconds(command: list[str]) -> float:
    """Wall time of one whole process."""
    start = time.perf_counter()
    done = subprocess.run(command, cwd=PROJECT, stdin=subprocess.DEVNULL, capture_output=True)
    if done.returncode not in (0, 1):
        sys.exit(done.stderr.decode())
    return time.perf_counter() - start


def console_script() -> list[str]:
    """armguard as it is installed beside this Python, else as a module."""
    script = shutil.which("armguard", path=str(Path(sys.executable).parent))
    return [script] if script else [sys.executable, "-m", "armguard"]


def main() -> None:
    pairs = int(sys.argv[1]) if len(sys.argv) > 1 else PAIRS
    nothing = [sys.executable, "-c", "pass"]
    check = [*console_script(), "check", TEMPLATE, "--format", "text"]
    seconds(nothing), seconds(check)  # the first run writes byte code
    ratios, floors, checks = [], [], []
    for _ in range(pairs):
        floor, spent = seconds(nothing), seconds(check)
        floors.append(floor)
        checks.append(spent)
        ratios.append(spent / floor)
    print(f"python -c pass      {1000 * median(floors):7.1f} ms")
    print(f"armguard check      {1000 * median(checks):7.1f} ms")
    print(f"ratio               {median(ratios):7.2f} (median of {pairs} pairs; at most 7, aim 5)")


if __name__ == "__main__":
    main()
