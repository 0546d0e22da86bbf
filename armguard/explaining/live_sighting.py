"""Sightings on deployed vaults, put where the template decides about them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from armguard.deployed.comparison import Comparison, Unlisted
from armguard.deployed.inventory import text
from armguard.explaining.because import because
from armguard.explaining.case import Case
from armguard.explaining.remedies import ways_out
from armguard.explaining.sighting import Sighting
from armguard.finding import Certainty, Detail, Location, PrincipalChange, Related, ResourceName
from armguard.keyvault.assessment import PolicyChange
from armguard.keyvault.sureness import least

_AFTER_A_WIPE = (
    "once it has happened: 'az ml workspace sync-keys' is what to try first; 'armguard rules"
    " remedies' tells how sure that is"
)


def losses(case: Case, *, whole: bool) -> Iterator[Sighting]:
    """One sighting per principal that loses its entry (`whole`), or some permissions of it; one for
    all of which only some lose theirs."""
    for comparison in case.comparisons:
        if comparison.short and whole:
            yield _shortage(comparison, case)
        for change in comparison.changes:
            if change.is_loss and change.whole is whole and change not in comparison.among:
                yield _loss(change, comparison, case)
    for vault in () if case.compared is None or not whole else case.compared.unlisted:
        for change in vault.changes:
            yield _loss_by_deletion(change, vault)


def _loss(each: PrincipalChange, comparison: Comparison, case: Case) -> Sighting:
    undecided = each.change == "undecided"
    what = "all its access" if each.whole else "access"
    verb = "may lose" if undecided else "loses"
    child = _child(each, comparison)
    how = "is deleted" if comparison.deleted else "is deployed"
    is_left_alone = comparison.vault.verdict.kind == "not-written" and not comparison.deleted
    if child is not None or is_left_alone:
        how = "has its access policies changed"
    return live_sighting(
        f"{who(each)} {verb} {what} to vault '{comparison.vault.name}' when it {how} now:"
        f" {_what_goes(each)}",
        comparison,
        case,
        certainty=Certainty.POSSIBLE if undecided else _certainty(comparison, child),
        setting="accessPolicies" if comparison.flip is None else "enableRbacAuthorization",
        extra=tuple(_breaks(each, comparison)),
        subject=each.key,
        remedies=comparison.flip is None,
        child=child,
    )


def _child(each: PrincipalChange, comparison: Comparison) -> PolicyChange | None:
    """The child that takes something away, where it is one."""
    place = comparison.taken.get(each.key)
    return next((child for child in comparison.vault.changes if child.place == place), None)


def _what_goes(each: PrincipalChange) -> str:
    if not each.perhaps:
        return in_words(each.lost)
    if not each.lost:
        return f"some of {in_words(each.perhaps)}"
    return f"{in_words(each.lost)}; and perhaps {in_words(each.perhaps)}"


def _shortage(comparison: Comparison, case: Case) -> Sighting:
    """The list holds fewer entries that can be theirs than there are principals."""
    names = ", ".join(map(who, comparison.among))
    return live_sighting(
        f"at least {comparison.short} of these {len(comparison.among)} principals"
        f" {'loses' if comparison.short == 1 else 'lose'} access to vault"
        f" '{comparison.vault.name}' when it is deployed now, since fewer entries can be theirs:"
        f" {names}",
        comparison,
        case,
        certainty=_certainty(comparison),
        extra=tuple(detail for each in comparison.among for detail in _breaks(each, comparison)),
        subject="among " + " ".join(each.key for each in comparison.among),
        remedies=True,
    )


def _breaks(each: PrincipalChange, comparison: Comparison) -> Iterator[Detail]:
    for name in each.workspaces:
        yield Detail(
            "breaks",
            (
                f"workspace '{name}', which uses this identity: image builds, datastores and"
                " compute stop working",
            ),
        )
    if not {"all", "unwrapKey", "wrapKey"}.isdisjoint(each.lost.get("keys", ())):
        for name in comparison.encrypted:
            yield Detail(
                "breaks",
                (
                    f"workspace '{name}', whose encryption key is in this vault, if it is read"
                    " with this principal (that of Azure Cosmos DB, or an identity of the"
                    " workspace)",
                ),
            )
    if comparison.flip is not None:
        yield Detail("unless", ("it holds a role on the vault: role assignments decide then",))
    if comparison.note is not None:
        yield Detail("note", (comparison.note,))
    if each.workspaces:
        yield Detail("after", (_AFTER_A_WIPE,))


def _certainty(comparison: Comparison, child: PolicyChange | None = None) -> Certainty:
    """A loss in every world hangs on defaults at most; which model the vault has is known. `child`:
    what takes something away, where it is not the vault's list."""
    vault = comparison.vault
    if child is not None:
        return _in_every_world([child])
    outcome = vault.verdict.outcome
    by_default = vault.verdict.certainty is Certainty.DEFAULT and not outcome.keeps_model
    if by_default or vault.verdict.deciding or outcome.doubts or outcome.files:
        return Certainty.DEFAULT
    return _in_every_world(vault.changes)


