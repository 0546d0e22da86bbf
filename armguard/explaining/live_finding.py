"""Findings about deployed vaults, put where the template decides about them."""

from __future__ import annotations

from collections.abc import Iterator

from armguard.deployed.changes import Change
from armguard.deployed.comparison import Compared, Comparison, PrincipalChange, Unlisted
from armguard.deployed.inventory import text
from armguard.deployed.permission_sets import Permissions, spelled
from armguard.evaluation.values import member
from armguard.explaining.because import because
from armguard.explaining.remedies import ways_out
from armguard.explaining.vault_finding import resource_name
from armguard.finding import (
    Certainty,
    Detail,
    Finding,
    Location,
    Related,
    ResourceName,
    Severity,
)
from armguard.keyvault.assessment import Assessment
from armguard.keyvault.sureness import least, written
from armguard.templates.resource import Resource

_AFTER_A_WIPE = (
    "once it has happened: 'az ml workspace sync-keys' is what to try first; 'armguard rules"
    " remedies' tells how sure that is"
)


def comparisons(assessment: Assessment) -> tuple[Comparison, ...]:
    compared: Compared | None = assessment.compared
    return () if compared is None else compared.vaults


def losses(assessment: Assessment, *, whole: bool) -> Iterator[Finding]:
    """One finding per principal that loses its entry (`whole`), or some permissions of it."""
    rule = "access-lost" if whole else "access-narrowed"
    for comparison in comparisons(assessment):
        for change in comparison.changes:
            if is_loss(change.change) and change.change.whole is whole:
                yield _loss(rule, change, comparison, assessment)
    compared: Compared | None = assessment.compared
    for vault in () if compared is None or not whole else compared.unlisted:
        for change in vault.changes:
            yield _loss_by_deletion(rule, change, vault, assessment)


def _loss(
    rule: str, each: PrincipalChange, comparison: Comparison, assessment: Assessment
) -> Finding:
    undecided = each.change.kind == "undecided"
    what = f"all its access to vault '{comparison.vault.name}'"
    if not each.change.whole:
        what = f"access to vault '{comparison.vault.name}'"
    verb = "may lose" if undecided else "loses"
    how = "is deleted" if comparison.deleted else "is deployed"
    if comparison.vault.verdict.kind == "not-written" and not comparison.deleted:
        how = "has its access policies changed"
    return finding_about(
        rule,
        Severity.ERROR,
        f"{who(each)} {verb} {what} when it {how} now: {in_words(each.change.lost)}",
        comparison,
        assessment,
        certainty=Certainty.POSSIBLE if undecided else _certainty(comparison),
        property_name="accessPolicies" if comparison.flip is None else "enableRbacAuthorization",
        extra=tuple(_breaks(each, comparison)),
        subject=_principal(each),
        remedies=comparison.flip is None,
    )


def _breaks(each: PrincipalChange, comparison: Comparison) -> Iterator[Detail]:
    names = workspaces_of(each)
    for name in names:
        yield Detail(
            "breaks",
            (
                f"workspace '{name}', which uses this identity: image builds, datastores and"
                " compute stop working",
            ),
        )
    if comparison.flip is not None:
        yield Detail("unless", ("it holds a role on the vault: role assignments decide then",))
    if comparison.note is not None:
        yield Detail("note", (comparison.note,))
    if names:
        yield Detail("after", (_AFTER_A_WIPE,))


def _certainty(comparison: Comparison) -> Certainty:
    """A loss in every world hangs on defaults at most."""
    vault = comparison.vault
    if vault.verdict.certainty == "default" or vault.verdict.deciding:
        return Certainty.DEFAULT
    sureness = [written(each.resource) for each in vault.changes]
    worst = least("certain", *(each.certainty for each in sureness if each is not None))
    return Certainty.CERTAIN if worst == "possible" else Certainty(worst)


def _loss_by_deletion(
    rule: str, each: PrincipalChange, vault: Unlisted, assessment: Assessment
) -> Finding:
    path = next(iter(assessment.documents))
    name = text(vault.document, "name")
    return Finding(
        rule=rule,
        severity=Severity.ERROR,
        certainty=Certainty.CERTAIN,
        message=f"{who(each)} loses all its access to vault '{name}', which a deployment in"
        " Complete mode deletes since the template does not mention it:"
        f" {in_words(each.change.lost)}",
        location=Location(path, ""),
        details=(
            *(Detail("breaks", (f"workspace '{each}'",)) for each in workspaces_of(each)),
            Detail("fix", ("deploy in Incremental mode",)),
        ),
        resource=ResourceName("Microsoft.KeyVault/vaults", name),
        subject=f"{name}/{_principal(each)}",
    )


def finding_about(
    rule: str,
    severity: Severity,
    message: str,
    comparison: Comparison,
    assessment: Assessment,
    *,
    certainty: Certainty = Certainty.CERTAIN,
    property_name: str = "accessPolicies",
    extra: tuple[Detail, ...] = (),
    remedies: bool = True,
    subject: str = "",
) -> Finding:
    """A finding about one deployed vault; an error that is only possible is a warning. `subject`:
    what of the vault it is about, of which there are several."""
    vault = comparison.vault
    if severity is Severity.ERROR and certainty is Certainty.POSSIBLE:
        severity = Severity.WARNING
    details: tuple[Detail, ...] = ()
    places: tuple[Related, ...] = ()
    writes = vault.verdict.kind != "not-written"
    if writes or comparison.deleted:
        details, places = because(vault.verdict, assessment.documents)
    place = _decides(comparison)
    return Finding(
        rule=rule,
        severity=severity,
        certainty=certainty,
        message=message,
        location=place.member_place("properties", property_name),
        related=places,
        details=(
            *details,
            *extra,
            *(ways_out(vault, assessment) if remedies and writes else ()),
        ),
        resource=resource_name(vault.resource),
        written_name=str(member(vault.resource.written, "name")),
        subject=f"{vault.name}/{subject}",
    )


def _principal(each: PrincipalChange) -> str:
    return "/".join(part or "" for part in each.change.key)


def _decides(comparison: Comparison) -> Resource:
    """The vault where it is written, else the first child that takes something away."""
    vault = comparison.vault
    if vault.verdict.kind == "not-written" and not comparison.deleted:
        for change in vault.changes:
            if change.operation != "add":
                return change.resource
    return vault.resource


def workspaces_of(each: PrincipalChange) -> tuple[str, ...]:
    return tuple(sorted(text(workspace, "name") for workspace in each.principal.workspaces))


def who(each: PrincipalChange) -> str:
    """`identity 'id-train' (1234...)`; an id that matches nothing known stands alone."""
    _, principal, application = each.change.key
    through = f" through application {application}" if application else ""
    match each.principal.kind:
        case "system":
            return f"workspace '{each.principal.name}' (identity {principal}){through}"
        case "user":
            return f"identity '{each.principal.name}' ({principal}){through}"
        case None:
            return f"principal {principal}{through}"


def in_words(permissions: Permissions) -> str:
    """`keys get, list; secrets all`."""
    parts = (f"{kind} {', '.join(names)}" for kind, names in spelled(permissions).items())
    return "; ".join(parts) or "nothing"


def is_loss(change: Change) -> bool:
    """Whether a change takes something away, or may."""
    if change.kind == "undecided":
        return bool(change.lost)
    return change.kind in ("lost", "narrowed")
