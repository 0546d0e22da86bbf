"""What a configuration file says, as data."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from armguard.acceptance.selection import Layer
from armguard.record import field, record
from armguard.source.path_patterns import PathPatterns

if TYPE_CHECKING:
    from armguard.acceptance.written import WrittenSuppression
    from armguard.configuration.environment import Environment


@record
class Configuration:
    """What a file says, with its paths as seen from the working directory."""

    file: str = ""
    """empty: there is none"""
    folder: str = ""
    """what patterns are relative to, as a path from the working directory"""
    layers: tuple[Layer, ...] = ()
    """what it says about rules: first the file itself, then its `[[paths]]` in order"""
    packs: tuple[str, ...] = ()
    policies: tuple[str, ...] = ()
    exclude: PathPatterns = field(default_factory=lambda: PathPatterns(()))
    fail_on: str | None = None
    fail_on_undecided: bool | None = None
    bicep: str | None = None
    """a name, or a path as seen from the working directory"""
    bicep_timeout: float | None = None
    links: Mapping[str, str] = field(default_factory=dict)
    """how an address begins -> the folder that holds what is there"""
    environments: tuple[Environment, ...] = ()
    suppressions: tuple[WrittenSuppression, ...] = ()
    origins: Mapping[str, str] = field(default_factory=dict)
    """key -> where it is written, as in `armguard.toml:3`; only keys that are written"""
