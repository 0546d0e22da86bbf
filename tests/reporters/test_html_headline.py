"""The headline of the HTML report: what is known, and never more than that."""

from __future__ import annotations

from typing import Any

import pytest

from armguard.finding import Certainty, Finding, Location, ResourceName, Severity, Suppression
from armguard.finding.report import (
    DeploymentReport,
    LiveState,
    PrincipalChange,
    Report,
    Summary,
    VaultReport,
)
from armguard.reporters.html.effects import State, effects_of, state_of
from armguard.reporters.html.findings import counted, not_counted
from armguard.reporters.html.headline import headline, reservations

SURE, DEFAULT, MAYBE = Certainty.CERTAIN, Certainty.DEFAULT, Certainty.POSSIBLE


def vault(name: str, verdict: str, certainty: Certainty | None = SURE, **more: Any) -> VaultReport:
    members = {"id": None, "location": Location("main.json", f"/resources/{name}"), "reason": None}
    members |= {"name": name, "verdict": verdict, "certainty": certainty, "workspaces": (), **more}
    return VaultReport(**members)


def change(who: str, kind: str, *workspaces: str) -> PrincipalChange:
    lost = {"keys": ["get"]} if kind in ("lost", "narrowed", "undecided") else {}
    return PrincipalChange(who, "t", None, None, workspaces, kind, lost, {})  # type: ignore[arg-type]


def live(*changes: PrincipalChange, state: str = "exists") -> LiveState:
    return LiveState("snapshot", state, False, changes, None)  # type: ignore[arg-type]


def report(*vaults: VaultReport, findings: tuple[Finding, ...] = (), **more: Any) -> Report:
    """All vaults in one deployment."""
    deployments = (DeploymentReport("main.json", (), vaults),) if vaults else ()
    summary = more.pop("summary", Summary(templates=1))
    return Report(deployments=deployments, findings=findings, summary=summary, **more)


def finding(name: str, severity: Severity = Severity.ERROR, **more: Any) -> Finding:
    place = Location("main.json", f"/resources/{name}/properties/accessPolicies")
    resource = ResourceName("Microsoft.KeyVault/vaults", name)
    members = {"hazard": "list", "resource": resource, **more}
    return Finding("some-rule", severity, SURE, f"vault '{name}' is bad", place, **members)


def said(given: Report) -> str:
    return headline(given, effects_of(given, (*counted(given), *not_counted(given))))


def reserved(given: Report) -> list[str]:
    effects = effects_of(given, (*counted(given), *not_counted(given)))
    return [*reservations(given, effects)]


ALL_LOST = live(change("a", "lost", "mlw-dev"), change("b", "lost"), change("n", "granted"))
SOME_LOST = live(change("a", "lost"), change("c", "kept"))
NARROWED = live(change("a", "narrowed", "mlw-dev"), change("c", "kept"))
DOUBT = live(change("a", "undecided", "mlw-dev"), change("c", "kept"))
NO_LOSS = live(change("c", "kept"))


@pytest.mark.parametrize(
    ("vaults", "expected"),
    [
        (
            [vault("kv1", "replaced", live=ALL_LOST), vault("kv2", "emptied", live=SOME_LOST)],
            "takes access from 2 principals of 2 vaults; workspace mlw-dev stops working",
        ),
        (
            [vault("kv1", "replaced", live=NARROWED)],
            "takes permissions from 1 principal of 1 vault; workspace mlw-dev may stop working",
        ),
        (
            [vault("kv1", "undecided", None, live=DOUBT)],
            "may take access from 1 principal of 1 vault; workspace mlw-dev may stop working",
        ),
        (
            [vault("kv1", "replaced", live=SOME_LOST), vault("kv2", "undecided", None, live=DOUBT)],
            "takes access from 1 principal of 1 vault and may take access from 1 principal of"
            " 1 vault; workspace mlw-dev may stop working",
        ),
        (
            [vault("kv1", "emptied", workspaces=("mlw-dev", "mlw-prod")), vault("kv2", "emptied")],
            "removes all access policies of 2 vaults; workspaces mlw-dev and mlw-prod stop working",
        ),
        (
            [vault("kv1", "emptied", MAYBE, workspaces=("mlw-dev",))],
            "may remove all access policies of 1 vault; workspace mlw-dev may stop working",
        ),
        (
            [vault("kv1", "missing")],
            "writes 1 vault without any list, which fails or removes all policies",
        ),
        (
            [vault("kv1", "replaced", workspaces=("mlw-dev",))],
            "replaces all access policies of 1 vault by those of the template",
        ),
        ([vault("kv1", "replaced", MAYBE)], "may replace all access policies of 1 vault"),
        (
            [vault("kv1", "emptied"), vault("KV1", "emptied")],
            "removes all access policies of 1 vault",
        ),
    ],
)
def test_a_loss(vaults: list[VaultReport], expected: str) -> None:
    assert said(report(*vaults)) == f"The next deployment {expected}"


def test_many_names_are_cut() -> None:
    names = tuple(f"mlw-{number}" for number in range(8))
    text = said(report(vault("kv1", "emptied", workspaces=names)))
    assert text.endswith("workspaces mlw-0, mlw-1, mlw-2, mlw-3, mlw-4 and 3 more stop working")


