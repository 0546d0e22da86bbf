"""Whether a package index answers, so that a test may be skipped where none does.

It is asked by the pip of a fresh environment, never by the program under test: that one may fail
for a reason of its own, which is no reason to skip.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path


def can_be_reached(folder: Path) -> bool:
    """Ask for a small package; the environment for it is made in `folder`."""
    subprocess.run([sys.executable, "-I", "-m", "venv", folder / "asking"], check=True)
    python = folder / "asking" / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    download = [python, "-I", "-m", "pip", "download", "--quiet", "--no-deps", "hatchling"]
    return subprocess.run(download, cwd=folder, check=False).returncode == 0
