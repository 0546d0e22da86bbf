"""The URI functions against System.Uri: values from Azure first, then properties."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from armguard.dotnet.uri import InvalidUriError
from armguard.dotnet.uri import parse_uri as read_uri
from armguard.errors import BudgetSpentError, EvaluationError
from armguard.evaluation.functions.uris import (
    build_uri,
    parse_uri,
    uri,
    uri_component,
    uri_component_to_string,
)


@pytest.mark.parametrize(
    ("base", "reference", "expected"),
    [
        (
            "http://contoso.org/firstpath/",
            "myscript.sh",
            "http://contoso.org/firstpath/myscript.sh",
        ),
        ("http://contoso.org/firstpath", "myscript.sh", "http://contoso.org/myscript.sh"),
        ("http://a.com", "d", "http://a.com/d"),
        ("http://a.com/b/?x=1", "d", "http://a.com/b/d"),
        ("http://a.com/b", "http://x.org/y", "http://x.org/y"),
        ("http://a.com/b/", "//x/y", "http://x/y"),
        ("https://h.example:443/a/", "//other.example/x", "https://other.example/x"),
        ("https://github.com/another/repo", "/Azure/bicep", "https://github.com/Azure/bicep"),
        ("HTTP://A.com/B/", "D", "http://a.com/B/D"),
        ("http://a.com/b/", "", "http://a.com/b/"),
        ("http://a.com/b/", " ", "http://a.com/b/"),
        ("http://a.com/b/", "é", "http://a.com/b/%C3%A9"),
        ("http://a.com/b/", "a😀b", "http://a.com/b/a%F0%9F%98%80b"),
        ("http://a.com/b/", "a b.json", "http://a.com/b/a%20b.json"),
        ("http://a.com/b/", "a%20b", "http://a.com/b/a%20b"),
        ("http://a.com/b/", "%zz", "http://a.com/b/%25zz"),
        ("http://a.com/b/", "x%2Fy", "http://a.com/b/x%2Fy"),
        ("http://a.com/b/", "%2e%2E/c", "http://a.com/c"),
        ("http://a.com/b/", "a\\c", "http://a.com/b/a/c"),
        ("http://a.com/b/", "x+y", "http://a.com/b/x+y"),
        ("http://a.com/b/", "[x]", "http://a.com/b/[x]"),
        ("https://h.example/%7Ea/", "./same.json", "https://h.example/~a/same.json"),
        ("https://a.com/b/", "./c/../d", "https://a.com/b/d"),
        ("https://a.com/b/", "../../too/far", "https://a.com/too/far"),
        ("https://a.com/b/c", "..", "https://a.com/"),
        ("https://a.com/b/c/", ".", "https://a.com/b/c/"),
        ("https://a.com/b?x=1#f", "?q=1", "https://a.com/b?q=1"),
        ("https://a.com/b?x=1#f", "#g", "https://a.com/b?x=1#g"),
        ("https://a.com/b/", "n/a.json?sv=1&sig=%2B", "https://a.com/b/n/a.json?sv=1&sig=%2B"),
        ("ftp://f.example/d/", "?q=1", "ftp://f.example/d/%3Fq=1"),
        ("https://user:pw@h.example/x", "A/B", "https://user:pw@h.example/A/B"),
        ("https://münchen.example/ü/", "8", "https://münchen.example/%C3%BC/8"),
        ("https://h.example:443/a/", "b", "https://h.example/a/b"),
        ("https://h.example:8443/p/q#frag", "b", "https://h.example:8443/p/b"),
        ("https://[::0:1]/a/", "/b", "https://[::1]/b"),
        ("http://10.4/x/", "b", "http://10.0.0.4/x/b"),
        ("urn:x:y", "z", "urn:z"),
        ("http://a.com/b/", "urn:x:y", "urn:x:y"),
        ("http://a.com/b/", "http:c", "http://a.com/b/c"),
        ("http://a.com/b/", "10:20", "http://a.com/b/10:20"),
    ],
)
def test_uri(base: str, reference: str, expected: str) -> None:
    assert uri(base, reference) == expected


@pytest.mark.parametrize(
    "base",
    [
        "",
        "x",
        "/relative/",
        "not-a-url",
        "a:b",
        "http:/a.com",
        "http:\\\\a.com\\b",
        "https://h.example/a b/",
        "https://h.example/a%zz/",
        "https://h.example/{a}/",
        "https://h.example/%7Ea%20b/",
        "https://a_b c/",
    ],
)
def test_uri_wants_a_well_formed_base(base: str) -> None:
    with pytest.raises(EvaluationError, match=r"the first argument of uri\(\) must be"):
        uri(base, "x")


@pytest.mark.parametrize("reference", ["a:b", "http://", "https:x", "http://h:99999/"])
def test_uri_refuses_the_reference(reference: str) -> None:
    with pytest.raises(EvaluationError):
        uri("http://a.com/b/", reference)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("http://h", ["http", "h", None]),
        ("https://h.example?q", ["https", "h.example", None, None, "?q"]),
        ("HTTPS://Contoso.ORG/A/", ["https", "contoso.org", None, "/A/"]),
        ("https://user@h:8443/a/b?x=1#f", ["https", "h", 8443, "/a/b", "?x=1"]),
        ("https://[::1]:80/p", ["https", "[::1]", 80, "/p"]),
        ("https://h:443/p", ["https", "h", None, "/p"]),
        ("https://münchen.example/ü/", ["https", "münchen.example", None, "/%C3%BC/"]),
        ("https://h/a b?c d", ["https", "h", None, "/a%20b", "?c%20d"]),
        ("https://h/%7Ea/%2f", ["https", "h", None, "/~a/%2f"]),
        ("https://_h/x", ["https", "_h", None, "/x"]),
        ("file:///c/d", ["file", "", None, "/c/d"]),
        ("/relative/", ["file", "", None, "/relative/"]),
        ("/a b?c", ["file", "", None, "/a%20b%3Fc"]),
        ("urn:x:y", ["urn", "", None, "x:y"]),
    ],
)
def test_parse_uri(text: str, expected: list[Any]) -> None:
    names = ("scheme", "host", "port", "path", "query")
    parts = dict(zip(names, expected, strict=False))
    assert parse_uri(text) == {k: v for k, v in parts.items() if v is not None or k == "port"}


@pytest.mark.parametrize(
    "text",
    [
        "",
        "not-a-url",
        "http://",
        "http:///x",
        "https://h.example:99999/",
        "https://h:8x/",
        "https://a b/",
        "https://a..b/",
        "https://[::1/",
        "https://[1.2.3.4]/",
        "c:x",
        "c:",
        "https://a.-b/",
        "https://h/" + "x" * 70_000,
    ],
)
def test_parse_uri_refuses(text: str) -> None:
    with pytest.raises(InvalidUriError):
        parse_uri(text)


@pytest.mark.parametrize(
    ("parts", "expected"),
    [
        ({"scheme": "https", "host": "h"}, "https://h/"),
        ({"scheme": "HTTPS", "host": "H", "query": "x=1"}, "https://h/?x=1"),
        ({"scheme": "ftp", "host": "10.0.0.4"}, "ftp://10.0.0.4/"),
        ({"scheme": "http", "host": "h", "port": 8443, "path": "/a b"}, "http://h:8443/a b"),
        ({"scheme": "http", "host": "h", "port": 80, "path": "a%20b"}, "http://h/a b"),
        ({"scheme": "http", "host": "h", "port": None, "path": ""}, "http://h/"),
        ({"scheme": "http", "host": "h", "port": -1}, "http://h/"),
        ({"scheme": "http", "host": "::1", "path": "a"}, "http://[::1]/a"),
        ({"scheme": "http", "host": "ü.example", "path": "ü"}, "http://ü.example/ü"),
        ({"scheme": "http", "host": "h", "path": "a%2Fb%25"}, "http://h/a%2Fb%25"),
        ({"scheme": "http", "host": "h", "path": "a?b#c"}, "http://h/a%3Fb%23c"),
        ({"scheme": "http", "host": "h", "query": "?x=a%20b%2B"}, "http://h/?x=a b%2B"),
        ({"scheme": "http", "host": "h", "path": "../x", "fragment": "f"}, "http://h/x"),
    ],
)
def test_build_uri(parts: dict[str, Any], expected: str) -> None:
    assert build_uri(parts) == expected


@pytest.mark.parametrize(
    ("parts", "message"),
    [
        ({"scheme": "", "host": "h"}, "needs an object with a 'scheme'"),
        ({"scheme": "https"}, "needs an object with a 'host'"),
        ({"scheme": 5, "host": "h"}, "'scheme' of buildUri.. must be String, but is Integer"),
        ({"scheme": "https", "host": "h", "port": "80"}, "must be Integer, but is String"),
        ({"scheme": "https", "host": "h", "port": 70000}, "from -1 to 65535, but is 70000"),
        ({"scheme": "https", "host": "a b"}, "'a b' in .* is no name of a host"),
    ],
)
def test_build_uri_refuses(parts: dict[str, Any], message: str) -> None:
    with pytest.raises(EvaluationError, match=message):
        build_uri(parts)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a b&c=d/é", "a%20b%26c%3Dd%2F%C3%A9"),
        ("-_.~", "-_.~"),
        ("!*'()", "%21%2A%27%28%29"),
        ("a\nb", "a%0Ab"),
        ("\ud83d", "%EF%BF%BD"),
    ],
)
def test_uri_component(text: str, expected: str) -> None:
    assert uri_component(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a+b", "a b"),
        ("a%2Bb", "a+b"),
        ("%zz%", "%zz%"),
        ("%u00e9%u", "é%u"),
        ("%uD83D%uDE00", "😀"),
        ("%ud83d!", "\ufffd!"),
        ("%F0%9F%98%80%C3", "😀\ufffd"),
    ],
)
def test_uri_component_to_string(text: str, expected: str) -> None:
    assert uri_component_to_string(text) == expected


def test_what_is_too_long_is_refused() -> None:
    with pytest.raises(BudgetSpentError):
        uri_component(" " * 1_500_000)


@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_uri_component_reads_back(text: str) -> None:
    assert uri_component_to_string(uri_component(text)) == text


REFERENCES = st.text("ab./?#:%7EeFé @\\[]😀~", max_size=16)


@given(st.sampled_from(["http", "https", "ftp", "foo"]), REFERENCES)
def test_absolute_text_is_read_as_the_same_uri(scheme: str, tail: str) -> None:
    written = read_uri(f"{scheme}://h.example/{tail}").absolute()
    assert read_uri(written).absolute() == written
    assert written.isascii()


@given(REFERENCES, REFERENCES)
def test_any_text_is_read_or_refused(base: str, reference: str) -> None:
    for call in (lambda: parse_uri(base), lambda: uri(f"http://{base}", reference)):
        with suppress(EvaluationError):
            assert call()
