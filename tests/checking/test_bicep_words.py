"""What is compiled from Bicep is told in words of Bicep, what is JSON in those of JSON."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from support import (
    make_bicep_cli,
    make_deployment,
    make_policy,
    make_template,
    make_vault,
    run_armguard,
    write_bicep,
    write_file,
)

GENERATED = {"_generator": {"name": "bicep", "version": "0.49.2", "templateHash": "1"}}
VAULT = """\
param policies array = []
resource kv 'Microsoft.KeyVault/vaults@2026-02-01' = {
  name: 'kv'
  properties: { accessPolicies: policies }
}
"""
POLICIES = {"policies": {"type": "array", "defaultValue": []}}


def compiled(*resources: Any, **members: Any) -> Any:
    return make_template(*resources, metadata=GENERATED, **members)


def vault_template(**members: Any) -> Any:
    return compiled(make_vault(policies="[parameters('policies')]"), parameters=POLICIES, **members)


@pytest.fixture
def told(tmp_path: Path) -> Any:
    """What is said about `main.bicep`, line by line."""
    cli = make_bicep_cli(tmp_path)

    def tell(source: str, template: Any, *options: str) -> list[str]:
        write_bicep(tmp_path / "main.bicep", source, template)
        write_file(tmp_path / "vault.bicep", VAULT)
        arguments = ("main.bicep", f"--bicep={cli}", "--format=text", *options)
        ran = run_armguard("check", *arguments, folder=tmp_path)
        assert not ran.stderr
        return [each.strip() for each in ran.stdout.splitlines()]

    return tell


def only(lines: list[str], label: str) -> str:
    (line,) = (each for each in lines if each.startswith(f"{label}: "))
    return line.removeprefix(f"{label}: ")


MODULE = "module secrets 'vault.bicep' = {\n  name: 'other-name'\n}\n"
NESTED = """\
resource secrets 'Microsoft.Resources/deployments@2022-09-01' = {
  name: 'other-name'
  properties: { mode: 'Incremental', template: {} }
}
"""
REGISTRY = "module secrets 'br:x.azurecr.io/vault:1' = {\n  name: 'other-name'\n}\n"


@pytest.mark.parametrize(
    ("source", "template", "owner"),
    [
        (MODULE, vault_template(), "module 'secrets'"),
        (REGISTRY, vault_template(), "module 'secrets'"),
        # it can't be told which module it is
        (f"{MODULE}{MODULE}", vault_template(), "the module"),
        (NESTED, make_template(**vault_template()), "the nested template"),
    ],
    ids=["module", "of a registry", "not found", "no module"],
)
def test_a_module_is_named(told: Any, source: str, template: Any, owner: str) -> None:
    if source == NESTED:
        del template["metadata"]
    lines = told(source, compiled(make_deployment("other-name", template)))
    said = only(lines, "because")
    assert said.startswith(
        "accessPolicies is [parameters('policies')] and parameter 'policies'"
        f" of {owner} defaults to [] ("
    )


def test_a_module_that_is_given_something(told: Any) -> None:
    source = MODULE.replace("name: ", "params: { policies: [] }\n  name: ")
    lines = told(
        source, compiled(make_deployment("x", vault_template(), parameters={"policies": []}))
    )
    assert only(lines, "because") == (
        "accessPolicies is [parameters('policies')] and parameter 'policies' of module 'secrets'"
        " is given [] (main.bicep:2:13)"
    )


def test_the_condition_of_a_module(told: Any) -> None:
    template = compiled(
        make_deployment("x", vault_template(), condition="[parameters('c')]"),
        parameters={"c": {"type": "bool", "defaultValue": False}},
    )
    source = f"param c bool = false\n{MODULE.replace('{', 'if (c) {')}"
    lines = told(source, template, "--mode=complete", "--select=complete-mode-deletes-vault")
    assert lines[0].startswith("main.bicep:2:36: error[complete-mode-deletes-vault]: a deployment")
    assert "since the condition of module 'secrets' around it is false" in lines[0]


def test_what_is_loaded_from_a_file(told: Any) -> None:
    source = VAULT.replace("policies\n", "loadJsonContent('p.json')\n")
    template = compiled(make_vault(policies="[variables('$fxv#0')]"), variables={"$fxv#0": []})
    assert only(told(source, template), "because") == (
        "accessPolicies is [variables('$fxv#0')] and what is loaded from a file is [] (main.bicep)"
    )


def test_a_list_that_a_loop_makes(told: Any) -> None:
    source = VAULT.replace("policies }", "[for i in range(0, 2): {}] }")
    vault = make_vault()
    loop = {"name": "accessPolicies", "count": 2, "input": make_policy()}
    vault["properties"]["copy"] = [loop]
    lines = told(source, compiled(vault), "--select=access-policies-replaced")
    assert only(lines, "because") == "accessPolicies is written by a loop of 2"


def test_ways_out(told: Any) -> None:
    lines = told(VAULT, vault_template())
    assert [each for each in lines if each.startswith("or: ")][1:] == [
        "or: deploy the vault only once: @onlyIfNotExists() above the resource (Bicep 0.38.3 or"
        " later; try it with a test deployment first), or an if (...) that is false where it"
        " exists",
        "or: write back the list that the vault has: accessPolicies:"
        " this.existingResource().?properties.?accessPolicies ?? [] (Bicep 0.49 or later; try it"
        " with a test deployment first)",
        "or: declare the vault as existing, in place of this resource, for what uses it; or switch"
        " to role assignments: enableRbacAuthorization: true (first assign the roles)",
    ]


def test_ways_out_of_a_module_of_a_registry(told: Any) -> None:
    lines = told(REGISTRY, compiled(make_deployment("x", vault_template())))
    ways = [each for each in lines if each.startswith("or: ")][1:]
    assert [each.partition("accessPolicies:")[0] for each in ways] == [
        "or: deploy the vault only once: in the module, @onlyIfNotExists() above the resource"
        " (Bicep 0.38.3 or later; try it with a test deployment first), or an if (...) that is"
        " false where it exists",
        "or: in the module, write back the list that the vault has: ",
        "or: declare the vault as existing, in place of this module, for what uses it; or switch to"
        " role assignments: enableRbacAuthorization: true (first assign the roles)",
    ]


def test_ways_out_of_a_module_that_is_a_template(told: Any, tmp_path: Path) -> None:
    inner = vault_template()
    del inner["metadata"]
    write_file(tmp_path / "vault.json", inner)
    lines = told(MODULE.replace(".bicep", ".json"), compiled(make_deployment("x", inner)))
    assert lines[0].startswith("vault.json:")
    text = "\n".join(lines)
    assert '"@options": {"onlyIfNotExists": []} on it, which needs languageVersion 2.0' in text
    assert "take the vault out of this template" in text
    assert "@onlyIfNotExists()" not in text


def test_children_of_a_loop(told: Any) -> None:
    source = """\
resource add 'Microsoft.KeyVault/vaults/accessPolicies@2026-02-01' = [for i in range(0, 2): {
  name: 'kv/add'
}]
"""
    child = {
        "type": "Microsoft.KeyVault/vaults/accessPolicies",
        "apiVersion": "2026-02-01",
        "name": "kv/add",
        "copy": {"name": "add", "count": "[length(range(0, 2))]"},
        "properties": {"accessPolicies": []},
    }
    lines = told(source, compiled(child), "--select=parallel-policy-writes")
    assert only(lines, "fix") == "write @batchSize(1) above it, or grant all in one child"


def test_a_retiring_version_is_told_of_each_file(told: Any) -> None:
    old = {"apiVersion": "2023-07-01"}
    inner = compiled(make_vault("kv2", policies=[], **old))
    template = compiled(make_vault("kv1", policies=[], **old), make_deployment("x", inner))
    lines = told(VAULT + MODULE, template, "--select=retiring-api-version")
    places = [each.partition(" ")[0] for each in lines if "[retiring-api-version]" in each]
    assert places == ["main.bicep:2:14:", "vault.bicep:2:14:"]
