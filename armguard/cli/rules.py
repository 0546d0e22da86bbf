"""`armguard rules`: lists the rules, or prints the page of one.

Severities shown here are defaults; a finding that is only possible is reported one step lower.
"""

from __future__ import annotations

import click

from armguard.cli import options
from armguard.cli.exit_code import ExitCode
from armguard.cli.streams import print_document, print_text
from armguard.errors import UsageError
from armguard.finding import RulePage

_WIDTH = 80


@click.command("rules", cls=options.GroupedCommand)
@click.argument("rule", required=False)
@options.option(
    "--format",
    "format_name",
    group="Output",
    type=click.Choice(["text", "json"]),
    default="text",
    show_default=True,
    help="Format of what is printed.",
)
def command(rule: str | None, format_name: str) -> ExitCode:
    """List the rules, or explain one.

    With the id of a RULE: what it finds, why it matters and how to fix it.
    """
    from armguard.rules import rule_pages

    pages = rule_pages()
    if rule is not None:
        pages = (_find(pages, rule),)
    if format_name == "json":
        from armguard.reporters.json import TOOL, document_text

        rules = [_as_json(page) for page in pages]
        print_document(document_text({"version": 1, "tool": TOOL, "rules": rules}))
    elif rule is not None:
        print_text(page_text(pages[0]))
    else:
        print_text(table(pages))
    return ExitCode.CLEAN


def _find(pages: tuple[RulePage, ...], rule: str) -> RulePage:
    by_id = {page.id: page for page in pages}
    if rule in by_id:
        return by_id[rule]
    from difflib import get_close_matches

    close = get_close_matches(rule.lower(), by_id, n=1)
    advice = f"did you mean '{close[0]}'?" if close else "'armguard rules' lists them"
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
    """Id and default severity, then the page; the summary too unless the page already says it."""
    head = f"{page.id} ({page.severity.value})"
    if page.summary not in page.page:
        head += f": {page.summary}"
    return f"{head}\n\n{page.page.strip()}\n"


def _as_json(page: RulePage) -> dict[str, str]:
    return {
        "id": page.id,
        "severity": page.severity.value,
        "summary": page.summary,
        "page": page.page,
    }
