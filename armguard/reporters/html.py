"""The report as one HTML file for a browser, a printer or an archive.

It loads nothing and runs only the one script it contains: its content security policy names the
hashes of that script and of the styles, and forbids everything else. Without the script the report
is complete, but can't be filtered.
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterator, Mapping
from hashlib import sha256
from pkgutil import get_data

from armguard import __version__
from armguard.finding import Report, Severity
from armguard.reporters._html_findings import accepted, findings
from armguard.reporters._html_text import badge, shown
from armguard.reporters._html_vaults import vaults, verdicts
from armguard.reporters.text import summary_line

_LONG = 20
"""A list of files that is longer is folded."""


def render(report: Report) -> str:
    """The whole page; equal reports give equal bytes."""
    return "".join(_page(report))


def _page(report: Report) -> Iterator[str]:
    style, script = _part("html.css"), _part("html.js")
    policy = (
        f"default-src 'none'; style-src '{_hash(style)}'; script-src '{_hash(script)}';"
        " base-uri 'none'; form-action 'none'"
    )
    found_by = {finding.rule for finding in report.findings}
    pages = [rule for rule in report.rules if rule.id in found_by]
    anchors = {rule.id: f"rule-{number}" for number, rule in enumerate(pages, 1)}
    yield (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        '<meta name="referrer" content="no-referrer">\n'
        f"<title>armguard report</title>\n<style>{style}</style>\n</head>\n<body>\n"
        '<a class="skip" href="#findings">Skip to the findings</a>\n'
        '<header><h1>armguard report</h1><nav aria-label="Sections"><a href="#vaults">Vaults</a>'
        '<a href="#findings">Findings</a><a href="#left-out">Not analysed</a></nav>'
        '<button type="button" id="theme" hidden>Light or dark</button></header>\n<main>\n'
    )
    yield from _summary(report)
    yield from _section("vaults", "Vaults", vaults(report))
    yield '<section id="findings" aria-labelledby="findings-title"><h2 id="findings-title">Findings</h2>\n'
    yield _filter(report)
    yield from findings(report, anchors)
    yield accepted(report)
    yield "</section>\n"
    yield from _section("left-out", "What was not analysed, and why", _left_out(report))
