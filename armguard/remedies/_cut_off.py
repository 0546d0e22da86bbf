"""Who loses access when a deployed vault begins to use role assignments.

Until then its access policies decide, whatever the template says: whoever is in the deployed list
and gets no role here loses all of it, and whoever gets roles loses what these do not permit.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from armguard.deployed.access_list import deployed_list
from armguard.deployed.comparison import Comparison
from armguard.evaluation.unknown import Unknown
from armguard.evaluation.values import member
from armguard.finding import quoted
from armguard.remedies._role_assignments import Grant
from armguard.remedies._roles import in_words, lacking
from armguard.remedies.remedy import Member


def cut_off(deployed: Member, grants: Sequence[Grant]) -> Iterator[str]:
    """What there is to say about one deployment; `grants`: the roles that it gives."""
    from armguard.explaining.live_sighting import who

    vault, compared = deployed.vault, deployed.case.compared
    found = deployed.case.answer_for(vault)
    name = quoted(vault.name)
    if found is None or found.rbac is None:
        if found is None or found.found.state != "absent":
            yield _unanswered(name, found, is_asked=compared is not None)
        return
    if found.rbac:
        return
    if not found.changes and (found.failures or vault.refusals):
        yield "who has access today was not compared, as the service refuses this deployment"
        return
    stored = deployed_list(member(member(found.found.document, "properties"), "accessPolicies"))
    roles = {str(each.entry.object_id).lower(): each.equivalent.roles for each in grants}
    out, less = list[str](), list[str]()
    for each in found.changes:
        held = stored.get((each.tenant_id, each.object_id, each.application_id or ""), {})
        own = () if each.application_id else roles.get(each.object_id.lower(), ())
        lost = lacking(held, own)
        if lost and lost == lacking(held, ()):
            out.append(who(each))
        elif lost:
            less.append(f"{who(each)} loses what its roles here do not permit: {in_words(lost)}")
    switch = f"at the switch of the deployed vault {name}"
    if out:
        yield f"{switch} these lose access: {', '.join(out)}{_perhaps(grants)}"
    yield from (f"{switch} {each}" for each in less)
    if not out and not less:
        yield (
            f"everybody with an access policy on the deployed vault {name} gets roles that permit"
            " as much"
        )


def _unanswered(name: str, found: Comparison | None, *, is_asked: bool) -> str:
    cut = "everybody with an access policy and without a role is cut off at the switch"
    if not is_asked:
        return (
            f"nobody knows who has access today without asking: {cut}; --live or --against tells"
            " who"
        )
    why = "its id is not known" if found is None else found.note or f"it is {found.found.state}"
    return f"who has access to vault {name} today was not read ({why}): {cut}"


def _perhaps(grants: Sequence[Grant]) -> str:
    unknown = sum(isinstance(each.entry.object_id, Unknown) for each in grants)
    if not unknown:
        return ""
    which = "an entry that is" if unknown == 1 else f"one of {unknown} entries that are"
    return f", unless it is the principal of {which} not known"
