"""Cuts the user and the password of a proxy's address out of messages.

Libraries quote addresses in their errors, whole or in parts and in small letters, so what the
environment holds is cut wherever it occurs, beside everything that looks like a part of an address.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from urllib.parse import unquote

from armguard.safe_text import without_user_parts

_SEPARATORS = re.compile(r"[:/?#@\s]+")
_CUT = "***"
_SHORTEST = 3
"""What is shorter would be cut out of words that have nothing to do with it."""


def without_proxy_secrets(text: str) -> str:
    for secret in sorted(set(_secrets()), key=len, reverse=True):
        text = re.sub(re.escape(secret), _CUT, text, flags=re.IGNORECASE)
    return without_user_parts(text)


def _secrets() -> Iterator[str]:
    for name, address in os.environ.items():
        if not name.lower().endswith("_proxy") or "@" not in address:
            continue
        user_part = (address.partition("://")[2] or address).rpartition("@")[0]
        # an address that is taken apart wrongly is quoted in pieces
        user, _, password = user_part.partition(":")
        for part in (user_part, user, password, *_SEPARATORS.split(user_part)):
            for written in (part, unquote(part)):
                if len(written) >= _SHORTEST:
                    yield written
