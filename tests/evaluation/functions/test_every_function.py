"""What holds for every function: it is documented, and refuses too few arguments."""

from __future__ import annotations

import pytest

from armguard.errors import EvaluationError
from armguard.evaluation.functions import all_functions, find_function
from armguard.evaluation.functions.registry import Function


def every() -> list[Function]:
    return sorted(all_functions().values(), key=lambda function: function.name)


@pytest.mark.parametrize("function", every(), ids=lambda function: function.name)
def test_a_function_is_documented_by_its_signature(function: Function) -> None:
    lines = (function.body.__doc__ or "").strip().split("\n")
    name = "listKeys" if function.name == "list*" else function.name
    assert lines[0].startswith(f"{name}(")
    assert ")" in lines[0]
    assert len(lines) == 1 or not lines[1].strip()


@pytest.mark.parametrize("function", every(), ids=lambda function: function.name)
def test_a_function_counts_its_arguments(function: Function) -> None:
    function.check_count(function.required)
    if function.required:
        with pytest.raises(EvaluationError, match="takes"):
            function.check_count(function.required - 1)
    if function.rest is None:
        with pytest.raises(EvaluationError, match="takes"):
            function.check_count(len(function.parameters) + 1)
    else:
        function.check_count(1_000)


@pytest.mark.parametrize("name", ["CONCAT", "Concat", "uniquestring", "PARSECIDR"])
def test_names_have_no_case(name: str) -> None:
    assert find_function(name) is not None


@pytest.mark.parametrize("name", ["", "nosuch", "concat ", "list*()"])
def test_what_is_no_function_is_not_found(name: str) -> None:
    assert find_function(name) is None
