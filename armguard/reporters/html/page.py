"""The report as one HTML file for a browser, a printer or an archive.

It loads nothing and runs only the one script it contains: its content security policy names the
hashes of that script and of the styles, and forbids everything else. Without the script the report
is complete, but can't be filtered.
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterator, Sequence
from hashlib import sha256
from pkgutil import get_data

from armguard.finding import Severity
from armguard.finding.report import Report
from armguard.reporters._details import plural
from armguard.reporters.html import contents
from armguard.reporters.html.effects import by_vault, effects_of
from armguard.reporters.html.evidence import evidence
from armguard.reporters.html.findings import accepted, counted, findings, not_counted
from armguard.reporters.html.headline import headline
from armguard.reporters.html.rule_pages import guide, rule_pages, rules_of, ways_of
from armguard.reporters.html.summary import summary
from armguard.reporters.html.text import section, shown
from armguard.reporters.html.vaults import vaults
from armguard.version import __version__

_FEW = 20
"""A list that is longer is folded."""


def render(report: Report) -> str:
    """The whole page; equal reports give equal bytes."""
    return "".join(_page(report))


def _page(report: Report) -> Iterator[str]:
    found, known = counted(report), not_counted(report)
    effects = effects_of(report, (*found, *known))
    about = by_vault(effects)
    rules, titles = rules_of(report), ways_of(report)
    ways = {title: anchor for anchor, title in titles.items()}
    anchors = {**ways, **{rule.id: anchor for anchor, rule in rules.items()}}
    parts = [
        contents.of_vaults(effects),
        contents.of_findings(found),
        *([contents.Part("accepted", "Accepted findings", len(known))] if known else ()),
        contents.Part("left-out", "Not analysed"),
        contents.Part("evidence", "Evidence"),
    ]
    if titles:
        parts.append(contents.of_pages("ways", "Ways out", titles))
    if rules:
        ids = {anchor: rule.id for anchor, rule in rules.items()}
        parts.append(contents.of_pages("rules", "What the rules say", ids))
    said = headline(report, effects)
    yield from _head(said)
    yield from section("summary", "In short", summary(report, effects, found, ways))
    yield contents.contents(parts)
    yield from section("vaults", "Vaults", vaults(effects))
    yield from section("findings", "Findings", (_FILTER, *findings(report, found, about, anchors)))
    if known:
        yield from section("accepted", "Accepted findings", (accepted(known, about),))
    yield from section("left-out", "What was not analysed, and why", _left_out(report))
    yield from section("evidence", "Evidence", (*evidence(report), *_notices(report)))
    if titles:
        yield from section("ways", "Ways out", guide(report, anchors))
    if rules:
        yield from section("rules", "What the rules say", rule_pages(rules, anchors))
    yield f"</main>\n<footer>armguard {__version__}</footer>\n</body>\n</html>\n"


def _head(said: str) -> Iterator[str]:
    style, script = _part("page.css"), _part("page.js")
    policy = (
        f"default-src 'none'; style-src '{_hash(style)}'; script-src '{_hash(script)}';"
        " base-uri 'none'; form-action 'none'"
    )
    yield (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>armguard: {shown(said)}</title>\n<style>{style}</style>\n"
        # a module waits for the page, and a script with a hash can't say `defer`
        f'<script type="module">{script}</script>\n</head>\n<body>\n'
        '<a class="skip" href="#findings">Skip to the findings</a>\n'
        '<header><p>armguard report</p> <button type="button" id="theme" hidden>Light or dark'
        f"</button><h1>{shown(said)}</h1></header>\n<main>\n"
    )


def _part(name: str) -> str:
    """A file of this package; line ends as a browser sees them, because it hashes what it sees."""
    data = get_data(__package__, name)
    assert data is not None
    return data.decode().replace("\r\n", "\n")


def _hash(text: str) -> str:
    return f"sha256-{b64encode(sha256(text.encode()).digest()).decode()}"


_FILTER = (
    '<form id="filter" role="search" hidden><fieldset><legend>Show</legend>'
    + "".join(
        f'<label><input type="checkbox" name="severity" value="{each.value}" checked> {each.value}s'
        "</label> "
        for each in Severity
    )
    + '</fieldset><label>Text <input type="search" id="search" autocomplete="off"'
    ' placeholder="press / to search"></label>'
    ' <output id="shown" aria-live="polite"></output></form>\n'
)


def _notices(report: Report) -> Iterator[str]:
    if report.notices:
        yield from _folded(plural(len(report.notices), "remark"), report.notices)


def _left_out(report: Report) -> Iterator[str]:
    reasons: dict[str, list[str]] = {}
    for crash in report.crashes:
        reason = f"a bug in armguard, please report it: {crash.error}"
        reasons.setdefault(reason, []).append(crash.path)
    for finding in report.findings:
        if finding.leaves_open in ("file", "root"):
            reasons.setdefault(finding.message, []).append(str(finding.location))
    for skipped in report.skipped:
        reasons.setdefault(skipped.reason, []).append(skipped.path)
    if not reasons and not report.summary.closed:
        yield "<p>Every file was analysed.</p>\n"
    for reason, paths in reasons.items():
        yield from _folded(f"{plural(len(paths), 'file')}: {shown(reason)}", paths)
    if report.summary.closed:
        number = plural(report.summary.closed, "template")
        yield f"<p>{number} that others deploy could not be looked into.</p>\n"
    if report.summary.undecided:
        number = plural(report.summary.undecided, "vault")
        yield f'<p>{number} could not be decided; see <a href="#vaults">Vaults</a>.</p>\n'


def _folded(title: str, texts: Sequence[str]) -> Iterator[str]:
    """A list below its title, open where it is short; the title is HTML already."""
    yield f"<details{' open' if len(texts) <= _FEW else ''}><summary>{title}</summary>\n<ul>"
    yield from (f"<li>{shown(text)}</li>\n" for text in texts)
    yield "</ul></details>\n"
