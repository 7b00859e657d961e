"""Turn the time of a member into the whole month that the study recorded."""

import math

import numpy as np

from model.reconstruction.compiled_statistics import Floats, compiled

NEAREST, CEILING, FLOOR = 0, 1, 2
RECORDING = NEAREST


@compiled
def recorded(months: float, rule: int) -> int:
    """Return whole months: the nearest (halves up), the next, or those that are complete."""
    if rule == NEAREST:
        return int(months + 0.5)
    return math.ceil(months) if rule == CEILING else int(months)


def in_thousandths(months: Floats) -> Floats:
    """Return latent times as they are filed: cut to thousandths of a month, which are recorded as the same months.

    Times that are thousandths already stay the same, although their product with 1000 may be a little too small.
    """
    return np.floor(months * 1000 + 1e-6) / 1000
