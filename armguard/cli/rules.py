"""`armguard rules`: lists the rules, or prints the page of one.

Severities shown here are defaults; a finding that is only possible is reported one step lower.
"""

from __future__ import annotations

import click

from armguard.cli import completing, options
from armguard.cli.exit_code import ExitCode
from armguard.cli.pages import print_page
from armguard.cli.streams import print_document, print_text
from armguard.errors import UsageError, did_you_mean
from armguard.finding.report import RulePage
from armguard.record import record, replace
from armguard.reporters.json import TOOL
from armguard.safe_text import document_text, line
from armguard.source.shipped import shipped

_WIDTH = 80
_GUIDE = "remedies"
_HEAD = {"version": 1, "tool": TOOL}


_EPILOG = """
\b
Examples:
  armguard rules
      every rule, and the policies of each pack
  armguard rules access-policies-emptied
      what a finding of this rule is about
  armguard rules remedies
      the ways out, compared

\b
Exit codes:
  0  the list or the page is printed
  2  wrong usage, or there is no such rule

'armguard explain' does the same.
"""
_where = options.in_group("Policies of your own")


@click.command("rules", cls=options.GroupedCommand, epilog=_EPILOG)
@click.argument("rule", required=False, shell_complete=completing.one_of(completing.pages))
@_where(
    "--policies",
    metavar="DIR",
    type=options.FILE_NAME,
    multiple=True,
    help="Also the policies in this folder of yours; can be repeated.",
)
@_where(
    "--config",
    "config_file",
    metavar="FILE",
    type=options.FILE_NAME,
    help="Configuration file that names folders of policies, as for check.",
)
@_where("--isolated", is_flag=True, help="Read no configuration file.")
@options.text_or_json
def command(
    rule: str | None,
    policies: tuple[str, ...],
    config_file: str | None,
    isolated: bool,
    format_name: str,
) -> ExitCode:
    """List the rules, or explain one.

    With the id of a RULE or a policy: what it finds, why it matters and how to fix it. With
    remedies: the guide to the ways out, and to what helps after a wipe.
    """
    if rule == _GUIDE:
        guide = shipped("docs", f"{_GUIDE}.md")
        if guide is None:
            raise UsageError("this installation of armguard lacks docs/remedies.md")
        text = guide.read_text("utf-8")
        if format_name == "text":
            print_page(text)
        else:
            print_document(document_text({**_HEAD, _GUIDE: text}))
        return ExitCode.CLEAN
    groups = _shipped_groups()
    if rule is None or policies or not _with_id(groups, rule):
        groups += _own_groups(policies, config_file, isolated)
    if rule is not None:
        groups = _only(groups, rule)
    if format_name == "json":
        rules = [_as_json(page, group.pack) for group in groups for page in group.pages]
        print_document(document_text({**_HEAD, "rules": rules}))
    elif rule is not None:
        print_page("".join(page_text(page) for group in groups for page in group.pages))
    else:
        print_text("\n".join(group.heading + table(group.pages) for group in groups))
    return ExitCode.CLEAN


@record
class _Group:
    """The pages of the rules, of a pack, or of a folder of policies."""

    heading: str
    pages: tuple[RulePage, ...]
    pack: str | None = None


def _shipped_groups() -> list[_Group]:
    from armguard.checking.pages import pages_with_remedies
    from armguard.policy import load, policy_pages, shipped_packs

    packs = [
        _Group(f"with --pack {pack}:\n", policy_pages(load((pack,))), pack)
        for pack in shipped_packs()
    ]
    return [_Group("", pages_with_remedies()), *packs]


def _own_groups(folders: tuple[str, ...], file: str | None, isolated: bool) -> list[_Group]:
    """The policies of the folders that are named here, and in the configuration."""
    from armguard.configuration.file import load_configuration
    from armguard.policy import load, policy_pages

    configured = load_configuration(file, isolated=isolated)
    every = {folder: f"with --policies {folder}:" for folder in folders}
    every.update((folder, f"of {configured.file}:") for folder in configured.policies)
    return [
        _Group(f"{line(heading)}\n", policy_pages(load((), (folder,), tested=True)))
        for folder, heading in every.items()
    ]


def _with_id(groups: list[_Group], rule: str) -> list[_Group]:
    found = [replace(g, pages=tuple(p for p in g.pages if p.id == rule)) for g in groups]
    return [group for group in found if group.pages]


def _only(groups: list[_Group], rule: str) -> list[_Group]:
    """The page with this id; one of your own comes before one of a pack."""
    found = _with_id(groups, rule)
    if found:
        return found[-1:]
    ids = [page.id for group in groups for page in group.pages]
    advice = did_you_mean(rule.lower(), ids, "'armguard rules' lists them")
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
