"""Add progression to one reconstructed cohort, so that progression-free survival agrees with the publication.

Progression happens within each member's own follow-up; a member without progression is censored when that follow-up
ends. The prior is a constant hazard of progression; the kernel and the annealing are those of the chain. As in the
study, progression-free survival is the time to progression, and death is not an event.
"""

import math

import numpy as np

from app.core.cox import Z95
from model.publication.constraints import progression_free_survival
from model.publication.study import study
from model.reconstruction.compiled_statistics import (
    Floats,
    Integers,
    compiled,
    log_rank_two,
    median_with_error,
    risk_sets,
)
from model.reconstruction.distance import aim_table, all_within, energy_of

TICKS = 1000  # per month
ANNEAL = 60_000
TRIES = 400
_COLDEST = math.log(1e-4)
_STATISTICS = len(progression_free_survival())


def add_progression(seed: int, months: Floats, cell: Integers) -> tuple[Floats, Integers]:
    """Return (pfs_months, progression) for the members of one cohort with the given follow-up.

    Deterministic in `seed`. Raises RuntimeError if no try meets all constraints.
    """
    ends = np.round(months * TICKS).astype(np.int64)
    rate = math.log(2) / study()["progression_free_survival"]["median_months"]
    ticks, event, found = _sample(seed, ends, cell, aim_table(progression_free_survival()), rate)
    if not found:
        raise RuntimeError(f"no progression agrees with the publication for cohort seed {seed}")
    return ticks / TICKS, event


@compiled
def _statistics(ticks: Integers, event: Integers, cell: Integers, out: Floats) -> None:
    """Fill `out` with the statistics in the order of `constraints.progression_free_survival`."""
    n = ticks.size
    order = np.argsort(ticks)
    at_risk = np.empty((n, 4), dtype=np.int64)
    event_cell = np.empty(n, dtype=np.int64)
    ordered = event[order]
    deaths = risk_sets(ordered, cell[order], at_risk, event_cell)
    median, error = median_with_error(ticks[order] / TICKS, ordered)
    out[0] = deaths
    out[1] = median
    out[2] = median - Z95 * error
    out[3] = median + Z95 * error
    out[4] = log_rank_two(at_risk, event_cell, deaths, 0)


@compiled
def _draw(ticks: Integers, event: Integers, ends: Integers, i: int, rate: float) -> bool:
    """Draw member i from the prior; return False if another member has the drawn time."""
    tick = int(-math.log(1.0 - np.random.random()) / rate * TICKS) + 1
    event[i] = 1 if tick < ends[i] else 0
    ticks[i] = min(tick, ends[i])
    if event[i] == 1:
        for k in range(ticks.size):
            if k != i and (ticks[k] == tick or ends[k] == tick):
                return False
    return True


@compiled
def _sample(seed: int, ends: Integers, cell: Integers, aims: Floats, rate: float) -> tuple[Integers, Integers, bool]:
    """Simulate and anneal until every constraint holds; return ticks, progressions and whether it succeeded."""
    np.random.seed(seed)
    n = ends.size
    ticks = np.zeros(n, dtype=np.int64)
    event = np.zeros(n, dtype=np.int64)
    values = np.empty(_STATISTICS)
    new_values = np.empty(_STATISTICS)
    for _ in range(TRIES):
        for i in range(n):
            while not _draw(ticks, event, ends, i, rate):
                pass
        _statistics(ticks, event, cell, values)
        energy = energy_of(values, aims)
        for move in range(ANNEAL):
            beta = math.exp(_COLDEST * (1.0 - 1.2 * move / ANNEAL)) if move < ANNEAL / 1.2 else 1.0
            i = np.random.randint(n)
            j = np.random.randint(n) if np.random.random() < 0.5 else i
            old_i, old_j, was_i, was_j = ticks[i], ticks[j], event[i], event[j]
            valid = _draw(ticks, event, ends, i, rate)
            if j != i:
                valid = _draw(ticks, event, ends, j, rate) and valid
            accepted = False
            if valid:
                _statistics(ticks, event, cell, new_values)
                new_energy = energy_of(new_values, aims)
                accepted = math.log(1.0 - np.random.random()) < -beta * (new_energy - energy)
            if accepted:
                energy = new_energy
                values[:] = new_values
            else:
                ticks[i], ticks[j], event[i], event[j] = old_i, old_j, was_i, was_j
            if beta == 1.0 and all_within(values, aims):
                return ticks, event, True
    return ticks, event, False
