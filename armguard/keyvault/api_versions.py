"""What an API version of Microsoft.KeyVault means: which model a new vault gets, and until when it
is served.

An existing vault keeps its model with every version, unless enableRbacAuthorization is written.
"""

from __future__ import annotations

from armguard.evaluation.unknown import Unknown, Value

ROLES_BY_DEFAULT = "2026-02-01"
"""From this version on a new vault uses role assignments; earlier ones retire on `RETIREMENT`."""

RETIREMENT = "2027-02-27"
NEWEST = "2026-05-15"
"""the newest version that is no preview"""
ROLES_SINCE = "2019-09-01"
"""the first version that has enableRbacAuthorization; from the published schemas"""
_LASTING_PREVIEW = "2026-04-01-preview"
_FIRST_VERSIONS = ("2015-06-01", "2016-10-01")


def is_before(version: str, other: str) -> bool:
    """Whether the date of a version is before that of another one."""
    return version[:10] < other


def new_vault_uses_roles(version: Value) -> bool:
    """Whether a vault that is made with a version, and no word about RBAC, uses roles; or may, as
    the version is not known."""
    if isinstance(version, Unknown):
        return True
    return isinstance(version, str) and not is_before(version, ROLES_BY_DEFAULT)


def is_deprecated_preview(version: str) -> bool:
    """Microsoft has deprecated every preview but one with 90 days' notice, since March 2026."""
    return version.lower().endswith("-preview") and version.lower() != _LASTING_PREVIEW


def retires(version: Value) -> bool:
    """Whether deployments with a version fail from `RETIREMENT` on; one that is not known does
    not."""
    if not isinstance(version, str) or not version[:1].isdigit():
        return False
    return is_before(version, ROLES_BY_DEFAULT) or is_deprecated_preview(version)


def most_entries(version: Value) -> int:
    """How many entries a list of access policies may have."""
    return 16 if isinstance(version, str) and version[:10] in _FIRST_VERSIONS else 1024
