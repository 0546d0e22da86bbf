"""Concealed texts: no secret is left, every position is, and what is harmless can be read."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from armguard.reporters._excerpts import concealed as module

SCHEMA = '{"$schema": "https://x/2019-04-01/deploymentTemplate.json#", '
PARAMETERS = SCHEMA.replace("Template", "Parameters")


def concealed(text: str) -> str:
    """What becomes of a text as the rest of a template."""
    assert text[:1] == "{"
    return "{" + module.concealed("x.json", SCHEMA + text[1:]).removeprefix(SCHEMA)


@pytest.mark.parametrize(
    ("parameters", "expected"),
    [
        ('{"p": {"value": "s3cret"}}', '{"p": {"value": "******"}}'),
        ('{"p": {"value": 1234}}', '{"p": {"value": ****}}'),
        ('{"p": {"value": -1.5e3}}', '{"p": {"value": ******}}'),
        ('{"p": {"value": ["a", {"b": "c"}]}}', '{"p": {"value": ["*", {"b": "*"}]}}'),
        ('{"p": {"value": "a\\"b\\\\"}}', '{"p": {"value": "******"}}'),
        ('{"p": {"value": "a\nb"}}', '{"p": {"value": "*\n*"}}'),
        ('{"p": {"VALUE" /* c */ : "a"}}', '{"p": {"VALUE" /* c */ : "*"}}'),
        ('{"p": {"defaultValue": "a"}}', '{"p": {"defaultValue": "*"}}'),
        (
            '{"p": {"type": "secureString", "defaultValue": "a"}}}',
            '{"p": {"type": "secureString", "defaultValue": "*"}}}',
        ),
        (
            '{"p": {"defaultValue": {"a": "b"}, "type": "SecureObject"}}}',
            '{"p": {"defaultValue": {"a": "*"}, "type": "SecureObject"}}}',
        ),
        (
            '{"p": {"type": "string", "defaultValue": "a"}, "q": {"defaultValue": "b"}}',
            '{"p": {"type": "string", "defaultValue": "a"}, "q": {"defaultValue": "*"}}',
        ),
        ('{"p": {"value": "[[not an expression"}}', '{"p": {"value": "*******************"}}'),
        ('{"p": {"value": "unclosed', '{"p": {"value": "********'),
    ],
)
def test_values(parameters: str, expected: str) -> None:
    assert concealed(f'{{"parameters": {parameters}') == f'{{"parameters": {expected}'


@pytest.mark.parametrize(
    "text",
    [
        '{"parameters": {"p": {"type": "string", "defaultValue": "new"}}}',
        '{"parameters": {"p": {"defaultValue": "free", "type": "String"}}}',
        '{"parameters": {"p": {"type": "securestring", "defaultValue": "[newGuid()]"}}}',
        '{"parameters": {"p": {"value": []}, "q": {"value": {}}, "r": {"value": true}}}',
        '{"parameters": {"p": {"value": null, "metadata": {"description": "text"}}}}',
        '{"parameters": {"p": {"reference": {"secretName": "name"}}}}',
        '{"variables": {"value": "text"}}',
        '{"parameters": "[variables(\'p\')]", "value": "text"}',
    ],
)
def test_what_says_nothing_stays(text: str) -> None:
    assert concealed(text) == text


@pytest.mark.parametrize(
    ("parameters", "expected"),
    [
        ('{"p": "a"}', '{"p": "*"}'),
        ('{"p": {"valu\\u0065": "a"}}', '{"p": {"valu\\u0065": "*"}}'),
        (
            '{"p": {"type": "object", "properties": {}, "defaultValue": {"a": "b"}}}',
            '{"p": {"type": "object", "properties": {}, "defaultValue": {"a": "*"}}}',
        ),
        (
            '{"p": {"allowedValues": ["a", "[b"], "type": "securestring"}}',
            '{"p": {"allowedValues": ["*", "**"], "type": "securestring"}}',
        ),
        (
            '{"p": {"allowedValues": ["a"], "type": "string"}}',
            '{"p": {"allowedValues": ["a"], "type": "string"}}',
        ),
        (
            '{"p": {"type": "array", "defaultValue": ["a"], "items": {"$ref": "#/x"}}}',
            '{"p": {"type": "array", "defaultValue": ["*"], "items": {"$ref": "#/x"}}}',
        ),
        (
            '{"p": {"type": "string", "defaultValue": "a", "metadata": {"properties": 1}}}',
            '{"p": {"type": "string", "defaultValue": "a", "metadata": {"properties": 1}}}',
        ),
    ],
)
def test_what_a_declaration_may_hide(parameters: str, expected: str) -> None:
    assert concealed(f'{{"parameters": {parameters}}}') == f'{{"parameters": {expected}}}'


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("https://ann:word@a.example/b.json", "https://*********a.example/b.json"),
        ("[concat('https://ann@a.example/', 'b')]", "[concat('https://****a.example/', 'b')]"),
        ("https://a.example/b.json?sig=word", "https://a.example/b.json*********"),
        ("https://a@b:c@d.example?e", "https://******d.example**"),
        ("https://a.example/b@c.json#d?e", "https://a.example/b@c.json#d?e"),
    ],
)
def test_keys_in_addresses(address: str, expected: str) -> None:
    assert concealed(f'{{"uri": "{address}"}}') == f'{{"uri": "{expected}"}}'


def test_of_a_parameter_file_only_names_are_shown() -> None:
    text = '{"parameters": {"p": {"value": "a"}, "q": "b", "r": {"x": [1, true]}}, "s": "[c]"} // d'
    expected = (
        '{"parameters": {"p": {"value": "*"}, "q": "*", "r": {"x": [*, true]}}, "s": "***"} ****'
    )
    stars = "*" * len("https://x/2019-04-01/deploymentParameters.json#")
    head = PARAMETERS[:-2] + ", "
    shown = module.concealed("x.json", head + text[1:])
    assert shown == f'{{"$schema": "{stars}", ' + expected[1:]
    assert module.concealed("x.json", text) == expected


@pytest.mark.parametrize("text", ['{"p": a}', '{"p": "a"b"}', '{"p": "a', "{a"])
def test_of_what_is_no_json_and_no_template_nothing_is_shown(text: str) -> None:
    for whole in ('{"parameters": ' + text, PARAMETERS + text[1:]):
        assert not re.search(r"[^\s{}\[\]*]", module.concealed("x.json", whole))


def test_of_a_broken_template_with_something_secure_nothing_is_shown() -> None:
    text = '{"parameters": {"p": {"type": "securestring", "defaultValue" word"}}}'
    assert not re.search(r"[^\s{}\[\]*]", module.concealed("x.json", SCHEMA + text[1:]))


def test_what_follows_the_parameters_stays() -> None:
    text = '{"parameters": {"p": {"value": "a"}}, "x": {"value": "b"}, "y": [{"parameters":'
    text += ' {"q": {"value": "c"}}}]}'
    assert concealed(text) == text.replace('"a"', '"*"').replace('"c"', '"*"')


def test_parameters_inside_of_parameters() -> None:
    text = '{"parameters": {"p": {"value": {"parameters": {"q": {"value": "a"}}}, "x": "b"}}}'
    assert concealed(text) == text.replace('"a"', '"*"')


PIECES = st.sampled_from(
    [
        '"parameters"',
        '"p"',
        '"value"',
        '"type"',
        '"secret"',
        '"[x]"',
        *'{}[]:,"\\1 \n',
        "//",
        "/*",
        "*/",
    ]
)


@given(st.lists(st.one_of(PIECES, st.characters()), max_size=40).map("".join))
def test_every_position_stays(text: str) -> None:
    for whole in (text, SCHEMA + text, PARAMETERS + text):
        assert_every_position_stays(whole)


def assert_every_position_stays(text: str) -> None:
    result = module.concealed("x.json", text)
    assert len(result) == len(text)
    assert [m.span() for m in re.finditer("[\r\n]", result)] == [
        m.span() for m in re.finditer("[\r\n]", text)
    ]
    assert all(new in (old, "*") for old, new in zip(text, result, strict=True))


@pytest.mark.parametrize(
    "text",
    [
        '{"parameters": {' + '"p": {"value": "a"}, ' * 20_000 + "}}",
        '{"parameters": ' * 20_000,
        '{"parameters": {"p": {"value": ' + "[" * 100_000,
        '{"parameters": {"p": {"value": "' + "\\" * 200_000,
        '{"parameters": {"p" ' + "/* " * 100_000,
        '"parameters"' + " " * 200_000,
    ],
    ids=["many", "nested", "deep", "escapes", "comments", "blanks"],
)
def test_hostile_texts_take_no_time(text: str) -> None:
    for whole in (text, SCHEMA + text[1:], PARAMETERS + text[1:]):
        assert len(module.concealed("x.json", whole)) == len(whole)
