"""Refuse factors, cells and risk groups that do not fit together, and limits without a unique id."""

from collections.abc import Iterable
from decimal import Decimal
from itertools import combinations

from app.artefact.refusals import refusal
from app.artefact.schema import ArtefactFile, Cutoff
from app.core.analytes import Analyte
from app.core.risk_groups import RISK_GROUP_IDS

# Values are compared in these units, so a cut-off in any other would be compared wrongly.
_UNITS = {"sii": Analyte.PLATELETS.canonical_unit, "afp": Analyte.AFP.canonical_unit, "nlr": "1", "plr": "1"}
_INDICES = ("sii", "nlr", "plr")


def check_groups(file: ArtefactFile) -> None:
    """Check factors, cut-offs, cells, risk groups and ids. Raises ArtefactError at the first contradiction."""
    factors: list[str] = [factor.id for factor in file.factors]
    if not factors:
        raise refusal("factors", "is empty")
    check_unique("factors", factors)
    for k, factor in enumerate(file.factors):
        _check_cutoff(f"factors[{k}].cutoff", factor.cutoff, factor.id)
    for name, cutoff in file.other_cutoffs.items():
        _check_cutoff(f"other_cutoffs.{name}", cutoff, name)
        if name in factors:
            raise refusal(f"other_cutoffs.{name}", "is the cut-off of a factor")
    for index in _INDICES:
        if index not in (*factors, *file.other_cutoffs):
            raise refusal("other_cutoffs", f"has no '{index}'")
    _check_cells(file, factors)
    _check_risk_groups(file)
    check_unique("population.criteria", (criterion.id for criterion in file.population.criteria))
    check_unique("limits", (limit.id for limit in file.limits))


def _check_cutoff(place: str, cutoff: Cutoff, name: str) -> None:
    if Decimal(cutoff.value) <= 0:
        raise refusal(f"{place}.value", "is not positive")
    if cutoff.unit != _UNITS[name]:
        raise refusal(f"{place}.unit", f"is not {_UNITS[name]}")


def _check_cells(file: ArtefactFile, factors: list[str]) -> None:
    check_unique("cells", (cell.id for cell in file.cells))
    wanted = [high for size in range(len(factors) + 1) for high in combinations(factors, size)]
    if sorted(cell.high for cell in file.cells) != sorted(wanted):
        raise refusal("cells", f"does not hold each of the {len(wanted)} combinations of {', '.join(factors)} once")
    if file.cells[0].high:
        raise refusal("cells[0].high", "is not empty: the first cell is the reference")


def _check_risk_groups(file: ArtefactFile) -> None:
    found = [group.id for group in file.risk_groups]
    if found != [name for name in RISK_GROUP_IDS if name in found]:
        raise refusal("risk_groups", f"does not ascend in {', '.join(RISK_GROUP_IDS)}")
    placed = [cell for group in file.risk_groups for cell in group.cells]
    if sorted(placed) != sorted(cell.id for cell in file.cells) or not all(group.cells for group in file.risk_groups):
        raise refusal("risk_groups", "does not hold each cell in one group")


def check_unique(place: str, ids: Iterable[str]) -> None:
    """Check that no id comes twice. Raises ArtefactError."""
    names = list(ids)
    for name in names:
        if names.count(name) > 1:
            raise refusal(place, f"has '{name}' more than once")
