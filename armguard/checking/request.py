"""What a check is asked to do; see the options of `armguard check`."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from armguard.configuration.settings import Settings, merged
from armguard.evaluation.facts import DeploymentScope
from armguard.record import field, record
from armguard.source.linking import Links

if TYPE_CHECKING:
    from armguard.acceptance.baseline import Baseline


@record
class Request:
    paths: tuple[str, ...] = (".",)
    stdin_path: str | None = None
    """what standard input is called in reports; None: it has no name"""
    parameter_sets: tuple[tuple[str, ...], ...] = ()
    assignments: tuple[tuple[str, str], ...] = ()
    discover_parameters: bool = True
    scope: DeploymentScope = field(default_factory=DeploymentScope)
    mode: str = "incremental"
    force_exclude: bool = False
    settings: Settings = field(default_factory=merged)
    environment: str | None = None
    """the only one to check; None: all of the configuration, and what belongs to none"""
    baseline: Baseline | None = None
    today: str = ""
    """the day that suppressions are judged for, as in 2027-01-31; empty: this day"""
    remote: Callable[[str], str | None] = lambda folder: None
    """the address of the git repository around a folder; asked where a template links another"""
    bicep: str | None = None
    """the Bicep CLI, a path or a name; None: the one of this machine"""
    bicep_timeout: float = 120
    """seconds for each file"""
    raise_bugs: bool = False
    """for those who look for them: a bug ends the run where it happens"""

    @property
    def links(self) -> Links:
        """Where linked templates are looked for."""
        return Links(self.paths, tuple(self.settings.links.items()), self.remote)
