"""What a rule looks at: one template with one set of parameters, and what is deployed, if asked."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from armguard.keyvault.assessment import AssessedVault, Assessment
from armguard.record import field, record

if TYPE_CHECKING:
    from armguard.deployed.comparison import Compared, Comparison
    from armguard.source.bicep.places import Places


@record
class Case:
    assessment: Assessment
    compared: Compared | None = None
    """None: deployed state was not asked about"""
    fitting: tuple[str, ...] = ()
    """parameter files that fit the template as well as others, so that none of them is used"""
    parameter_files: tuple[str, ...] = ()
    """those of the set of parameters; none: defaults and --set only"""
    today: str = ""
    """the day that is judged for, as in 2027-01-31; empty: nobody said"""
    places: Mapping[str, Places] = field(default_factory=dict)
    """path -> where what was compiled comes from, of Bicep files"""

    def uses_roles(self, vault: AssessedVault) -> bool:
        """Whether a vault that keeps the model it has uses role assignments, as it is deployed."""
        keeps = vault.verdict.outcome.keeps_model
        return keeps and any(
            each.rbac is True and each.vault.key == vault.key for each in self.comparisons
        )

    def comparison_of(self, vault: AssessedVault) -> Comparison | None:
        """That of a vault that exists; None: it is not known to."""
        found = self.answer_for(vault)
        return found if found is not None and found.found.state == "exists" else None

    def answer_for(self, vault: AssessedVault) -> Comparison | None:
        """What was found where a vault was looked for; None: it was not."""
        return next((each for each in self.comparisons if each.vault.key == vault.key), None)

    @property
    def comparisons(self) -> tuple[Comparison, ...]:
        """Those of the vaults that the template writes."""
        return () if self.compared is None else self.compared.vaults
