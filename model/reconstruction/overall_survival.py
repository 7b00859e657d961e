"""Sample cohorts that agree with the published overall survival, by parallel tempering.

The target is the prior of a trial (`trial`), times the density of its members' latent times given the trial, times a
narrow kernel around each published statistic (`distance`). Trial and members are sampled together. A ladder of replicas
weakens the kernel step by step, down to none; there, in every round, a new trial and a new cohort are drawn from the
prior. Neighbouring replicas exchange their cohorts, so every kept cohort comes from a draw of the prior of its own and
not from one search.

If curves were read from a figure, the ladder strengthens their kernel first and that of the statistics afterwards. A
cohort that has the statistics already cannot easily get the curves too, but one that has the curves can still change in
many ways that keep them (`figure_moves`).
"""

import math
from typing import NamedTuple

import numpy as np

from model.reconstruction.compiled_statistics import Floats, Integers, compiled
from model.reconstruction.figure_moves import change_curves
from model.reconstruction.moves import change_members, change_trial, draw_cohort
from model.reconstruction.target import STATISTICS, Target, agrees
from model.reconstruction.trial import FIELDS, in_thousandths, recorded


class Schedule(NamedTuple):
    """How a chain runs: the powers of the kernels in its replicas, and counts of rounds.

    `ladder` has the powers of the published statistics. `figure_ladder` has those of the figure; if it is empty, they
    are the same. `burn_in` rounds come before the first kept cohort and `apart` between two; a chain ends after
    `rounds`.
    """

    ladder: Floats
    burn_in: int
    apart: int
    rounds: int
    figure_ladder: Floats = np.empty(0)


# No kernel, then from almost none to all of it; denser where fewer cohorts agree. A chain that has not finished after
# the last round does not agree.
SCHEDULE = Schedule(
    ladder=np.concatenate([[0.0], np.geomspace(2e-6, 0.02, 12), np.geomspace(0.03, 1.0, 14)]),
    burn_in=1_000,
    apart=150,
    rounds=40_000,
)
# First the figure, with almost none of the statistics; then the statistics, by changes that keep the curves.
FIGURE_SCHEDULE = Schedule(
    ladder=np.concatenate(
        [[0.0], np.geomspace(1e-6, 1e-4, 24), np.geomspace(1.8e-4, 0.2, 14), np.geomspace(0.26, 1.0, 6)]
    ),
    burn_in=2_000,
    apart=150,
    rounds=10_000,
    figure_ladder=np.concatenate([[0.0], np.geomspace(1e-5, 5e-4, 5), np.geomspace(7.3e-4, 1.0, 19), np.ones(20)]),
)

Cohort = tuple[Floats, Integers, Integers, Integers]  # latent months, recorded months, death, cell; by latent time


def run_chain(seed: int, keep: int, target: Target) -> list[Cohort]:
    """Return `keep` cohorts of one chain.

    Deterministic in `seed`. Raises RuntimeError if the chain does not find them in all its rounds.
    """
    cohorts, _ = search(seed, keep, target, SCHEDULE)
    if len(cohorts) < keep:
        raise RuntimeError(f"chain {seed} met every constraint only {len(cohorts)} times of {keep}")
    return cohorts


def search(seed: int, keep: int, target: Target, schedule: Schedule) -> tuple[list[Cohort], Cohort | None]:
    """Return up to `keep` cohorts of one chain and, if there are fewer, the cohort with which the chain ended."""
    latent, death, _, _, kept = sample(target, seed, keep, schedule)
    cohorts = []
    for k in range(min(kept + 1, keep)):
        order = np.argsort(latent[k], kind="stable")
        months = in_thousandths(latent[k][order])
        whole = np.array([recorded(time, target.rule) for time in months])
        cohorts.append((months, whole, death[k][order], target.cell[order]))
    return cohorts[:kept], cohorts[kept] if kept < keep else None


@compiled
def sample(target: Target, seed: int, keep: int, schedule: Schedule) -> tuple[Floats, Integers, Floats, Floats, int]:
    """Return the latent times, deaths and trials of the kept cohorts, the mean energy at each step of the ladder after
    the burn-in, and how many cohorts there are.

    A cohort is kept if it meets every constraint and does not come from the same draw of the prior as an earlier one.
    If fewer than `keep` are, the row after them is the cohort with which the chain ended.
    """
    np.random.seed(seed)
    powers = _powers(schedule)
    replicas, n = powers.shape[0], target.cell.size
    latent = np.empty((replicas, n))
    event = np.empty((replicas, n), dtype=np.int64)
    trial = np.empty((replicas, FIELDS))
    energy = np.empty((replicas, 2))  # of the published statistics, and of the figure
    drawn = np.arange(replicas)  # the number of the draw that a replica's cohort comes from
    holder = np.arange(replicas)  # the row with the cohort of each replica: exchanges move numbers, not cohorts
    draws = replicas
    values = np.zeros(STATISTICS + 1 + target.figure.month.size)
    kept_latent = np.empty((keep, n))
    kept_event = np.empty((keep, n), dtype=np.int64)
    kept_trial = np.empty((keep, FIELDS))
    kept_draw = np.full(keep, -1)
    total_energy = np.zeros(replicas)
    turns = 0
    kept = 0
    due = schedule.burn_in
    for r in range(replicas):
        draw_cohort(target, latent[r], event[r], trial[r], energy[r], values)
    for turn in range(schedule.rounds):
        r = holder[0]
        draw_cohort(target, latent[r], event[r], trial[r], energy[r], values)
        drawn[r] = draws
        draws += 1
        for level in range(1, replicas):
            r = holder[level]
            change_members(target, latent[r], event[r], trial[r], powers[level], energy[r], values)
            if target.figure.month.size > 0:
                change_curves(target, latent[r], event[r], trial[r], powers[level], energy[r], values)
            change_trial(target, latent[r], event[r], trial[r])
        for level in range(turn % 2, replicas - 1, 2):
            cold, warm = holder[level + 1], holder[level]
            gain = (powers[level + 1, 0] - powers[level, 0]) * (energy[cold, 0] - energy[warm, 0])
            gain += (powers[level + 1, 1] - powers[level, 1]) * (energy[cold, 1] - energy[warm, 1])
            if math.log(1.0 - np.random.random()) < gain:
                holder[level], holder[level + 1] = cold, warm
        if turn >= schedule.burn_in:
            turns += 1
            for level in range(replicas):
                total_energy[level] += energy[holder[level], 0]
        r = holder[replicas - 1]
        is_new = turn >= due and not np.any(kept_draw[:kept] == drawn[r])
        if is_new and agrees(target, latent[r], event[r], values):
            kept_latent[kept], kept_event[kept], kept_trial[kept] = latent[r], event[r], trial[r]
            kept_draw[kept] = drawn[r]
            kept += 1
            due = turn + schedule.apart
            if kept == keep:
                break
    if kept < keep:
        r = holder[replicas - 1]
        kept_latent[kept], kept_event[kept], kept_trial[kept] = latent[r], event[r], trial[r]
    return kept_latent, kept_event, kept_trial, total_energy / max(turns, 1), kept


@compiled
def _powers(schedule: Schedule) -> Floats:
    """Return the power of the statistics and that of the figure for each replica, as two columns."""
    figure = schedule.figure_ladder if schedule.figure_ladder.size > 0 else schedule.ladder
    return np.column_stack((schedule.ladder, figure))
