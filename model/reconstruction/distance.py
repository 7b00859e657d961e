"""Measure how far a statistic is from its published value, and whether a cohort meets every constraint.

The distance is Gaussian around published values, with a penalty outside ranges."""

import numpy as np

from model.publication.constraints import Constraint
from model.reconstruction.compiled_statistics import Floats, compiled

_EXACT = 0.1  # kernel of a value without a tolerance: in months, or members


def aim_table(constraints: tuple[Constraint, ...]) -> Floats:
    """Return one row per constraint: target, kernel width (0 = flat), lower limit, upper limit, width of the wall."""
    rows = []
    for constraint in constraints:
        half = (constraint.upper - constraint.lower) / 2
        if constraint.is_aimed_at:
            # Half the tolerance for ratios, so that pooled figures agree closer than each cohort must.
            rows.append((constraint.published, half / 2 or _EXACT, constraint.lower, constraint.upper, 0.0))
        else:
            rows.append((0.0, 0.0, constraint.lower, constraint.upper, half / 8 or 0.5))
    return np.array(rows)


@compiled
def energy_of(value: float, aims: Floats, k: int) -> float:
    """Return half the squared distance of statistic `k` in kernel widths; very large distances are capped."""
    if aims[k, 1] > 0.0:
        distance = (value - aims[k, 0]) / aims[k, 1]
    else:
        distance = max(aims[k, 2] - value, value - aims[k, 3], 0.0) / aims[k, 4]
    return float(min(distance * distance / 2.0, 1e9))


@compiled
def all_within(values: Floats, aims: Floats) -> bool:
    """Whether every statistic lies within the limits of its constraint."""
    for k in range(values.size):
        if values[k] < aims[k, 2] or values[k] > aims[k, 3]:
            return False
    return True
