"""JSON pointers (RFC 6901): the way to a value in a document; "" is the document itself."""

from __future__ import annotations

from collections.abc import Iterable


def pointer_to(keys: Iterable[str | int]) -> str:
    """The pointer of what these keys and indices lead to, from the outside in."""
    return "".join(f"/{str(key).replace('~', '~0').replace('/', '~1')}" for key in keys)


def keys_of(pointer: str) -> list[str]:
    """The keys and indices on the way, from the outside in. Raises `ValueError` for no pointer."""
    if not pointer:
        return []
    if not pointer.startswith("/"):
        raise ValueError(f"'{pointer}' is not a JSON pointer: it must be empty or start with '/'")
    return [key.replace("~1", "/").replace("~0", "~") for key in pointer[1:].split("/")]
