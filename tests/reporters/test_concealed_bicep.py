"""Concealed Bicep: the code can be read, no secret is left, and every position is."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support import make_bicep_cli, make_template, make_vault, run_armguard, write_bicep

from armguard.reporters import FORMATS
from armguard.reporters._excerpts.concealed import concealed

GENERATED = {"_generator": {"name": "bicep", "version": "0.49.2", "templateHash": "1"}}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("@secure()\nparam p string = 'word'", "@secure()\nparam p string = '****'"),
        ("@sys.secure()\nparam p string = 'word'", "@sys.secure()\nparam p string = '****'"),
        ("@secure( )\r@minLength(3)\rparam p int=12", "@secure( )\r@minLength(3)\rparam p int=**"),
        (
            "@secure() // c\n@allowed(['a', 'b'])\n@description('d')\nparam p string",
            "@secure() // c\n@allowed(['*', '*'])\n@description('d')\nparam p string",
        ),
        ("@secure() param p string = 'word'", "@secure() param p string = '****'"),
        ("@secure()\nparam p string = word", "@secure()\nparam p string = ****"),
        ("@secure()\nparam p 'a' | 'b'", "@secure()\nparam p '*' | '*'"),
        (
            "@secure()\nparam p object = {\n  'a-b': x ? 'y' :\n    'z'\n  c: '''d\ne'''\n}",
            "@secure()\nparam p object = {\n  'a-b': * ? '*' :\n    '*'\n  c: '''*\n*'''\n}",
        ),
        (
            "@secure()\nparam p string = '${a}b'\nparam q string = 'c'",
            "@secure()\nparam p string = '*****'\nparam q string = 'c'",
        ),
        (
            "param o string ?\n@secure()\nparam p string = 'word'",
            "param o string ?\n@secure()\nparam p string = '****'",
        ),
        ("param p = 'word'", "param p = '****'"),
        ("param p login = { name: 'word' }", "param p login = { name: '****' }"),
        ("param p login[] = ['word', 5]", "param p login[] = ['****', *]"),
        (
            "param p { @secure()\n key: 'a'\n more: int } = { key: 'a', more: 5 }",
            "param p { @secure()\n key: '*'\n more: int } = { key: '*', more: * }",
        ),
        (
            "param p resourceInput<'A/b@2020-01-01'>.properties = { a: 'word' }",
            "param p resourceInput<'A/b@2020-01-01'>.properties = { a: '****' }",
        ),
        ("@secure()\noutput o string = 'word'", "@secure()\noutput o string = '****'"),
        (
            "module m 'm.bicep' = {\n  params: { a: 'word', b: c, d: '${e}f', g: 12 }\n}",
            "module m 'm.bicep' = {\n  params: { a: '****', b: c, d: '${e}f', g: ** }\n}",
        ),
        (
            "module m 'm.bicep' = { params: { a: b == 'c' ? 1 : 2, d: e || 'f', g: ['h', -3] } }",
            "module m 'm.bicep' = { params: { a: b == 'c' ? * : *, d: e || 'f', g: ['*', -*] } }",
        ),
        (
            "module m 'm.bicep' = { params: { a: 'b\\${c', d: '''e${f''', g: h ?? 'i' } }",
            "module m 'm.bicep' = { params: { a: '*****', d: '''****''', g: h ?? '*' } }",
        ),
        (
            "var t = { Parameters: { p: { defaultValue: 'word' } }, q: 'x' }",
            "var t = { Parameters: { p: { defaultValue: '****' } }, q: 'x' }",
        ),
        ("var t = '''{\"type\": \"secureString\"}'''", "var t = '''************************'''"),
        ("var u = 'https://a:b@c/d?e=${f}'", "var u = 'https://****c/d*******'"),
        ("var l = { queryString: 'word' }", "var l = { queryString: '****' }"),
    ],
)
def test_what_may_be_a_secret(text: str, expected: str) -> None:
    for mark in ("", "\ufeff"):
        assert concealed("main.bicep", mark + text) == mark + expected


@pytest.mark.parametrize(
    "text",
    [
        "param p string = 'free'",
        "param p ('free' | 'standard')? = 'free'",
        "param p string[] = ['a', 'b']\nparam q array = [{ a: 1 }]\nparam r object = { b: 2 }",
        "@allowed(['a', 'b'])\nparam p string = 'a'",
        "@secure()\nparam p string = newGuid()\n@secure()\nparam q object = {}",
        "param p login = { a: true, b: null, c: [] }",
        "type login = {\n  @secure()\n  word: string\n}\nparam p string = 'a'",
        "// @secure()\nparam p string = 'a'",
        "resource kv 'A/b@2020-01-01' = {\n  name: 'kv'\n  properties: { size: 5 }\n}",
        "var v = 'a'\noutput o string = 'b'",
        "param p string = 'a'\nvar broken = [",
    ],
)
def test_what_says_nothing_stays(text: str) -> None:
    assert concealed("MAIN.BICEP", text) == text


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("using './main.bicep' // c\n", "using '************' ****\n"),
        ("using none\nextends 'a'", "using none\nextends '*'"),
        ("param p = 'word'\nparam q = 12\n", "param p = '****'\nparam q = **\n"),
        ("param p = word", "param p = ****"),
        (
            "param p = [true, null, { a: 'b', 'c-d': e }]",
            "param p = [true, null, { a: '*', 'c-d': * }]",
        ),
        ("param p = { a/*b*/: 1 }", "param p = { a*****: * }"),
        ("var v = 'a'\nparam p = '${v}b'", "var v = '*'\nparam p = '*****'"),
        (
            "param p = readEnvironmentVariable('A', 'word')\nparam q = kv.getSecret('s', 'g')",
            "param p = readEnvironmentVariable('*', '****')\nparam q = **.getSecret('*', '*')",
        ),
        ("import { a } from 'b.bicep'", "import { * } from '*******'"),
    ],
)
def test_of_a_parameter_file_only_names_are_shown(text: str, expected: str) -> None:
    assert concealed("main.bicepparam", text) == expected


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("a.bicepparam", "param p = 'word"),
        ("a.bicepparam", "param p = { a: word"),
        ("a.bicepparam", "param p = word)"),
        ("a.bicep", "@secure()\nparam p string = 'word"),
        ("a.bicep", "var x = {\n@secure()\nparam p string = 'word'"),
        ("a.bicep", "var x = '''a\n@secure()\nparam p string = '''word'''"),
        ("a.bicep", "import { login } from 'b.bicep'\nvar x = (\nparam p login = 'word'"),
    ],
)
def test_of_what_does_not_match_only_brackets_are_shown(path: str, text: str) -> None:
    assert not re.search(r"[^\s{}\[\]*]", concealed(path, text))


PIECES = st.sampled_from(
    [
        *("param p string = ", "@secure()", "param q = ", "params: {", "type t = ", "\n", "\r\n"),
        *("'secret'", "'''", "'", "${", "//", "/*", "*/", "\\", "a: ", *"{}[]():,?=1 \r"),
    ]
)


@given(st.lists(st.one_of(PIECES, st.characters()), max_size=40).map("".join))
def test_every_position_stays(text: str) -> None:
    for path in ("a.bicep", "a.bicepparam"):
        result = concealed(path, text)
        assert len(result) == len(text)
        assert all(new in (old, "*") for old, new in zip(text, result, strict=True))
        assert re.sub(r"[^\r\n]", "x", result) == re.sub(r"[^\r\n]", "x", text)


WORD = "S3cr3tW0rdXyz"


def inserted(value: str) -> str:
    return "'${" + value.replace("'''", "'").replace("\n", " ") + "}'"


VALUES = st.recursive(
    st.sampled_from([f"'{WORD}'", f"'''{WORD}'''", WORD, "a", "1", "'b'", f"f('{WORD}')"]),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3).map(lambda each: "[\n" + "\n".join(each) + "\n]"),
        st.lists(inner, max_size=3).map(lambda each: "{ k: " + ", 'l': ".join(each) + " }"),
        st.tuples(inner, inner, inner).map(lambda each: "{} ?\n{} :\n  {}".format(*each)),
        inner.map(inserted),
    ),
    max_leaves=5,
)
HEADS = st.sampled_from(
    ["@secure()\nparam p object = ", "@secure()\n// c\nparam p {{ a: int }} = ", "param p login = "]
)
AROUND = st.sampled_from(
    ["", "var v = 'a'\n", "param o string ?\n", "type t = { @secure()\na: b }\n"]
)


@given(AROUND, HEADS, VALUES, AROUND)
def test_no_secret_is_left(before: str, head: str, value: str, behind: str) -> None:
    assert WORD not in concealed("a.bicep", f"{before}{head}{value}\n{behind}")
    assert WORD not in concealed("a.bicepparam", f"{before}param p = {value}\n{behind}")


@pytest.mark.parametrize(
    "text",
    [
        "@secure()\nparam p string = 'a'\n" * 20_000,
        "param p login = " + "{ a: " * 20_000 + "}" * 20_000,
        "param p login = " + "[" * 100_000,
        "param p string = " + "'${" * 50_000,
        "params: {" * 20_000,
        "@" * 100_000,
        "/*" * 100_000,
        "param" + " " * 200_000,
    ],
    ids=["many", "nested", "open", "inserted", "passed", "decorators", "comments", "blanks"],
)
def test_hostile_texts_take_no_time(text: str) -> None:
    for path in ("a.bicep", "a.bicepparam"):
        assert len(concealed(path, text)) == len(text)


MAIN = f"""\
@secure()
param password string = '{WORD}'
param login {{ @secure()
  key: string }} = {{ key: '{WORD}' }}
