"""What a run has found so far."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from armguard.acceptance.acceptance import Acceptance
from armguard.finding import Crash, DeploymentReport, Finding, Skipped
from armguard.keyvault.footprint import Footprint
from armguard.record import replace
from armguard.rules import Rule, all_rules

if TYPE_CHECKING:
    from armguard.deployed.inventory import DeployedState
    from armguard.policy.definition import Policy


class Found:
    """What a run has found so far."""

    def __init__(self, acceptance: Acceptance, policies: Iterable[Policy] = ()) -> None:
        wanted = acceptance.selection.anywhere
        self.acceptance = acceptance
        self.rules: tuple[Rule, ...] = tuple(
            rule for rule in all_rules() if rule.is_needed_for(wanted)
        )
        """those that have to run"""
        self.policies = tuple(policy for policy in policies if policy.id in wanted)
        self.findings: list[Finding] = []
        self.deployments: list[DeploymentReport] = []
        self.footprints: list[Footprint] = []
        """what each template leaves behind for comparing it with the others"""
        self.workspaces = 0
        self.skipped: list[Skipped] = []
        self.notices: list[str] = []
        self.crashes: list[Crash] = []
        self.texts: dict[str, str] = {}
        self.templates: set[str] = set()
        self.linked: set[str] = set()
        """files that templates reached by relativePath"""
        self.open_paths: set[str] = set()
        """files about which something could not be decided"""
        self.deployed: DeployedState | None = None
        """what the vaults are compared with"""
        self.unread: list[str] = []
        """what was asked about it and could not be answered"""

    def template(self, path: str, text: str) -> None:
        """Count a file as a template and keep its text for positions and excerpts."""
        self.templates.add(path)
        self.texts[path] = text

    def add(self, finding: Finding, files: tuple[str, ...]) -> None:
        self.findings.append(replace(finding, parameters=files))

    def crashed(self, path: str, error: Exception) -> None:
        import os

        if os.environ.get("ARMGUARD_DEBUG"):
            raise error
        self.crashes.append(Crash(path, type(error).__name__))
