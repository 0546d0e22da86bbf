"""`"@options": {"onlyIfNotExists": []}` on the vault: Azure creates it and never writes it again.

Needs symbolic names (languageVersion 2.0). Documented, but no report about it on a Key Vault was
found: it has to be tried on a test deployment. Later changes of the vault in the template no longer
reach a vault that exists.
"""

from __future__ import annotations

from armguard.evaluation.values import find_key, spellings
from armguard.explaining.case import Case
from armguard.finding import quoted
from armguard.keyvault.assessment import AssessedVault
from armguard.remedies._objections import without_symbolic_names
from armguard.remedies.remedy import Expected, Proposal, RefusedError, Target

RANK = 30
SUMMARY = "the vault is created where it is missing and never written again (@options)"
COST = "new in the platform: try it on a test deployment; later changes of the vault are ignored"
HAZARDS = ("list", "workspace")
SHIELDS = True

_OPTION = "onlyIfNotExists"


def objection(vault: AssessedVault, case: Case) -> str | None:
    return without_symbolic_names(vault)


def propose(target: Target) -> Proposal:
    written, editor, pointer = target.written, target.editor, target.place.pointer
    found = spellings(written, "@options")
    if len(found) > 1:
        raise RefusedError("its @options are written twice, and which ones count is not known")
    if not found:
        edits = editor.insert_members(pointer, {"@options": {_OPTION: []}})
    elif isinstance(written[found[0]], dict):
        if find_key(written[found[0]], _OPTION) is not None:
            raise RefusedError(f"it has {_OPTION} already")
        edits = editor.insert_members(target.place.child(found[0]).pointer, {_OPTION: []})
    else:
        raise RefusedError(f"its '{found[0]}' is no object")
    return Proposal(
        tuple(edits),
        f"vault {quoted(target.vault.name)} is created where it does not exist, and left alone"
        " where it does",
        (
            f"{_OPTION} is new in the platform, and no report about it on a Key Vault was found:"
            " try it on a test deployment first",
            "changes of the vault in the template no longer reach a vault that exists",
            *_missing(target),
        ),
        Expected(),
    )


def _missing(target: Target) -> tuple[str, ...]:
    if all(each.vault.verdict.kind != "missing" for each in target.members):
        return ()
    return (
        "vaults without accessPolicies were reported to be refused: write [] there for the first"
        " deployment",
    )
