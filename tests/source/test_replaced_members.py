"""A member of a JSON object in place of another one."""

from __future__ import annotations

import pytest

from armguard.source.json_edits import JsonEditor
from armguard.source.text_edits import edited


@pytest.mark.parametrize(
    ("text", "after"),
    [
        ('{"a": [1, 2], "b": 3}', '{"new": true, "b": 3}'),
        ('{ "a":1 }', '{ "new":true }'),
        (
            '{\r\n\t"a": {\r\n\t\t"x": 1 // one\r\n\t}, // kept\r\n\t"b": 2\r\n}',
            '{\r\n\t"new": true, // kept\r\n\t"b": 2\r\n}',
        ),
    ],
)
def test_another_member_stands_in_place_of_one(text: str, after: str) -> None:
    edit = JsonEditor("main.json", text).replace_member("/a", "new", True)
    assert edited(text, [edit]) == after
