"""Templates linked by an address: which file of the repository it means, and how sure that is."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from support import Ran, make_deployment, make_template, make_vault, run_armguard, write_file

Ask = Callable[..., Any]
OWN = "deployment().properties.templateLink.uri"
PARAMETERS = {
    "_artifactsLocation": {"type": "string", "defaultValue": f"[{OWN}]"},
    "_artifactsLocationSasToken": {"type": "secureString", "defaultValue": ""},
    "base": {"type": "string"},
    "secretBase": {"type": "secureString"},
    "sample": {"type": "string", "defaultValue": "https://example.com/samples/one"},
    "policies": {"type": "array", "defaultValue": []},
}
VARIABLES = {
    "folder": f"[uri({OWN}, '.')]",
    "url": "[concat(parameters('base'), 'nested/', variables('name'))]",
    "name": "kv.json",
    "urls": {"vault": f"[uri({OWN}, 'nested/kv.json')]"},
    "sas": "[parameters('_artifactsLocationSasToken')]",
}
VAULT = make_template(make_vault("kv", []))


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "repository").mkdir()
    monkeypatch.chdir(tmp_path / "repository")


def link(uri: str, name: str = "module", **parameters: Any) -> dict[str, Any]:
    return make_deployment(name, link={"uri": uri}, parameters=parameters)


def write_main(*resources: Any, path: str = "infra/main.json") -> str:
    write_file(path, make_template(*resources, parameters=PARAMETERS, variables=VARIABLES))
    return path


def checked(*arguments: str) -> Ran:
    return run_armguard("check", "--format=json", *arguments)


def verdict(ran: Ran) -> tuple[str, str, str]:
    (vault,) = ran.document["deployments"][0]["vaults"]
    return vault["path"], vault["verdict"], vault["certainty"]


@pytest.mark.parametrize(
    ("uri", "certainty"),
    [
        (f"[uri({OWN}, 'nested/kv.json')]", "certain"),
        ("[uri(DEPLOYMENT()['Properties'].templatelink.URI, './nested/kv.json')]", "certain"),
        (f"[uri({OWN}, 'nested/kv.json?sv=1')]", "certain"),
        (f"[uri({OWN}, 'nested%2Fkv.json')]", "certain"),
        (f"[uri({OWN}, 'nested\\kv.json')]", "certain"),
        (f"[uri(uri({OWN}, 'nested/other.json'), 'kv.json')]", "certain"),
        ("[uri(variables('folder'), 'nested/kv.json')]", "certain"),
        ("[concat(variables('folder'), 'nested/', variables('name'))]", "certain"),
        ("[variables('urls').vault]", "certain"),
        (f"[concat(uri({OWN}, 'nested/kv.json'), variables('sas'))]", "default"),
        (f"[uri({OWN}, '/nested/kv.json')]", "default"),
        (f"[uri({OWN}, 'https://example.com/x/nested/kv.json')]", "default"),
        (f"[replace({OWN}, 'main.json', 'nested/kv.json')]", "default"),
        ("[uri(parameters('_artifactsLocation'), 'nested/kv.json')]", "default"),
        (
            "[uri(parameters('_artifactsLocation'), concat('nested/kv.json',"
            " parameters('_artifactsLocationSasToken')))]",
            "default",
        ),
        ("[variables('url')]", "default"),
        ("[concat(parameters('base'), '/nested/kv.json', variables('sas'))]", "default"),
        ("[concat(parameters('secretBase'), '/nested/kv.json', variables('sas'))]", "default"),
        (
            "[format('{0}/nested/{1}{2}', parameters('base'), 'kv.json', variables('sas'))]",
            "default",
        ),
        ("[concat(parameters('sample'), '/nested/kv.json?', variables('sas'), '&x=y')]", "default"),
        ("[concat('https://example.com/', parameters('base'), '/kv/nested/kv.json')]", "default"),
        ("https://example.com/other/main/nested/kv.json", "default"),
        ("HTTPS://EXAMPLE.COM/other//nested/./kv.json?sv=1&sig=x#y", "default"),
        ("https://example.com/nested%2fkv.json", "default"),
        ("#{address}#/nested/kv.json", "default"),
    ],
)
def test_a_file_beside_the_linking_one(uri: str, certainty: str) -> None:
    write_file("infra/nested/kv.json", VAULT)
    ran = checked(write_main(link(uri)))
    assert verdict(ran) == ("infra/nested/kv.json", "emptied", certainty)
    (finding,) = ran.document["findings"]
    assert (finding["rule"], finding["certainty"]) == ("access-policies-emptied", certainty)
    assert ran.document["summary"]["closed"] == 0


@pytest.mark.parametrize(
    "uri",
    [
        "[parameters('base')]",
        "[concat(parameters('base'), '/nested/other.json')]",
        "[concat(parameters('base'), '/nested/kv', '.json.', parameters('base'))]",
        f"[uri({OWN}, 'nested/other.json')]",
        f"[if(equals(parameters('base'), 'x'), uri({OWN}, 'nested/kv.json'), {OWN})]",
        "https://example.com/kv.json",
        "https://example.com/nested/KV.json",
        "https://example.com/main.json",
        "https://example.com/nested/notes.json",
        "https://example.com/nested/list.json",
    ],
)
def test_what_is_nowhere_here(uri: str) -> None:
    write_file("infra/nested/kv.json", VAULT)
    write_file("infra/nested/notes.json", {"a": 1})
    write_file("infra/nested/list.json", [])
    ran = checked(write_main(link(uri)), "--fail-on-undecided")
    assert (ran.exit, ran.rules()) == (3, {"undecided-vault"})
    assert ran.document["summary"]["closed"] == 1


def test_the_longest_end_counts() -> None:
    write_file("infra/a/kv.json", make_template(make_vault("long", [])))
    write_file("infra/kv.json", make_template(make_vault("short", [])))
    assert verdict(checked(write_main(link("https://h/a/kv.json"))))[0] == "infra/a/kv.json"
    assert verdict(checked(write_main(link("https://h/b/kv.json"))))[0] == "infra/kv.json"


def test_a_given_value_is_no_default_but_what_it_leads_to_is_assumed() -> None:
    write_file("infra/nested/kv.json", VAULT)
    main = write_main(link("[uri(parameters('base'), 'nested/kv.json')]"))
    given = ("--set", "base=https://example.com/x/")
    assert verdict(checked(main, *given))[2] == "default"
    Path("armguard.toml").write_text('[links]\n"https://example.com/x" = "infra"\n')
    assert verdict(checked(main, *given))[2] == "certain"


def test_a_because_line_and_a_notice_say_which_file_was_taken() -> None:
    write_file("infra/nested/kv.json", VAULT)
    main = write_main(link("https://example.com/nested/kv.json?sig=SECRET"))
    ran = run_armguard("check", "--format=text", main)
    lines = Path(main).read_text("utf-8").splitlines()
    number = next(n for n, line in enumerate(lines, 1) if '"templateLink": {' in line)
    assert (
        "  because: the template is taken from this repository's infra/nested/kv.json; that the"
        f" link (infra/main.json:{number}:5) leads there when it is deployed is assumed\n"
    ) in ran.stdout
    assert (
        "infra/main.json is checked with linked templates taken from this repository:"
        " infra/nested/kv.json\n"
    ) in ran.stdout
    assert "SECRET" not in ran.stdout + ran.stderr


def test_a_linked_file_links_from_its_own_place() -> None:
    write_file("infra/b/c/kv.json", VAULT)
    write_file("infra/b/middle.json", make_template(link(f"[uri({OWN}, 'c/kv.json')]")))
    ran = checked(write_main(link(f"[uri({OWN}, 'b/middle.json')]")))
    assert verdict(ran) == ("infra/b/c/kv.json", "emptied", "certain")


def test_an_address_that_is_passed_on_stays_that_of_its_file() -> None:
    write_file("infra/other/kv.json", VAULT)
    module = link("[uri(parameters('from'), 'other/kv.json')]")
    write_file("infra/b/m.json", make_template(module, parameters={"from": {"type": "string"}}))
    ran = checked(write_main(link(f"[uri({OWN}, 'b/m.json')]", **{"from": f"[{OWN}]"})))
    assert verdict(ran) == ("infra/other/kv.json", "emptied", "certain")
    passed = {"from": "[parameters('base')]"}
    ran = checked(write_main(link("[uri(parameters('base'), 'b/m.json')]", **passed)))
    assert verdict(ran) == ("infra/other/kv.json", "emptied", "default")


@pytest.mark.parametrize("scope", ["inner", "outer"])
def test_in_a_nested_template_the_file_is_the_one_that_it_is_written_in(scope: str) -> None:
    write_file("infra/nested/kv.json", VAULT)
    inside = make_template(link(f"[uri({OWN}, 'nested/kv.json')]"))
    nested = make_deployment(template=inside, evaluation=scope)
    assert verdict(checked(write_main(nested))) == ("infra/nested/kv.json", "emptied", "certain")


def test_each_iteration_of_a_loop_links_its_own_file() -> None:
    write_file("infra/a.json", make_template(make_vault("kva", [])))
    write_file("infra/b.json", make_template(make_vault("kvb", [])))
    module = link(f"[uri({OWN}, concat(createArray('a', 'b', 'c')[copyIndex()], '.json'))]")
    module |= {"name": "[concat('m', copyIndex())]", "copy": {"name": "each", "count": 3}}
    ran = checked(write_main(module))
    assert {"access-policies-emptied", "undecided-vault"} == ran.rules()
    assert [each["path"] for each in ran.document["deployments"][0]["vaults"]] == [
        "infra/a.json",
        "infra/b.json",
    ]
    assert ran.document["summary"]["closed"] == 1


def test_a_file_linked_twice_is_judged_twice() -> None:
    parameters = {"list": {"type": "array"}}
    write_file(
        "infra/kv.json",
        make_template(make_vault("kv", "[parameters('list')]"), parameters=parameters),
    )
    entry = {"tenantId": "t", "objectId": "o", "permissions": {"secrets": ["get"]}}
    links = [
        link(f"[uri({OWN}, 'kv.json')]", name, list=value)
        for name, value in (("one", []), ("two", [entry]))
    ]
    ran = checked(write_main(*links))
    vaults = ran.document["deployments"][0]["vaults"]
    assert [each["verdict"] for each in vaults] == ["emptied", "replaced"]
    assert "vault-written-twice" in ran.rules()


def test_what_a_taken_file_gives_is_assumed_too() -> None:
    outputs = {"list": {"type": "array", "value": []}}
    write_file("infra/out.json", make_template(outputs=outputs))
    list_ = "[reference('module').outputs.list.value]"
    sure = checked(write_main(link(f"[uri({OWN}, 'out.json')]"), make_vault("kv", list_)))
    assert verdict(sure) == ("infra/main.json", "emptied", "certain")
    taken = checked(write_main(link("https://example.com/out.json"), make_vault("kv", list_)))
    assert verdict(taken) == ("infra/main.json", "emptied", "default")


def test_nothing_that_is_said_of_a_taken_file_is_certain() -> None:
    old = make_vault("kv", [], properties={"enableSoftDelete": False}, apiVersion="2019-09-01")
    change = {
        "type": "Microsoft.KeyVault/vaults/accessPolicies",
        "apiVersion": "2019-09-01",
        "name": "kv/replace",
        "properties": {"accessPolicies": []},
    }
    write_file("infra/kv.json", make_template(old, change))
    write_file("infra/again.json", make_template(make_vault("kv", [])))
    main = write_main(*(link(f"https://example.com/{each}.json", each) for each in ("kv", "again")))
    findings = checked(main, "--pack=keyvault").document["findings"]
    assert {each["certainty"] for each in findings} == {"default"}
    assert {
        "vault-written-twice",
        "replace-child-narrows",
        "soft-delete-disabled",
        "retiring-api-version",
        "keyvault-rbac",
    } <= {each["rule"] for each in findings}


@pytest.mark.parametrize(
    "member", [{"existing": True}, {"condition": False}, {"@options": {"onlyIfNotExists": []}}]
)
def test_that_it_is_not_written_is_assumed_too(member: dict[str, Any]) -> None:
    resources = {"kv": make_vault("kv", [], **member)}
    write_file("infra/kv.json", make_template(resources=resources, languageVersion="2.0"))
    ran = checked(write_main(link("https://example.com/kv.json")))
    assert verdict(ran) == ("infra/kv.json", "not-written", "default")


@pytest.mark.parametrize(
    "resource",
    [
        make_vault("kv", "[nonsense()]"),
        make_vault("kv", [], condition="[nonsense()]"),
        make_vault("kv", [], copy={"name": "each", "count": "[nonsense()]"}),
        {**link("https://example.com"), "condition": "[nonsense()]"},
    ],
)
def test_what_azure_would_refuse_in_it_is_assumed_too(resource: Any) -> None:
    write_file("infra/kv.json", make_template(resource))
    ran = checked(write_main(link("https://example.com/kv.json")))
    found = [(each["rule"], each["certainty"]) for each in ran.document["findings"]]
    assert found == [("invalid-expression", "default")]
