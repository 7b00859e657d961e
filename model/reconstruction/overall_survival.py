"""Run one chain of the reconstruction of overall survival until its cohorts meet every constraint.

Markov chain Monte Carlo over cohorts of fixed cells. The target is the prior (`prior`) times a narrow kernel around
each published statistic (`distance`), so the unpublished quantities vary as much as in the prior. The kernel is
tempered from loose to tight (annealing); then, after every `thin` moves, the cohort is kept if it meets every
constraint. A chain that gets stuck is simulated again from the same prior.

Times are whole thousandths of a month, and the members of a cohort have different times.
"""

import math

import numpy as np

from app.core.cox import Z95
from model.publication.constraints import overall_survival
from model.publication.study import cell_sizes
from model.reconstruction.compiled_statistics import (
    Floats,
    Integers,
    compiled,
    cox_one,
    cox_two,
    log_rank_levels,
    log_rank_two,
    median_with_error,
    risk_sets,
)
from model.reconstruction.distance import aim_table, all_within, energy_of
from model.reconstruction.prior import draw_outcome, draw_prior, log_density

TICKS = 1000  # per month
ANNEAL = 500_000  # moves from loose to tight
THIN = 60_000  # moves between kept cohorts
PATIENCE = 4  # times `THIN`, per cohort, before a stuck chain starts again
TRIES = 60
_COLDEST = math.log(1e-5)
_STATISTICS = len(overall_survival())


def run_chain(seed: int, keep: int) -> list[tuple[Floats, Integers, Integers]]:
    """Return `keep` cohorts of one chain as (months, death, cell), 58 members each, ordered by time.

    Deterministic in `seed`. Raises RuntimeError if no try ever meets all constraints.
    """
    cells = np.repeat(np.arange(4), cell_sizes())
    aims = aim_table(overall_survival())
    ticks, death, kept = _sample(seed, draw_prior(seed).parameters(), cells, aims, keep)
    if kept < keep:
        raise RuntimeError(f"chain {seed} met every constraint only {kept} times of {keep}")
    cohorts = []
    for k in range(keep):
        order = np.argsort(ticks[k], kind="stable")
        cohorts.append((ticks[k][order] / TICKS, death[k][order], cells[order]))
    return cohorts


