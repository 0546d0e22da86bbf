"""Whether a snapshot holds all that an older one holds: what a wipe took must not be forgotten.

A pipeline that takes a snapshot before each deployment would replace the good one by the wiped one
with the second run.
"""

from __future__ import annotations

from armguard.deployed.inventory import Inventory, text
from armguard.deployed.permission_sets import missing
from armguard.deployed.policy_list import deployed_list
from armguard.evaluation.template import member


def lacks(new: Inventory, old: Inventory) -> str | None:
    """The first thing that `old` holds and `new` does not, in words; None: nothing."""
    by_id = {text(vault, "id").lower(): vault for vault in new.vaults}
    for vault in old.vaults:
        name = text(vault, "name")
        other = by_id.get(text(vault, "id").lower())
        if other is None:
            return f"vault '{name}'"
        had = deployed_list(member(member(vault, "properties"), "accessPolicies"))
        has = deployed_list(member(member(other, "properties"), "accessPolicies"))
        for key, permissions in had.items():
            if key not in has:
                return f"the access policy of {key[1]} on vault '{name}'"
            if missing(permissions, has[key])[0]:
                return f"some permissions of {key[1]} on vault '{name}'"
    known = {text(each, "id").lower() for each in (*new.workspaces, *new.identities)}
    for one in (*old.workspaces, *old.identities):
        if text(one, "id").lower() not in known:
            return f"'{text(one, 'name')}'"
    return None
