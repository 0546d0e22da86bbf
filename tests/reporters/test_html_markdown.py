"""Markdown of pages in the HTML report: what it may become, and what it may not."""

from __future__ import annotations

import re
from html import unescape
from html.parser import HTMLParser
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support import PROJECT

from armguard.reporters.html.markdown import as_html

PAGES = [PROJECT / "docs" / "remedies.md", *sorted((PROJECT / "docs" / "rules").glob("*.md"))]
TARGETS = {"create-once": "way-2", "recover-mode": "rule-1"}


@pytest.mark.parametrize(
    ("page", "expected"),
    [
        ("## Why\n\n### More", "<h4>Why</h4>\n<h5>More</h5>\n"),
        ("# A\n## B\n### C\n#### D", "<h4>A</h4>\n<h5>B</h5>\n<h6>C</h6>\n<h6>D</h6>\n"),
        ("`a<b>` and **c**", "<p><code>a&lt;b&gt;</code> and <strong>c</strong></p>\n"),
        ("```json\n{<}\n```", "<pre><code>{&lt;}\n</code></pre>\n"),
        ("- a\n- b", "<ul>\n<li>a</li>\n<li>b</li>\n</ul>\n"),
        ("1. a", "<ol>\n<li>a</li>\n</ol>\n"),
        ("[x](../remedies.md#create-once)", '<p><a href="#way-2">x</a></p>\n'),
        ("[x](recover-mode.md)", '<p><a href="#rule-1">x</a></p>\n'),
        ("[x](#create-once)", '<p><a href="#way-2">x</a></p>\n'),
        ("[x](../configuration.md)", "<p><span>x</span></p>\n"),
        ("[x](http://a.example)", "<p><span>x</span></p>\n"),
        ("[x](https://a.b)", '<p><a href="https://a.b" rel="noreferrer">x</a></p>\n'),
        (
            "See https://a.b, then",
            '<p>See <a href="https://a.b" rel="noreferrer">https://a.b</a>, then</p>\n',
        ),
        ("<!-- armguard: kept -->\ntext", "<p>text</p>\n"),
        ("<script>x</script>", "<p>&lt;script&gt;x&lt;/script&gt;</p>\n"),
        ("a <b onclick=x>b</b>", "<p>a &lt;b onclick=x&gt;b&lt;/b&gt;</p>\n"),
        ("a\n::error::x", "<p>a\n&#58;:error::x</p>\n"),
        ("```\na\n  ::b\n```", "<pre><code>a\n  &#58;:b\n</code></pre>\n"),
        ("#\\#[error]x &#35;&#35;vso[x]", "<p>\\u0023#[error]x \\u0023#vso[x]</p>\n"),
        ("a&#x202e;b", "<p>a\\u202eb</p>\n"),
        ("![x](https://a.example/b)", None),
        ("[x](javascript:alert)", None),
    ],
)
def test_what_a_page_becomes(page: str, expected: str | None) -> None:
    written = as_html(page, 4, TARGETS)
    if expected is None:
        assert "<img" not in written
        assert "javascript:" not in re.sub(">[^<]*<", "", written)
    else:
        assert written == expected


def test_a_table() -> None:
    written = as_html("| a | b |\n|:-:|---|\n| 1 | `2` |", 4, {})
    assert written.startswith('<div class="wide" tabindex="0" role="group" aria-label="Table">')
    assert "<th>a</th>" in written
    assert "<td><code>2</code></td>" in written
    assert "style" not in written, "the policy of the page forbids it"


class Words(HTMLParser):
    """The texts, and which tags and attributes there are."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.texts: list[str] = []
        self.tags: set[str] = set()
        self.attributes: set[str] = set()
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes.update(name for name, _ in attrs)
        links = [value or "" for name, value in attrs if name == "href"]
        assert all(each.startswith(("#", "https://")) for each in links)

    def handle_data(self, data: str) -> None:
        self.texts.append(data)


INLINE = {"a", "br", "code", "em", "span", "strong"}
BLOCKS = {"blockquote", "div", "h4", "h5", "h6", "hr", "li", "ol", "p", "pre", "ul"}
TAGS = INLINE | BLOCKS | {"table", "thead", "tbody", "tr", "th", "td"}
ATTRIBUTES = {"href", "rel", "class", "tabindex", "role", "aria-label"}


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.stem)
def test_no_word_of_a_page_is_lost(path: Path) -> None:
    page = path.read_text("utf-8")
    words = Words(as_html(page, 4, TARGETS))
    assert words.tags <= TAGS
    assert words.attributes <= ATTRIBUTES
    marks = r"<!--.*?-->|```\w*|\]\([^)]*\)|^\|[-|:]+\|$|^\d+\. "
    page = re.sub(marks, " ", page, flags=re.DOTALL | re.MULTILINE)
    wanted = re.findall(r"[A-Za-z0-9]+", unescape(page))
    assert re.findall(r"[A-Za-z0-9]+", " ".join(words.texts)) == wanted


@given(st.text(st.one_of(st.sampled_from("<>&\"'`*_[]()!#|-:/\n a=\x1b\u202e"), st.characters())))
def test_no_page_becomes_more_than_text(page: str) -> None:
    written = as_html(page, 4, TARGETS)
    assert not re.search(r"(?m)^\s*::|##(vso)?\[", written)
    assert not set("\x1b\u202e") & set(written)
    words = Words(written)
    assert words.tags <= TAGS
    assert words.attributes <= ATTRIBUTES
