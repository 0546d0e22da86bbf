"""The top of the HTML report, for those who read nothing else: what happens, to whom, since when
that is known, what to do, and how sure it is."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from armguard.finding import Certainty, Finding, brief
from armguard.finding.report import Report
from armguard.reporters._details import plural
from armguard.reporters.html.effects import Effect, State, Told
from armguard.reporters.html.headline import (
    is_compared,
    losers,
    reservations,
    saw_nothing,
    stopping,
)
from armguard.reporters.html.text import answers, badge, bullets, link, shown
from armguard.reporters.text import summary_line

_FEW = 10
"""Vaults and principals that are named at the top."""
_FEW_WAYS = 3
"""Findings of which the first way out is named at the top."""
CERTAINTIES = {
    Certainty.CERTAIN: "so with this template and these parameters",
    Certainty.DEFAULT: "so unless somebody overrides the parameter that now has its default",
    Certainty.POSSIBLE: "so in one of the cases that the template itself writes down",
}
"""What the words mean with which a report says how sure it is."""


def summary(
    report: Report,
    effects: Sequence[Effect],
    told: Sequence[Told],
    ways: Mapping[str, str],
) -> Iterator[str]:
    """`told`: what counts, the worst first; `ways`: a section of the guide -> its id."""
    yield from (f"<p>{shown(each)}</p>\n" for each in reservations(report, effects))
    if saw_nothing(report):
        yield from answers(
            (
                ("To whom", "nobody knows: nothing was checked"),
                ("Known since", _since(report, effects)),
                ("What to do", "check a template, or a folder that holds one"),
                ("How sure", "nothing is known"),
            )
        )
    else:
        yield from answers(
            (
                ("To whom", _whom(effects)),
                ("Known since", _since(report, effects)),
                ("What to do", _what_to_do(told, ways)),
                ("How sure", _how_sure(told, effects)),
            )
        )
    yield f'<p class="counts">{shown(summary_line(report.summary))}</p>\n'


def _whom(effects: Sequence[Effect]) -> str:
    """The vaults that lose something, each with those who lose it."""
    hit = [each for each in effects if not each.accepted and each.state.weight != "good"]
    hit = [each for each in hit if each.state not in (State.ABSENT, State.DELETED)]
    lines = [_hit(each) for each in hit[:_FEW]]
    if len(hit) > _FEW:
        lines.append(link("vaults", f"and {plural(len(hit) - _FEW, 'more vault')}"))
    return bullets(lines) or "to nobody, as far as is known"


def _hit(effect: Effect) -> str:
    name = link(effect.anchor, f"<strong>{shown(brief(effect.vault.name))}</strong>")
    parts = [f"{badge(effect.state.word, effect.weight)} {name}"]
    if effect.deployment.environment:
        parts.append(f" in environment {shown(effect.deployment.environment)}")
    who = [
        shown(each.name) if each.name else f'<code class="id">{shown(each.object_id)}</code>'
        for each in losers(effect)
    ]
    if who:
        more = f" and {len(who) - _FEW} more" if len(who) > _FEW else ""
        parts.append(f": {', '.join(who[:_FEW])}{more}")
    elif effect.state in (State.EMPTIED, State.MAY_BE_EMPTIED):
        parts.append(": everybody who has access")
    elif effect.state is State.UNDECIDED:
        parts.append(": whoever has access, if anybody loses it")
    elif effect.state in (State.REPLACED, State.MAY_BE_REPLACED):
        parts.append(": everybody whom the template does not list")
    sure, maybe = stopping((effect,))
    for names, verb in ((sure, "stops working"), (maybe, "may stop working")):
        parts += (f"; workspace {shown(brief(name))} {verb}" for name in names)
    return "".join(parts)


def _since(report: Report, effects: Sequence[Effect]) -> str:
    """What the report is of: its own time, and that of what it was compared with."""
    made = report.origin.made_at
    parts = [f"this check{f' of {shown(made)}' if made else ''}"]
    if not report.compared:
        parts.append("from the templates alone, not compared with deployed vaults")
    elif any(map(is_compared, effects)):
        parts.append(f"compared with {shown(report.compared)}")
    else:
        parts.append(f"no vault could be compared with {shown(report.compared)}")
    if report.has_baseline:
        new = sum(each.counts for each in report.findings)
        parts.append(f"{plural(new, 'finding')} not in the baseline")
    return "; ".join(parts)


def _what_to_do(told: Sequence[Told], ways: Mapping[str, str]) -> str:
    """The first way out of the worst findings, and where the others are explained."""
    lines = []
    for each in told[:_FEW_WAYS]:
        first = _first_way(each.finding)
        if first:
            lines.append(f"{first} ({link(each.anchor, 'why')})")
    more = len(told) - _FEW_WAYS
    if lines and more > 0:
        lines.append(link("findings", f"and what is said with {plural(more, 'more finding')}"))
    remedies = dict.fromkeys(name for each in told for name in each.finding.remedies)
    links = [link(ways[name], f"<code>{shown(name)}</code>") for name in remedies if name in ways]
    if links:
        lines.append(f"choose a way out: {', '.join(links)}")
    if "After a wipe" in ways:
        lines.append(f"if it has happened already: {link(ways['After a wipe'], 'After a wipe')}")
    if not lines and told:
        lines.append(f"read {link('findings', plural(len(told), 'finding'))}")
    return bullets(lines) or "nothing, as far as is known"


def _first_way(finding: Finding) -> str:
    """What its first line says that is about what to do; a command looks like one."""
    text = next(("".join(map(str, e.text)) for e in finding.details if e.label in _WAYS), "")
    if not text.startswith(_COMMAND):
        return shown(text)
    command, bracket, others = text.partition("   (")
    return f"<code>{shown(command)}</code>{' (' if bracket else ''}{shown(others)}"


_WAYS = ("fix", "decide")
_COMMAND = "armguard "


def _how_sure(told: Sequence[Told], effects: Sequence[Effect]) -> str:
    found = [each.finding.certainty for each in told if each.finding.leaves_open is None]
    lines = [
        f"{plural(found.count(each), 'finding')} {each.value}: {meaning}"
        for each, meaning in CERTAINTIES.items()
        if each in found
    ]
    undecided = sum(each.state is State.UNDECIDED for each in effects)
    if undecided:
        lines.append(f"{plural(undecided, 'vault')} undecided: nobody can say from what is known")
    elif not lines and effects:
        lines.append(f"{plural(len(effects), 'vault')} decided, none left open")
    return bullets(lines) or "nothing is claimed of any vault"
