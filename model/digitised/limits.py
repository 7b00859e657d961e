"""Turn what was read from a figure into the limits that the survival of a cohort must keep in each whole month."""

import math
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from app.core.errors import DataFileError, DataProblem
from model.digitised.coordinates import EDGE, FIGURE_CURVES, Reading, Tolerance, members_of
from model.fitting.study_fit import CURVES
from model.reconstruction.compiled_statistics import CELLS
from model.reconstruction.figure_limits import AT_RISK, SURVIVAL, FigureLimits

_WALL = 1 / 8  # width of the wall at a limit of survival, as a share of the tolerance
_WALL_AT_RISK = 0.5


def figure_limits(curves: Sequence[Reading], at_risk: Sequence[Reading], tolerance: Tolerance) -> FigureLimits:
    """Return the limits in each month of each curve.

    Times are recorded in whole months, so a curve S falls only there, and S in month k is S from k until before k + 1.
    A point may be read a little too early or too late, and may lie on a vertical line of the curve. So survival s read
    at t means: S(t + months) is at most s + tolerance, and S(t - months) is at least s - tolerance. A curve is drawn as
    far as a member of its group is observed, so at least one is at risk at its last point above 0.
    """
    rows: list[tuple[int, int, int, float, float, float]] = []  # curve, month, statistic, lower, upper, wall
    for k, curve in enumerate(FIGURE_CURVES):
        lower, upper = survival_limits([one for one in curves if one.curve == curve], tolerance)
        wall = tolerance.survival * _WALL
        for month in sorted({*lower, *upper}):
            limits = lower.get(month, 0.0) - EDGE, upper.get(month, 1.0) + EDGE
            rows.append((k, month, SURVIVAL, *limits, wall))
        counts = [(math.ceil(one.months), one.value, tolerance.at_risk) for one in at_risk if one.curve == curve]
        rows.extend((k, month, AT_RISK, n - off, n + off, _WALL_AT_RISK) for month, n, off in counts)
        drawn = [one.months for one in curves if one.curve == curve and one.value > tolerance.survival]
        if drawn:
            last = max(math.ceil(drawn[-1] - tolerance.months), 0)
            rows.append((k, last, AT_RISK, 1, members_of(curve), _WALL_AT_RISK))
    rows.sort(key=lambda row: row[:3])
    columns = np.array(rows, dtype=float).reshape(-1, 6)
    whole = columns[:, :3].astype(np.int64)
    aims = np.column_stack([np.zeros((len(rows), 2)), columns[:, 3:]])
    members = np.array([[float(cell in CURVES[curve][0]) for cell in range(CELLS)] for curve in FIGURE_CURVES])
    number, at, statistic = (np.ascontiguousarray(column) for column in whole.T)
    return FigureLimits(members, number, at, statistic, aims)


def survival_limits(readings: Sequence[Reading], tolerance: Tolerance) -> tuple[dict[int, float], dict[int, float]]:
    """Return the lowest and the highest survival in each month that the points of one curve leave."""
    lower: dict[int, float] = {}
    upper: dict[int, float] = {}
    for one in readings:
        before = math.floor(one.months - tolerance.months + EDGE)
        after = math.floor(one.months + tolerance.months + EDGE)
        if before >= 0:
            lower[before] = max(lower.get(before, 0.0), one.value - tolerance.survival)
        upper[after] = min(upper.get(after, 1.0), one.value + tolerance.survival)
    return lower, upper


def check_steps(path: Path, readings: Sequence[Reading], tolerance: Tolerance) -> None:
    """Check that a curve with steps at whole months can pass all points. Raises DataFileError with the first that it
    cannot pass, for each curve."""
    problems = []
    for curve in FIGURE_CURVES:
        passed: list[Reading] = []
        for one in (reading for reading in readings if reading.curve == curve):
            lower, upper = survival_limits([*passed, one], tolerance)
            if any(low > high + EDGE for month, low in lower.items() for at, high in upper.items() if at <= month):
                text = (
                    f"no curve with steps at whole months passes both this point and an earlier one of {curve}; check "
                    "the axis of months, or allow a larger --months-tolerance"
                )
                problems.append(DataProblem(path.name, one.line, "months", "step_within_month", text))
                break
            passed.append(one)
    if problems:
        raise DataFileError(tuple(problems))
