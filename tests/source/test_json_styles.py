"""What is inserted looks as its surroundings do."""

from __future__ import annotations

import pytest

from armguard.source.json_edits import JsonEditor
from armguard.source.text_edits import edited

ENTRY = {"id": 1, "names": ["a", "b"]}

TEXTS = {
    "compact": (
        '{"list":[{"id":0}]}',
        '{"list":[{"id":0},{"id":1,"names":["a","b"]}]}',
    ),
    "compact, with a line break at its end": (
        '{"list":[{"id":0}]}\n',
        '{"list":[{"id":0},{"id":1,"names":["a","b"]}]}\n',
    ),
    "spaced": (
        '{"list": [{"id": 0}]}\r\n',
        '{"list": [{"id": 0}, {"id": 1, "names": ["a", "b"]}]}\r\n',
    ),
    "compact and empty": (
        '{"list":[]}\n',
        '{"list":[{"id":1,"names":["a","b"]}]}\n',
    ),
    "on lines": (
        '{\r\n\t"list": []\r\n}',
        '{\r\n\t"list": [\r\n\t\t{\r\n\t\t\t"id": 1,\r\n\t\t\t"names": ["a", "b"]\r\n\t\t}\r\n\t]'
        "\r\n}",
    ),
}


@pytest.mark.parametrize("name", TEXTS)
def test_an_element_is_inserted_in_the_style_of_the_text(name: str) -> None:
    before, after = TEXTS[name]
    edits = JsonEditor("file.json", before).insert_elements("/list", [ENTRY])
    assert edited(before, edits) == after
