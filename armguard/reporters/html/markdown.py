"""Pages in Markdown as HTML: the pages of the rules, and the guide to the ways out.

Policies have pages too, which anybody may have written: no tag, image or script of a page gets
through, and a link leads into the report or to an address of the web that starts with https.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, MutableMapping, Sequence
from html import escape
from typing import Any

from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.token import Token
from markdown_it.utils import OptionsDict

from armguard.safe_text import LOGGING_COMMAND, visible

_ADDRESS = re.compile(r"https://[\w./?#=&%~+-]*[\w/#=]")
_COLON = re.compile(r"(?m)^(\s*):")
_LOGGING = re.compile(LOGGING_COMMAND, re.IGNORECASE)
_COMMENT = re.compile(r"\s*<!--.*?-->\s*", re.DOTALL)


def as_html(page: str, level: int, targets: Mapping[str, str]) -> str:
    """The page with its headings one below the other from `level` on. `targets`: name of a rule or
    a section -> its id in the report, which links of the page lead to."""
    parser = MarkdownIt("commonmark", renderer_cls=_Renderer).enable("table").disable("image")
    text = "\n".join(map(visible, page.split("\n")))
    tokens = parser.parse(text)
    deepest = min((int(each.tag[1:]) for each in tokens if each.type == "heading_open"), default=1)
    for each in tokens:
        each.attrs = {}  # such as a style, which the policy of the report forbids
        if each.type in ("heading_open", "heading_close"):
            each.tag = f"h{min(int(each.tag[1:]) - deepest + level, 6)}"
    written: str = parser.renderer.render(tokens, parser.options, {"targets": targets})
    # what comes about by escapes of Markdown too must be no command where the report is printed
    return _COLON.sub(r"\1&#58;", _LOGGING.sub("&#35;", written))


class _Renderer(RendererHTML):
    """Writes nothing that is markup in the page, and no attribute but its own."""

    def text(self, tokens: Sequence[Token], idx: int, *_: Any) -> str:
        content = visible(tokens[idx].content)
        if idx and tokens[idx - 1].type == "link_open":
            return escape(content)
        parts = []
        end = 0
        for found in _ADDRESS.finditer(content):
            address = escape(found[0])
            parts += [escape(content[end : found.start()]), _link(address), address, "</a>"]
            end = found.end()
        return "".join((*parts, escape(content[end:])))

    def link_open(
        self,
        tokens: Sequence[Token],
        idx: int,
        _options: OptionsDict,
        env: MutableMapping[str, Any],
    ) -> str:
        href = _target(str(tokens[idx].attrGet("href")), env["targets"])
        env["element"] = "span" if href is None else "a"
        return "<span>" if href is None else _link(escape(href))

    def link_close(
        self,
        _tokens: Sequence[Token],
        _idx: int,
        _options: OptionsDict,
        env: MutableMapping[str, Any],
    ) -> str:
        return f"</{env['element']}>"

    def fence(self, tokens: Sequence[Token], idx: int, *_: Any) -> str:
        return f"<pre><code>{_lines(tokens[idx].content)}</code></pre>\n"

    def code_block(self, tokens: Sequence[Token], idx: int, *_: Any) -> str:
        return self.fence(tokens, idx)

    def code_inline(self, tokens: Sequence[Token], idx: int, *_: Any) -> str:
        return f"<code>{escape(visible(tokens[idx].content))}</code>"

    def html_block(self, tokens: Sequence[Token], idx: int, *_: Any) -> str:
        """A comment is for programs that read the page; all else is shown as it is written."""
        shown = _COMMENT.sub("", tokens[idx].content)
        return f"<p>{_lines(shown)}</p>\n" if shown.strip() else ""

    def html_inline(self, tokens: Sequence[Token], idx: int, *_: Any) -> str:
        return _lines(tokens[idx].content)

    def table_open(self, *_: Any) -> str:
        # wider than a narrow window: it scrolls, and the keyboard must reach it for that
        return '<div class="wide" tabindex="0" role="group" aria-label="Table"><table>\n'

    def table_close(self, *_: Any) -> str:
        return "</table></div>\n"


def _lines(content: str) -> str:
    return "\n".join(escape(visible(each)) for each in content.split("\n"))


def _link(address: str) -> str:
    leave = "" if address.startswith("#") else ' rel="noreferrer"'
    return f'<a href="{address}"{leave}>'


def _target(href: str, targets: Mapping[str, str]) -> str | None:
    """Where a link of a page leads in the report: `rule.md`, `../remedies.md#create-once`; None:
    it is not there."""
    if _ADDRESS.fullmatch(href):
        return href
    path, _, section = href.partition("#")
    name = section or path.rpartition("/")[2].removesuffix(".md")
    return f"#{targets[name]}" if name in targets else None