param policies array = []
resource kv 'Microsoft.KeyVault/vaults@2026-02-01' = {{
  name: 'kv'
  properties: {{ accessPolicies: policies }}
}}
module m 'm.bicep' = {{ params: {{ password: '{WORD}' }} }}
"""
GIVEN = f"""\
using 'main.bicep'
param policies = [] // {WORD}
param password = '{WORD}'
param more = readEnvironmentVariable('NAME', '{WORD}')
"""


@pytest.mark.parametrize("name", FORMATS)
def test_no_format_shows_one(name: str, tmp_path: Path) -> None:
    template = make_template(
        resources={"kv": make_vault(policies="[parameters('policies')]")},
        languageVersion="2.0",
        metadata=GENERATED,
        parameters={
            "password": {"type": "securestring", "defaultValue": WORD},
            "login": {
                "type": "object",
                "properties": {"key": {"type": "securestring"}},
                "defaultValue": {"key": WORD},
            },
            "policies": {"type": "array", "defaultValue": []},
        },
    )
    given = {"policies": [], "password": WORD, "more": WORD}
    parameters = {"parameters": {key: {"value": value} for key, value in given.items()}}
    cli = make_bicep_cli(tmp_path)
    write_bicep(tmp_path / "main.bicep", MAIN, template)
    write_bicep(tmp_path / "main.bicepparam", GIVEN, parameters)
    ran = run_armguard("check", "main.bicep", f"--bicep={cli}", "--format", name, folder=tmp_path)
    assert "access-policies-emptied" in ran.stdout
    assert "parameters-rejected" in ran.stdout
    assert WORD not in ran.stdout + ran.stderr