@compiled
def _statistics(ticks: Integers, event: Integers, cell: Integers, order: Integers, starts: Floats, out: Floats) -> None:
    """Fill `out` with the statistics in the order of `constraints.overall_survival`; `starts` warm-starts the fits."""
    n = ticks.size
    months = np.empty(n)
    ordered_event = np.empty(n, dtype=np.int64)
    ordered_cell = np.empty(n, dtype=np.int64)
    for k in range(n):
        months[k] = ticks[order[k]] / TICKS
        ordered_event[k] = event[order[k]]
        ordered_cell[k] = cell[order[k]]
    at_risk = np.empty((n, 4), dtype=np.int64)
    event_cell = np.empty(n, dtype=np.int64)
    deaths = risk_sets(ordered_event, ordered_cell, at_risk, event_cell)
    u1, su1 = cox_one(at_risk, event_cell, deaths, 0, starts[0])
    u2, su2 = cox_one(at_risk, event_cell, deaths, 1, starts[1])
    m1, m2, sm1, sm2 = cox_two(at_risk, event_cell, deaths, starts[2], starts[3])
    beta = (u1, u2, m1, m2)
    error = (su1, su2, sm1, sm2)
    for k in range(4):
        out[k] = math.exp(min(beta[k], 9.0))
        out[4 + k] = math.exp(min(beta[k] - Z95 * error[k], 9.0))
        out[8 + k] = math.exp(min(beta[k] + Z95 * error[k], 9.0))
    median, median_error = median_with_error(months, ordered_event)
    out[12] = median
    out[13] = median - Z95 * median_error
    out[14] = median + Z95 * median_error
    out[15] = (months[n // 2 - 1] + months[n // 2]) / 2.0
    out[16] = log_rank_levels(at_risk, event_cell, deaths)
    out[17] = log_rank_two(at_risk, event_cell, deaths, 0)
    out[18] = deaths
    out[19] = months[n - 1]


@compiled
def is_free(ticks: Integers, wanted: int, but: int) -> bool:
    """Whether no member except `but` has this time."""
    for k in range(ticks.size):
        if k != but and ticks[k] == wanted:
            return False
    return True


@compiled
def _simulate(ticks: Integers, event: Integers, cell: Integers, weight: Floats, parameters: Floats) -> None:
    """Draw every member from the prior, without ties and within the longest follow-up."""
    last = int(parameters[6] * TICKS) - 1
    ticks[:] = 0
    for i in range(ticks.size):
        while True:
            months, event[i] = draw_outcome(weight[cell[i]], parameters)
            tick = int(months * TICKS) + 1
            if tick <= last and is_free(ticks, tick, i):
                ticks[i] = tick
                break


@compiled
def _propose(
    ticks: Integers, event: Integers, cell: Integers, weight: Floats, parameters: Floats, i: int, j: int
) -> float:
    """Change member i (and j, if another) in place; return the log ratio of priors and proposals, or -inf."""
    last = int(parameters[6] * TICKS) - 1
    old = 0.0
    for m in (i, j):
        old += log_density(ticks[m] / TICKS, event[m], weight[cell[m]], parameters)
    jacobian = 0.0
    kind = np.random.random()
    if i != j:  # two members exchange their outcomes
        ticks[i], ticks[j] = ticks[j], ticks[i]
        event[i], event[j] = event[j], event[i]
    elif kind < 0.35:  # a new draw from the prior: the ratios of priors and proposals cancel
        months, event[i] = draw_outcome(weight[cell[i]], parameters)
        ticks[i] = int(months * TICKS) + 1
        return 0.0 if ticks[i] <= last and is_free(ticks, ticks[i], i) else -math.inf
    elif kind < 0.85:  # a time changes by a small or large factor; the Jacobian accounts for the multiplication
        jacobian = np.random.normal() * (0.02 if kind < 0.6 else 0.3)
        ticks[i] = int(ticks[i] * math.exp(jacobian) + np.random.random())
        if not (0 < ticks[i] <= last and is_free(ticks, ticks[i], i)):
            return -math.inf
    else:  # a death becomes a censored time, or the reverse
        event[i] = 1 - event[i]
    new = 0.0
    for m in (i, j):
        new += log_density(ticks[m] / TICKS, event[m], weight[cell[m]], parameters)
    return (new - old) * (0.5 if i == j else 1.0) + jacobian


@compiled
def _sample(seed: int, parameters: Floats, cell: Integers, aims: Floats, keep: int) -> tuple[Integers, Integers, int]:
    """Simulate, anneal and keep cohorts; return their ticks and deaths, and how many there are."""
    np.random.seed(seed)
    n = cell.size
    weight = np.empty(4)
    for c in range(4):
        weight[c] = math.exp(parameters[3] * (c & 1) + parameters[4] * (c >> 1))
    starts = np.log(aims[:4, 0])
    kept_ticks = np.zeros((keep, n), dtype=np.int64)
    kept_event = np.zeros((keep, n), dtype=np.int64)
    kept = 0
    ticks = np.zeros(n, dtype=np.int64)
    event = np.zeros(n, dtype=np.int64)
    values = np.empty(_STATISTICS)
    new_values = np.empty(_STATISTICS)
    for _ in range(TRIES):
        _simulate(ticks, event, cell, weight, parameters)
        _statistics(ticks, event, cell, np.argsort(ticks), starts, values)
        energy = energy_of(values, aims)
        kept = 0
        due = ANNEAL + THIN
        for move in range(ANNEAL + PATIENCE * keep * THIN):
            beta = math.exp(_COLDEST * (1.0 - move / ANNEAL)) if move < ANNEAL else 1.0
            i = np.random.randint(n)
            j = np.random.randint(n) if np.random.random() < 0.25 else i
            old_i, old_j, was_i, was_j = ticks[i], ticks[j], event[i], event[j]
            log_ratio = _propose(ticks, event, cell, weight, parameters, i, j)
            accepted = False
            if log_ratio > -math.inf:
                _statistics(ticks, event, cell, np.argsort(ticks), starts, new_values)
                new_energy = energy_of(new_values, aims)
                accepted = math.log(1.0 - np.random.random()) < log_ratio - beta * (new_energy - energy)
            if accepted:
                energy = new_energy
                values[:] = new_values
            else:
                ticks[i], ticks[j], event[i], event[j] = old_i, old_j, was_i, was_j
            if move >= due and all_within(values, aims):
                kept_ticks[kept] = ticks
                kept_event[kept] = event
                kept += 1
                due = move + THIN
                if kept == keep:
                    return kept_ticks, kept_event, kept
    return kept_ticks, kept_event, kept
