"""Templates written to a folder and checked as a whole run, and the findings of one rule in it.

`Checked.told` is all that a rule says: how sure it is, in which words, and about which text. Tests
compare it as a whole, so that nothing is said besides.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from support import make_change, make_policy, make_request, make_template, make_vault, write_file

from armguard.analysis import check_paths
from armguard.cli.exit_code import decide
from armguard.deployed.inventory import DeployedState
from armguard.evaluation.facts import DeploymentScope
from armguard.finding import Finding, Severity
from armguard.finding.report import LiveState, Report, VaultReport


@dataclass(frozen=True, slots=True)
class Checked:
    report: Report

    def of(self, rule: str) -> list[Finding]:
        """The findings of one rule, in the order of the report."""
        return [finding for finding in self.report.findings if finding.rule == rule]

    def told(self, rule: str) -> list[tuple[str, str, str, str]]:
        """(severity, certainty, message, the text pointed at) of the findings of one rule."""
        return [
            (str(each.severity), str(each.certainty), each.message, self.span(each))
            for each in self.of(rule)
        ]

    @property
    def exit_code(self) -> int:
        """That of a check without options."""
        return decide(self.report, Severity.ERROR, False, False)

    @property
    def vault(self) -> VaultReport:
        """The only vault of the run."""
        (vault,) = (each for report in self.report.deployments for each in report.vaults)
        return vault

    @property
    def live(self) -> LiveState:
        """The only vault as it is deployed."""
        assert self.vault.live is not None
        return self.vault.live

    def span(self, finding: Finding) -> str:
        """The text that a finding points at, each run of blanks as one."""
        location = finding.location
        assert location.start is not None
        assert location.end is not None
        lines = self.report.sources[location.path].splitlines()
        lines = lines[location.start.line - 1 : location.end.line]
        lines[-1] = lines[-1][: location.end.column - 1]
        lines[0] = lines[0][location.start.column - 1 :]
        text = "\n".join(lines)
        assert text == text.strip(), "a span begins and ends with what it is about"
        return " ".join(text.split())


def as_written(value: Any, key: str | None = None) -> str:
    """How a value, or a member, stands in a template, each run of blanks as one."""
    text = " ".join(json.dumps(value, indent=2).split())
    return text if key is None else f'"{key}": {text}'


@pytest.fixture(scope="session")
def template_of() -> Callable[..., dict[str, Any]]:
    return make_template


@pytest.fixture(scope="session")
def vault_of() -> Callable[..., dict[str, Any]]:
    return make_vault


@pytest.fixture(scope="session")
def policy() -> Callable[..., Any]:
    return make_policy


@pytest.fixture(scope="session")
def change() -> Callable[..., dict[str, Any]]:
    return make_change


@pytest.fixture(scope="session")
def written() -> Callable[..., str]:
    return as_written


@pytest.fixture
def check_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Checked]:
    """Check files by name -> JSON, or the text itself. `deployed`: what to compare with; other
    keyword arguments are those of a `Request`."""
    monkeypatch.chdir(tmp_path)

    def check(
        files: Mapping[str, Any], deployed: DeployedState | None = None, **request: Any
    ) -> Checked:
        for name, content in files.items():
            write_file(tmp_path / name, content, indent=2)
        return Checked(check_paths(make_request(**request), lambda: b"", deployed=deployed))

    return check


@pytest.fixture
def check(check_files: Callable[..., Checked]) -> Callable[..., Checked]:
    """Check one template of these resources. `given`: the values of a parameter file; `tenant`
    and `mode` as on the command line; other keyword arguments are members of the template."""

    def run(
        *resources: Any,
        given: Mapping[str, Any] | None = None,
        tenant: str | None = None,
        mode: str = "incremental",
        **members: Any,
    ) -> Checked:
        files: dict[str, Any] = {"main.json": make_template(*resources, **members)}
        if given is not None:
            files["main.parameters.json"] = {
                "parameters": {name: {"value": value} for name, value in given.items()}
            }
        return check_files(files, scope=DeploymentScope(tenant_id=tenant), mode=mode)

    return run


@pytest.fixture
def against(check_files: Callable[..., Checked]) -> Callable[..., Checked]:
    """Compare one template of these resources with deployed state; the group is `rg`."""

    def run(
        deployed: DeployedState, *resources: Any, mode: str = "incremental", **members: Any
    ) -> Checked:
        files = {"main.json": make_template(*resources, **members)}
        scope = DeploymentScope(resource_group="rg")
        return check_files(files, deployed=deployed, scope=scope, mode=mode)

    return run
