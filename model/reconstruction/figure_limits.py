"""Compare a cohort with curves that were read from a figure: survival and numbers at risk in whole months.

The curves of the study are steps at whole months, because times are recorded in whole months. So each row of the limits
is one whole month of one curve.
"""

from typing import NamedTuple

import numpy as np

from model.reconstruction.compiled_statistics import CELLS, Floats, Integers, compiled
from model.reconstruction.distance import energy_of

SURVIVAL, AT_RISK = 0, 1


class FigureLimits(NamedTuple):
    """What a cohort must agree with, one row each, ordered by curve and then by month.

    `members` says for each curve which cells belong to it (curves, 4). Of each row: the number of its `curve`, the
    `month`, the `statistic`, which is `SURVIVAL` (after the month's deaths) or `AT_RISK` (before them), and the `aims`
    as in `distance.aim_table`.
    """

    members: Floats
    curve: Integers
    month: Integers
    statistic: Integers
    aims: Floats


def no_figure() -> FigureLimits:
    """Return the limits without any row."""
    rows = np.empty(0, dtype=np.int64)
    return FigureLimits(np.empty((0, CELLS)), rows, rows, rows, np.empty((0, 5)))


@compiled
def figure_energy(
    limits: FigureLimits,
    months: Floats,
    cell: Integers,
    times: Floats,
    deaths: Floats,
    at_risk: Floats,
    out: Floats,
) -> float:
    """Return the energy of a cohort with these recorded months: 0 only if every row is within its limits.

    `times`, `deaths` and `at_risk` are the rows of its `compiled_statistics.event_table`. Fills `out` with the value of
    each row.
    """
    energy = 0.0
    curve, survival, k = -1, 1.0, 0
    for row in range(limits.month.size):
        month = limits.month[row]
        if limits.curve[row] != curve:
            curve, survival, k = limits.curve[row], 1.0, 0
            m0, m1, m2, m3 = limits.members[curve]
        if limits.statistic[row] == SURVIVAL:
            while k < times.size and times[k] <= month:
                died = deaths[k, 0] * m0 + deaths[k, 1] * m1 + deaths[k, 2] * m2 + deaths[k, 3] * m3
                if died > 0.0:
                    present = at_risk[k, 0] * m0 + at_risk[k, 1] * m1 + at_risk[k, 2] * m2 + at_risk[k, 3] * m3
                    survival *= 1.0 - died / present
                k += 1
            out[row] = survival
        else:
            left = 0.0
            for i in range(months.size):
                if months[i] >= month:
                    left += limits.members[curve, cell[i]]
            out[row] = left
        energy += energy_of(out[row], limits.aims, row)
    return energy
