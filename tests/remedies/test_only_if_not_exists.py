"""Where `onlyIfNotExists` goes, and what is refused."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from support import make_deployment, make_template, make_vault, run_armguard, write_file

NAME = "only-if-not-exists"
EMPTY = make_vault(policies=[])


def symbolic(vault: Any) -> dict[str, Any]:
    return make_template(resources={"vault": vault}, languageVersion="2.0")


def fixed(folder: Path, template: Any) -> tuple[str, Any]:
    """What is told, and the template afterwards."""
    write_file(folder / "main.json", template)
    ran = run_armguard("fix", "main.json", "--remedy", NAME, "--write", folder=folder)
    assert "bug in armguard" not in ran.stderr
    return ran.stdout, json.loads((folder / "main.json").read_text("utf-8"))


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ({}, {"@options": {"onlyIfNotExists": []}}),
        ({"@options": {}}, {"@options": {"onlyIfNotExists": []}}),
        (
            {"@Options": {"retryOn": [["ServerError"], 1]}},
            {"@Options": {"onlyIfNotExists": [], "retryOn": [["ServerError"], 1]}},
        ),
    ],
)
def test_the_option_stands_among_the_others(
    tmp_path: Path, before: dict[str, Any], after: dict[str, Any]
) -> None:
    _, template = fixed(tmp_path, symbolic({**EMPTY, **before}))
    assert template["resources"]["vault"] == {**EMPTY, **after}
    assert "nothing to fix" in fixed(tmp_path, template)[0]


@pytest.mark.parametrize(
    "template",
    [
        symbolic(
            {**EMPTY, "copy": {"name": "vault", "count": 2}, "name": "[concat('k', copyIndex())]"}
        ),
        make_template(make_deployment(template=symbolic(EMPTY))),
        make_template(make_deployment(template=symbolic(EMPTY), evaluation="outer")),
    ],
)
def test_the_vault_is_not_written_again(tmp_path: Path, template: Any) -> None:
    told, after = fixed(tmp_path, template)
    assert f"{NAME}: " in told
    assert "onlyIfNotExists" in json.dumps(after)
    ran = run_armguard("check", "main.json", "--format", "json", folder=tmp_path)
    vaults = [vault for each in ran.document["deployments"] for vault in each["vaults"]]
    assert {each["verdict"] for each in vaults} == {"not-written"}


@pytest.mark.parametrize(
    ("options", "reason"),
    [
        ({"@options": "[createObject()]"}, "its '@options' is no object"),
        ({"@options": None}, "its '@options' is no object"),
        (
            {"@options": {}, "@OPTIONS": {}},
            "its @options are written twice, and which ones count is not known",
        ),
    ],
)
def test_what_is_refused(tmp_path: Path, options: dict[str, Any], reason: str) -> None:
    told, after = fixed(tmp_path, symbolic({**EMPTY, **options}))
    assert after["resources"]["vault"] == {**EMPTY, **options}
    if "nothing to fix" not in told:
        assert f"  not {NAME}: {reason}\n" in told


def test_a_list_is_missed_for_the_first_deployment(tmp_path: Path) -> None:
    told, _ = fixed(tmp_path, symbolic(make_vault()))
    assert (
        "  then: vaults without accessPolicies were reported to be refused: write [] there" in told
    )
    assert "reported to be refused" not in fixed(tmp_path, symbolic(EMPTY))[0]


def test_it_needs_symbolic_names(tmp_path: Path) -> None:
    told, _ = fixed(tmp_path, make_template(EMPTY))
    assert (
        f"  not {NAME}: it needs languageVersion 2.0, where resources have symbolic names\n" in told
    )
