"""The fake is held to recorded traffic of real Azure, and wrong fakes are told apart by it.

Driven by the recorded requests it must give the accessPolicies that Azure gave: all but the two
reads right after Azure Machine Learning had added an entry of its own.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import recordings
from fake_arm import FakeArm, Request
from wrong_fakes import KeepsOnEmptyList, KeysByObjectIdAlone, ReplacesTheWholeList

Entry = dict[str, Any]
OUT_OF_BAND = {"aso_ml_workspace_2021-07-01"}


def policies_of(document: Any) -> list[Entry] | None:
    properties = document.get("properties") if isinstance(document, dict) else None
    return properties.get("accessPolicies") if isinstance(properties, dict) else None


def comparable(entries: list[Entry] | None) -> Any:
    """Entries in any order; a kind without permissions is as good as none."""
    if entries is None:
        return None
    return sorted(
        json.dumps(
            [
                {k: str(v).lower() for k, v in entry.items() if k != "permissions"},
                {
                    kind: sorted(str(name).lower() for name in names)
                    for kind, names in sorted(entry["permissions"].items())
                    if names
                },
            ],
            sort_keys=True,
        )
        for entry in entries
    )


def disagreements(fake: FakeArm, name: str) -> list[str]:
    """Where the fake gives other access policies than Azure did."""
    found = []
    interactions = recordings.load(name)
    for number, each in enumerate(interactions):
        path = each.path.lower()
        is_vault = "/microsoft.keyvault/vaults/" in path
        if not is_vault and "/deletedvaults/" not in path:
            continue
        if is_vault and path not in fake.vaults and each.status == 200 and each.method != "PUT":
            # the recording begins, or was cut, after the vault was made
            if isinstance(each.response, dict):
                fake.vaults[path] = json.loads(json.dumps(each.response))
            elif each.method == "DELETE":
                later = (i.response for i in interactions if i.path == each.path)
                known = next((i for i in later if policies_of(i) is not None), None)
                if known is None:
                    continue
                fake.vaults[path] = json.loads(json.dumps(known))
        if each.method == "PUT" and each.request is None:
            # the body was not recorded, so the answer has to stand for it
            if "/accesspolicies/" in path or not isinstance(each.response, dict):
                continue
            each.request = each.response
        body = json.loads(json.dumps(each.request))
        answer = fake.answer(Request(each.method, each.path, dict(each.query), body, {}, 0.0))
        given, wanted = policies_of(answer.body), policies_of(each.response)
        if "/deletedvaults/" not in path and comparable(given) != comparable(wanted):
            found.append(f"{number} {each.method} {each.path}: {given} instead of {wanted}")
    return found


NAMES = [name for name in recordings.NAMES if "whatif" not in name and "c7n_ml" not in name]


@pytest.mark.parametrize("name", NAMES or [pytest.param("", marks=pytest.mark.skip)])
def test_fake_keeps_policies_as_azure_does(name: str, shared: Path) -> None:
    found = disagreements(FakeArm(), name)
    allowed = 3 if name in OUT_OF_BAND else 0  # two reads, of which one is repeated
    assert len(found) == allowed, found


def test_wrong_fakes_are_told_apart(shared: Path) -> None:
    for wrong in (KeepsOnEmptyList, KeysByObjectIdAlone):
        found = [each for name in NAMES for each in disagreements(wrong(), name)]
        right = [each for name in NAMES for each in disagreements(FakeArm(), name)]
        assert len(found) > len(right), wrong.__name__


def test_recordings_can_not_tell_a_wrong_child_replace(shared: Path) -> None:
    """None of them holds one: the scenario `child-replace` does it."""
    right = [each for name in NAMES for each in disagreements(FakeArm(), name)]
    wrong = [each for name in NAMES for each in disagreements(ReplacesTheWholeList(), name)]
    assert wrong == right
