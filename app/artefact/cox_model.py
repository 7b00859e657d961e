"""The Cox model of an artefact: read, and refused where its numbers do not follow from its coefficients."""

import math

from app.artefact.curves import read_band, read_shares
from app.artefact.json_document import Node
from app.core.cox import COMBINED, CellCurve, CoxModel, RatioEstimate
from app.core.risk_groups import CELLS, FACTORS, Cell

Z95 = 1.959963984540054  # 97.5 % quantile of the standard normal distribution
# A hazard ratio of 22,000 either way, or a standard error of that size: a cell without events, not an estimate.
_FARTHEST_LOG_RATIO = 10.0
# A stored number and the same number from the stored coefficients may differ by the rounding of both to eight digits.
_ROUNDING = 1e-6
_Pair = tuple[float, float]


def read_cox(root: Node, grid: tuple[float, ...], horizons: tuple[int, ...]) -> CoxModel:
    """Return the Cox model of an artefact. Raises ArtefactError at the first impossibility or contradiction."""
    coefficients, cox = root["coefficients"], root["cox"]
    estimate = _read_coefficients(coefficients)
    covariance = _read_covariance(coefficients["covariance"])
    model = CoxModel(
        coefficients=estimate,
        covariance=covariance,
        hazard_ratios={name: _read_estimate(cox["hazard_ratios"][name]) for name in (*FACTORS, COMBINED)},
        cells={cell.id: _read_cell(cox["cells"][cell.id], grid, horizons) for cell in CELLS},
    )
    for name in (*FACTORS, COMBINED):
        _check_ratio(cox["hazard_ratios"][name], model, name)
    for cell in CELLS:
        _check_cell(cox["cells"][cell.id], model, cell)
    return model


def read_ratio(node: Node) -> tuple[float, _Pair]:
    """Return a hazard ratio with its 95 % interval. Raises ArtefactError if the interval does not hold it."""
    ratio, (lower, upper) = node["hazard_ratio"].number(), node["ci_95"].pair()
    if not 0 < lower <= ratio <= upper:
        raise node["ci_95"].error("does not hold its hazard ratio")
    return ratio, (lower, upper)


def _read_estimate(node: Node) -> RatioEstimate:
    return RatioEstimate(*read_ratio(node), node["p_value"].share())


def _read_coefficients(node: Node) -> _Pair:
    if [item.text() for item in node["names"].items()] != ["sii_high", "afp_high"]:
        raise node["names"].error("must be sii_high, afp_high")
    estimate = node["estimate"].pair()
    if any(abs(log_ratio) > _FARTHEST_LOG_RATIO for log_ratio in estimate):
        raise node["estimate"].error(f"goes beyond {_FARTHEST_LOG_RATIO:g}: that fit did not converge")
    return estimate


def _read_covariance(node: Node) -> tuple[_Pair, _Pair]:
    rows = [row.pair() for row in node.items()]
    if (
        len(rows) != 2
        or rows[0][1] != rows[1][0]
        or rows[0][0] <= 0
        or rows[0][0] * rows[1][1] - rows[0][1] * rows[1][0] <= 0
    ):
        raise node.error("is not a symmetric positive definite matrix")
    if any(row[k] > _FARTHEST_LOG_RATIO**2 for k, row in enumerate(rows)):
        raise node.error(f"goes beyond {_FARTHEST_LOG_RATIO**2:g}: that fit did not converge")
    return rows[0], rows[1]


def _read_cell(node: Node, grid: tuple[float, ...], horizons: tuple[int, ...]) -> CellCurve:
    return CellCurve(
        node["relative_hazard"].positive(),
        read_band(node, grid),
        read_shares(node["reconstruction_share"], horizons),
    )


def _check_ratio(node: Node, model: CoxModel, name: str) -> None:
    """Refuse a ratio, an interval or a p-value that is not that of the coefficients.

    Variance c' V c for the contrast c: for the combined ratio var b1 + var b2 + 2 cov.
    """
    stated, factors = model.hazard_ratios[name], FACTORS if name == COMBINED else (name,)
    log_ratio = _log_ratio(model.coefficients, factors)
    held = [k for k, factor in enumerate(FACTORS) if factor in factors]
    error = math.sqrt(math.fsum(model.covariance[i][j] for i in held for j in held))
    if not _close(math.log(stated.hazard_ratio), log_ratio):
        raise node["hazard_ratio"].error("is not that of the coefficients")
    for limit, sign in zip(stated.ci_95, (-1, 1), strict=True):
        if not _close(math.log(limit), log_ratio + sign * Z95 * error):
            raise node["ci_95"].error("is not that of the coefficients and their covariance")
    if not _close(stated.p_value, math.erfc(abs(log_ratio) / error / math.sqrt(2))):
        raise node["p_value"].error("is not that of the coefficients and their covariance")


def _check_cell(node: Node, model: CoxModel, cell: Cell) -> None:
    """Refuse a relative hazard or a survival that is not that of the coefficients: S0(t) ** exp(linear predictor)."""
    log_ratio, stated = _log_ratio(model.coefficients, cell.factors), model.cells[cell.id]
    if not _close(math.log(stated.relative_hazard), log_ratio):
        raise node["relative_hazard"].error("is not that of the coefficients")
    baseline = model.cells[CELLS[0].id].band.survival
    expected = [survival**stated.relative_hazard for survival in baseline]
    if not all(map(_close, stated.band.survival, expected)):
        raise node["survival"].error("is not the survival of the reference cell to the power of the relative hazard")


def _log_ratio(coefficients: _Pair, factors: tuple[str, ...]) -> float:
    return math.fsum(value for value, factor in zip(coefficients, FACTORS, strict=True) if factor in factors)


def _close(stated: float, expected: float) -> bool:
    return abs(stated - expected) <= _ROUNDING
