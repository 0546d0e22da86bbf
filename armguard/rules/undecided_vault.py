"""# undecided-vault

## What it checks

A Key Vault whose verdict hangs on something that the template and its parameters don't tell, or a
nested deployment, or a template inside of a stack, a template spec, a policy and the like, that
could not be looked into and may hold vaults.

## Symptoms

None by itself: it says that armguard does not know, and what would tell it.

## Why

A list of access policies, or the RBAC flag, is a parameter that is not supplied, the result of a
`reference()`, a secret, or in a file that is not here. A guess would be a false alarm or a missed
wipe.

## Example

```json
{
  "parameters": { "accessPolicies": { "type": "array" } },
  "resources": [
    {
      "type": "Microsoft.KeyVault/vaults",
      "apiVersion": "2026-02-01",
      "name": "kv-example",
      "properties": {
        "enableRbacAuthorization": false,
        "accessPolicies": "[parameters('accessPolicies')]"
      }
    }
  ]
}
```

checked without a parameter file. What a template links elsewhere is told of once for the file that
links it.

## Use instead

Check with the parameters that are deployed: `armguard check main.json --parameters prod.json`, or
`--set NAME=VALUE`. A parameter file that is not named after a template is found where exactly one
template of its folder declares all its names; one that fits several is named here. Where a linked
template lies, lines in `[links]` of the configuration say. In a pipeline, `--fail-on-undecided`
makes an undecided vault exit code 3.

## When it can't know

Always; that is the point.

## References

- https://learn.microsoft.com/azure/azure-resource-manager/templates/parameter-files
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from armguard.evaluation.unknown import Reason
from armguard.explaining.case import Case
from armguard.explaining.deciding import how_to_decide
from armguard.explaining.sighting import Sighting
from armguard.explaining.vault_sighting import vault_sighting
from armguard.finding import Certainty, Detail, Location, Related, Severity, quoted
from armguard.keyvault.declared import Closed
from armguard.record import replace

SUMMARY = "a vault that could not be decided, and what would decide it"
SEVERITY = Severity.NOTE


def find(case: Case) -> Iterator[Sighting]:
    for vault in case.assessment.vaults:
        verdict = vault.verdict
        open_ = verdict.outcome.open
        if verdict.kind != "undecided" or (open_ is not None and open_.reason is Reason.FAILED):
            continue
        compared = case.comparison_of(vault)
        if compared is not None and not any(c.change == "undecided" for c in compared.changes):
            continue  # what is deployed has settled it
        seen = vault_sighting(
            f"what a deployment does to the access policies of vault {quoted(vault.name)} is not"
            f" known: {verdict.reason}",
            vault,
            case,
            certainty=Certainty.CERTAIN,
            extra=(
                how_to_decide(open_, case.fitting, vault.keeper, compared=compared is not None),
            ),
        )
        # what is open may be the condition or a flag and not the list
        step = verdict.outcome.steps[-1] if verdict.outcome.steps else None
        is_own = step is not None and step.key == vault.key
        location = step.place if step is not None and is_own else seen.location
        yield replace(seen, location=location, leaves_open="vault")
    links: dict[str, dict[Location, Closed]] = {}
    for closed in case.assessment.closed:
        if closed.is_link:
            links.setdefault(closed.place.path, {}).setdefault(closed.place, closed)
        else:
            yield _one(closed, case.fitting)
    for each in links.values():
        first, *others = each.values()
        if others:
            yield _several((first, *others), case.fitting)
        else:
            yield _one(first, case.fitting)


def _one(closed: Closed, fitting: Sequence[str]) -> Sighting:
    return Sighting(
        f"{closed.what} {closed.resource} was not looked into, so"
        f" vaults in it are undecided: {closed.reason}",
        closed.place,
        details=(_how_to_look_inside(closed, fitting),),
        resource=closed.resource,
        leaves_open="template",
    )


_MOST = 10
_BY_ITSELF = "check that template itself, with the parameters that it is given"
_BY_FOLDER = "[links] of the configuration maps addresses to folders"


def _several(links: tuple[Closed, ...], fitting: Sequence[str]) -> Sighting:
    """What a template links, told at the first of them."""
    shown = links[:_MOST]
    names = ", ".join(str(each.resource) for each in shown)
    more = f" and {len(links) - len(shown)} more" if len(links) > len(shown) else ""
    return Sighting(
        f"{len(links)} linked templates were not looked into, so vaults in them are undecided:"
        f" those of nested deployments {names}{more}",
        links[0].place,
        related=tuple(Related("linked here", each.place) for each in shown[1:]),
        details=(
            *(
                Detail("because", (f"{each.resource} (", each.place, f"): {each.reason}"))
                for each in shown
            ),
            *dict.fromkeys(_how_to_look_inside(each, fitting) for each in shown),
        ),
        # the same with other parameters, but who accepts these has not accepted another one
        subject="; ".join(each.resource.written for each in links),
        leaves_open="template",
    )


def _how_to_look_inside(closed: Closed, fitting: Sequence[str]) -> Detail:
    if closed.elsewhere is not None:
        folder = closed.elsewhere.rpartition("/")[0]
        text = (
            f'say which folder holds it, in [links] of the configuration: "{folder}/" = "FOLDER/";'
            f" or {_BY_ITSELF}"
        )
        return Detail("decide", (text,))
    if closed.open is not None and closed.open.reason in (Reason.NOT_SUPPLIED, Reason.CONTEXT):
        found = how_to_decide(closed.open, fitting)
        if closed.is_link:
            return Detail("decide", (f"{found.text[0]}; {_BY_FOLDER}",))
        return found
    return Detail("decide", (_BY_ITSELF,))
