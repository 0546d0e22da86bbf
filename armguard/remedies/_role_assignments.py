"""Role assignments on a vault in place of the entries of access policies.

The name of a resource has to be known when a deployment begins, so nothing that is only known at
run time may take part in it: there the resource that is asked stands for the answer.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from armguard.evaluation.identity import comparable
from armguard.evaluation.unknown import Unknown, Value, holds_unknown
from armguard.evaluation.values import member
from armguard.expressions.parser import is_expression, parse_expression
from armguard.expressions.syntax import Call, Expression, Index, Lambda, Literal, Property, to_text
from armguard.finding import quoted
from armguard.keyvault.access import tenant_of
from armguard.record import record
from armguard.remedies._roles import Equivalent, Role, equivalent_to, in_words
from armguard.remedies._written import expression_of
from armguard.remedies.remedy import RefusedError
from armguard.templates.resource import Resource

ROLE_ASSIGNMENTS = "Microsoft.Authorization/roleAssignments"
_VERSION = "2022-04-01"
_ASKING = ("reference", "references")
_OWN_ID = (["principalid"], ["identity", "principalid"], ["properties", "principalid"])


@record
class Entry:
    """An entry of an access policy in one deployment."""

    owner: Resource
    """the vault, or the child in whose list it is"""
    written: Mapping[str, Any]
    object_id: Value
    permissions: Mapping[str, tuple[str, ...]]
    """kind -> names, in lower case"""
    hindrance: str | None
    """why no role can stand for it; None: one can"""

    @property
    def principal(self) -> str:
        """The principal as it is written."""
        return str(member(self.written, "objectId"))

    @property
    def condition(self) -> Any:
        """Under which it is written; True: none."""
        return condition_of(self.owner)

    @property
    def permissions_are_computed(self) -> bool:
        return _has_expression(member(self.written, "permissions"))

    @property
    def permits(self) -> bool:
        return any(self.permissions.values())


@record
class Grant:
    """The roles of one principal, for one entry or several."""

    entry: Entry
    """the first of them"""
    equivalent: Equivalent
    also: tuple[str, ...] = ()
    """what the others are written with, where it is another text"""


def entries_of(vault: Resource, owner: Resource, written: Any) -> Iterator[Entry]:
    """The entries of a list that is written out, of the vault or of a child. Raises `RefusedError`
    where one of them is not, or where it is not known what it permits."""
    for each in written:
        if not isinstance(each, Mapping):
            raise RefusedError("an entry of its list is not written out as an object")
        object_id = member(each, "objectId")
        if not isinstance(object_id, str) or not object_id:
            raise RefusedError("an entry of its list has no objectId that is a text")
        permissions = _permissions(owner.computed(member(each, "permissions")), object_id)
        hindrance = _hindrance(vault, owner, each)
        yield Entry(owner, each, owner.computed(object_id), permissions, hindrance)


def _hindrance(vault: Resource, owner: Resource, written: Mapping[str, Any]) -> str | None:
    application = owner.computed(member(written, "applicationId"))
    if isinstance(application, Unknown) or application not in (None, ""):
        return "it has an applicationId, and roles know no access through an application"
    own = tenant_of(vault.read("tenantId").value)
    tenant = tenant_of(owner.computed(member(written, "tenantId")))
    if own is not None and tenant is not None and own != tenant:
        return "it is of another tenant than the vault"
    return None


def _permissions(value: Value, object_id: str) -> dict[str, tuple[str, ...]]:
    if holds_unknown(value):
        raise RefusedError(f"the permissions of {quoted(object_id)} are not known beforehand")
    found: dict[str, tuple[str, ...]] = {}
    for kind, names in value.items() if isinstance(value, Mapping) else ():
        if names is not None and not isinstance(names, list):
            raise RefusedError(f"the permissions of {quoted(object_id)} are no lists of names")
        found[kind.lower()] = tuple(str(each).lower() for each in names or ())
    return found


def grants_for(entries: Sequence[Entry]) -> list[Grant]:
    """One for each principal. Raises `RefusedError` where its entries are not all written under the
    same condition."""
    by_principal: dict[str, list[Entry]] = {}
    for each in entries:
        by_principal.setdefault(comparable(each.object_id), []).append(each)
    found = []
    for same in by_principal.values():
        if any(each.condition != same[0].condition for each in same):
            raise RefusedError(
                f"the entries of {quoted(same[0].principal)} hang on different conditions; write"
                " them under the same one"
            )
        permissions: dict[str, list[str]] = {}
        for each in same:
            for kind, names in each.permissions.items():
                permissions.setdefault(kind, []).extend(names)
        texts = dict.fromkeys(each.principal for each in same)
        also = [each for each in texts if each.lower() != same[0].principal.lower()]
        found.append(Grant(same[0], equivalent_to(permissions), tuple(also)))
    return found


def assignments(vault: Resource, grants: Iterable[Grant]) -> list[dict[str, Any] | None]:
    """The resources that give the roles, to stand in the template of the vault; None: it has one
    already, and Azure takes no second one."""
    there = [*_assigned(vault)]
    return [
        None if _is_among(there, grant.entry, role) else _assignment(vault, grant.entry, role)
        for grant in grants
        for role in grant.equivalent.roles
    ]


@record
class _Assigned:
    """A role assignment that the template has."""

    principal: str
    role: str
    """the id of its definition"""
    condition: Any


def _assigned(vault: Resource) -> Iterator[_Assigned]:
    """Those on the vault, also in the older spelling, as a child of it."""
    below = f"{comparable(vault.id)}/providers/microsoft.authorization/roleassignments/"
    for each in vault.deployment.resources():
        is_one = each.type.lower().endswith("/roleassignments") and not each.existing
        if is_one and comparable(each.id).startswith(below):
            yield _Assigned(
                comparable(each.read("principalId").value),
                comparable(each.read("roleDefinitionId").value),
                condition_of(each),
            )


def _is_among(there: Iterable[_Assigned], entry: Entry, role: Role) -> bool:
    own = comparable(entry.object_id)
    same = [each for each in there if each.principal == own and role.id in each.role]
    if same and entry.condition not in [each.condition for each in same]:
        raise RefusedError(
            f"the template assigns {role.name} to {quoted(entry.principal)} already, under another"
            " condition than that of its entry; write them under the same one"
        )
    return bool(same)


def condition_of(resource: Resource) -> Any:
    """Under which it is written; True: none."""
    written = member(resource.written, "condition")
    return True if written is None else written


def _assignment(vault: Resource, entry: Entry, role: Role) -> dict[str, Any]:
    identifier = _id_text(vault)
    principal = _known_at_start(expression_of(entry.principal))
    definition = f"'Microsoft.Authorization/roleDefinitions', '{role.id}'"
    return {
        **({} if entry.condition is True else {"condition": entry.condition}),
        "type": ROLE_ASSIGNMENTS,
        "apiVersion": _VERSION,
        "name": f"[guid({identifier}, {principal}, '{role.id}')]",
        "scope": _as_text(identifier),
        "dependsOn": [vault.symbol or _as_text(identifier), *_waits_for(vault, entry)],
        "properties": {
            "roleDefinitionId": f"[subscriptionResourceId({definition})]",
            "principalId": entry.principal,
            **({"principalType": "ServicePrincipal"} if is_identity(entry) else {}),
        },
    }


def _waits_for(vault: Resource, entry: Entry) -> Iterator[str]:
    """What a child waits for besides the vault: the principals that its entries name."""
    if entry.owner is vault:
        return
    from armguard.templates.dependencies import below_provider, names_of

    names = set(names_of(vault))
    for each in member(entry.owner.written, "dependsOn") or ():
        named = comparable(entry.owner.computed(each))
        if named not in names and below_provider(named) not in names:
            yield each


def refuse_other_place(vault: Resource) -> None:
    """Raise `RefusedError` where an expression at the vault means another place than its own."""
    if vault.indexed:
        raise RefusedError(
            "it is written in a copy loop, of which each vault needs role assignments of its own;"
            " write the vaults out first"
        )
    if vault.parent is not None:
        raise RefusedError("it is written inside of another resource")
    here = vault.computed("[subscription().subscriptionId]")
    if comparable(here) != comparable(vault.deployment.facts.subscription_id):
        raise RefusedError(
            "it is deployed to another subscription than the one that expressions in its template"
            " mean, and so would be the roles"
        )


def is_identity(entry: Entry) -> bool:
    """Whether an objectId is surely that of a managed identity, for Azure a service principal."""
    if not is_expression(entry.principal):
        return False
    asked, path = _asked(parse_expression(entry.principal))
    if path == ["identity", "principalid"]:
        return True
    return path in _OWN_ID and "microsoft.managedidentity/" in _what_is_asked(asked, entry.owner)


def _what_is_asked(asked: Expression, owner: Resource) -> str:
    """The type of what a symbolic name stands for, or an id, in lower case."""
    named = owner.computed(f"[{to_text(asked)}]")
    if owner.deployment.symbolic and isinstance(named, str):
        for each in owner.deployment.resources():
            if each.symbol == named:
                return each.type.lower()
    return comparable(named)


def is_asked_for(principal: str) -> bool:
    """Whether it is only known at run time."""
    return is_expression(principal) and _known_at_start(principal[1:-1]) != principal[1:-1].strip()


def _id_text(vault: Resource) -> str:
    """The id of the vault as an expression; in a nested template whose expressions mean another
    place, its type and name, by which dependsOn and scope know it as well."""
    name = member(vault.written, "name")
    if not isinstance(name, str):
        raise RefusedError("it has no name that is a text")
    own = expression_of(name)
    full = f"resourceId('{vault.type}', {own})"
    if comparable(vault.computed(f"[{full}]")) == comparable(vault.id):
        return full
    return (
        f"format('{vault.type}/{{0}}', {own})" if is_expression(name) else f"'{vault.type}/{name}'"
    )


def _as_text(expression: str) -> str:
    return expression[1:-1] if expression[:1] == "'" else f"[{expression}]"


def _has_expression(written: Any) -> bool:
    if isinstance(written, str):
        return is_expression(written)
    if isinstance(written, Mapping):
        return any(_has_expression(each) for pair in written.items() for each in pair)
    return isinstance(written, list) and any(map(_has_expression, written))


def _known_at_start(expression: str) -> str:
    """The expression without what only runs later; as it is written where nothing does."""
    node = parse_expression(f"[{expression}]")
    changed = _without_asking(node)
    return expression.strip() if changed == node else to_text(changed)


def _without_asking(node: Expression) -> Expression:
    asked, path = _asked(node)
    if path:
        inner = _without_asking(asked)
        if path in _OWN_ID:
            return inner
        return Call("concat", (inner, Literal(f"/{'.'.join(path)}")))
    match node:
        case Call(name, (first, *_)) if _asks(name):
            return _without_asking(first)
        case Call(name, arguments, origin):
            return Call(name, tuple(map(_without_asking, arguments)), origin)
        case Property(target, name, safe):
            return Property(_without_asking(target), name, safe)
        case Index(target, index, safe):
            return Index(_without_asking(target), _without_asking(index), safe)
        case Lambda(parameters, body):
            return Lambda(parameters, _without_asking(body))
    return node


def _asked(node: Expression) -> tuple[Expression, list[str]]:
    """What `reference(target...).path` asks, and the path; no path where it is no such thing."""
    path: list[str] = []
    while True:
        match node:
            case Property(target, name):
                path.insert(0, name.lower())
            case Index(target, index):
                path.insert(0, to_text(index).lower())
            case Call(name, (target, *_)) if _asks(name):
                return target, path
            case _:
                return node, []
        node = target


def _asks(name: str) -> bool:
    return name.lower() in _ASKING or name.lower().startswith("list")


def told_of(grants: Sequence[Grant]) -> Iterator[str]:
    """What the roles give beyond the entries, what they do not give, and to whom they may not."""
    beyond: dict[tuple[tuple[Role, ...], Any], list[str]] = {}
    missing: dict[Any, list[str]] = {}
    for each in grants:
        own = quoted(each.entry.principal)
        if each.equivalent.beyond:
            key = each.equivalent.roles, each.equivalent.beyond
            beyond.setdefault(key, []).append(own)
        if each.equivalent.missing:
            missing.setdefault(each.equivalent.missing, []).append(own)
    for (roles, more), who in beyond.items():
        names = " and ".join(each.name for each in roles)
        verb = "permits" if len(roles) == 1 else "permit"
        yield f"for {', '.join(who)} {names} {verb} more than the entry: {in_words(more)}"
    for less, who in missing.items():
        yield f"no role stands for these permissions of {', '.join(who)}: {in_words(less)}"
    for each in grants:
        for other in each.also:
            yield (
                f"{quoted(other)} is the same principal as {quoted(each.entry.principal)} now, and"
                " has the same roles: where they are two, it gets none"
            )
