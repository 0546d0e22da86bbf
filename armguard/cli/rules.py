"""`armguard rules`: lists the rules, or prints the page of one.

Severities shown here are defaults; a finding that is only possible is reported one step lower.
"""

from __future__ import annotations

import click

from armguard.cli import options
from armguard.cli.exit_code import ExitCode
from armguard.cli.streams import print_document, print_text
from armguard.errors import UsageError, did_you_mean
from armguard.finding import RulePage
from armguard.reporters.json import TOOL
from armguard.safe_text import document_text
from armguard.source.shipped import shipped

_WIDTH = 80
_GUIDE = "remedies"
_HEAD = {"version": 1, "tool": TOOL}


@click.command("rules", cls=options.GroupedCommand)
@click.argument("rule", required=False)
@options.text_or_json
def command(rule: str | None, format_name: str) -> ExitCode:
    """List the rules, or explain one.

    With the id of a RULE: what it finds, why it matters and how to fix it.
    The ways out, and what to do after a wipe: 'armguard rules remedies'.
    """
    if rule == _GUIDE:
        guide = shipped("docs", f"{_GUIDE}.md")
        if guide is None:
            raise UsageError("this installation of armguard lacks docs/remedies.md")
        text = guide.read_text("utf-8")
        print_text(text if format_name == "text" else document_text({**_HEAD, _GUIDE: text}))
        return ExitCode.CLEAN
    pages = _all_pages()
    if rule is not None:
        pages = _only(pages, rule)
    if format_name == "json":
        rules = [_as_json(page, pack) for pack, group in pages.items() for page in group]
        print_document(document_text({**_HEAD, "rules": rules}))
    elif rule is not None:
        print_text("".join(page_text(page) for group in pages.values() for page in group))
    else:
        print_text(
            "\n".join(_heading(pack) + table(group) for pack, group in pages.items() if group)
        )
    return ExitCode.CLEAN


Pages = dict[str | None, tuple[RulePage, ...]]
"""Pack -> the pages of its policies; None -> those of the rules."""


def _all_pages() -> Pages:
    from armguard.policy import load, policy_pages, shipped_packs
    from armguard.rules import rule_pages

    return {
        None: rule_pages(),
        **{pack: policy_pages(load((pack,))) for pack in shipped_packs()},
    }


def _heading(pack: str | None) -> str:
    return "" if pack is None else f"with --pack {pack}:\n"


def _only(pages: Pages, rule: str) -> Pages:
    by_id = {page.id: (pack, page) for pack, group in pages.items() for page in group}
    if rule in by_id:
        pack, page = by_id[rule]
        return {pack: (page,)}
    advice = did_you_mean(rule.lower(), by_id, "'armguard rules' lists them")
    raise UsageError(f"unknown rule '{rule}'; {advice}")


def table(pages: tuple[RulePage, ...]) -> str:
    """One rule per entry: id, default severity, summary wrapped in a column of its own."""
    from textwrap import wrap

    longest = max((len(page.id) for page in pages), default=0)
    indent = " " * (longest + len("  warning  "))
    lines: list[str] = []
    for page in pages:
        head = f"{page.id:<{longest}}  {page.severity.value:<7}  "
        summary = wrap(page.summary, _WIDTH - len(indent), break_long_words=False) or [""]
        lines.append((head + summary[0]).rstrip())
        lines.extend(indent + rest for rest in summary[1:])
    return "".join(f"{line}\n" for line in lines)


def page_text(page: RulePage) -> str:
    """The page as it stands in docs/rules."""
    return f"{page.page.strip()}\n"


def _as_json(page: RulePage, pack: str | None) -> dict[str, str | None]:
    return {
        "id": page.id,
        "pack": pack,
        "severity": page.severity.value,
        "summary": page.summary,
        "page": page.page,
    }
