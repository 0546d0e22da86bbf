"""No template, however it is meant, makes armguard hang, overflow or fill the memory.

A spent budget is an error of the value that needed it, in a check an undecided vault.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import pytest

import armguard
from armguard.errors import ArmguardError, EvaluationError

Ask = Callable[..., Any]


def doubling(write: str, seed: Any, times: int) -> dict[str, Any]:
    """Variables of which each is twice the one before."""
    variables: dict[str, Any] = {"v0": seed}
    for index in range(1, times):
        before = f"variables('v{index - 1}')"
        variables[f"v{index}"] = f"[{write.format(before, before)}]"
    variables["last"] = f"[variables('v{times - 1}')]"
    return variables


HOSTILE: dict[str, dict[str, Any]] = {
    "a text of 2^34 characters": doubling("concat({0}, {1})", "0123456789abcdef", 31),
    "an object of 2^24 leaves": doubling("createObject('a', {0}, 'b', {1})", 1, 25),
    "an array of 2^30 elements": doubling("concat({0}, {1})", [1], 31),
    "an array of arrays": doubling("createArray({0}, {1})", [1], 31),
    "a text by format": doubling("format('{{0}}{{1}}', {0}, {1})", "0123456789abcdef", 31),
    "a text by join": doubling("join(createArray({0}, {1}), '-')", "0123456789abcdef", 31),
    "a text by replace": doubling("replace({0}, 'a', {1})", "aaaaaaaaaa", 12),
    "base64 of base64": doubling("base64({0})", "0123456789abcdef" * 100, 60),
    "a variable that needs itself": {"last": "[variables('last')]"},
    "a long chain of variables": {
        **{f"v{index}": f"[variables('v{index + 1}')]" for index in range(5_000)},
        "v5000": 1,
        "last": "[variables('v0')]",
    },
    "a huge range": {"last": "[range(0, 1000000000)]"},
    "a huge padding": {"last": "[padLeft('x', 1000000000)]"},
    "a deep expression": {"last": "[" + "concat(" * 5_000 + "'x'" + ")" * 5_000 + "]"},
    "a deep chain": {"last": "[variables('a')" + ".a" * 5_000 + "]", "a": {}},
    "a map of maps": {
        "thousand": "[range(0, 10000)]",
        "last": "[map(variables('thousand'), lambda('x', map(variables('thousand'), lambda('y',"
        " map(variables('thousand'), lambda('z', 1))))))]",
    },
    "a long reduce": {
        "some": "x" * 7_000,
        "last": "[reduce(range(0, 10000), '', lambda('a', 'b', concat(lambdaVariables('a'),"
        " variables('some'))))]",
    },
    "a huge number": {"last": f"[add({'9' * 10_000}, 1)]"},
    "json in json": {"last": "[json('" + "[" * 50_000 + "')]"},
}


STEPS = {"a map of maps": 90_000}
"""Where every step takes long: a budget in place of the usual one of ten times as many."""

PROGRAM = """
import json, resource, sys
import armguard
from armguard.errors import EvaluationError
from armguard.evaluation.scope import Budget

MEMORY = 1024 * 1024 * 1024
resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
for steps in sys.argv[1:]:
    Budget.__init__.__defaults__ = (int(steps),)
template = json.load(sys.stdin)
try:
    armguard.evaluate("[length(string(variables('last')))]", variables=template["variables"])
    refusal = None
except EvaluationError as error:
    refusal = str(error)
report = armguard.check(template)
vaults = {vault.name: vault.verdict for vault in report.deployments[0].vaults}
json.dump({"refusal": refusal, "vaults": vaults, "crashes": report.crashes}, sys.stdout)
"""
LONGEST = 30
"""Seconds until a run counts as one that never ends."""


@pytest.mark.skipif(sys.platform == "win32", reason="there is no limit of memory to set here")
@pytest.mark.parametrize("name", HOSTILE)
def test_a_value_that_is_too_large_is_refused(name: str, template: Ask, vault: Ask) -> None:
    """In a process of its own, which may neither hang nor take a gigabyte."""
    hanging = vault("hanging", accessPolicies="[createArray(string(variables('last')))]")
    document = template([hanging, vault("fine", accessPolicies=[])], variables=HOSTILE[name])
    budget = [str(STEPS[name])] if name in STEPS else []
    result = subprocess.run(
        [sys.executable, "-c", PROGRAM, *budget],
        input=json.dumps(document),
        capture_output=True,
        text=True,
        timeout=LONGEST,
        check=False,
    )
    assert result.returncode == 0, result.stderr[-500:]
    said = json.loads(result.stdout)
    assert said["refusal"]
    assert len(said["refusal"]) < 500
    assert said["crashes"] == []
    assert said["vaults"]["hanging"] == "undecided"
    assert said["vaults"]["fine"] in ("emptied", "undecided")


def test_functions_that_call_themselves_are_refused() -> None:
    output = {"type": "int", "value": "[my.again(parameters('n'))]"}
    member = {"parameters": [{"name": "n", "type": "int"}], "output": output}
    functions = [{"namespace": "my", "members": {"again": member}}]
    with pytest.raises(EvaluationError):
        armguard.evaluate("[my.again(1)]", functions=functions)


def test_deep_json_is_no_template(template: Ask) -> None:
    for depth in (900, 5_000, 100_000):
        text = "[" * depth + "]" * depth
        document = f'{{"$schema": "{template()["$schema"]}", "resources": {text}}}'
        with suppress(ArmguardError):
            assert armguard.check(document).crashes == ()


@pytest.mark.parametrize("depth", [100, 400, 900])
def test_deep_values_are_evaluated_or_refused(depth: int, template: Ask, vault: Ask) -> None:
    deep: Any = []
    for _ in range(depth):
        deep = [deep]
    try:
        report = armguard.check(template([vault(accessPolicies=deep)]))
    except ArmguardError as error:
        message = str(error)
        assert "deep" in message
        return
    assert report.crashes == ()
    assert report.deployments[0].vaults[0].verdict in ("replaced", "undecided")


def test_five_thousand_resources(template: Ask, thing: Ask, vault: Ask) -> None:
    resources = [{**thing(f"t{index}"), "dependsOn": [f"t{index - 1}"]} for index in range(5_000)]
    document = template([*resources, vault(accessPolicies=[])])
    assert len(armguard.check(document).findings) == 1
    assert len(armguard.expand(document).resources) == 5_001
