"""The report as one HTML file for a browser, a printer or an archive.

It loads nothing and runs only the one script it contains: its content security policy names the
hashes of that script and of the styles, and forbids everything else. Without the script the report
is complete, but can't be filtered.
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterable, Iterator, Mapping, Sequence
from hashlib import sha256
from pkgutil import get_data

from armguard.finding import Report, RulePage, Severity
from armguard.reporters._details import plural
from armguard.reporters.html.findings import accepted, findings
from armguard.reporters.html.text import badge, shown
from armguard.reporters.html.vaults import vaults, verdicts
from armguard.reporters.text import summary_line
from armguard.version import __version__

_FEW = 20
"""A list that is longer is folded."""


def render(report: Report) -> str:
    """The whole page; equal reports give equal bytes."""
    return "".join(_page(report))


def _page(report: Report) -> Iterator[str]:
    rules = _rules_of(report)
    anchors = {rule.id: f"rule-{number}" for number, rule in enumerate(rules, 1)}
    yield from _head()
    yield from _section("summary", "Summary", _summary(report))
    yield from _section("vaults", "Vaults", vaults(report))
    yield from _section("findings", "Findings", (_FILTER, *findings(report, anchors)))
    known = accepted(report)
    if known:
        yield from _section("accepted", "Accepted findings", (known,))
    yield from _section("left-out", "What was not analysed, and why", _left_out(report))
    if report.notices:
        notices = _folded(plural(len(report.notices), "remark"), report.notices)
        yield from _section("run", "About this run", notices)
    if rules:
        pages = (_rule(rule, anchors[rule.id]) for rule in rules)
        yield from _section("rules", "What the rules say", pages)
    yield f"</main>\n<footer>armguard {__version__}</footer>\n</body>\n</html>\n"


def _head() -> Iterator[str]:
    style, script = _part("page.css"), _part("page.js")
    policy = (
        f"default-src 'none'; style-src '{_hash(style)}'; script-src '{_hash(script)}';"
        " base-uri 'none'; form-action 'none'"
    )
    yield (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>armguard report</title>\n<style>{style}</style>\n"
        # a module waits for the page, and a script with a hash can't say `defer`
        f'<script type="module">{script}</script>\n</head>\n<body>\n'
        '<a class="skip" href="#findings">Skip to the findings</a>\n'
        '<header><h1>armguard report</h1><nav aria-label="Sections"><a href="#vaults">Vaults</a>'
        ' <a href="#findings">Findings</a> <a href="#left-out">Not analysed</a></nav>'
        ' <button type="button" id="theme" hidden>Light or dark</button></header>\n<main>\n'
    )


def _part(name: str) -> str:
    """A file of this package; line ends as a browser sees them, because it hashes what it sees."""
    data = get_data(__package__, name)
    assert data is not None
    return data.decode().replace("\r\n", "\n")


def _hash(text: str) -> str:
    return f"sha256-{b64encode(sha256(text.encode()).digest()).decode()}"


def _section(name: str, title: str, content: Iterable[str]) -> Iterator[str]:
    yield f'<section id="{name}" aria-labelledby="{name}-title">'
    yield f'<h2 id="{name}-title">{title}</h2>\n'
    yield from content
    yield "</section>\n"


def _summary(report: Report) -> Iterator[str]:
    summary = report.summary
    yield f"<p>{shown(summary_line(summary))}</p>\n"
    known = {"suppressed": summary.suppressed, "in the baseline": summary.baselined}
    if any(known.values()):
        said = " and ".join(f"{number} {what}" for what, number in known.items() if number)
        yield f'<p>Not counted: {said}; see <a href="#accepted">Accepted findings</a>.</p>\n'
    counts = {
        Severity.ERROR.value: summary.errors,
        Severity.WARNING.value: summary.warnings,
        Severity.NOTE.value: summary.notes,
    }
    yield from _counts("Findings", counts)
    yield from _counts("Vaults", verdicts(report))


def _counts(title: str, counts: Mapping[str, int]) -> Iterator[str]:
    if counts:
        items = (f"<li>{badge(what)} <b>{number}</b></li>" for what, number in counts.items())
        yield f'<h3>{title}</h3><ul class="counts">{"".join(items)}</ul>\n'


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


def _rules_of(report: Report) -> list[RulePage]:
    """The rules that found something."""
    found = {finding.rule for finding in report.findings}
    return [rule for rule in report.rules if rule.id in found]


def _rule(rule: RulePage, anchor: str) -> str:
    page = "\n".join(map(shown, rule.page.split("\n")))
    return (
        f"<details><summary><code>{shown(rule.id)}</code> {shown(rule.summary)}</summary>"
        # inside, because browsers unfold what a link leads into
        f'<pre class="page" id="{anchor}">{page}</pre></details>\n'
    )
