"""Define the factors of a model, its cells and its risk groups. The artefact names all of them.

The factors that are high determine the cell; a risk group is a set of cells.
"""

from dataclasses import dataclass

from app.core.cutoffs import Cutoff

# The possible ids of a risk group: each has a colour in the charts and a code in FHIR.
RISK_GROUP_IDS = ("low", "intermediate", "high")


@dataclass(frozen=True, slots=True)
class Factor:
    """A covariate of the model: high at or above its cut-off.

    `id` names the measure: an index of the blood count (`sii`, `nlr`, `plr`) or `afp`.
    """

    id: str
    cutoff: Cutoff

    @property
    def label(self) -> str:
        """The short name that readers see."""
        return self.id.upper()


@dataclass(frozen=True, slots=True)
class Cell:
    """One combination of high and low factors; `factors` are the ids of those that are high."""

    id: str
    label: str
    factors: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class RiskGroup:
    """Patients of certain cells, by their ids; `short_label` is for a chart that has no room for more."""

    id: str
    label: str
    short_label: str
    meaning: str
    cells: tuple[str, ...]
