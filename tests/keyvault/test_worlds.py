"""What hangs on something unknown: both ways are looked at, and never a contradiction."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from support import make_template, make_vault

import armguard

Ask = Callable[..., Any]
BOOL = {"type": "bool"}
TEXT = {"type": "string"}
ONE = "createArray(createObject('objectId', 'x', 'permissions', createObject()))"


def condition(text: str) -> dict[str, Any]:
    return {"condition": f"[{text}]"}


def chosen(text: str) -> dict[str, Any]:
    """A list with one entry where `text` is true, else an empty one."""
    return {"accessPolicies": f"[if({text}, {ONE}, createArray())]"}


@pytest.mark.parametrize(
    "text",
    [
        "resourceGroup().name",
        "toLower(resourceGroup().location)",
        "subscription().tenantId",
        "deployment().name",
        "concat(parameters('e'), '/x')",
        "format('{0}/x', parameters('e'))",
        "uniqueString(parameters('e'))",
        "resourceId('Microsoft.KeyVault/vaults', parameters('e'))",
    ],
)
@pytest.mark.parametrize("test", ["empty({})", "equals({}, '')", "equals('', {})"])
def test_what_is_never_empty_leaves_nothing_to_choose(text: str, test: str) -> None:
    template = make_template(
        make_vault("kv", f"[if({test.format(text)}, {ONE}, createArray())]"),
        parameters={"e": TEXT},
    )
    vault = armguard.check(template).deployments[0].vaults[0]
    assert (vault.verdict, vault.certainty) == ("emptied", "certain")


@pytest.mark.parametrize(
    "text", ["parameters('e')", "resourceGroup().tags", "toLower(parameters('e'))"]
)
def test_what_may_be_empty_leaves_both(text: str) -> None:
    template = make_template(
        make_vault("kv", f"[if(empty({text}), {ONE}, createArray())]"), parameters={"e": TEXT}
    )
    vault = armguard.check(template).deployments[0].vaults[0]
    assert (vault.verdict, vault.certainty) == ("emptied", "possible")


@pytest.mark.parametrize(
    ("written_if", "one_if", "verdict"),
    [
        ("p", "p", "replaced"),
        ("not(p)", "not(p)", "replaced"),
        ("p", "not(p)", "emptied"),
        ("not(p)", "p", "emptied"),
        ("not(p)", "not(not(not(p)))", "replaced"),
        ("and(p, q)", "p", "replaced"),
        ("and(p, q)", "q", "replaced"),
        ("and(p, q)", "and(q, p)", "replaced"),
        ("or(p, q)", "p", "emptied"),
        ("or(p, q)", "or(q, p)", "replaced"),
        ("p", "or(p, q)", "replaced"),
        ("p", "and(p, q)", "emptied"),
        ("not(or(p, q))", "p", "emptied"),
        ("not(or(p, q))", "not(p)", "replaced"),
        ("equals(e, 'new')", "equals(e, 'new')", "replaced"),
        ("equals(e, 'new')", "equals('new', e)", "replaced"),
        ("equals(e, 'new')", "not(equals(e, 'old'))", "replaced"),
        ("equals(e, 'new')", "equals(e, 'old')", "emptied"),
        ("not(equals(e, 'old'))", "equals(e, 'new')", "emptied"),
        ("equals(toLower(e), 'new')", "equals(toLower(e), 'new')", "replaced"),
        ("equals(p, true())", "p", "replaced"),
        ("equals(p, false())", "p", "emptied"),
        ("bool(p)", "p", "replaced"),
        ("equals(string(p), 'True')", "p", "replaced"),
        ("equals(string(p), 'True')", "not(p)", "emptied"),
        ("equals(toLower(e), 'new')", "equals(e, 'NEW')", "emptied"),
        ("not(empty(e))", "not(equals(e, ''))", "replaced"),
        ("empty(e)", "not(equals(e, 'new'))", "replaced"),
    ],
)
def test_a_condition_and_an_if_never_contradict_each_other(
    written_if: str, one_if: str, verdict: str, verdict_on: Ask
) -> None:
    def full(text: str) -> str:
        for name in ("p", "q", "e"):
            for before, after in (("(", ")"), ("(", ","), (" ", ")"), (" ", ",")):
                text = text.replace(
                    f"{before}{name}{after}", f"{before}parameters('{name}'){after}"
                )
        return text if len(text) > 1 else f"parameters('{text}')"

    got = verdict_on(
        chosen(full(one_if)),
        condition(full(written_if)),
        parameters={"p": BOOL, "q": BOOL, "e": TEXT},
    )
    assert got == (verdict, "possible")


@pytest.mark.parametrize(
    ("count", "verdict"),
    [
        ("if(parameters('p'), 1, 0)", ("emptied", "possible")),
        ("length(if(parameters('p'), createArray('a'), createArray()))", ("emptied", "possible")),
        ("if(parameters('p'), 2, 1)", ("emptied", "certain")),
        ("length(parameters('names'))", ("emptied", "certain")),
    ],
)
def test_the_count_of_a_loop_may_be_a_condition(
    count: str, verdict: tuple[str, str], verdict_on: Ask
) -> None:
    loop = {"copy": {"name": "c", "count": f"[{count}]"}}
    parameters = {"p": BOOL, "names": {"type": "array"}}
    assert verdict_on({"accessPolicies": []}, loop, parameters) == verdict


def test_each_iteration_counts_in_a_world_that_knows_how_many(verdict_on: Ask) -> None:
    production = "equals(parameters('e'), 'prod')"
    loop = {"copy": {"name": "c", "count": f"[if({production}, 2, 1)]"}}
    lists = f"if(equals(copyIndex(), 0), {ONE}, createArray())"
    written = {"accessPolicies": f"[if({production}, {lists}, {ONE})]"}
    assert verdict_on(written, loop, parameters={"e": TEXT}) == ("emptied", "possible")


def test_agreement_gives_no_finding_about_an_empty_list(template: Ask, vault: Ask) -> None:
    resource = {**vault(**chosen("parameters('p')")), **condition("parameters('p')")}
    report = armguard.check(template([resource], parameters={"p": BOOL}))
    assert "access-policies-emptied" not in {finding.rule for finding in report.findings}


@pytest.mark.parametrize(
    ("allowed", "verdict"),
    [
        (["new", "existing"], ("emptied", "possible")),
        (["existing", "none"], ("not-written", "certain")),
        (["new"], ("emptied", "certain")),
    ],
)
def test_allowed_values_are_the_worlds_of_a_parameter(
    allowed: list[str], verdict: tuple[str, str], verdict_on: Ask
) -> None:
    parameters = {"option": {"type": "string", "allowedValues": allowed}}
    gate = condition("equals(parameters('option'), 'new')")
    assert verdict_on({"accessPolicies": []}, gate, parameters) == verdict


@pytest.mark.parametrize(
    ("text", "verdict"),
    [
        ("parameters('list')", "undecided"),
        ("if(parameters('p'), parameters('list'), createArray())", "emptied"),
        (f"if(parameters('p'), parameters('list'), {ONE})", "replaced"),
        ("if(parameters('p'), null(), createArray())", "emptied"),
        (f"if(parameters('p'), null(), {ONE})", "missing"),
        (f"if(parameters('p'), if(parameters('q'), createArray(), {ONE}), {ONE})", "emptied"),
        ("concat(parameters('list'), createArray())", "undecided"),
        (f"if(empty(parameters('list')), createArray(), {ONE})", "emptied"),
        ("if(empty(parameters('list')), parameters('list'), parameters('list'))", "undecided"),
    ],
)
def test_branches_are_worlds_and_unsupplied_lists_are_not(
    text: str, verdict: str, verdict_on: Ask
) -> None:
    parameters = {"p": BOOL, "q": BOOL, "list": {"type": "array"}}
    assert verdict_on({"accessPolicies": f"[{text}]"}, parameters=parameters)[0] == verdict


@pytest.mark.parametrize(
    ("mode", "verdict"),
    [
        ("[if(parameters('p'), 'recover', 'default')]", ("emptied", "possible")),
        ("[if(parameters('p'), 'recover', 'Recover')]", ("kept", "certain")),
    ],
)
def test_an_open_create_mode_is_recover_or_not(
    mode: str, verdict: tuple[str, str], verdict_on: Ask
) -> None:
    got = verdict_on({"createMode": mode, "accessPolicies": []}, parameters={"p": BOOL})
    assert got == verdict


def test_a_create_mode_that_may_be_any_text_is_undecided(verdict_on: Ask) -> None:
    got = verdict_on(
        {"createMode": "[parameters('mode')]", "accessPolicies": []}, parameters={"mode": TEXT}
    )
    assert got == ("undecided", None)


def test_an_rbac_flag_that_is_not_supplied_is_undecided(verdict_on: Ask) -> None:
    got = verdict_on(
        {"enableRbacAuthorization": "[parameters('p')]", "accessPolicies": []},
        parameters={"p": BOOL},
    )
    assert got == ("undecided", None)


def many(count: int) -> tuple[dict[str, Any], dict[str, Any]]:
    """A list that is empty only where `count` independent tests are all true."""
    names = [f"p{index}" for index in range(count)]
    text = "createArray()"
    for name in names:
        text = f"if(parameters('{name}'), {text}, {ONE})"
    return {"accessPolicies": f"[{text}]"}, dict.fromkeys(names, BOOL)


@pytest.mark.parametrize("count", [1, 5])
def test_the_worst_of_many_worlds_is_found(count: int, verdict_on: Ask) -> None:
    properties, parameters = many(count)
    assert verdict_on(properties, parameters=parameters) == ("emptied", "possible")


def test_more_than_64_worlds_are_undecided(template: Ask, vault: Ask, judged: Ask) -> None:
    tests = ", ".join(f"if(parameters('p{index}'), 1, 2)" for index in range(12))
    resource = vault(
        accessPolicies=f"[if(equals(mod(add(max({tests}), 1), 2), 0), {ONE}, createArray())]"
    )
    resource["condition"] = (
        "[and(" + ", ".join(f"or(parameters('p{i}'), parameters('q{i}'))" for i in range(12)) + ")]"
    )
    parameters = {f"{letter}{index}": BOOL for letter in "pq" for index in range(12)}
    got = judged(template([resource], parameters=parameters))
    assert got.verdict == "undecided"
    assert "more than 64" in got.reason


def test_two_vaults_have_their_own_worlds(template: Ask, vault: Ask) -> None:
    resources = [
        {**vault("one", accessPolicies=[]), **condition("parameters('p')")},
        {**vault("two", accessPolicies=[]), **condition("not(parameters('p'))")},
        {**vault("three", **chosen("parameters('p')"))},
    ]
    report = armguard.check(template(resources, parameters={"p": BOOL}))
    assert {(each.verdict, each.certainty) for each in report.deployments[0].vaults} == {
        ("emptied", "possible")
    }


def test_the_message_names_the_world(template: Ask, vault: Ask) -> None:
    resource = {**vault(accessPolicies=[]), **condition("equals(parameters('e'), 'new')")}
    report = armguard.check(template([resource], parameters={"e": TEXT}))
    (finding,) = (f for f in report.findings if f.rule == "access-policies-emptied")
    assert finding.message.endswith(", if parameters('e') is 'new'")
    assert (finding.severity, finding.certainty) == ("warning", "possible")
