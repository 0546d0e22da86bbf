"""Which texts say that they are templates, or parameters, without being parsed."""

from __future__ import annotations

import json

import pytest

from armguard.source.schema import is_parameters_text, is_template_text

BASE = "https://schema.management.azure.com/schemas"

SCHEMAS = {
    f"{BASE}/2015-01-01/deploymentTemplate.json#": True,
    f"{BASE}/2019-04-01/deploymentTemplate.json": True,
    f"{BASE}/2014-04-01-preview/DEPLOYMENTTEMPLATE.JSON#": True,
    "deploymentTemplate.json": True,
    "http:\\/\\/x\\/2019-04-01\\/deploymentTemplate.json#": True,
    f"{BASE}/2018-05-01/subscriptionDeploymentTemplate.json#": True,
    f"{BASE}/2018-05-01/SubscriptionDeploymenttemplate.json#/x ": True,
    f"{BASE}/2019-08-01/managementGroupDeploymentTemplate.json#": True,
    f"{BASE}/2019-08-01/tenantDeploymentTemplate.json#": True,
    f"{BASE}/2019-04-01/deploymentParameters.json#": False,
    f"{BASE}/2019-04-01/myDeploymentTemplate.json#": False,
    f"{BASE}/2019-04-01/deploymentTemplate.jsonx": False,
    f"{BASE}/deploymentTemplate.json/other.json": False,
    f"{BASE}/0.1.2-preview/CreateUIDefinition.MultiVm.json#": False,
    "": False,
}


@pytest.mark.parametrize(("schema", "is_template"), SCHEMAS.items())
def test_the_schema_says_what_it_is(schema: str, is_template: bool) -> None:
    text = '{"$schema": "' + schema + '", "resources": []}'
    assert is_template_text(text) is is_template


@pytest.mark.parametrize("flavour", ["d", "subscriptionD", "managementGroupD", "tenantD"])
def test_parameter_files_say_so(flavour: str) -> None:
    text = json.dumps({"$schema": f"{BASE}/2019-04-01/{flavour}eploymentParameters.json#"})
    assert is_parameters_text(text)
    assert not is_template_text(text)


T = f'"$schema": "{BASE}/2019-04-01/deploymentTemplate.json#"'
P = f'"$schema": "{BASE}/2019-04-01/deploymentParameters.json#"'

TEMPLATES = {
    "first member": "{" + T + "}",
    "byte order mark": "\ufeff{" + T + "}",
    "comments around": "// x\n{ /* y */ " + T.replace(":", " /*z*/ : //\n", 1) + "}",
    "a long header": "/*" + "x" * 5000 + "*/{" + T + "}",
    "key in another case": "{" + T.replace("$schema", "$Schema") + "}",
    "later member": '{"contentVersion": "1", ' + T + "}",
    "last member of a long text": '{"a": [' + '{"b": "}]"},' * 5000 + "], " + T + "}",
    "behind another in a comment": "{ // " + P + '\n"a": 1, /* ' + P + " */" + T + "}",
    "behind another in a string": '{"a": ' + json.dumps("{" + P + "}") + ", " + T + "}",
    "behind another further down": '{"a": {' + P + "}, " + T + "}",
    "cut off": "{" + T + ', "resources": [ {',
    "broken behind it": "{" + T + ' "resources": [ }',
    "broken before it, brackets sound": '{"a" 1 ' + T + "}",
    "a key without a string first": '{"x": {"$schema": {"a": 1}}, ' + T + "}",
}

OTHERS = {
    "empty": "",
    "null": "null",
    "array": "[{" + T + "}]",
    "string": json.dumps("{" + T + "}"),
    "no schema": '{"a": 1}',
    "parameters": "{" + P + "}",
    "parameters first": "{" + P + ", " + T + "}",
    "in a comment only": "{ // " + T + "\n}",
    "further down only": '{"properties": {"template": {' + T + "}}}",
    "in a string only": '{"a": ' + json.dumps("{" + T + "}") + "}",
    "as a value": '{"a": "$schema", "b": "deploymentTemplate.json"}',
    "behind the end": "{} {" + T + "}",
    "schema is no string": '{"$schema": 1, "b": "deploymentTemplate.json"}',
}


@pytest.mark.parametrize("text", TEMPLATES.values(), ids=TEMPLATES)
def test_a_template_says_so_in_its_outermost_object(text: str) -> None:
    assert is_template_text(text)


@pytest.mark.parametrize("text", OTHERS.values(), ids=OTHERS)
def test_other_json_is_no_template(text: str) -> None:
    assert not is_template_text(text)


@pytest.mark.parametrize(
    "text",
    [
        '{"a": [' + '{"b": "}]"},' * 200_000 + '"deploymentTemplate.json"',
        '{"x": "deploymentTemplate.json", ' + '"$schema"' * 100_000,
        '{"x": "deploymentTemplate.json" "$schema": "' + "x" * 1_400_000,
        '{"x": "deploymentTemplate.json" ' + "/*" * 500_000,
        '{"$schema": "' + "deploymentTemplate.json/" * 50_000 + '"}',
        '{"$schema"' + " /**/" * 200_000,
    ],
    ids=lambda text: text[:30],
)
def test_hostile_text_is_no_template(text: str, ends: None) -> None:
    assert not is_template_text(text)
