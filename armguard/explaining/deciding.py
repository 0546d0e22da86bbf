"""What would decide an open value: exactly the options of the command line that give what it hangs
on, or why there is none.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from armguard.evaluation.facts import Keeper
from armguard.evaluation.unknown import Reason, Unknown, asks_azure
from armguard.expressions.syntax import Call, Expression, Literal, Property, parts_of
from armguard.finding import Detail

_OPTIONS = {
    ("tenant", "tenantid"): ("--tenant",),
    ("subscription", "subscriptionid"): ("--subscription",),
    ("subscription", "id"): ("--subscription",),
    ("resourcegroup", "name"): ("--resource-group",),
    ("resourcegroup", "id"): ("--subscription", "--resource-group"),
    ("resourcegroup", "location"): ("--location",),
    ("managementgroup", "name"): ("--management-group",),
    ("deployment", "location"): ("--location",),
}
"""(function, member) in lower case -> the options that give it"""
_NAMED = 3
_TEXTS = {
    Reason.SECRET: "don't take the list from a secure parameter: who has access is no secret",
    Reason.RUNTIME: "only a comparison with the deployed vault can tell: --live or --against",
    Reason.CONTEXT: "only Azure knows it, while it deploys",
    Reason.NOT_ESTABLISHED: "write it in a way that leaves no doubt",
}


def how_to_decide(
    open_: Unknown | None,
    fitting: Sequence[str] = (),
    keeper: Keeper | None = None,
    *,
    compared: bool = False,
) -> Detail:
    """The `decide` line about what could not be decided. `fitting`: parameter files that may belong
    to the template; `keeper`: what keeps it for a later deployment; `compared`: whether it is
    compared with what is deployed already."""
    reason = None if open_ is None else open_.reason
    if compared and open_ is not None and (reason is Reason.RUNTIME or asks_azure(open_.residual)):
        return Detail("decide", (_TEXTS[Reason.CONTEXT],))
    if keeper is not None and reason in (Reason.NOT_SUPPLIED, Reason.CONTEXT, Reason.RUNTIME):
        return Detail("decide", ("only the later deployment of what is kept here can tell",))
    if open_ is not None and reason in (Reason.NOT_SUPPLIED, Reason.CONTEXT):
        if asks_azure(open_.residual):
            return Detail("decide", (_TEXTS[Reason.RUNTIME],))
        ways = list(_ways(open_.residual))
        if reason is Reason.NOT_SUPPLIED and not ways:
            ways.append(_supply(()))
        if reason is Reason.NOT_SUPPLIED and fitting:
            more = " ..." if len(fitting) > _NAMED else ""
            ways[-1] += f"; what may belong to it: {', '.join(fitting[:_NAMED])}{more}"
        if ways:
            return Detail("decide", (", and ".join(ways),))
    default = "write it in a way that can be evaluated before the deployment"
    return Detail("decide", (default if reason is None else _TEXTS.get(reason, default),))


def _ways(residual: Expression) -> Iterator[str]:
    parameters: dict[str, None] = {}
    inner: dict[str, None] = {}
    options: dict[str, None] = {}
    for part in parts_of(residual):
        match part:
            case Call("parameters", (Literal(str(name)),), ""):
                parameters[name] = None
            case Call("parameters", (Literal(str(name)),)):
                inner[name] = None
            case Property(Call(function, (), ""), name):
                options.update(dict.fromkeys(_OPTIONS.get((function.lower(), name.lower()), ())))
    if parameters:
        yield _supply(tuple(parameters))
    for name in inner:
        yield f"give parameter '{name}' a value in the deployment around the nested one"
    if options:
        yield f"say where it is deployed: {', '.join(options)}"


def _supply(names: tuple[str, ...]) -> str:
    values = " ".join(f"--set {name}=VALUE" for name in names[:3]) or "--set NAME=VALUE"
    what = "the values" if len(names) > 1 else "the value"
    return f"name the parameter file with --parameters FILE, or {what} with {values}"
