"""The examples of docs/python-api.md are one session, and print what the page shows."""

from __future__ import annotations

import doctest
import inspect
import re

import pytest
from support import PROJECT

import armguard

PAGE = PROJECT / "docs" / "python-api.md"
TEXT = PAGE.read_text("utf-8")


def test_the_examples_print_what_the_page_shows(monkeypatch: pytest.MonkeyPatch) -> None:
    # a blank in place of every line that is no example, so that lines keep their numbers
    session, is_example = [], False
    for line in TEXT.split("\n"):
        is_example = line == "```pycon" or (is_example and line != "```")
        session.append(line if is_example and line != "```pycon" else "")
    test = doctest.DocTestParser().get_doctest("\n".join(session), {}, "page", str(PAGE), 0)
    assert len(test.examples) > 15
    monkeypatch.chdir(PROJECT)
    said: list[str] = []
    doctest.DocTestRunner(verbose=False).run(test, out=said.append)
    assert not said, "".join(said)


@pytest.mark.parametrize("name", ["check", "expand", "evaluate"])
def test_the_page_has_every_argument(name: str) -> None:
    (shown,) = re.findall(rf"^{name}\((.*?)\)", TEXT, re.MULTILINE)
    given = inspect.signature(getattr(armguard, name)).parameters
    assert re.findall(r"\w+(?==|,|$)", shown.replace("=None", "")) == [*given]


def test_the_page_has_every_name_of_the_scope_and_of_the_package() -> None:
    for field in armguard.DeploymentScope.__annotations__:
        assert f"`{field}`" in TEXT, field
    for name in armguard.__all__:
        assert name in TEXT or name.startswith("__"), name
