"""Whether the time of a check grows with the size of its input, and not with its square.

    python benchmarks/growth.py [NAME]...

For each kind of size it prints time(2n) / time(n), both the best of three, measured in one run. At
most 2.5 is the gate, 2.1 the aim.
"""

from __future__ import annotations

import json
import os
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

PROJECT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(PROJECT))

from armguard.analysis import Request, check_paths  # noqa: E402

SCHEMA = "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#"
ROUNDS = 3
GATE = 2.5
Files = dict[str, str]


def template(resources: list[Any], **members: Any) -> dict[str, Any]:
    return {"$schema": SCHEMA, "contentVersion": "1.0.0.0", **members, "resources": resources}


def vault(name: str, policies: Any, **members: Any) -> dict[str, Any]:
    properties = {"enableRbacAuthorization": False, "accessPolicies": policies}
    return {
        "type": "Microsoft.KeyVault/vaults",
        "apiVersion": "2026-02-01",
        "name": name,
        "location": "westeurope",
        "properties": properties,
        **members,
    }


def thing(name: str, **members: Any) -> dict[str, Any]:
    return {"type": "My.Own/things", "apiVersion": "2024-01-01", "name": name, **members}


def file(document: Any) -> Files:
    return {"main.json": json.dumps(document, indent=2)}


def resources(n: int) -> Files:
    return file(template([*(thing(f"t{i}") for i in range(n)), vault("kv", [])]))


def findings(n: int) -> Files:
    return file(template([vault(f"kv{i}", []) for i in range(n)]))


def children(n: int) -> Files:
    """Vaults, each with a child that adds to its policies."""
    vaults = [vault(f"kv{i}", []) for i in range(n)]
    added = [{"objectId": "o", "tenantId": "t", "permissions": {"secrets": ["get"]}}]
    changes = [
        {
            "type": "Microsoft.KeyVault/vaults/accessPolicies",
            "apiVersion": "2026-02-01",
            "name": f"kv{i}/add",
            "properties": {"accessPolicies": added},
        }
        for i in range(n)
    ]
    return file(template([*vaults, *changes]))


def only_children(n: int) -> Files:
    """The same children, of vaults that are not in the template."""
    document = json.loads(children(n)["main.json"])
    return file({**document, "resources": [*document["resources"][n:], vault("kv", [])]})


def workspaces(n: int) -> Files:
    """Vaults, each with a workspace that uses it, and a project of that workspace."""
    vaults = [vault(f"kv{i}", []) for i in range(n)]
    group = "[resourceId('{}', '{}{}')]"
    kind = "Microsoft.MachineLearningServices/workspaces"

    def workspace(name: str, properties: dict[str, str]) -> dict[str, Any]:
        return {
            "type": kind,
            "apiVersion": "2024-10-01",
            "name": name,
            "location": "westeurope",
            "identity": {"type": "SystemAssigned"},
            "properties": properties,
        }

    hubs = [
        workspace(f"ws{i}", {"keyVault": group.format("Microsoft.KeyVault/vaults", "kv", i)})
        for i in range(n)
    ]
    projects = [
        workspace(f"project{i}", {"hubResourceId": group.format(kind, "ws", i)}) for i in range(n)
    ]
    return file(template([*vaults, *hubs, *projects]))


def depends_on(n: int) -> Files:
    chain = [thing(f"t{i}", dependsOn=[f"t{i - 1}"]) for i in range(1, n)]
    return file(template([*chain, vault("kv", [], dependsOn=[f"t{n - 1}"])]))


def nested_deployments(n: int) -> Files:
    def module(index: int) -> dict[str, Any]:
        return {
            "type": "Microsoft.Resources/deployments",
            "apiVersion": "2022-09-01",
            "name": f"module{index}",
            "properties": {
                "mode": "Incremental",
                "expressionEvaluationOptions": {"scope": "inner"},
                "parameters": {"policies": {"value": "[parameters('policies')]"}},
                "template": template(
                    [vault(f"kv{index}", "[parameters('policies')]")],
                    parameters={"policies": {"type": "array"}},
                ),
            },
        }

    parameters = {"policies": {"type": "array", "defaultValue": []}}
    return file(template([module(i) for i in range(n)], parameters=parameters))


def parameter_files(n: int) -> Files:
    document = template(
        [vault("[parameters('name')]", [])], parameters={"name": {"type": "string"}}
    )
    files = file(document)
    for index in range(n):
        given = {"parameters": {"name": {"value": f"kv{index}"}}}
        files[f"main.parameters.{index:05}.json"] = json.dumps(given)
    return files


def copy_count(n: int) -> Files:
    loop = {"copy": {"name": "c", "count": n}}
    return file(template([vault("[format('kv{0}', copyIndex())]", [], **loop)]))


def property_copy(n: int) -> Files:
    entry = {"objectId": "[string(copyIndex('accessPolicies'))]", "tenantId": "t"}
    loop = {"name": "accessPolicies", "count": n, "input": entry}
    resource = vault("kv", None)
    resource["properties"] = {"enableRbacAuthorization": False, "copy": [loop]}
    return file(template([resource]))


