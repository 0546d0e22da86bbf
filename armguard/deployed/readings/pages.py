"""The elements of a file: a bare object, a list, a page of Azure Resource Manager, an answer of
Resource Graph.

A file is one page, whatever its `nextLink` says: that further pages are not in it is told, and not
whether there are any.
"""

from __future__ import annotations

from typing import Any

from armguard.evaluation.values import member
from armguard.record import record

_FURTHER = "further pages are not in the file, if there are any"
_SIZES_OF_PAGES = (100, 1000)
"""What Resource Graph returns at most, by default and at all; a bare list does not tell of more."""


@record
class Page:
    elements: tuple[Any, ...]
    gaps: tuple[str, ...] = ()
    """what it says about pages that are not in it"""


def page_of(document: Any) -> Page:
    """What a file lists."""
    if isinstance(document, list):
        full = len(document) in _SIZES_OF_PAGES
        return Page(tuple(document), (_FURTHER,) if full else ())
    value = member(document, "value")
    if isinstance(value, list) and member(document, "id") is None:
        return Page(tuple(value), (_FURTHER,) if member(document, "nextLink") else ())
    data = member(document, "data")
    if isinstance(data, list):
        return Page(tuple(data), _gaps_of_graph(document, len(data)))
    columns, rows = member(data, "columns"), member(data, "rows")
    if isinstance(columns, list) and isinstance(rows, list):
        names = [str(member(column, "name")) for column in columns]
        listed = tuple(dict(zip(names, row, strict=False)) for row in rows if isinstance(row, list))
        return Page(listed, _gaps_of_graph(document, len(rows)))
    return Page((document,))


def _gaps_of_graph(document: Any, count: int) -> tuple[str, ...]:
    totals = (member(document, name) for name in ("total_records", "totalRecords"))
    total = next((each for each in totals if isinstance(each, int)), count)
    tokens = (member(document, name) for name in ("skip_token", "skipToken", "$skipToken"))
    if total > count:
        return (f"further pages are not in the file: it has {count} of {total} rows",)
    return ("further pages are not in the file",) if any(tokens) else ()
