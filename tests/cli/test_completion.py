"""What shells complete by themselves: the names of files, which click only has to ask them for."""

from __future__ import annotations

import pytest
from click.shell_completion import BashComplete

from armguard.cli import group


@pytest.mark.parametrize(
    "before",
    [
        ["check"],
        ["check", "--parameters"],
        ["check", "--against"],
        ["check", "--policies"],
        ["check", "--baseline"],
        ["check", "--write-baseline"],
        ["check", "--config"],
        ["expand"],
        ["snapshot", "--output"],
    ],
    ids=" ".join,
)
def test_a_file_name_is_completed(before: list[str]) -> None:
    completion = BashComplete(group, {}, "armguard", "_ARMGUARD_COMPLETE")
    assert [item.type for item in completion.get_completions(before, "ma")] == ["file"]


def test_values_are_completed() -> None:
    completion = BashComplete(group, {}, "armguard", "_ARMGUARD_COMPLETE")
    found = completion.get_completions(["check", "--fail-on"], "n")
    assert {item.value for item in found} == {"note", "never"}
