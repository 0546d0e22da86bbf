"""The fixtures of `conftest_deployed`, which tests import by its name as well."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

from conftest_deployed import compare, unread_item

__all__ = ["compare", "unread_item"]