def test_several_deployments() -> None:
    deployments = [DeploymentReport(f"{n}.json", (), (vault(n, "emptied"),)) for n in "ab"]
    text = said(Report(deployments=tuple(deployments)))
    assert text == "The next deployments remove all access policies of 2 vaults"


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (report(vault("kv1", "kept")), "No loss of access was found in 1 vault"),
        (report(vault("kv1", "emptied", live=NO_LOSS)), "No loss of access was found in 1 vault"),
        (report(), "No Key Vault is in 1 template"),
        (Report(), "Nothing was checked, so nothing is known"),
        (
            report(vault("kv1", "undecided", None)),
            "Whether anybody loses access to 1 vault could not be decided",
        ),
        (
            report(vault("kv1", "emptied"), findings=(finding("kv1", baselined=True),)),
            "Nothing was found that is not accepted already",
        ),
        (
            report(vault("kv1", "kept"), findings=(finding("kv1"), finding("kv2"))),
            "Vault 'kv1' is bad (main.json), and 1 more finding",
        ),
        (
            Report(findings=(finding("kv1"),)),
            "Vault 'kv1' is bad (main.json)",
        ),
        (
            report(vault("kv1", "kept"), findings=(finding("kv1", Severity.NOTE),)),
            "No loss of access was found in 1 vault",
        ),
        (
            report(vault("kv1", "emptied", live=live(state="absent"))),
            "No loss of access was found in 1 vault",
        ),
    ],
)
def test_no_loss(given: Report, expected: str) -> None:
    assert said(given) == expected


def test_what_is_accepted_is_not_counted() -> None:
    wanted = Suppression("wanted")
    given = report(
        vault("kv1", "emptied", workspaces=("mlw-dev",)),
        vault("kv2", "emptied"),
        findings=(finding("kv1", suppressed=wanted), finding("kv2")),
    )
    assert said(given) == "The next deployment removes all access policies of 1 vault"
    assert reserved(given) == ["Not counted: 1 finding that somebody has accepted."]


def test_a_retiring_version_that_is_accepted_accepts_no_loss() -> None:
    known = finding("kv1", hazard="version", baselined=True)
    given = report(vault("kv1", "emptied"), findings=(finding("kv1"), known))
    assert said(given) == "The next deployment removes all access policies of 1 vault"


def test_another_finding_that_is_accepted_accepts_no_loss_that_nobody_asked_about() -> None:
    known = finding("kv1", Severity.WARNING, hazard=None, baselined=True)
    given = report(vault("kv1", "emptied"), findings=(known,))
    assert said(given) == "The next deployment removes all access policies of 1 vault"


def test_what_has_to_be_known_with_it() -> None:
    given = report(
        vault("kv1", "emptied", DEFAULT),
        vault("kv2", "undecided", None),
        compared="the snapshot of yesterday",
        summary=Summary(templates=1, closed=2),
    )
    assert reserved(given) == [
        "That is so unless somebody gives a value for a parameter that now has its default.",
        "Nothing could be compared with what is deployed: this is no proof that all is well.",
        "What happens to the access of 1 vault could not be decided.",
        "2 templates that others deploy could not be looked into.",
    ]


def test_what_was_not_read_is_said() -> None:
    unread = vault("kv2", "kept", live=live(state="unread"))
    given = report(vault("kv1", "kept", live=NO_LOSS), unread, compared="Azure")
    (sentence,) = reserved(given)
    assert sentence.startswith("Not everything could be compared")


@pytest.mark.parametrize(
    ("given", "state"),
    [
        (vault("a", "replaced", live=ALL_LOST), State.ALL_LOST),
        (vault("a", "replaced", live=SOME_LOST), State.SOME_LOST),
        (vault("a", "replaced", live=NARROWED), State.NARROWED),
        (vault("a", "undecided", None, live=DOUBT), State.MAY_BE_LOST),
        (vault("a", "undecided", None, live=NO_LOSS), State.NOTHING_LOST),
        (vault("a", "emptied", live=NO_LOSS), State.NOTHING_LOST),
        (vault("a", "kept", live=NO_LOSS), State.KEPT),
        (vault("a", "not-written", MAYBE, live=ALL_LOST), State.MAY_BE_LOST),
        (vault("a", "emptied", live=live(state="unread")), State.EMPTIED),
        (vault("a", "emptied", live=live(state="absent")), State.ABSENT),
        (vault("a", "emptied", live=live(state="deleted")), State.DELETED),
        (vault("a", "emptied", MAYBE), State.MAY_BE_EMPTIED),
    ],
)
def test_what_counts_is_what_is_known_best(given: VaultReport, state: State) -> None:
    assert state_of(given) is state


def test_whoever_loses_everything_is_red_and_first() -> None:
    given = report(vault("kv1", "emptied"), vault("kv2", "replaced", live=ALL_LOST))
    effects = effects_of(given, ())
    assert [each.vault.name for each in effects] == ["kv2", "kv1"]
    assert effects[0].weight == "bad"


def test_nothing_is_green_about_which_there_is_an_error() -> None:
    given = report(vault("kv1", "not-written"), findings=(finding("kv1", hazard=None),))
    (effect,) = effects_of(given, counted(given))
    assert effect.weight == "doubtful"
