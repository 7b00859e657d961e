"""Add progression to one reconstructed cohort, so that progression-free survival agrees with the publication.

Progression happens within each member's own follow-up; a member without progression is censored when that follow-up
ends. The prior is a constant hazard of progression from the shortest treatment on; a search tempered from loose to
tight (annealing) finds progressions that meet every constraint. As in the study, progression-free survival is the
time to progression, and death is not an event. It is recorded like overall survival.
"""

import math

import numpy as np

from model.publication.constraints import EARLY_PROGRESSION_MONTHS, progression_free_survival
from model.publication.study import study
from model.reconstruction.compiled_statistics import (
    CELLS,
    Floats,
    Integers,
    compiled,
    event_table,
    log_rank_two,
    median_with_error,
)
from model.reconstruction.distance import aim_table, all_within, energy_of
from model.reconstruction.trial import RECORDING, in_thousandths, recorded

ANNEAL = 60_000
TRIES = 400
_COLDEST = math.log(1e-4)
_STATISTICS = len(progression_free_survival())


def add_progression(
    seed: int, latent: Floats, cell: Integers, rule: int = RECORDING
) -> tuple[Floats, Integers, Integers]:
    """Return (latent months, recorded months, progression) for the members of one cohort with this latent follow-up.

    Deterministic in `seed`. Raises RuntimeError if no try meets all constraints.
    """
    published = study()
    first = float(published["treatment"]["regorafenib_range_months"][0])
    rate = math.log(2) / published["progression_free_survival"]["median_months"]
    times, event, found = _sample(seed, latent, cell, aim_table(progression_free_survival()), first, rate, rule)
    if not found:
        raise RuntimeError(f"no progression agrees with the publication for cohort seed {seed}")
    times = in_thousandths(times)
    return times, np.array([recorded(time, rule) for time in times]), event


@compiled
def _energy(times: Floats, event: Integers, cell: Integers, aims: Floats, rule: int, out: Floats) -> float:
    """Fill `out` with the statistics in the order of `constraints.progression_free_survival`; return their energy."""
    n = times.size
    months = np.empty(n, dtype=np.int64)
    progressions = early = 0
    for i in range(n):
        months[i] = recorded(times[i], rule)
        progressions += event[i]
        early += event[i] if months[i] <= EARLY_PROGRESSION_MONTHS else 0
    size = months.max() + 1
    moments = np.empty(size, dtype=np.int64)
    events = np.empty((size, CELLS))
    at_risk = np.empty((size, CELLS))
    rows = event_table(months, event, cell, moments, events, at_risk)
    out[0] = progressions
    out[1], out[2] = median_with_error(moments, events, at_risk, rows)
    out[3] = log_rank_two(events, at_risk, rows, 0)
    out[4] = early
    energy = 0.0
    for k in range(_STATISTICS):
        energy += energy_of(out[k], aims, k)
    return energy


@compiled
def _draw(times: Floats, event: Integers, ends: Floats, i: int, first: float, rate: float) -> None:
    """Draw member i from the prior."""
    time = first - math.log(1.0 - np.random.random()) / rate
    event[i] = 1 if time < ends[i] else 0
    times[i] = min(time, ends[i])


@compiled
def _sample(
    seed: int, ends: Floats, cell: Integers, aims: Floats, first: float, rate: float, rule: int
) -> tuple[Floats, Integers, bool]:
    """Simulate and anneal until every constraint holds; return times, progressions and whether it succeeded."""
    np.random.seed(seed)
    n = ends.size
    times = np.empty(n)
    event = np.empty(n, dtype=np.int64)
    values = np.empty(_STATISTICS)
    for _ in range(TRIES):
        # The hazard is not known: the published median is that of a curve with few members at risk.
        pace = rate * math.exp(np.random.normal() * 0.4)
        for i in range(n):
            _draw(times, event, ends, i, first, pace)
        energy = _energy(times, event, cell, aims, rule, values)
        for move in range(ANNEAL):
            power = math.exp(_COLDEST * (1.0 - 1.2 * move / ANNEAL)) if move < ANNEAL / 1.2 else 1.0
            i = np.random.randint(n)
            j = np.random.randint(n) if np.random.random() < 0.5 else i
            old_i, old_j, was_i, was_j = times[i], times[j], event[i], event[j]
            _draw(times, event, ends, i, first, pace)
            if j != i:
                _draw(times, event, ends, j, first, pace)
            new_energy = _energy(times, event, cell, aims, rule, values)
            if math.log(1.0 - np.random.random()) < -power * (new_energy - energy):
                energy = new_energy
                if power == 1.0 and all_within(values, aims):
                    return times, event, True
            else:
                times[i], times[j], event[i], event[j] = old_i, old_j, was_i, was_j
    return times, event, False
