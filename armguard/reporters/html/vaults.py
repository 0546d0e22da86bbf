"""The vaults of the HTML report: what a deployment does to each, and who has access afterwards."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from armguard.finding import brief
from armguard.finding.report import Access, LiveState, PrincipalChange
from armguard.reporters._details import plural
from armguard.reporters.html.effects import STATES, Effect, State
from armguard.reporters.html.summary import CERTAINTIES
from armguard.reporters.html.text import badge, link, shown, table

_MEANINGS = {
    "emptied": "The list of access policies becomes empty: everybody loses access.",
    "missing": "No list is written: the deployment fails, or everybody loses access.",
    "replaced": "The list becomes exactly the following one: everybody else loses access.",
    "undecided": "The template and its parameters do not say what happens to the list.",
    "kept": "The vault keeps the list that it has.",
    "dormant": "Role assignments decide about access to this vault: the list has no effect.",
    "not-written": "This deployment does not write the list as a whole.",
}
"""Verdict -> what it means."""
_STATES = {
    "absent": "does not exist today, so nobody loses anything",
    "deleted": "is soft-deleted today",
    "unread": "was not read",
}
_CHANGES = {
    "lost": "loses all",
    "narrowed": "loses some",
    "widened": "gains some",
    "granted": "is new",
    "kept": "keeps all",
    "undecided": "may lose",
}
_KINDS = ("keys", "secrets", "certificates", "storage")
_FEW = 12
"""Up to so many vaults are all shown in full."""


def vaults(effects: Sequence[Effect]) -> Iterator[str]:
    """One entry for each vault of each deployment, the worst first."""
    if not effects:
        yield "<p>No vault is deployed by these templates.</p>\n"
        return
    yield _counts(effects)
    opened = " open" if len(effects) <= _FEW else ""
    for each in effects:
        yield from _vault(each, opened)


def _counts(effects: Sequence[Effect]) -> str:
    """How many there are of each kind; those that were accepted are a kind of their own."""
    states = [each.state for each in effects if not each.accepted]
    items = [
        f"<li>{badge(each.word, each.weight)} <b>{states.count(each)}</b></li>"
        for each in STATES
        if each in states
    ]
    if len(states) < len(effects):
        items.append(f"<li>{_ACCEPTED} <b>{len(effects) - len(states)}</b></li>")
    return f'<ul class="counts">{"".join(items)}</ul>\n'


_ACCEPTED = badge("accepted", "plain")


def _vault(effect: Effect, opened: str) -> Iterator[str]:
    vault, deployment = effect.vault, effect.deployment
    accepted = f" {_ACCEPTED}" if effect.accepted else ""
    environment = f" in environment {shown(deployment.environment)}"
    parameters = shown(", ".join(deployment.parameters)) or "the template's defaults"
    yield (
        f'<details class="vault"{opened}><summary>'
        f"{badge(effect.state.word, 'plain' if effect.accepted else effect.weight)}{accepted}"
        f" <strong>{shown(brief(vault.name))}</strong> <code>{shown(str(vault.location))}</code>"
        f"{environment if deployment.environment else ''}"
        # inside, because browsers unfold what a link leads into
        f'</summary>\n<p id="{effect.anchor}">Deployed with {parameters}.</p>\n'
        f"<p>{_meaning(effect)}</p>\n"
    )
    if vault.reason is not None:
        yield f"<p>{shown(vault.reason)}</p>\n"
    if effect.about:
        yield f"<p>Found about it: {_found(effect)}</p>\n"
    if vault.workspaces:
        yield f"<p>Used by workspace {shown(', '.join(map(brief, vault.workspaces)))}</p>\n"
    if vault.id is not None:
        yield f"<p><code>{shown(vault.id)}</code></p>\n"
    if vault.access:
        yield _matrix(vault.access)
    if vault.live is not None:
        yield from _live(vault.live)
    yield "</details>\n"


def _meaning(effect: Effect) -> str:
    """What the template says, and how sure that is."""
    certainty = effect.vault.certainty
    if effect.state is State.NOTHING_LOST:
        return f"{_MEANINGS[effect.vault.verdict]} Today nobody has access that is lost by that."
    sure = "" if certainty is None else f" How sure: {certainty.value}, {CERTAINTIES[certainty]}."
    return f"{_MEANINGS[effect.vault.verdict]}{sure}"


def _found(effect: Effect) -> str:
    """Links to the findings, which say where there are many."""
    links = [
        link(each.anchor, f"{each.finding.severity.value} {shown(each.finding.rule)}")
        for each in effect.about[:_MOST_LINKS]
    ]
    if len(effect.about) > _MOST_LINKS:
        links.append(plural(len(effect.about) - _MOST_LINKS, "more finding"))
    return ", ".join(links)


_MOST_LINKS = 30


def _matrix(access: tuple[Access, ...]) -> str:
    """Principals down, kinds of object across; what is permitted where they meet."""
    others = (kind.lower() for each in access for kind, _ in each.permissions)
    kinds = tuple(dict.fromkeys((*_KINDS, *others)))
    titles = ("Principal (object id)", "Tenant", *(shown(kind) for kind in kinds))
    return table("Access after a deployment", titles, (_principal(each, kinds) for each in access))


def _principal(access: Access, kinds: tuple[str, ...]) -> Iterator[str]:
    who = shown(access.object_id) or "not written"
    if access.application_id:
        who += f"<br>by application {shown(access.application_id)}"
    yield who
    yield shown(access.tenant_id) or "not written"
    permitted = {kind.lower(): names for kind, names in access.permissions}
    for kind in kinds:
        yield shown(", ".join(permitted.get(kind, ()))) or "-"


def _live(live: LiveState) -> Iterator[str]:
    """What the deployment changes for each principal that has access today."""
    today = "uses role assignments" if live.rbac else "uses access policies"
    state = _STATES.get(live.state, f"{today} today")
    note = f" ({shown(live.note)})" if live.note else ""
    yield f"<p>The deployed vault ({live.source}) {state}{note}.</p>\n"
    if live.changes:
        titles = ("Principal", "With this deployment", "Loses", "Gains", "Used by")
        rows = map(_changed, live.changes)
        yield table("Access that the deployed vault grants today", titles, rows)


def _changed(change: PrincipalChange) -> Iterator[str]:
    who = shown(change.object_id)
    if change.name is not None:
        who = f"<strong>{shown(change.name)}</strong><br>{who}"
    if change.application_id is not None:
        who += f"<br>by application {shown(change.application_id)}"
    yield who
    yield _CHANGES[change.change]
    yield _listed(change.lost)
    yield _listed(change.gained)
    yield shown(", ".join(change.workspaces)) or "-"


def _listed(permissions: Mapping[str, list[str]]) -> str:
    kinds = (shown(f"{kind}: {', '.join(names)}") for kind, names in permissions.items())
    return "<br>".join(kinds) or "-"
