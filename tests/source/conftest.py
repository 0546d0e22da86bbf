"""JSON values and all the ways in which ARM lets people write them down."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import strategies as st

JSON_VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(alphabet=st.sampled_from('ab"\\/*,:[]{} \n\r\t\0\xa0é\ud800😀')),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(alphabet='a/*",\\'), inner),
    max_leaves=20,
)

NOISE = st.sampled_from(
    ["", "", " ", "\n", "// x\n", '/* " , ] } */', "/**/", '//"\r', "\xa0", "/***/ // ]\n"]
)


@pytest.fixture(scope="session")
def json_values() -> st.SearchStrategy[Any]:
    return JSON_VALUES


@pytest.fixture(scope="session")
def write_loosely() -> Callable[[Any, st.DataObject], str]:
    return loosely_written


def loosely_written(value: Any, noise: st.DataObject) -> str:
    """The value as JSON with blanks, comments and trailing commas wherever ARM allows them."""

    def draw() -> str:
        return noise.draw(NOISE)

    def comma() -> str:
        return noise.draw(st.sampled_from(["", draw() + ","]))

    def write(value: Any) -> str:
        if isinstance(value, dict) and value:
            members = [
                f"{draw()}{json.dumps(key)}{draw()}:{draw()}{write(member)}{draw()}"
                for key, member in value.items()
            ]
            return "{" + ",".join(members) + comma() + draw() + "}"
        if isinstance(value, list) and value:
            return (
                "[" + ",".join(draw() + write(v) + draw() for v in value) + comma() + draw() + "]"
            )
        return json.dumps(value, ensure_ascii=noise.draw(st.booleans()))

    return draw() + write(value) + draw()
