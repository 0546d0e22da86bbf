"""Workspaces whose vault is written by another template of the same run, put into its findings.

They are matched after all templates were looked at: by equal ids, or by equal known names in places
not known to differ. Whether an entry of the vault's list is such a workspace's own identity can't
be told, so a list that leaves it out is only possible.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from armguard.finding import (
    Certainty,
    DeploymentReport,
    Detail,
    Finding,
    Location,
    Related,
    Severity,
)
from armguard.keyvault.footprint import Footprint, UsedVault, WrittenVault, may_be_same, roots
from armguard.record import record, replace

_BREAKS = (
    ") of another template: the identity that Azure Machine Learning added to this vault is removed"
)


@record
class _Used:
    """A vault and the workspaces of other templates that use it."""

    vault: WrittenVault
    users: tuple[UsedVault, ...]

    @property
    def location(self) -> Location:
        return self.vault.places[0]

    def has(self, location: Location) -> bool:
        """Whether a place is the vault's or in it."""
        return location.path == self.location.path and f"{location.pointer}/".startswith(
            f"{self.location.pointer}/"
        )


_Key = tuple[tuple[str, ...], str]
"""(parameter files, name of the vault)"""


def name_workspaces_elsewhere(
    findings: list[Finding],
    deployments: list[DeploymentReport],
    footprints: Sequence[Footprint],
    selects: Callable[[str, str], bool],
) -> None:
    """Put the workspaces of other templates into the findings and reports about their vault."""
    used = _used_elsewhere(footprints)
    if not used:
        return
    for index, finding in enumerate(findings):
        if finding.resource is not None:
            for each in used.get((finding.parameters, finding.resource.name), ()):
                if each.has(finding.location):
                    named = _with_users(finding, each)
                    if selects(named.rule, named.location.path):
                        findings[index] = named
    for index, deployment in enumerate(deployments):
        reports = []
        for report in deployment.vaults:
            names = {
                use.workspace
                for each in used.get((deployment.parameters, report.name), ())
                if each.location == report.location
                for use in each.users
            }
            everyone = tuple(sorted({*report.workspaces, *names}))
            reports.append(replace(report, workspaces=everyone))
        deployments[index] = replace(deployment, vaults=tuple(reports))


def _used_elsewhere(footprints: Iterable[Footprint]) -> dict[_Key, list[_Used]]:
    every = roots(footprints)
    uses: dict[str, dict[tuple[str, UsedVault], None]] = {}
    for footprint in every:
        for use in footprint.workspaces:
            uses.setdefault(_name(use.vault), {})[footprint.template, use] = None
    found: dict[_Key, list[_Used]] = {}
    for footprint in every:
        for vault in footprint.vaults:
            users = tuple(
                use
                for template, use in uses.get(_name(vault.id), ())
                if template != footprint.template and may_be_same(use.vault, vault.id)
            )
            if users:
                found.setdefault((footprint.parameters, vault.name), []).append(_Used(vault, users))
    return found


def _name(identifier: str) -> str:
    return identifier.rpartition("/")[2]


def _with_users(finding: Finding, used: _Used) -> Finding:
    match finding.rule:
        case "access-policies-emptied" | "access-policies-missing":
            return _naming(finding, used.users)
        case "add-child-does-not-protect":
            sure = finding.certainty is not Certainty.POSSIBLE
            named = _naming(finding, used.users)
            return replace(named, severity=Severity.ERROR) if sure else named
        case "access-policies-replaced":
            return _not_granted(finding, used)
        case _:
            return finding


def _not_granted(finding: Finding, used: _Used) -> Finding:
    """What becomes of a list that replaces the live one, since a workspace needs an entry in it."""
    without = tuple(
        use
        for use in used.users
        if not any(use.workspace.lower() in principal for principal in used.vault.principals)
    )
    if not without:
        return finding
    names = ", ".join(f"'{use.workspace}'" for use in without)
    message = (
        f"the accessPolicies of vault '{used.vault.name}' leave out the identity of workspace"
        f" {names}, so every deployment takes its access away, unless one of these entries is the"
        " workspace's own identity"
    )
    return replace(
        _naming(finding, without),
        rule="workspace-access-not-granted",
        severity=Severity.WARNING,
        certainty=Certainty.POSSIBLE,
        message=message,
    )


def _naming(finding: Finding, users: tuple[UsedVault, ...]) -> Finding:
    """The finding with these workspaces named, before its ways out."""
    labels = [detail.label for detail in finding.details]
    position = labels.index("fix") if "fix" in labels else len(labels)
    named = tuple(
        Related(f"workspace '{each.workspace}' uses this vault", each.place) for each in users
    )
    broken = tuple(
        Detail("breaks", (f"workspace '{each.workspace}' (", each.place, _BREAKS)) for each in users
    )
    return replace(
        finding,
        related=(*finding.related, *named),
        details=(*finding.details[:position], *broken, *finding.details[position:]),
    )
