"""Two flags make a cell, the number of high factors makes a risk group. Nothing else decides either.

The study's Fig. 2 compares "different levels" of SII and AFP without defining them; none, one or both factors high is
this project's reading (see the model card).
"""

from dataclasses import dataclass

FACTORS = ("sii", "afp")


@dataclass(frozen=True, slots=True)
class Cell:
    """One of the four combinations of the two factors."""

    id: str
    sii_high: bool
    afp_high: bool
    label: str

    @property
    def factors(self) -> tuple[str, ...]:
        """The factors that are high in this cell."""
        return tuple(name for name, high in zip(FACTORS, (self.sii_high, self.afp_high), strict=True) if high)


@dataclass(frozen=True, slots=True)
class RiskGroup:
    """Patients with the same number of high factors."""

    id: str
    label: str
    meaning: str


CELLS: tuple[Cell, ...] = (
    Cell("neither", sii_high=False, afp_high=False, label="SII low, AFP low"),
    Cell("sii_only", sii_high=True, afp_high=False, label="SII high, AFP low"),
    Cell("afp_only", sii_high=False, afp_high=True, label="SII low, AFP high"),
    Cell("both", sii_high=True, afp_high=True, label="SII high, AFP high"),
)
REFERENCE_CELL = CELLS[0]

# Ordered by the number of high factors: 0, 1, 2.
RISK_GROUPS: tuple[RiskGroup, ...] = (
    RiskGroup("low", "Lower-risk group", "neither factor high"),
    RiskGroup("intermediate", "Middle-risk group", "one factor high"),
    RiskGroup("high", "Higher-risk group", "both factors high"),
)


def cell_of(*, sii_high: bool, afp_high: bool) -> Cell:
    """Return the cell of the two flags."""
    return CELLS[int(sii_high) + 2 * int(afp_high)]


def risk_group_of(cell: Cell) -> RiskGroup:
    """Return the risk group of a cell: the number of its high factors."""
    return RISK_GROUPS[len(cell.factors)]
