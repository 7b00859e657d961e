"""The curves of an artefact: read, and refused where no survival curve can be so."""

from itertools import pairwise

from app.artefact.json_document import Node
from app.core.kaplan_meier import AtRisk, Band, KaplanMeierCurve, Spread

_ROUNDING = 5e-9  # the file's own rounding of a survival near one half: half a unit of the eighth digit


def read_grid(node: Node) -> tuple[float, ...]:
    """Return the months of all curves: ascending from 0."""
    grid = tuple(item.number() for item in node.items())
    if len(grid) < 2 or grid[0] != 0 or any(later <= earlier for earlier, later in pairwise(grid)):
        raise node.error("does not ascend from 0")
    return grid


def read_months(node: Node, grid: tuple[float, ...]) -> tuple[int, ...]:
    """Return whole months of the grid, at least one, ascending."""
    months = tuple(item.whole() for item in node.items())
    if not months or not set(months) <= set(grid) or any(later <= earlier for earlier, later in pairwise(months)):
        raise node.error("does not hold ascending months of the grid")
    return months


def read_kaplan_meier(
    node: Node, grid: tuple[float, ...], at_risk_months: tuple[int, ...], horizons: tuple[int, ...]
) -> KaplanMeierCurve:
    """Return one Kaplan-Meier curve. Raises ArtefactError at the first impossibility."""
    n = node["n"].whole()
    band = read_band(node, grid)
    limits = node["median_ci_95"].items()
    if len(limits) != 2:
        raise node["median_ci_95"].error("is not a pair")
    return KaplanMeierCurve(
        n=n,
        events=read_spread(node["events"], n),
        band=band,
        at_risk=_at_risk(node["at_risk"], at_risk_months, n),
        median_months=_median(node["median_months"], grid, band.survival),
        median_ci_95=(_median(limits[0], grid, band.ci_lower), _median(limits[1], grid, band.ci_upper)),
        reconstruction_share=read_shares(node["reconstruction_share"], horizons),
    )


def read_band(node: Node, grid: tuple[float, ...]) -> Band:
    """Return the survival of a curve with its interval. Raises ArtefactError where no survival can be so."""
    band = Band(
        grid,
        _survival(node["survival"], len(grid)),
        _survival(node["ci_lower"], len(grid)),
        _survival(node["ci_upper"], len(grid)),
    )
    # Exactly so: rounding keeps the order of the three.
    if any(not low <= at <= high for low, at, high in zip(band.ci_lower, band.survival, band.ci_upper, strict=True)):
        raise node.error("has an interval that does not hold its estimate")
    return band


def read_shares(node: Node, horizons: tuple[int, ...]) -> dict[int, float]:
    """Return the share of reconstruction at each horizon."""
    return {months: node[str(months)].share() for months in horizons}


def _survival(node: Node, length: int) -> tuple[float, ...]:
    """Return probabilities that start at 1 and never rise: a curve or one of its limits."""
    values = node.numbers(length)
    if any(not 0 <= value <= 1 for value in values):
        raise node.error("leaves the range from 0 to 1")
    if values[0] != 1:
        raise node.error("does not start at 1")
    if any(later > earlier for earlier, later in pairwise(values)):
        raise node.error("rises: survival and its limits cannot")
    return values


def _median(node: Node, grid: tuple[float, ...], survival: tuple[float, ...]) -> float | None:
    """Return the month at which a curve, or a limit of one, first reaches one half; None if it does not."""
    stated = node.optional_number()
    # Two answers where the file's rounding decides whether one half is reached.
    possible = {
        next((months for months, value in zip(grid, survival, strict=True) if value <= half), None)
        for half in (0.5 - _ROUNDING, 0.5 + _ROUNDING)
    }
    if stated not in possible:
        raise node.error("is not where its curve first reaches one half")
    return stated


def read_spread(node: Node, n: int) -> Spread:
    """Return a number of people among n that differs between cohorts. Raises ArtefactError if it cannot be so."""
    spread = Spread(node["min"].whole(), node["median"].whole(), node["max"].whole())
    if not spread.minimum <= spread.median <= spread.maximum <= n:
        raise node.error(f"is not in order, or exceeds the {n} of its group")
    return spread


def _at_risk(node: Node, months: tuple[int, ...], n: int) -> AtRisk:
    columns = [[item.whole() for item in node[key].items()] for key in ("min", "median", "max")]
    if any(len(column) != len(months) for column in columns):
        raise node.error(f"does not have one number for each of {len(months)} months")
    for column in columns:
        if column[0] != n or any(later > earlier for earlier, later in pairwise(column)):
            raise node.error(f"does not start at the {n} of its group, or rises")
    if any(not low <= middle <= high for low, middle, high in zip(*columns, strict=True)):
        raise node.error("has a range that is not in order")
    return AtRisk(months, tuple(Spread(*numbers) for numbers in zip(*columns, strict=True)))