def variables(n: int) -> Files:
    written: dict[str, Any] = {f"v{i}": f"[concat('a', '{i}')]" for i in range(n)}
    names = ", ".join(f"variables('v{i}')" for i in range(n))
    written["list"] = f"[createArray({names})]"
    return file(template([vault("kv", "[variables('list')]")], variables=written))


def blanks(n: int) -> Files:
    text = json.dumps(template([vault("kv", [])]), indent=2)
    return {"main.json": text.replace('"accessPolicies"', " \n" * n + '"accessPolicies"')}


def comments(n: int) -> Files:
    text = json.dumps(template([vault("kv", [])]), indent=2)
    many = '/* a "comment" */ // and [another]\n' * n
    return {"main.json": text.replace('"accessPolicies"', many + '"accessPolicies"')}


def ignore_comments(n: int) -> Files:
    """Comments above each other, and as many at the ends of lines."""
    text = json.dumps(template([vault("kv", [])]), indent=2)
    ignore = "// armguard: ignore[access-policies-emptied] everybody knows\n"
    lines = "".join(f'  "{i}": 1, {ignore}' for i in range(n))
    return {"main.json": f"{ignore * n}{{\n{lines}{text[1:]}"}


def _of_lists(function: str, *lists: list[Any]) -> Files:
    written = {f"list{index}": each for index, each in enumerate(lists)}
    names = ", ".join(f"variables('{name}')" for name in written)
    written["list"] = f"[{function}({names})]"
    return file(template([vault("kv", "[variables('list')]")], variables=written))


def intersection(n: int) -> Files:
    return _of_lists("intersection", [*range(n)], [*range(n, 0, -1)])


def union(n: int) -> Files:
    return _of_lists("union", [*range(n)], [*range(n // 2, n)])


def similar_objects(n: int) -> Files:
    """Objects that differ only in the value of one member."""
    policies = [{"objectId": f"o{i}", "tenantId": "t", "permissions": {}} for i in range(n)]
    return _of_lists("union", policies, policies[: n // 2])


def common_objects(n: int) -> Files:
    policies = [{"objectId": f"o{i}", "tenantId": "t", "permissions": {}} for i in range(n)]
    return _of_lists("intersection", policies, policies[::-1])


def merged_objects(n: int) -> Files:
    written = {
        "first": {f"Member{i}": i for i in range(n)},
        "second": {f"member{i}": i for i in range(n)},
        "list": "[objectKeys(union(variables('first'), variables('second')))]",
    }
    return file(template([vault("kv", "[variables('list')]")], variables=written))


KINDS: dict[str, tuple[Callable[[int], Files], int]] = {
    "resources": (resources, 4_000),
    "findings": (findings, 250),
    "dependsOn": (depends_on, 4_000),
    "nested deployments": (nested_deployments, 150),
    "parameter files": (parameter_files, 150),
    "copy count": (copy_count, 200),
    "property copy": (property_copy, 400),
    "variables": (variables, 2_000),
    "blanks": (blanks, 200_000),
    "comments": (comments, 20_000),
    "children": (children, 250),
    "only children": (only_children, 250),
    "workspaces": (workspaces, 250),
    "ignore comments": (ignore_comments, 5_000),
    "intersection": (intersection, 5_000),
    "union": (union, 5_000),
    "similar objects": (similar_objects, 2_500),
    "common objects": (common_objects, 2_500),
    "merged objects": (merged_objects, 2_500),
}
"""Kind of size -> what makes the files of size n, and n."""


@contextmanager
def written(files: Files) -> Iterator[None]:
    """A folder with the files as the working directory."""
    before = Path.cwd()
    with tempfile.TemporaryDirectory() as folder:
        for name, text in files.items():
            Path(folder, name).write_text(text, "utf-8")
        os.chdir(folder)
        try:
            yield
        finally:
            os.chdir(before)


def seconds(files: Files) -> float:
    """The best time of a whole check in this process."""
    best = float("inf")
    with written(files):
        for _ in range(ROUNDS):
            start = time.perf_counter()
            report = check_paths(Request(paths=("main.json",)), lambda: b"")
            best = min(best, time.perf_counter() - start)
    if report.crashes or not report.findings:
        sys.exit(f"this is no measurement: {report.crashes or 'nothing was found'}")
    return best


def main() -> None:
    worst = 0.0
    for name in sys.argv[1:] or KINDS:
        make, n = KINDS[name]
        small, large = seconds(make(n)), seconds(make(2 * n))
        worst = max(worst, large / small)
        print(
            f"{name:20} {n:>7} {1000 * small:8.1f} ms   {2 * n:>7} {1000 * large:8.1f} ms"
            f"   ratio {large / small:5.2f}{'  TOO MUCH' if large / small > GATE else ''}"
        )
    print(f"worst ratio {worst:.2f} (at most {GATE}, aim 2.1)")


if __name__ == "__main__":
    main()
