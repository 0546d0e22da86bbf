"""What a policy makes of a deployment: message, place and certainty of its findings."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from support import make_deployment

from armguard import policy as policies
from armguard.finding import Certainty, Finding, Severity
from armguard.policy.definition import Policy
from armguard.templates.deployment import Deployment

MakePolicy = Callable[..., Policy]
Deploy = Callable[..., Deployment]


def account(**members: Any) -> dict[str, Any]:
    return {
        "type": "Microsoft.Storage/accounts",
        "apiVersion": "2023-05-01",
        "name": "acc",
        **members,
    }


def one(found: Any) -> Finding:
    (finding,) = found
    assert isinstance(finding, Finding)
    return finding


TLS = {"path": "$.properties.tls", "equals": "1.2"}


def test_compliance_is_no_finding(policy: MakePolicy, deploy: Deploy) -> None:
    template = {"resources": [account(properties={"TLS": "1.2"})]}
    assert list(policies.find((policy(TLS),), deploy(template))) == []


def test_a_violation_is_a_finding_at_the_value(policy: MakePolicy, deploy: Deploy) -> None:
    template = {"resources": [account(properties={"tls": "1.0"})]}
    finding = one(policies.find((policy(TLS),), deploy(template)))
    assert (finding.rule, finding.severity) == ("own-policy", Severity.ERROR)
    assert finding.certainty is Certainty.CERTAIN
    assert finding.message == "Microsoft.Storage/accounts 'acc': it is wrong"
    assert finding.location.path == "main.json"
    assert finding.location.pointer == "/resources/0/properties/tls"
    assert [(each.label, "".join(map(str, each.text))) for each in finding.details] == [
        ("because", "properties.tls is '1.0'"),
        ("why", "Because."),
        ("fix", "Make it right."),
    ]


@pytest.mark.parametrize(
    ("resource", "pointer"),
    [
        (account(), "/resources/0"),
        (account(properties={}), "/resources/0/properties"),
        (account(properties="[variables('p')]"), "/resources/0/properties"),
        (account(Properties={"Tls": "[variables('p').tls]"}), "/resources/0/Properties/Tls"),
        (
            account(properties={"copy": [{"name": "tls", "count": 1, "input": "1.2"}]}),
            "/resources/0/properties/copy/0",
        ),
    ],
)
def test_the_place_is_the_deepest_that_is_written(
    resource: dict[str, Any], pointer: str, policy: MakePolicy, deploy: Deploy
) -> None:
    template = {"variables": {"p": {"tls": "1.0"}}, "resources": [resource]}
    finding = one(policies.find((policy(TLS),), deploy(template)))
    assert finding.location.pointer == pointer


def test_all_that_decides_is_told_with_its_place(policy: MakePolicy, deploy: Deploy) -> None:
    rules = [{"port": 22}, {"port": 443}, {"port": 22}]
    template = {"resources": [account(properties={"rules": rules})]}
    require = {"path": "$.properties.rules[*].port", "not-equals": 22}
    finding = one(policies.find((policy(require),), deploy(template)))
    assert finding.location.pointer == "/resources/0/properties/rules/0/port"
    told = [each.text for each in finding.details if each.label == "because"]
    assert told[0] == ("properties.rules[0].port is 22",)
    assert told[1][0] == "properties.rules[2].port is 22 ("
    assert len(told) == 2


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("[parameters('given')]", "parameters('given')"),
        ("[reference('x', '2023-05-01').tls]", "reference('x', '2023-05-01').tls"),
        ("[parameters('secret')]", "parameters('secret')"),
        ("[nonsense()]", "there is no function 'nonsense'"),
        ("[if(parameters('flag'), '1.2', '1.0')]", "parameters('flag')"),
    ],
)
def test_what_is_unknown_is_undecided(
    value: str, expected: str, policy: MakePolicy, deploy: Deploy
) -> None:
    template = {
        "parameters": {
            "given": {"type": "string"},
            "secret": {"type": "secureString", "defaultValue": "hidden"},
            "flag": {"type": "bool"},
        },
        "resources": [account(properties={"tls": value})],
    }
    finding = one(policies.find((policy(TLS),), deploy(template)))
    assert finding.severity is Severity.NOTE
    assert finding.certainty is Certainty.CERTAIN
    assert finding.message.startswith(
        "Microsoft.Storage/accounts 'acc': undecided whether it is wrong: properties.tls"
    )
    assert expected in finding.message
    assert "hidden" not in repr(finding)
    assert finding.location.pointer == "/resources/0/properties/tls"


def test_only_what_lies_on_the_way_matters(policy: MakePolicy, deploy: Deploy) -> None:
    properties = {"tls": "1.2", "other": "[nonsense()]", "url": "[reference('x').url]"}
    template = {"resources": [account(properties=properties)]}
    assert list(policies.find((policy(TLS),), deploy(template))) == []


@pytest.mark.parametrize(
    ("condition", "severity"),
    [
        ({"all": [TLS, {"path": "$.properties.open", "exists": True}]}, Severity.ERROR),
        ({"any": [TLS, {"path": "$.properties.open", "exists": True}]}, Severity.NOTE),
        ({"any": [{"not": TLS}, {"path": "$.properties.open", "exists": True}]}, None),
        ({"not": {"path": "$.properties.open", "exists": True}}, Severity.NOTE),
    ],
)
def test_conditions_are_three_valued(
    condition: Any, severity: Severity | None, policy: MakePolicy, deploy: Deploy
) -> None:
    """With tls known to be wrong and another property that nobody knows."""
    properties = {"tls": "1.0", "open": "[reference('x')]"}
    template = {"resources": [account(properties=properties)]}
    found = [each.severity for each in policies.find((policy(condition),), deploy(template))]
    assert found == ([] if severity is None else [severity])


@pytest.mark.parametrize(
    ("kind", "severities"),
    [("[parameters('kind')]", [Severity.NOTE]), ("V2", [Severity.ERROR]), ("V1", [])],
)
def test_where_chooses_and_may_be_undecided_too(
    kind: str, severities: list[Severity], policy: MakePolicy, deploy: Deploy
) -> None:
    template = {
        "parameters": {"kind": {"type": "string"}},
        "resources": [account(kind=kind, properties={"tls": "1.0"})],
    }
    own = policy(TLS, where={"path": "$.kind", "equals": "v2"})
    assert [each.severity for each in policies.find((own,), deploy(template))] == severities


def test_a_path_that_selects_nothing(policy: MakePolicy, deploy: Deploy) -> None:
    template = {"resources": [account(properties={"rules": []})]}

    def violated(**check: Any) -> bool:
        own = policy({"path": "$.properties.rules[*]", **check})
        return bool(list(policies.find((own,), deploy(template))))

    assert violated(exists=True)
    assert not violated(exists=False)
    assert not violated(equals="x")


@pytest.mark.parametrize(
    "members",
    [{"condition": False}, {"condition": "[equals(1, 2)]"}, {"existing": True}],
)
def test_what_is_not_written_is_left_out(
    members: dict[str, Any], policy: MakePolicy, deploy: Deploy
) -> None:
    template = {"resources": [account(**members)]}
    assert list(policies.find((policy(TLS),), deploy(template))) == []


def test_an_open_condition_makes_it_possible(policy: MakePolicy, deploy: Deploy) -> None:
    template = {
        "parameters": {"new": {"type": "bool"}},
        "resources": [account(condition="[parameters('new')]", properties={"tls": "1.0"})],
    }
    finding = one(policies.find((policy(TLS),), deploy(template)))
    assert (finding.severity, finding.certainty) == (Severity.WARNING, Certainty.POSSIBLE)
    assert ("so if", ("[parameters('new')] is true",)) in [
        (each.label, each.text) for each in finding.details
    ]


PARAMETERS = {
    "tls": {"type": "string", "defaultValue": "1.0"},
    "new": {"type": "bool", "defaultValue": True},
    "name": {"type": "string", "defaultValue": "acc"},
}


@pytest.mark.parametrize(
    ("resource", "given", "certainty", "deciding"),
    [
        (account(properties={"tls": "[parameters('tls')]"}), {}, Certainty.DEFAULT, ["tls"]),
        (
            account(properties={"tls": "[parameters('tls')]"}),
            {"tls": "1.1"},
            Certainty.CERTAIN,
            [],
        ),
        (
            account(condition="[parameters('new')]", properties={"tls": "1.0"}),
            {},
            Certainty.DEFAULT,
            ["new"],
        ),
        # names don't decide, nor do the insides of what is wrong in any case
        (account(name="[parameters('name')]"), {}, Certainty.CERTAIN, []),
        (account(properties={"tls": ["[parameters('tls')]"]}), {}, Certainty.CERTAIN, []),
    ],
)
def test_certainty_follows_from_the_origin(
    resource: dict[str, Any],
    given: dict[str, Any],
    certainty: Certainty,
    deciding: list[str],
    policy: MakePolicy,
    deploy: Deploy,
) -> None:
    template = {"parameters": PARAMETERS, "resources": [resource]}
    finding = one(policies.find((policy(TLS),), deploy(template, **given)))
    assert finding.certainty is certainty
    assert [each.location.pointer for each in finding.related] == [
        f"/parameters/{name}/defaultValue" for name in deciding
    ]


def test_defaults_may_decide_together(policy: MakePolicy, deploy: Deploy) -> None:
    """Either of two wrong values is enough, so only both defaults together decide."""
    template = {
        "parameters": {**PARAMETERS, "old": {"type": "string", "defaultValue": "1.1"}},
        "resources": [
            account(
                properties={
                    "all": [
                        {"name": "[parameters('name')]", "tls": "[parameters('tls')]"},
                        {"name": "b", "tls": "[parameters('old')]"},
                    ]
                }
            )
        ],
    }
    own = policy({"path": "$.properties.all[*].tls", "equals": "1.2"})
    finding = one(policies.find((own,), deploy(template)))
    assert finding.certainty is Certainty.DEFAULT
    assert [each.location.pointer for each in finding.related] == [
        "/parameters/tls/defaultValue",
        "/parameters/old/defaultValue",
    ]


def test_nested_deployments_are_looked_into(policy: MakePolicy, deploy: Deploy) -> None:
    inside = {
        "parameters": {"tls": {"type": "string"}},
        "resources": [account(properties={"tls": "[parameters('tls')]"})],
    }
    passed = {"tls": "[parameters('tls')]"}
    nested = make_deployment("inner", inside, parameters=passed, condition="[parameters('new')]")
    template = {"parameters": PARAMETERS, "resources": [nested]}
    own = policy(TLS, **{"applies-to": "Microsoft.Storage/*"})
    finding = one(policies.find((own,), deploy(template, new=True)))
    assert finding.certainty is Certainty.DEFAULT
    assert finding.location.pointer.endswith("/template/resources/0/properties/tls")
    assert list(policies.find((own,), deploy(template, new=False))) == []


def test_types_without_wildcards_are_found_as_children(policy: MakePolicy, deploy: Deploy) -> None:
    site = {
        "type": "Microsoft.Web/sites",
        "apiVersion": "2023-12-01",
        "name": "[parameters('tls')]",
        "resources": [{"type": "config", "apiVersion": "2023-12-01", "name": "web"}],
    }
    template = {"parameters": {"tls": {"type": "string"}}, "resources": [site]}
    own = policy(
        {"path": "$.ownName", "not-equals": "WEB"}, **{"applies-to": "microsoft.web/sites/config"}
    )
    finding = one(policies.find((own,), deploy(template)))
    assert (
        finding.message
        == "Microsoft.Web/sites/config [concat(parameters('tls'), '/web')]: it is wrong"
    )
    assert finding.location.pointer == "/resources/0/resources/0/name"
    assert finding.resource is not None
    assert finding.resource.type == "Microsoft.Web/sites/config"


def test_paths_may_look_at_the_whole_resource(policy: MakePolicy, deploy: Deploy) -> None:
    template = {"resources": [account(properties={"a": {"password": "x"}, "b": "[nonsense()]"})]}
    own = policy({"path": "$..password", "exists": False})
    finding = one(policies.find((own,), deploy(template)))
    assert finding.location.pointer == "/resources/0/properties/a/password"
    assert finding.severity is Severity.ERROR
    for path in ("$.type", "$.name", "$.apiVersion", "$.*"):
        assert (
            list(policies.find((policy({"path": path, "exists": True}),), deploy(template))) == []
        )


def test_a_loop_of_unknown_length_is_judged_once(policy: MakePolicy, deploy: Deploy) -> None:
    template = {
        "parameters": {"count": {"type": "int"}},
        "resources": [
            account(
                name="[concat('acc', copyIndex())]",
                copy={"name": "many", "count": "[parameters('count')]"},
                properties={"tls": "1.0"},
            )
        ],
    }
    assert one(policies.find((policy(TLS),), deploy(template))).severity is Severity.ERROR
    assert len(list(policies.find((policy(TLS),), deploy(template, count=3)))) == 3
