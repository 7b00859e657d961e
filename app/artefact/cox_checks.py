"""Refuse a Cox model whose ratios, relative hazards or survival do not follow from its coefficients."""

import math
from collections.abc import Sequence
from fractions import Fraction

from app.artefact.curve_checks import check_names
from app.artefact.evidence_schema import Numbers, RatioEstimate
from app.artefact.refusals import refusal
from app.artefact.schema import ArtefactFile
from app.core.cox import COMBINED, Z95

# A hazard ratio beyond 22,000 or its inverse, or such a standard error, comes from a cell without events.
_FARTHEST_LOG_RATIO = 10.0
# A stored number and the same number from the stored coefficients may differ by the rounding of both to eight digits.
_ROUNDING = 1e-6


def check_cox(file: ArtefactFile) -> None:
    """Check the Cox model. Raises ArtefactError at the first impossibility or contradiction."""
    factors = [factor.id for factor in file.factors]
    cells = {cell.id: cell.high for cell in file.cells}
    _check_coefficients(file, factors)
    ratios, held = file.cox.hazard_ratios, file.cox.cells
    contrasts = contrasts_of(factors)
    check_names("cox.hazard_ratios", ratios, list(contrasts))
    check_names("cox.cells", held, list(cells))
    for name, ratio in ratios.items():
        check_interval(f"cox.hazard_ratios.{name}", ratio.hazard_ratio, ratio.ci_95)
    for name, contrast in contrasts.items():
        _check_ratio(f"cox.hazard_ratios.{name}", ratios[name], file, [factor in contrast for factor in factors])
    reference = held[file.cells[0].id].survival
    for name, high in cells.items():
        log_ratio = _log_ratio(file.coefficients.estimate, [factor in high for factor in factors])
        relative = held[name].relative_hazard
        if not _is_close(math.log(relative), log_ratio):
            raise refusal(f"cox.cells.{name}.relative_hazard", "is not that of the coefficients")
        expected = [survival**relative for survival in reference]
        if not all(map(_is_close, held[name].survival, expected)):
            what = "is not the survival of the reference cell to the power of the relative hazard"
            raise refusal(f"cox.cells.{name}.survival", what)


def contrasts_of(factors: Sequence[str]) -> dict[str, tuple[str, ...]]:
    """Return the factors that are high in each hazard ratio: each factor alone and, if there are several, all."""
    return {factor: (factor,) for factor in factors} | ({COMBINED: tuple(factors)} if len(factors) > 1 else {})


def check_interval(place: str, ratio: float, ci_95: tuple[float, float]) -> None:
    """Refuse an interval that does not contain its hazard ratio."""
    lower, upper = ci_95
    if not lower <= ratio <= upper:
        raise refusal(f"{place}.ci_95", "does not hold its hazard ratio")


def _check_coefficients(file: ArtefactFile, factors: Sequence[str]) -> None:
    coefficients, size = file.coefficients, len(factors)
    names = [f"{factor}_high" for factor in factors]
    if list(coefficients.names) != names:
        raise refusal("coefficients.names", f"must be {', '.join(names)}")
    if len(coefficients.estimate) != size:
        raise refusal("coefficients.estimate", f"holds {len(coefficients.estimate)} numbers where {size} belong")
    if any(abs(log_ratio) > _FARTHEST_LOG_RATIO for log_ratio in coefficients.estimate):
        raise refusal("coefficients.estimate", f"goes beyond {_FARTHEST_LOG_RATIO:g}: that fit did not converge")
    for name in ("covariance", "within", "between"):
        rows: tuple[Numbers, ...] = getattr(coefficients, name)
        if [len(row) for row in rows] != [size] * size:
            raise refusal(f"coefficients.{name}", f"is not a matrix of {size} by {size}")
    if not _is_positive_definite(coefficients.covariance):
        raise refusal("coefficients.covariance", "is not a symmetric positive definite matrix")
    if any(row[k] > _FARTHEST_LOG_RATIO**2 for k, row in enumerate(coefficients.covariance)):
        raise refusal("coefficients.covariance", f"goes beyond {_FARTHEST_LOG_RATIO**2:g}: that fit did not converge")


def _is_positive_definite(rows: Sequence[Numbers]) -> bool:
    """Whether a square matrix is symmetric and every pivot of its elimination is positive; exact."""
    if any(rows[i][j] != rows[j][i] for i in range(len(rows)) for j in range(i)):
        return False
    left = [[Fraction(value) for value in row] for row in rows]
    while left:
        pivot, *rest = left
        if pivot[0] <= 0:
            return False
        left = [[b - row[0] / pivot[0] * a for a, b in zip(pivot[1:], row[1:], strict=True)] for row in rest]
    return True


def _check_ratio(place: str, stated: RatioEstimate, file: ArtefactFile, contrast: Sequence[bool]) -> None:
    """Refuse a ratio, an interval or a p-value that is not that of the coefficients: variance c' V c of a contrast c.

    For the combined ratio of two factors: var b1 + var b2 + 2 cov.
    """
    log_ratio = _log_ratio(file.coefficients.estimate, contrast)
    among = [k for k, is_in in enumerate(contrast) if is_in]
    error = math.sqrt(math.fsum(file.coefficients.covariance[i][j] for i in among for j in among))
    if not _is_close(math.log(stated.hazard_ratio), log_ratio):
        raise refusal(f"{place}.hazard_ratio", "is not that of the coefficients")
    for limit, sign in zip(stated.ci_95, (-1, 1), strict=True):
        if not _is_close(math.log(limit), log_ratio + sign * Z95 * error):
            raise refusal(f"{place}.ci_95", "is not that of the coefficients and their covariance")
    if not _is_close(stated.p_value, math.erfc(abs(log_ratio) / error / math.sqrt(2))):
        raise refusal(f"{place}.p_value", "is not that of the coefficients and their covariance")


def _log_ratio(coefficients: Numbers, contrast: Sequence[bool]) -> float:
    return math.fsum(value for value, is_in in zip(coefficients, contrast, strict=True) if is_in)


def _is_close(stated: float, expected: float) -> bool:
    return abs(stated - expected) <= _ROUNDING
