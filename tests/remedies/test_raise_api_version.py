"""raise-api-version: which models are known, what is changed, and what the proof refuses."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from support import (
    make_change,
    make_deployment,
    make_template,
    make_vault,
    run_armguard,
    write_file,
)

from armguard.deployed.snapshot import checksum
from armguard.remedies import raise_api_version
from armguard.remedies.remedy import Target

SUBSCRIPTION = "2f0e8d1c-7777-4777-8777-000000000f07"
TENANT = "9c3b5a70-8888-4888-8888-000000000a08"
NEWEST = "2026-05-15"
ABSENT = object()
FLAGS = {
    "flag": {"type": "bool"},
    "maybe": {"type": "bool", "nullable": True},
    "off": {"type": "bool", "defaultValue": False},
}
NOT_KNOWN = (
    "vault 'kv': whether it uses access policies or role assignments is not known, and a guess may"
    " switch it: --live or --against FILE tells"
)


def old_vault(said: Any = ABSENT, name: str = "kv", **more: Any) -> dict[str, Any]:
    """A vault of an API version that retires."""
    vault = make_vault(name, [], **{"apiVersion": "2022-07-01", **more})
    properties = {**vault["properties"], "tenantId": TENANT}
    del properties["enableRbacAuthorization"]
    if said is not ABSENT:
        properties["enableRbacAuthorization"] = said
    return {**vault, "properties": properties}


def deployed_vault(name: str, rbac: bool | None) -> dict[str, Any]:
    place = f"/subscriptions/{SUBSCRIPTION}/resourceGroups/rg/providers/Microsoft.KeyVault/vaults"
    entry = {
        "tenantId": TENANT,
        "objectId": "4d7c2b90-9999-4999-8999-000000000b09",
        "permissions": {"secrets": ["get"]},
    }
    return {
        "id": f"{place}/{name}",
        "name": name,
        "type": "Microsoft.KeyVault/vaults",
        "location": "westeurope",
        "properties": {
            "tenantId": TENANT,
            "enableRbacAuthorization": rbac,
            "accessPolicies": [entry],
        },
    }


def write_snapshot(folder: Path, **vaults: bool | None) -> list[str]:
    """Deployed state with these vaults and their models, and the arguments that name it."""
    document: dict[str, Any] = {
        "format": "armguard-snapshot",
        "version": 1,
        "takenAt": "2026-11-20T08:00:00Z",
        "tenant": TENANT,
        "cloud": "AzureCloud",
        "endpoint": "https://management.azure.com",
        "armguard": "0.1.0",
        "scope": {"subscription": SUBSCRIPTION, "resourceGroup": None, "vaults": None},
        "vaults": [deployed_vault(name, rbac) for name, rbac in vaults.items()],
        "workspaces": [],
        "identities": [],
        "unread": [],
        "deletedVaults": [],
    }
    write_file(folder / "state.json", {**document, "sha256": checksum(document)})
    return ["--against", "state.json", "--resource-group", "rg"]


class Fixed:
    """What `armguard fix --write` made of a template."""

    def __init__(self, folder: Path, template: Any, arguments: Sequence[str] = ()) -> None:
        write_file(folder / "main.json", template)
        before = (folder / "main.json").read_bytes()
        words = ("fix", "main.json", "--remedy", "raise-api-version", "--write", *arguments)
        ran = run_armguard(*words, folder=folder)
        self.told = ran.stdout
        after = (folder / "main.json").read_bytes()
        self.refused = [
            each.removeprefix("  not raise-api-version: ")
            for each in ran.stdout.splitlines()
            if each.startswith("  not ")
        ]
        self.changed = before != after
        assert self.changed is not bool(self.refused), ran.stdout + ran.stderr
        self.text = after.decode()
        run_armguard(*words, folder=folder)
        assert (folder / "main.json").read_bytes() == after, "a second run changes nothing"

    @property
    def resources(self) -> Any:
        return json.loads(self.text)["resources"]

    @property
    def models(self) -> list[Any]:
        written = [each["properties"] for each in self.resources]
        return [each.get("enableRbacAuthorization", ABSENT) for each in written]

    @property
    def versions(self) -> list[str]:
        return [each["apiVersion"] for each in self.resources]


@pytest.mark.parametrize(
    "said",
    [
        True,
        False,
        "[parameters('flag')]",
        "[parameters('off')]",
        "[not(parameters('flag'))]",
        "[if(parameters('flag'), true(), false())]",
        "[coalesce(parameters('maybe'), parameters('flag'))]",
        "[and(equals(resourceGroup().name, 'a'), parameters('flag'))]",
        "true",
    ],
)
def test_a_model_that_the_template_says_stays_as_it_is_written(tmp_path: Path, said: Any) -> None:
    template = make_template(old_vault(said), parameters=FLAGS, languageVersion="2.0")
    template["resources"] = {"vault": template["resources"][0]}
    write_file(tmp_path / "main.json", template)
    run = ("fix", "main.json", "--remedy", "raise-api-version", "--write")
    run_armguard(*run, folder=tmp_path, exit_code=0)
    vault = json.loads((tmp_path / "main.json").read_text("utf-8"))["resources"]["vault"]
    assert vault["apiVersion"] == NEWEST
    assert vault["properties"]["enableRbacAuthorization"] == said


@pytest.mark.parametrize("said", [ABSENT, None])
def test_a_model_that_nobody_says_is_not_guessed(tmp_path: Path, said: Any) -> None:
    assert Fixed(tmp_path, make_template(old_vault(said))).refused == [NOT_KNOWN]


@pytest.mark.parametrize(
    "said",
    [
        "[null()]",
        "[if(parameters('flag'), true(), null())]",
        "[json(if(parameters('flag'), 'null', 'true'))]",
        "[parameters('settings').roles]",
        "[tryGet(parameters('settings'), 'roles')]",
        "[reference('other').enableRbacAuthorization]",
    ],
)
@pytest.mark.parametrize("rbac", [ABSENT, True, None])
def test_what_may_come_to_null_is_left_to_its_author(tmp_path: Path, said: str, rbac: Any) -> None:
    arguments = [] if rbac is ABSENT else write_snapshot(tmp_path, kv=rbac)
    declared = {"flag": FLAGS["flag"], "settings": {"type": "object"}}
    fixed = Fixed(tmp_path, make_template(old_vault(said), parameters=declared), arguments)
    assert fixed.refused == [
        f"vault 'kv': its enableRbacAuthorization, {said}, may come to null, where a new vault uses"
        " role assignments that it does not use with the old version; make it true or false"
    ]


@pytest.mark.parametrize(("rbac", "expected"), [(True, True), (False, False), (None, False)])
@pytest.mark.parametrize("said", [ABSENT, None])
def test_the_deployed_model_is_written_out(
    tmp_path: Path, said: Any, rbac: bool | None, expected: bool
) -> None:
    fixed = Fixed(tmp_path, make_template(old_vault(said)), write_snapshot(tmp_path, kv=rbac))
    assert (fixed.versions, fixed.models) == ([NEWEST], [expected])
    uses = "role assignments" if expected else "access policies"
    assert f"gets enableRbacAuthorization {str(expected).lower()}, since it uses {uses} today" in (
        fixed.told
    )


def test_a_new_vault_keeps_the_model_that_it_would_have_got(tmp_path: Path) -> None:
    fixed = Fixed(tmp_path, make_template(old_vault()), write_snapshot(tmp_path))
    assert fixed.models == [False]
    assert "it does not exist and would use access policies with the old version" in fixed.told


def test_a_new_vault_beside_one_that_uses_roles(tmp_path: Path) -> None:
    loop = old_vault(name="[concat('kv', copyIndex())]", copy={"name": "all", "count": 2})
    fixed = Fixed(tmp_path, make_template(loop), write_snapshot(tmp_path, kv0=True))
    assert fixed.refused == [
        "vault [concat('kv', copyIndex())]: 'kv0' uses role assignments and 'kv1' access policies,"
        " which one value can't say: make enableRbacAuthorization a parameter"
    ]


def test_one_that_is_never_written_again_needs_no_deployed_state(tmp_path: Path) -> None:
    once = {**old_vault(), "@options": {"onlyIfNotExists": []}}
    template = make_template(resources={"vault": once}, languageVersion="2.0")
    write_file(tmp_path / "main.json", template)
    run = ("fix", "main.json", "--remedy", "raise-api-version", "--write")
    told = run_armguard(*run, folder=tmp_path, exit_code=0).stdout
    vault = json.loads((tmp_path / "main.json").read_text("utf-8"))["resources"]["vault"]
    assert vault["properties"]["enableRbacAuthorization"] is False
    assert "it is only written where it is new, and would use access policies with the old" in told


@pytest.mark.parametrize(
    ("version", "raised"),
    [
        ("2015-06-01", True),
        ("2025-05-01", True),
        ("2024-04-01-preview", True),
        ("2026-03-01-PREVIEW", True),
        ("2026-02-01", False),
        ("2026-04-01-preview", False),
        ("2027-01-01", False),
    ],
)
def test_only_versions_that_retire(tmp_path: Path, version: str, raised: bool) -> None:
    other = make_change("other/add", apiVersion="2019-09-01")
    vault = old_vault(apiVersion=version)
    arguments = write_snapshot(tmp_path, kv=False)
    fixed = Fixed(tmp_path, make_template(vault, other), arguments)
    assert fixed.versions == [NEWEST if raised else version, NEWEST]
    assert fixed.resources[0]["properties"].get("enableRbacAuthorization") == (
        False if raised else None
    )


def test_a_late_preview_gives_new_vaults_roles_already(tmp_path: Path) -> None:
    fixed = Fixed(tmp_path, make_template(old_vault(apiVersion="2026-03-01-preview")))
    assert (fixed.versions, fixed.models) == ([NEWEST], [ABSENT])


@pytest.mark.parametrize(
    ("said", "rbac", "reason"),
    [
        (True, ABSENT, "whether it uses access policies or role assignments is not known"),
        (True, False, "it uses access policies today, and enableRbacAuthorization came with"),
        (False, True, "it uses role assignments today, and enableRbacAuthorization came with"),
        (True, True, None),
        (False, False, None),
    ],
)
def test_a_property_that_the_old_version_does_not_have(
    tmp_path: Path, said: bool, rbac: Any, reason: str | None
) -> None:
    """With the new one it counts, and may switch the vault."""
    arguments = [] if rbac is ABSENT else write_snapshot(tmp_path, kv=rbac)
    vault = old_vault(said, apiVersion="2018-02-14")
    fixed = Fixed(tmp_path, make_template(vault), arguments)
    if reason is None:
        assert (fixed.versions, fixed.models) == ([NEWEST], [said])
    else:
        (told,) = fixed.refused
        assert told.startswith(f"vault 'kv': {reason}")
        assert "so whether it counts with 2018-02-14 is not established" in told


def test_what_is_not_deployed_with_these_parameters_is_raised_too(tmp_path: Path) -> None:
    """It is with other parameters, and what is only referred to is read with its version."""
    resources = {
        "vault": old_vault(True),
        "off": {**old_vault(False, "kv-off"), "condition": False},
        "there": {
            "existing": True,
            "type": "Microsoft.KeyVault/vaults",
            "apiVersion": "2019-09-01",
            "name": "kv-there",
        },
        "grant": make_change("kv-there/add", apiVersion="2019-09-01", condition=False),
    }
    template = make_template(
        resources=resources,
        languageVersion="2.0",
        outputs={"uri": {"type": "string", "value": "[reference('there').vaultUri]"}},
    )
    write_file(tmp_path / "main.json", template)
    run = ("fix", "main.json", "--remedy", "raise-api-version", "--write")
    run_armguard(*run, folder=tmp_path, exit_code=0)
    after = json.loads((tmp_path / "main.json").read_text("utf-8"))["resources"]
    assert {each["apiVersion"] for each in after.values()} == {NEWEST}


def test_a_vault_that_nothing_writes_and_nobody_has(tmp_path: Path) -> None:
    off = {**old_vault(name="kv-off"), "condition": False}
    fixed = Fixed(tmp_path, make_template(old_vault(True), off), write_snapshot(tmp_path))
    assert fixed.models == [True, False]
    (told,) = Fixed(tmp_path, make_template(old_vault(True), off)).refused
    assert told == NOT_KNOWN.replace("'kv'", "'kv-off'")


def test_where_a_vault_is_missing_and_not_written_others_count(tmp_path: Path) -> None:
    vault = old_vault(
        name="[concat('kv-', parameters('stage'))]",
        condition="[equals(parameters('stage'), 'prod')]",
    )
    template = make_template(vault, parameters={"stage": {"type": "string"}})
    for stage in ("dev", "prod"):
        given = {"parameters": {"stage": {"value": stage}}}
        write_file(tmp_path / f"main.parameters.{stage}.json", given)
    arguments = write_snapshot(tmp_path, **{"kv-prod": True})
    assert Fixed(tmp_path, template, arguments).models == [True]


def variable_template(*more: Any, **members: Any) -> dict[str, Any]:
    vault = old_vault(True, apiVersion="[ Variables('api') ]")
    return make_template(vault, *more, **{"variables": {"API": "2021-10-01"}, **members})


@pytest.mark.parametrize(
    ("template", "definition", "version"),
    [
        (variable_template(), NEWEST, "[ Variables('api') ]"),
        (
            variable_template(make_change("kv/add", apiVersion="[variables('api')]")),
            NEWEST,
            "[ Variables('api') ]",
        ),
        (
            variable_template(outputs={"x": {"type": "string", "value": "[variables('api')]"}}),
            "2021-10-01",
            NEWEST,
        ),
        (
            variable_template(outputs={"x": {"type": "int", "value": "[variables(concat('a'))]"}}),
            "2021-10-01",
            NEWEST,
        ),
        (variable_template(variables={"API": "[concat('2021-10-01')]"}), None, NEWEST),
    ],
)
def test_a_variable_that_only_these_versions_come_from(
    tmp_path: Path, template: Any, definition: str | None, version: str
) -> None:
    fixed = Fixed(tmp_path, template)
    assert fixed.versions[0] == version
    if definition is not None:
        assert json.loads(fixed.text)["variables"]["API"] == definition


def test_a_variable_of_the_same_name_in_a_nested_template(tmp_path: Path) -> None:
    """What stands in there means another one."""
    inner = variable_template(variables={"api": "2026-02-01"})
    inner["resources"][0]["name"] = "kv-inner"
    fixed = Fixed(tmp_path, variable_template(make_deployment(template=inner)))
    nested = fixed.resources[1]["properties"]["template"]
    assert fixed.versions[0] == NEWEST
    assert (nested["resources"][0]["apiVersion"], nested["variables"]) == (
        "[ Variables('api') ]",
        {"api": "2026-02-01"},
    )


SPEC = {
    "type": "Microsoft.Resources/templateSpecs/versions",
    "apiVersion": "2022-02-01",
    "name": "spec/1",
    "location": "westeurope",
}


@pytest.mark.parametrize("said", [True, ABSENT])
def test_a_template_that_is_kept(tmp_path: Path, said: Any) -> None:
    kept = make_template(old_vault(said))
    spec = {**SPEC, "properties": {"mainTemplate": kept}}
    fixed = Fixed(tmp_path, make_template(spec), write_snapshot(tmp_path))
    if said is ABSENT:
        assert fixed.refused == [
            "vault 'kv': it is kept in a template spec, and which model the vaults have that are"
            " made of it is not known; write enableRbacAuthorization out"
        ]
    else:
        (resource,) = fixed.resources
        kept = resource["properties"]["mainTemplate"]
        assert kept["resources"][0]["apiVersion"] == NEWEST


@pytest.mark.parametrize(
    ("resource", "reason"),
    [
        ({"properties": "[variables('p')]"}, "its properties are one expression, [variables('p')]"),
        ({"properties": None}, "it has no properties"),
        ({"properties": []}, "it has no properties"),
    ],
)
def test_where_the_model_can_not_be_written(
    tmp_path: Path, resource: dict[str, Any], reason: str
) -> None:
    vault = {**old_vault(), **resource}
    template = make_template(vault, variables={"p": {"tenantId": TENANT, "accessPolicies": []}})
    (told,) = Fixed(tmp_path, template, write_snapshot(tmp_path, kv=True)).refused
    assert told.startswith(f"vault 'kv': {reason}")


HOSTILE = [
    '{"APIVERSION": "2019-09-01", "PROPERTIES": {"ENABLERBACAUTHORIZATION": null}}',
    '{"apiVersion": "2019-09-01", "apiVersion": "2020-04-01-preview", "properties": {}}',
    '{"apiVersion": "2019-09-01", "ApiVersion": "2020-04-01-preview", "properties": {}}',
    '{"apiVersion": "2019-09-01", "properties": {"enableRbacAuthorization": true,'
    ' "EnableRbacAuthorization": null}}',
    '{"apiVersion": "2019-09-01", "properties": {}, "Properties": {}}',
    '{"apiVersion": "2019-09-01", "properties": {"enableRbacAuthorization": []}}',
    '{"apiVersion": "2019-09-01", "properties": {"copy": [{"name": "enableRbacAuthorization",'
    ' "count": 1, "input": true}]}}',
    '{"apiVersion": "2019-09-01", "properties": {"copy": 5}}',
    '{"apiVersion": ["2019-09-01"], "properties": {}}',
    '{"apiVersion": "[parameters(\'none\')]", "properties": {}}',
    '{"apiVersion": "2019-09-01", "copy": {"name": "c", "count": 0}, "properties": {}}',
    '{"apiVersion": "2019-09-01", "copy": {"name": "c", "count": 800}, "properties": {}}',
    '{"apiVersion": "2019-09-01", "name": "", "properties": {}}',
    '{"apiVersion": "2019-09-01", "name": 5, "properties": {"enableRbacAuthorization": "[("}}',
]


@pytest.mark.parametrize("written", HOSTILE)
@pytest.mark.parametrize("rbac", [ABSENT, True])
def test_hostile_input_ends_no_run(tmp_path: Path, written: str, rbac: Any) -> None:
    arguments = [] if rbac is ABSENT else write_snapshot(tmp_path, kv=rbac)
    head = '{"type": "Microsoft.KeyVault/vaults", "location": "westeurope", '
    name = "" if '"name": ""' in written or '"name": 5' in written else '"name": "kv", '
    vault = f"{head}{name}{written[1:]}"
    template = (
        '{"$schema": "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.'
        f'json#", "contentVersion": "1.0.0.0", "resources": [{vault}]}}'
    )
    write_file(tmp_path / "main.json", template)
    words = ("fix", "main.json", "--remedy", "raise-api-version", *arguments, "--write")
    ran = run_armguard(*words, folder=tmp_path)
    assert ran.exit in (0, 1, 3)
    once = (tmp_path / "main.json").read_text("utf-8")
    json.loads(once)
    run_armguard(*words, folder=tmp_path)
    assert (tmp_path / "main.json").read_text("utf-8") == once


def test_a_folder_is_raised_file_by_file(tmp_path: Path) -> None:
    write_file(tmp_path / "known.json", make_template(old_vault(True, "kv-known")))
    write_file(tmp_path / "open.json", make_template(old_vault(name="kv"), old_vault(True, "kv2")))
    words = ("fix", ".", "--remedy", "raise-api-version", "--write")
    ran = run_armguard(*words, folder=tmp_path, exit_code=1)
    assert f"not raise-api-version: {NOT_KNOWN}" in ran.stdout
    assert "fixed 1 of 2 problems in 1 file" in ran.stdout
    assert NEWEST in (tmp_path / "known.json").read_text("utf-8")
    assert NEWEST not in (tmp_path / "open.json").read_text("utf-8")


def test_only_the_values_are_touched(tmp_path: Path) -> None:
    """A byte order mark, line ends of Windows, tabs and comments stay."""
    text = json.dumps(make_template(old_vault(False)), indent="\t").replace("\n", "\r\n")
    text = "\ufeff" + text.replace('"2022-07-01"', '"2022-07-01" /* since the harbour */')
    (tmp_path / "main.json").write_bytes(text.encode())
    run_armguard("fix", "main.json", "--remedy", "raise-api-version", "--write", folder=tmp_path)
    expected = text.replace("2022-07-01", NEWEST)
    assert (tmp_path / "main.json").read_bytes() == expected.encode()


def test_check_tells_the_command(tmp_path: Path) -> None:
    write_file(tmp_path / "main.json", make_template(old_vault(True)))
    told = run_armguard("check", "main.json", "--format", "text", folder=tmp_path).stdout
    assert "fix: armguard fix main.json --remedy raise-api-version" in told
    write_file(tmp_path / "main.json", make_template(old_vault(True), old_vault(name="kv2")))
    told = run_armguard("check", "main.json", "--format", "text", folder=tmp_path).stdout
    assert "raise-api-version" not in told, "another vault of the file is in the way"


@pytest.mark.parametrize("said", ["[parameters('flag')]", "[parameters('settings').roles]"])
def test_check_tells_the_command_where_a_value_is_surely_given(tmp_path: Path, said: str) -> None:
    declared = {"flag": FLAGS["flag"], "settings": {"type": "object"}}
    write_file(tmp_path / "main.json", make_template(old_vault(said), parameters=declared))
    told = run_armguard("check", "main.json", "--format", "text", folder=tmp_path).stdout
    assert ("--remedy raise-api-version" in told) is ("flag" in said)


def sabotaged(patch: pytest.MonkeyPatch, name: str, instead: Any) -> None:
    patch.setattr(raise_api_version, name, instead)


def test_a_switched_model_is_caught_by_deployed_state(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    agreed = raise_api_version._agreed
    sabotaged(monkeypatch, "_agreed", lambda seen: not agreed(seen))
    for rbac in (True, False):
        arguments = write_snapshot(tmp_path, kv=rbac)
        (told,) = Fixed(tmp_path, make_template(old_vault()), arguments).refused
        assert told.startswith("error permission-model-flip would come")


def test_a_version_without_a_model_is_caught(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sabotaged(monkeypatch, "_written_models", lambda raised, target: [])
    assert Fixed(tmp_path, make_template(old_vault())).refused == [
        "vault 'kv' would use role assignments where it is new, as it does not with the API version"
        " that it has"
    ]


def test_a_model_that_nobody_asked_for_is_caught(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    versions = raise_api_version._versions

    def instead(raised: Any, target: Target) -> Any:
        yield from versions(raised, target)
        pointer = "/resources/0/properties/enableRbacAuthorization"
        yield target.editor.set_value(pointer, True)

    sabotaged(monkeypatch, "_versions", instead)
    (told,) = Fixed(tmp_path, make_template(old_vault(False))).refused
    assert "would deploy something else: Microsoft.KeyVault/vaults" in told


def test_a_resource_that_was_forgotten_is_caught(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    versions = raise_api_version._versions
    sabotaged(monkeypatch, "_versions", lambda raised, target: [*versions(raised, target)][:1])
    template = make_template(old_vault(True), make_change("kv/add", apiVersion="2019-09-01"))
    (told,) = Fixed(tmp_path, template).refused
    assert told.startswith("warning retiring-api-version would stay")


def test_another_resource_is_not_touched_unseen(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    versions = raise_api_version._versions

    def instead(raised: Any, target: Target) -> Any:
        yield from versions(raised, target)
        yield target.editor.set_value("/resources/1/apiVersion", NEWEST)

    sabotaged(monkeypatch, "_versions", instead)
    other = {
        "type": "Microsoft.KeyVault/vaults/secrets",
        "apiVersion": "2019-09-01",
        "name": "kv/s",
        "properties": {"value": "x"},
    }
    (told,) = Fixed(tmp_path, make_template(old_vault(True), other)).refused
    assert "Microsoft.KeyVault/vaults/secrets" in told
