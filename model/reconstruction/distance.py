"""Compute the squared distance of a cohort from the published statistics, and whether it meets every constraint.

The distance is Gaussian around ratios, with a penalty outside ranges."""

import numpy as np

from model.publication.constraints import Constraint
from model.reconstruction.compiled_statistics import Floats, compiled


def aim_table(constraints: tuple[Constraint, ...]) -> Floats:
    """Return one row per constraint: target, kernel width (0 = flat), lower limit, upper limit, width of the wall."""
    rows = []
    for constraint in constraints:
        half = (constraint.upper - constraint.lower) / 2
        wall = half / 8 if half > 0 else 0.5  # for an exact count
        is_ratio = constraint.id.startswith("hr_")
        target = constraint.published if is_ratio and constraint.published else 0.0
        # The kernel is an eighth of the tolerance, so that pooled figures equal the printed ones. Other statistics are
        # free within their range; the penalty begins a little inside it.
        rows.append(
            (target, half / 8 if is_ratio else 0.0, constraint.lower + half / 20, constraint.upper - half / 20, wall)
        )
    return np.array(rows)


@compiled
def energy_of(values: Floats, aims: Floats) -> float:
    """Return the squared distance from the published statistics in kernel widths; infinite distances are capped."""
    energy = 0.0
    for k in range(values.size):
        if aims[k, 1] > 0.0:
            energy += ((values[k] - aims[k, 0]) / aims[k, 1]) ** 2
        excess = max(aims[k, 2] - values[k], values[k] - aims[k, 3], 0.0)
        energy += (excess / aims[k, 4]) ** 2
    return min(energy / 2.0, 1e12)


@compiled
def all_within(values: Floats, aims: Floats) -> bool:
    """Whether every statistic lies within the limits of its constraint."""
    for k in range(values.size):
        if values[k] < aims[k, 2] or values[k] > aims[k, 3]:
            return False
    return True