def _in_every_world(changes: Iterable[PolicyChange]) -> Certainty:
    """The certainty of what children do that is done in every world."""
    worst = Certainty.CERTAIN
    for each in changes:
        if each.written is not None and each.written.certainty is not Certainty.POSSIBLE:
            worst = least(worst, each.written.certainty)
        if each.operation != "add":
            worst = least(worst, each.operation_certainty)
    return worst


def _loss_by_deletion(each: PrincipalChange, vault: Unlisted) -> Sighting:
    vault_name = text(vault.document, "name")
    verb = "may lose" if vault.certainty is Certainty.POSSIBLE else "loses"
    return Sighting(
        f"{who(each)} {verb} all its access to vault '{vault_name}', which a deployment in"
        " Complete mode deletes since the template does not mention it:"
        f" {in_words(each.lost)}",
        vault.group.place,
        vault.certainty,
        details=(
            *(Detail("breaks", (f"workspace '{name}'",)) for name in each.workspaces),
            Detail("fix", ("deploy in Incremental mode",)),
        ),
        resource=ResourceName("Microsoft.KeyVault/vaults", vault_name),
        subject=f"{vault_name}/{each.key}",
    )


def live_sighting(
    message: str,
    comparison: Comparison,
    case: Case,
    *,
    certainty: Certainty = Certainty.CERTAIN,
    setting: str = "accessPolicies",
    extra: tuple[Detail, ...] = (),
    remedies: bool = False,
    subject: str = "",
    child: PolicyChange | None = None,
) -> Sighting:
    """What was seen about one deployed vault. `subject`: what of the vault it is about, of which
    there are several; `child`: what does it, where it is not the vault's list."""
    vault = comparison.vault
    details: tuple[Detail, ...] = ()
    places: tuple[Related, ...] = ()
    writes = vault.verdict.kind != "not-written"
    # what decides a list that is written decides nothing about a deletion
    if child is not None:
        return Sighting(
            message,
            child.settings["accessPolicies"].place,
            certainty,
            details=(_because_of(child), *extra, *_way_out_of(child)),
            resource=vault.resource,
            subject=f"{vault.name}/{subject}",
        )
    if writes is not comparison.deleted:
        details, places = because(vault.verdict, case)
    return Sighting(
        message,
        _place(comparison, setting),
        certainty,
        related=places,
        details=(*details, *extra, *(ways_out(vault) if remedies and writes else ())),
        resource=vault.resource,
        subject=f"{vault.name}/{subject}",
    )


def _because_of(child: PolicyChange) -> Detail:
    does = {
        "replace": ") gives the principals that it lists exactly the listed permissions",
        "remove": ") takes the listed permissions away from its principals",
    }
    text = does.get(child.operation or "", ") may replace or remove what it lists")
    return Detail("because", (f"child {child.resource} (", child.name_place, text))


def _way_out_of(child: PolicyChange) -> Iterator[Detail]:
    if child.operation == "replace":
        text = "end its name in /add, unless taking permissions away is what it is for"
        yield Detail("fix", (text,))


def _place(comparison: Comparison, setting: str) -> Location:
    """The vault's where it is written, else that of the first child that takes something away."""
    vault = comparison.vault
    if vault.verdict.kind == "not-written" and not comparison.deleted:
        for change in vault.changes:
            if change.operation != "add":
                return change.settings["accessPolicies"].place
    return vault.settings[setting].place


def who(each: PrincipalChange) -> str:
    """`identity 'id-train' (1234...)`, `func-orders (Microsoft.Web/sites) with identity 1234...`;
    an id that matches nothing known stands alone."""
    through = f" through application {each.application_id}" if each.application_id else ""
    match each.kind:
        case "system" if each.type is not None:
            return f"{each.name} ({each.type}) with identity {each.object_id}{through}"
        case "system":
            return f"workspace '{each.name}' (identity {each.object_id}){through}"
        case "user":
            return f"identity '{each.name}' ({each.object_id}){through}"
        case None:
            return f"principal {each.object_id}{through}"


def in_words(permissions: Mapping[str, list[str]]) -> str:
    """`keys get, list; secrets all`."""
    parts = (f"{kind} {', '.join(names)}" for kind, names in permissions.items())
    return "; ".join(parts) or "nothing"
