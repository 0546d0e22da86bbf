"""Declarative policies: checks written as YAML files, off unless a pack or a folder is asked for.

Asking for nothing costs nothing: YAML and the paths' parser are imported by the first policy.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from armguard.finding import Finding
    from armguard.finding.report import RulePage
    from armguard.policy.definition import Policy
    from armguard.templates.deployment import Deployment


def shipped_packs() -> tuple[str, ...]:
    """The names of the packs that come with armguard, sorted."""
    from armguard.policy.packs import pack_names

    return pack_names()


def load(
    packs: Sequence[str] = (), folders: Sequence[str] = (), *, tested: bool = False
) -> tuple[Policy, ...]:
    """The policies of shipped packs (`redeploy`, `keyvault`) and of folders, sorted by id.

    Raises `UsageError` with file and line for a mistake in a policy, and for what doesn't exist;
    with `tested` also for an example in a folder that does not come out as it should.
    """
    if not packs and not folders:
        return ()
    from armguard.policy.packs import load_policies

    return load_policies(packs, folders, tested=tested)


def find(policies: Sequence[Policy], deployment: Deployment) -> Iterator[Finding]:
    """What violates the policies, or could not be decided, in a root deployment of a lenient
    session and in all that is nested in it."""
    if policies:
        from armguard.policy.findings import findings

        yield from findings(policies, deployment)


def policy_pages(policies: Iterable[Policy]) -> tuple[RulePage, ...]:
    """The policies as documentation, made from their YAML and their examples."""
    policies = tuple(policies)
    if not policies:
        return ()
    from armguard.policy.pages import page_of

    return tuple(map(page_of, policies))


def wrong_examples(policies: Iterable[Policy]) -> Iterator[str]:
    """One sentence, with file and line, for each example that does not come out as it should."""
    from armguard.policy.examples import wrong_examples_of

    for policy in policies:
        yield from wrong_examples_of(policy)
