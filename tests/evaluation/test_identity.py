"""When ids are the same: written out, and where something in them is not known."""

from __future__ import annotations

import pytest
from support import make_template, make_vault

import armguard
from armguard.evaluation.facts import full_id
from armguard.evaluation.identity import comparable, may_be_same
from armguard.evaluation.unknown import Reason, Unknown
from armguard.expressions.parser import parse_expression

GROUP = "/subscriptions/s/resourceGroups/g"


def written(text: str) -> str | Unknown:
    """A text; an expression in brackets is one that is not known."""
    if not text.startswith("["):
        return text
    return Unknown(Reason.CONTEXT, parse_expression(text), "not said")


@pytest.mark.parametrize(
    ("identifier", "expected"),
    [
        ("A.B/c/d", f"{GROUP}/providers/A.B/c/d"),
        ("/A.B/c/d", f"{GROUP}/providers/A.B/c/d"),
        ("A.B/c/d/providers/E.F/g/h", f"{GROUP}/providers/A.B/c/d/providers/E.F/g/h"),
        ("[concat('A.B/c/', x())]", f"[concat('{GROUP}/providers/A.B/c/', x())]"),
        (
            "[format('/A.B/c/{0}', x())]",
            f"[concat('{GROUP}/providers', format('/A.B/c/{{0}}', x()))]",
        ),
        ("subscriptions/s/x", "/subscriptions/s/x"),
        ("/Subscriptions/s/x", "/Subscriptions/s/x"),
        ("providers/A.B/c/d", "/providers/A.B/c/d"),
        ("[concat('subscriptions/', x())]", "[concat('/subscriptions/', x())]"),
        ("name", "name"),
        ("name.with.dots", "name.with.dots"),
        ("parent/child", "parent/child"),
        ("[x()]", "[x()]"),
        ("", ""),
    ],
)
def test_an_id_written_out(identifier: str, expected: str) -> None:
    assert str(full_id(written(identifier), GROUP)) == expected


PLACE = "concat('/subscriptions/', subscription().subscriptionId, '/x/"


@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [
        ("/a/b", "/A/B", True),
        ("/a/b", "/a/c", False),
        ("[x()]", "/a/b", True),
        ("[x()]", "[y()]", True),
        ("[concat(x(), '/b')]", "/a/c", False),
        ("[concat(x(), '/b')]", "[concat(y(), '/c')]", False),
        ("[concat('a-', x())]", "[concat('b-', x())]", False),
        ("[concat('a-', x())]", "[concat('a-b-', x())]", False),
        ("[concat('a-', x())]", "[concat('a-', y())]", True),
        ("[concat('a', x(), 'b', y(), 'c')]", "a1b2c", True),
        ("[concat('a', x(), 'b', y(), 'c')]", "a1-2c", False),
        ("[concat('id-', uniqueString('x', y()))]", "id-web", False),
        ("[concat('id-', uniqueString('x', y()))]", "id-abcdefghijk23", True),
        (f"[{PLACE}c')]", "/subscriptions/0a4d7b30-2222-4222-8222-000000000b02/x/c", True),
        (f"[{PLACE}c')]", "/subscriptions/0a4d7b30-2222-4222-8222-000000000b02/x/d", False),
        (f"[{PLACE}c')]", "/subscriptions/none/x/c", False),
    ],
)
def test_what_may_be_the_same(first: str, second: str, expected: bool) -> None:
    one, other = comparable(written(first)), comparable(written(second))
    assert may_be_same(one, other) is may_be_same(other, one) is expected


def test_many_gaps_take_no_long_time(ends: None) -> None:
    gaps = comparable(
        written(f"[concat({', '.join(['x()', chr(39) + 'a' + chr(39)] * 300)}, 'b')]")
    )
    assert may_be_same(gaps, "a" * 4000 + "b")
    assert not may_be_same(gaps, "a" * 4000 + "c")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("last(split(resourceId('A.B/c', 'd'), '/'))", "d"),
        ("split(resourceId('A.B/c', 'd'), '/')[8]", "d"),
        ("split(concat(resourceGroup().id, '/providers/A.B/c/d'), '/')[6]", "A.B"),
        ("length(split(resourceId(parameters('p'), 'A.B/c', 'd'), '/'))", 9),
        ("last(split(parameters('p'), '/'))", "[last(split(parameters('p'), '/'))]"),
        (
            "last(split(concat('/subscriptions/', parameters('p')), '/'))",
            "[last(split(concat('/subscriptions/', parameters('p')), '/'))]",
        ),
        (
            "split(resourceId('A.B/c', 'd'), '/')[2]",
            "[subscription().subscriptionId]",
        ),
    ],
)
def test_the_name_in_an_id_is_known_where_its_place_is_not(text: str, expected: object) -> None:
    template = make_template(
        make_vault(f"[format('{{0}}', {text})]", []), parameters={"p": {"type": "string"}}
    )
    (vault,) = armguard.check(template).deployments[0].vaults
    shown = str(expected)
    if shown.startswith("["):
        shown = f"[format('{{0}}', {shown[1:-1]})]"
    assert vault.name == shown
