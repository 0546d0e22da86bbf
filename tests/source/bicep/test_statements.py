"""What a Bicep file declares, read from its text; and the code without comments and strings."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from armguard.source.bicep.masking import masked
from armguard.source.bicep.statements import BicepText

VAULT = "'Microsoft.KeyVault/vaults@2023-07-01'"


@pytest.mark.parametrize(
    ("text", "code", "with_interpolations"),
    [
        ("a // b", "a     ", "a     "),
        ("a /* b\nc */ d", "a           d", "a           d"),
        ("'a // b' c", "'      ' c", "'      ' c"),
        (r"'it\'s' c", "'     ' c", "'     ' c"),
        ("'${a.b} c'", "'        '", "'  a.b   '"),
        ("'x${f('y}')}z' c", "'            ' c", "'   f('y}')  ' c"),
        ("'${{ a: 'b' }.a}' c", "'               ' c", "'  { a: 'b' }.a ' c"),
        ("'''\n'a' // b\n''' c", "'''          ''' c", "'''          ''' c"),
        ("'open\nnext", "'    \nnext", "'    \nnext"),
        (r"'\${a}' c", "'     ' c", "'     ' c"),
        ("'''never", "'''     ", "'''     "),
    ],
)
def test_masked(text: str, code: str, with_interpolations: str) -> None:
    assert masked(text) == code
    assert masked(text, interpolations=True) == with_interpolations


_SHORT = [
    "'",
    "${",
    "}",
    "{",
    "//",
    "/*",
    "*/",
    "\\",
    "[",
    "]",
    "(",
    ")",
    "=",
    ":",
    "?",
    ",",
    "a",
    "@d()",
    "for",
]
_LONG = ["'''", "\n", "\r\n", " ", "resource kv 'a@b' = {", "param x", "module m 'n' = "]
PIECES = st.sampled_from((*_SHORT, *_LONG))


@given(st.lists(PIECES, max_size=40))
def test_nothing_is_too_strange(pieces: list[str]) -> None:
    text = "".join(pieces)
    for interpolations in (False, True):
        code = masked(text, interpolations=interpolations)
        assert len(code) == len(text)
        assert all(one in (two, " ") for one, two in zip(code, text, strict=True))
    file = BicepText(text)
    for each in file.declarations:
        assert 0 <= each.start < each.end <= len(text)
        body = file.body(each)
        if body.start is not None:
            for member in file.members(body.start).values():
                assert body.start < member.start <= member.value <= len(text)


def declared(text: str) -> list[tuple[str, str, str]]:
    file = BicepText(text)
    return [(each.keyword, each.name, text[each.start : each.end]) for each in file.declarations]


@pytest.mark.parametrize(
    ("text", "ends"),
    [
        ("param x string", "param x string"),
        ("param x array?\nparam y string", "param x array?"),
        ("param x string = 'a' // why\nvar y = 1", "param x string = 'a'"),
        ("var x = a ? b\n  : c\nvar y = 1", "var x = a ? b\n  : c"),
        ("var x = a\n  ? b\n  : c\nvar y = 1", "var x = a\n  ? b\n  : c"),
        ("var x = a ??\n  b\nvar y = 1", "var x = a ??\n  b"),
        ("var x = [\n  1\n  2\n]\nvar y = 1", "var x = [\n  1\n  2\n]"),
        ("var x = f(\n  1,\n  2\n)\nvar y = 1", "var x = f(\n  1,\n  2\n)"),
        ("type t = 'a'\n  | 'b'\nvar y = 1", "type t = 'a'\n  | 'b'"),
        ("var x = '''\na\n'''\nvar y = 1", "var x = '''\na\n'''"),
        (f"resource kv {VAULT} = {{\n}}\n", f"resource kv {VAULT} = {{\n}}"),
        (f"resource kv {VAULT} = {{\n", f"resource kv {VAULT} = {{\n"),
    ],
)
def test_where_a_statement_ends(text: str, ends: str) -> None:
    assert declared(text)[0][2].rstrip() == ends.rstrip()


def test_what_a_resource_is_made_of() -> None:
    text = f"""\
@batchSize(1)
resource kv {VAULT} = [for (s, i) in stages: if (s.on && i > 0) {{
  name: 'kv-${{s.name}}' // {{
  'odd name': 1, inline: [ 'a', {{ b: 1 }} ]
  properties: {{
    tenantId: tenant().tenantId
    accessPolicies: s.on ? [
      {{ objectId: 'x' }}
    ] : []
  }}

  resource secret 'secrets' = {{
    name: 'inner'
  }}
}}]
"""
    file = BicepText(text)
    (kv,) = file.declarations
    assert (kv.name, kv.type, kv.existing) == ("kv", "Microsoft.KeyVault/vaults", False)
    assert [(each.name, each.type) for each in kv.children] == [("secret", "secrets")]
    body = file.body(kv)
    assert body.loop is not None
    assert text[body.loop.start : body.loop.end] == "for (s, i) in stages"
    assert body.condition is not None
    assert text[body.condition.start : body.condition.end] == "s.on && i > 0"
    assert body.start is not None
    members = file.members(body.start)
    assert [*members] == ["name", "odd name", "inline", "properties"]
    assert text[members["inline"].value : members["inline"].end] == "[ 'a', { b: 1 } ]"
    items = file.items(members["inline"].value)
    assert [text[each.start : each.end] for each in items] == ["'a'", "{ b: 1 }"]
    inner = file.members(members["properties"].value)["accessPolicies"]
    assert text[inner.value : inner.end].startswith("s.on ? [\n")
    assert text[inner.value : inner.end].endswith("] : []")


def test_what_only_looks_like_a_statement() -> None:
    text = f"""\
/*
resource gone {VAULT} = {{}}
*/
var help = '''
resource printed {VAULT} = {{}}
'''
var settings = {{
  type: 'a'
  resource: 'b'
  param: 'c'
}}
resource real {VAULT} existing = {{
  name: 'real'
}}
"""
    assert [each[:2] for each in declared(text)] == [
        ("var", "help"),
        ("var", "settings"),
        ("resource", "real"),
    ]
    (*_, real) = BicepText(text).declarations
    assert real.existing


@pytest.mark.usefixtures("ends")
def test_large_files() -> None:
    one = f"resource kv {VAULT} = {{\n  name: 'kv'\n  properties: {{ a: [ 'x', 'y' ] }}\n}}\n"
    file = BicepText(one * 5000)
    assert len(file.declarations) == 5000
    deep = "var x = " + "[" * 50_000
    assert len(BicepText(deep).declarations) == 1
