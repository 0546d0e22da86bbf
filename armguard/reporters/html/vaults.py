"""The vaults of the HTML report: what a deployment does to each, and who has access afterwards."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from armguard.finding import (
    Access,
    DeploymentReport,
    LiveState,
    PrincipalChange,
    Report,
    VaultReport,
    brief,
)
from armguard.reporters.html.text import badge, shown, table

_MEANINGS = {
    "emptied": "The list of access policies becomes empty: everybody loses access.",
    "missing": "No list is written: the deployment fails, or everybody loses access.",
    "replaced": "The list becomes exactly the following one: everybody else loses access.",
    "undecided": "The template and its parameters do not say what happens to the list.",
    "kept": "The vault keeps the list that it has.",
    "dormant": "Role assignments decide about access to this vault: the list has no effect.",
    "not-written": "This deployment does not write the list as a whole.",
}
"""Verdict -> what it means; the worst first."""

_ORDER = list(_MEANINGS)
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


def vaults(report: Report) -> Iterator[str]:
    """One entry for each vault of each deployment, the worst first."""
    every = [(each, vault) for each in report.deployments for vault in each.vaults]
    every.sort(key=lambda each: _how_bad(each[1]))
    if not every:
        yield "<p>No vault is deployed by these templates.</p>\n"
    opened = " open" if len(every) <= _FEW else ""
    for deployment, vault in every:
        yield from _vault(deployment, vault, opened)


def _state(vault: VaultReport) -> str:
    """What is known best: what changes for somebody where the deployed vault was read, else the
    verdict of the template."""
    live = vault.live
    if live is None or live.state != "exists" or not any(each.is_loss for each in live.changes):
        return vault.verdict
    kinds = {each.change for each in live.changes if each.is_loss}
    return next(kind for kind in _LOSSES if kind in kinds)


_LOSSES = ("lost", "narrowed", "undecided")


def _how_bad(vault: VaultReport) -> tuple[int, int]:
    """Sure losses come first, then what the template says."""
    state = _state(vault)
    sure = _LOSSES.index(state) if state in _LOSSES[:2] else len(_LOSSES)
    return sure, _ORDER.index(vault.verdict)


def verdicts(report: Report) -> Mapping[str, int]:
    """How many vaults have each verdict, the worst first, without those that none has."""
    found = [vault.verdict for each in report.deployments for vault in each.vaults]
    return {verdict: found.count(verdict) for verdict in _MEANINGS if verdict in found}


def _vault(deployment: DeploymentReport, vault: VaultReport, opened: str) -> Iterator[str]:
    certainty = "" if vault.certainty is None else f" ({vault.certainty.value})"
    parameters = ", ".join(deployment.parameters) or "the template's defaults"
    yield (
        f'<details class="vault"{opened}><summary>{badge(_state(vault))}'
        f" <strong>{shown(brief(vault.name))}</strong>"
        f" <code>{shown(str(vault.location))}</code> with {shown(parameters)}{certainty}"
        f"</summary>\n<p>{_MEANINGS[vault.verdict]}</p>\n"
    )
    if vault.reason is not None:
        yield f"<p>{shown(vault.reason)}</p>\n"
    if vault.workspaces:
        yield f"<p>Used by workspace {shown(', '.join(map(brief, vault.workspaces)))}</p>\n"
    if vault.id is not None:
        yield f"<p><code>{shown(vault.id)}</code></p>\n"
    if vault.access:
        yield _matrix(vault.access)
    if vault.live is not None:
        yield from _live(vault.live)
    yield "</details>\n"


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
