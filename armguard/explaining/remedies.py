"""The ways out of a wipe, in words that fit the template.

The first three are those of Microsoft's page on workspace templates; the platform has two more.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from armguard.explaining.because import short
from armguard.explaining.bicep_words import is_bicep, is_foreign
from armguard.explaining.case import Case
from armguard.finding import Detail, Finding, Location
from armguard.keyvault.api_versions import RETIREMENT
from armguard.keyvault.assessment import AssessedVault
from armguard.keyvault.other_values import SafeValue
from armguard.record import record, replace
from armguard.source.discovery import STDIN

_HELP = Detail("help", ("armguard rules remedies",))
_OWN = "where the vault exists, "
"""how a way begins that the template itself offers"""
_PLAIN_PATH = re.compile(r"[\w./@+=-]+")
_PLAIN = re.compile(r"[A-Za-z0-9-]{1,24}")
"""A name that a shell takes as it is."""

CLI_THEN = f"from {RETIREMENT} on that takes Azure CLI 2.90.0 or later"
"""of a command `az keyvault`: earlier ones speak API versions that retire then"""


@record
class _Words:
    """What to write, in the language of the file."""

    once: str
    condition: str
    reuse: str
    roles: str
    keep: str = ""


_TRY = "try it with a test deployment first"
_JSON = _Words(
    once='"@options": {"onlyIfNotExists": []} on it, which needs languageVersion 2.0',
    condition="a condition that is false where it exists",
    reuse="take the vault out of this template and pass its id to what uses it",
    roles="enableRbacAuthorization true",
)
_JSON_2 = replace(_JSON, once='"@options": {"onlyIfNotExists": []} on it')
"""of a template that has symbolic names"""
_BICEP = _Words(
    once=f"@onlyIfNotExists() above the resource (Bicep 0.38.3 or later; {_TRY})",
    condition="an if (...) that is false where it exists",
    reuse="declare the vault as existing, in place of this resource, for what uses it",
    roles="enableRbacAuthorization: true",
    keep="write back the list that the vault has: accessPolicies:"
    f" this.existingResource().?properties.?accessPolicies ?? [] (Bicep 0.49 or later; {_TRY})",
)

_REGISTRY = replace(
    _BICEP,
    once=f"in the module, {_BICEP.once}",
    keep=f"in the module, {_BICEP.keep}",
    reuse=_BICEP.reuse.replace("this resource", "this module"),
)
"""of what is in a module of a registry"""


def _words(vault: AssessedVault, case: Case) -> _Words:
    if is_bicep(vault.place, case):
        return _REGISTRY if is_foreign(vault.place, case) else _BICEP
    return _JSON_2 if vault.symbolic else _JSON


def ways_out(vault: AssessedVault, case: Case) -> tuple[Detail, ...]:
    """One `fix` line and its alternatives, what the template itself offers first."""
    words = _words(vault, case)
    name = vault.name if _PLAIN.fullmatch(vault.name) else "NAME"
    holds_list = vault.other_values.holds_list
    if holds_list is not None:
        part = "part of " if vault.other_values.in_part else ""
        pass_in = f"pass it in as {part}parameter '{holds_list}'"
    else:
        pass_in = "write it into accessPolicies, through a parameter"
    live = (
        "before each deployment read the live list (az keyvault show --name"
        f" {name} --query properties.accessPolicies; {CLI_THEN}) and {pass_in}"
    )
    once = f"deploy the vault only once: {words.once}"
    deletes = vault.complete != "no"
    if not deletes and not vault.has_condition:
        once += f", or {words.condition}"
    own = [*_safe_values(vault, deletes)]
    if vault.switch is not None and not deletes and not own:
        what = f"pass a value of parameter '{vault.switch}' with which its condition is false"
        own = [f"{_OWN}{what}"]
    reuse = words.reuse
    if deletes:
        reuse += ", deployed in Incremental mode: Complete mode would delete it"
    roles = [each for each in vault.other_values.safe if each.kind == "dormant"]
    how = f"{_given(roles[0])}" if roles else words.roles
    rbac = f"or switch to role assignments: {how} (first assign the roles)"
    ways: list[str] = [*own, live, once, *filter(None, (words.keep,)), f"{reuse}; {rbac}"]
    return (
        Detail("fix", (ways[0],)),
        *(Detail("or", (each,)) for each in ways[1:]),
        _HELP,
    )


_COMMAND = "armguard fix "


def with_command(
    details: tuple[Detail, ...], template: str, remedies: Sequence[str]
) -> tuple[Detail, ...]:
    """The details with the command that repairs the template in front of the ways that are left to
    somebody's own hands."""
    if not remedies or template == STDIN:
        return details
    also = f"   (also: {', '.join(remedies[1:])})" if len(remedies) > 1 else ""
    command = Detail("fix", (f"{_COMMAND}{_shell_word(template)} --remedy {remedies[0]}{also}",))
    at = next((i for i, each in enumerate(details) if each.label == "fix"), len(details))
    by_hand = (replace(each, label="or") if each.label == "fix" else each for each in details[at:])
    return *details[:at], command, *by_hand


def _shell_word(path: str) -> str:
    """A path as somebody types it in a shell."""
    if _PLAIN_PATH.fullmatch(path):
        return path
    from shlex import quote

    return quote(path)


def told_once(findings: Iterable[Finding]) -> Iterator[Finding]:
    """The same, with the ways out in full for the first that counts, and one line for the others:
    only what the template itself offers is told again."""
    first: Location | None = None
    for each in findings:
        if _HELP not in each.details or not each.counts:
            yield each
        elif first is None:
            first = each.location
            yield each
        else:
            yield replace(each, details=tuple(_told_again(each.details, first)))


def _told_again(details: Iterable[Detail], first: Location) -> Iterator[Detail]:
    elsewhere: tuple[str | Location, ...] = ("one of the ways out told in full at ", first)
    own: list[str] = []
    for each in details:
        if each.label not in ("fix", "or"):
            if each != _HELP:
                yield each
            continue
        way = str(each.text[0])
        if way.startswith(_COMMAND):
            elsewhere = (f"{way}; or ", *elsewhere)
        elif way.startswith(_OWN):
            own.append(way)
    yield Detail("fix", elsewhere)
    yield from (Detail("or", (way,)) for way in own)


def _safe_values(vault: AssessedVault, deletes: bool) -> Iterator[str]:
    """What the flags of the template offer. In Complete mode one that keeps the vault from being
    written deletes it."""
    told = set()
    for safe in vault.other_values.safe:
        if safe.parameter in told or safe.kind == "dormant":
            continue
        if safe.kind == "kept":
            yield f"{_OWN}pass {_given(safe)}: its access policies are kept then"
        elif not deletes:
            yield f"{_OWN}pass {_given(safe)}: it is not written then"
        told.add(safe.parameter)


def _given(safe: SafeValue) -> str:
    return f"{short(safe.value)} for parameter '{safe.parameter}'"
