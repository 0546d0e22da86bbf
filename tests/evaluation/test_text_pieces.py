"""A text that is put together: its pieces, whichever way it is written."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

import armguard
from armguard.evaluation.text_pieces import text_pieces
from armguard.expressions.parser import parse_expression
from armguard.expressions.syntax import to_text


@pytest.mark.parametrize(
    ("text", "pieces"),
    [
        ("concat(parameters('kv'), '/add')", ["parameters('kv')", "'/add'"]),
        ("concat('a', concat(variables('b'), 'c'))", ["'a'", "variables('b')", "'c'"]),
        ("format('{0}/{1}', parameters('kv'), 'add')", ["parameters('kv')", "'/'", "'add'"]),
        ("format('kv{0}', uniqueString('x'))", ["'kv'", "uniqueString('x')"]),
        ("format('{1}-{0}', 'a', b())", ["b()", "'-'", "'a'"]),
        ("Format('{{{0}}}', b())", ["'{'", "b()", "'}'"]),
        ("format('{0}', concat(b(), 'c'))", ["b()", "'c'"]),
        ("format('{0:D3}', b())", ["format('{0:D3}', b())"]),
        ("format('{2}', b())", ["format('{2}', b())"]),
        ("format('{0} {', b())", ["format('{0} {', b())"]),
        ("format(parameters('p'), b())", ["format(parameters('p'), b())"]),
        ("parameters('p')", ["parameters('p')"]),
    ],
)
def test_pieces(text: str, pieces: list[str]) -> None:
    assert [to_text(piece) for piece in text_pieces(parse_expression(f"[{text}]"))] == pieces


@pytest.mark.parametrize(
    "name",
    [
        "[concat(parameters('kv'), '/add')]",
        "[format('{0}/{1}', parameters('kv'), 'add')]",
        "[format('{0}/add', parameters('kv'))]",
        "[concat(format('{0}', parameters('kv')), '/', 'add')]",
    ],
)
def test_child_is_known_by_its_composed_name(
    name: str, template: Callable[..., Any], vault: Callable[..., Any]
) -> None:
    """As Bicep compiles it, and as people write it: it is not another vault."""
    child = {
        "type": "Microsoft.KeyVault/vaults/accessPolicies",
        "apiVersion": "2026-02-01",
        "name": name,
        "properties": {"accessPolicies": []},
    }
    declared = {"kv": {"type": "string"}}
    written = vault("[parameters('kv')]", accessPolicies=[])
    report = armguard.check(template([written, child], parameters=declared))
    assert [each.name for each in report.deployments[0].vaults] == ["[parameters('kv')]"]
    assert [finding.rule for finding in report.findings] == ["add-child-does-not-protect"]
