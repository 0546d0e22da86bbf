"""Which texts say that they are templates, or parameters, parsed or not."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from armguard.source.json_text import parse_json
from armguard.source.schema import (
    is_parameters,
    is_parameters_text,
    is_template,
    is_template_text,
    may_be_template,
)

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
    "parameters first": "{" + P + ", " + T + "}",
    "parameters first, and broken": "{" + P + " [ {}, ] " + T,
    "an escaped name": "{" + T.replace("$s", "\\u0024\\u0053") + "}",
    "an escaped address": '{"a": "\\u0061", ' + T.replace("Template.", "Template\\u002e") + "}",
    "an escape that is none": "{" + T.replace("schemas/", "\\x/") + "}",
}

OTHERS = {
    "empty": "",
    "null": "null",
    "array": "[{" + T + "}]",
    "string": json.dumps("{" + T + "}"),
    "no schema": '{"a": 1}',
    "parameters": "{" + P + "}",
    "parameters last": "{" + T + ", " + P.replace("$", "\\u0024") + "}",
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


NAMES = st.sampled_from(["$schema", "$\\u0073chema", "\\u0024SCHEMA", "a", "\\u0061"])
ADDRESSES = st.sampled_from(
    ["deploymentTemplate.json", "deploymentTemplat\\u0065.json#", "deploymentParameters.json", "x"]
)


@given(st.lists(st.tuples(NAMES, ADDRESSES, st.booleans()), max_size=4))
def test_a_text_says_what_its_reader_sees(members: list[tuple[str, str, bool]]) -> None:
    """Some of the members are in another object further down."""
    written = [(f'"{name}": "{address}"', deeper) for name, address, deeper in members]
    text = ", ".join(f'"b": [{{{each}}}]' if deeper else each for each, deeper in written)
    document = parse_json(f"{{{text}}}")
    assert is_template_text(f"{{{text}}}") == is_template(document)
    assert is_parameters_text(f"{{{text}}}") == is_parameters(document)
    assert may_be_template(f"{{{text}}}") or not is_template(document)


@pytest.mark.parametrize(
    "text",
    [
        '{"a": [' + '{"b": "}]"},' * 200_000 + '"deploymentTemplate.json"',
        '{"x": "deploymentTemplate.json", ' + '"$schema"' * 100_000,
        '{"x": "deploymentTemplate.json" "$schema": "' + "x" * 1_400_000,
        '{"x": "deploymentTemplate.json" ' + "/*" * 500_000,
        '{"$schema": "' + "deploymentTemplate.json/" * 50_000 + '"}',
        '{"$schema"' + " /**/" * 200_000,
        '{"$schema": "' + '\\"$schema": ' * 100_000 + "deploymentTemplate.json",
        '{"\\u0024": "' + '"\\u0024": {' * 100_000,
    ],
    ids=lambda text: text[:30],
)
def test_hostile_text_is_no_template(text: str, ends: None) -> None:
    assert not is_template_text(text)
