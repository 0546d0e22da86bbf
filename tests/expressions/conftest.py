"""Random syntax trees of everything the parser can give."""

from __future__ import annotations

import pytest
from hypothesis import strategies as st

from armguard.expressions.syntax import Call, Expression, Index, Lambda, Literal, Property

TEXTS = st.text(alphabet=st.sampled_from("ab'[](),.? \n\t\"\\{}é\u00a0😀0"), max_size=8)
INTEGERS = st.integers(-(2**63), 2**63 - 1)
NAMES = st.from_regex(r"\A[A-Za-z_][A-Za-z0-9_]{0,8}\Z")
FUNCTIONS = NAMES.filter(lambda name: name.lower() != "lambda")
CALLED = FUNCTIONS | st.tuples(FUNCTIONS, FUNCTIONS).map(".".join)


def _larger(inner: st.SearchStrategy[Expression]) -> st.SearchStrategy[Expression]:
    lambdas = st.builds(Lambda, st.lists(TEXTS, max_size=2).map(tuple), inner)
    arguments = st.lists(inner | lambdas, max_size=3).map(tuple)
    return (
        st.builds(Call, CALLED, arguments)
        | st.builds(Property, inner, NAMES, st.booleans())
        | st.builds(Index, inner, inner, st.booleans())
    )


@pytest.fixture(scope="session")
def expressions() -> st.SearchStrategy[Expression]:
    return st.recursive(st.builds(Literal, TEXTS | INTEGERS), _larger, max_leaves=12)
