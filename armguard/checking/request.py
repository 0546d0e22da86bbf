"""What a check is asked to do."""

from __future__ import annotations

from typing import TYPE_CHECKING

from armguard.configuration.model import Configuration
from armguard.evaluation.facts import DeploymentScope
from armguard.record import field, record

if TYPE_CHECKING:
    from armguard.acceptance.baseline import Baseline


@record
class Request:
    """What a check is asked to do; see the options of `armguard check`."""

    paths: tuple[str, ...] = (".",)
    parameter_sets: tuple[tuple[str, ...], ...] = ()
    assignments: tuple[tuple[str, str], ...] = ()
    discover_parameters: bool = True
    scope: DeploymentScope = field(default_factory=DeploymentScope)
    mode: str = "incremental"
    select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    force_exclude: bool = False
    configuration: Configuration = field(default_factory=Configuration)
    environment: str | None = None
    """the only one to check; None: all of the configuration, and what belongs to none"""
    baseline: Baseline | None = None
    packs: tuple[str, ...] = ()
    """shipped packs of policies, besides those of the configuration"""
    policies: tuple[str, ...] = ()
    """folders of policies, besides those of the configuration"""
    today: str = ""
    """the day that suppressions are judged for, as in 2027-01-31; empty: this day"""
