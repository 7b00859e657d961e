"""The curves of an artefact: read, and refused where no survival curve can be so."""

from itertools import pairwise

from app.core.cox import CellBand, CoxModel
from app.core.json_reader import Node
from app.core.kaplan_meier import AtRisk, Band, KaplanMeierCurve, Spread
from app.core.risk_groups import CELLS

_ROUNDING = 1e-9  # an interval may miss its estimate by the rounding of the file, not by more
# A hazard ratio of 22,000 either way, or a standard error of that size: a cell without events, not an estimate.
_FARTHEST_LOG_RATIO = 10.0


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


def read_cox(root: Node, grid: tuple[float, ...], horizons: tuple[int, ...]) -> CoxModel:
    """Return the Cox model of an artefact. Raises ArtefactError at the first impossibility."""
    coefficients, cox = root["coefficients"], root["cox"]
    names = [item.text() for item in coefficients["names"].items()]
    if names != ["sii_high", "afp_high"]:
        raise coefficients["names"].error("must be sii_high, afp_high")
    estimate = coefficients["estimate"].pair()
    if any(abs(log_ratio) > _FARTHEST_LOG_RATIO for log_ratio in estimate):
        raise coefficients["estimate"].error(f"goes beyond {_FARTHEST_LOG_RATIO:g}: that fit did not converge")
    rows = [row.pair() for row in coefficients["covariance"].items()]
    if (
        len(rows) != 2
        or rows[0][1] != rows[1][0]
        or rows[0][0] <= 0
        or rows[0][0] * rows[1][1] - rows[0][1] * rows[1][0] <= 0
    ):
        raise coefficients["covariance"].error("is not a symmetric positive definite matrix")
    if any(row[k] > _FARTHEST_LOG_RATIO**2 for k, row in enumerate(rows)):
        raise coefficients["covariance"].error(f"goes beyond {_FARTHEST_LOG_RATIO**2:g}: that fit did not converge")
    baseline = _survival(cox["baseline_survival"], len(grid))
    model = CoxModel(
        coefficients=estimate,
        covariance=(rows[0], rows[1]),
        months=grid,
        baseline_survival=baseline,
        cells={cell.id: _cell_band(cox["cells"][cell.id], len(grid), horizons) for cell in CELLS},
    )
    for cell in CELLS:
        band = model.cells[cell.id]
        _check_holds(cox["cells"][cell.id], model.curve_of(cell), band.ci_lower, band.ci_upper)
    return model


def read_kaplan_meier(
    node: Node, grid: tuple[float, ...], at_risk_months: tuple[int, ...], horizons: tuple[int, ...]
) -> KaplanMeierCurve:
    """Return one Kaplan-Meier curve. Raises ArtefactError at the first impossibility."""
    n = node["n"].whole()
    band = Band(
        grid,
        _survival(node["survival"], len(grid)),
        _survival(node["ci_lower"], len(grid)),
        _survival(node["ci_upper"], len(grid)),
    )
    _check_holds(node, band.survival, band.ci_lower, band.ci_upper)
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
        reconstruction_share=_shares(node["reconstruction_share"], horizons),
    )


def _cell_band(node: Node, length: int, horizons: tuple[int, ...]) -> CellBand:
    return CellBand(
        _survival(node["ci_lower"], length),
        _survival(node["ci_upper"], length),
        _shares(node["reconstruction_share"], horizons),
    )


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


def _check_holds(node: Node, survival: tuple[float, ...], lower: tuple[float, ...], upper: tuple[float, ...]) -> None:
    for low, estimate, high in zip(lower, survival, upper, strict=True):
        if not low - _ROUNDING <= estimate <= high + _ROUNDING:
            raise node.error("has an interval that does not hold its estimate")


def _shares(node: Node, horizons: tuple[int, ...]) -> dict[int, float]:
    return {months: node[str(months)].share() for months in horizons}


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
