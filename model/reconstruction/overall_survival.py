"""Sample cohorts that agree with the published overall survival, by parallel tempering.

The target is the prior of a trial (`trial`), times the density of its members' latent times given the trial, times a
narrow kernel around each published statistic (`distance`). Trial and members are sampled together. A ladder of replicas
weakens the kernel step by step, down to none; there, in every round, a new trial and a new cohort are drawn from the
prior. Neighbouring replicas exchange their cohorts, so every kept cohort comes from a draw of the prior of its own and
not from one search.
"""

import math

import numpy as np

from model.publication.constraints import overall_survival
from model.reconstruction.compiled_statistics import Floats, Integers, compiled
from model.reconstruction.distance import all_within
from model.reconstruction.target import WORST, Target, energy_below
from model.reconstruction.trial import (
    FAMILY,
    FIELDS,
    GOMPERTZ,
    LOG_HR_AFP,
    LOG_HR_SII,
    LOSS,
    MEDIAN,
    SHAPE,
    draw_outcome,
    draw_trial,
    in_thousandths,
    log_density,
    log_prior,
    recorded,
    relative_hazards,
    set_rate,
)

# Powers of the kernel: none, then from almost none to all of it; denser where fewer cohorts agree.
LADDER = np.concatenate([[0.0], np.geomspace(2e-6, 0.02, 12), np.geomspace(0.03, 1.0, 14)])
MOVES = 60  # changes of each replica between two exchanges
BURN_IN = 1_000  # rounds before the first cohort is kept
APART = 150  # rounds between two kept cohorts
ROUNDS = 40_000  # a chain that has not finished by then does not agree
_STATISTICS = len(overall_survival())


def run_chain(
    seed: int, keep: int, target: Target, rounds: int = ROUNDS
) -> list[tuple[Floats, Integers, Integers, Integers]]:
    """Return `keep` cohorts of one chain as (latent months, recorded months, death, cell), ordered by latent time.

    Deterministic in `seed`. Raises RuntimeError if the chain does not find them within `rounds`.
    """
    latent, death, _, _, kept = sample(target, seed, keep, rounds, LADDER)
    if kept < keep:
        raise RuntimeError(f"chain {seed} met every constraint only {kept} times of {keep}")
    cohorts = []
    for k in range(keep):
        order = np.argsort(latent[k], kind="stable")
        months = in_thousandths(latent[k][order])
        whole = np.array([recorded(time, target.rule) for time in months])
        cohorts.append((months, whole, death[k][order], target.cell[order]))
    return cohorts


@compiled
def _draw_cohort(target: Target, latent: Floats, event: Integers, trial: Floats) -> None:
    cell, prior = target.cell, target.prior
    draw_trial(trial, prior)
    weights = relative_hazards(trial)
    for i in range(cell.size):
        latent[i], event[i] = draw_outcome(weights[cell[i]], trial, prior)


@compiled
def _change_members(
    target: Target, latent: Floats, event: Integers, trial: Floats, power: float, energy: float, out: Floats
) -> float:
    """Propose `MOVES` changes of one or two members, keep those that Metropolis' rule accepts; return the energy."""
    cell, prior = target.cell, target.prior
    weights = relative_hazards(trial)
    first, last = prior.first_months, prior.last_months
    n = cell.size
    for _ in range(MOVES):
        kind = np.random.random()
        i = np.random.randint(n)
        j = np.random.randint(n) if kind < 0.25 else i
        if kind < 0.25 and cell[i] == cell[j]:
            continue
        time, death, other_time, other_death = latent[i], event[i], latent[j], event[j]
        here, there = weights[cell[i]], weights[cell[j]]
        log_ratio = 0.0
        if kind < 0.25:  # two members of different cells exchange their outcomes
            log_ratio = (
                log_density(other_time, other_death, here, trial, prior)
                + log_density(time, death, there, trial, prior)
                - log_density(time, death, here, trial, prior)
                - log_density(other_time, other_death, there, trial, prior)
            )
            latent[i], event[i], latent[j], event[j] = other_time, other_death, time, death
        elif kind < 0.5:  # a new draw given the trial: the ratios of densities and proposals cancel
            latent[i], event[i] = draw_outcome(here, trial, prior)
        elif kind < 0.85:  # a small or a large factor; its logarithm is the Jacobian
            step = np.random.normal() * (0.05 if kind < 0.6 else 0.4)
            changed = time * math.exp(step)
            if not first <= changed < last:
                continue
            log_ratio = (
                log_density(changed, death, here, trial, prior) - log_density(time, death, here, trial, prior) + step
            )
            latent[i] = changed
        else:  # a death becomes a censored time, or the reverse
            event[i] = 1 - death
            log_ratio = log_density(time, 1 - death, here, trial, prior) - log_density(time, death, here, trial, prior)
        room = log_ratio - math.log(1.0 - np.random.random())
        limit = energy + room / power
        new_energy = energy_below(target, latent, event, limit, out)
        if new_energy < limit:
            energy = new_energy
        else:
            latent[i], event[i] = time, death
            if j != i:
                latent[j], event[j] = other_time, other_death
    return energy


@compiled
def _change_trial(target: Target, latent: Floats, event: Integers, trial: Floats) -> None:
    """Propose a change of the trial and keep it if Metropolis' rule accepts it; the members stay."""
    cell, prior = target.cell, target.prior
    changed = trial.copy()
    changed[SHAPE] += np.random.normal() * (0.012 if trial[FAMILY] == GOMPERTZ else 0.1)
    changed[MEDIAN] += np.random.normal() * 0.4
    changed[LOG_HR_SII] += np.random.normal() * 0.12
    changed[LOG_HR_AFP] += np.random.normal() * 0.12
    changed[LOSS] += np.random.normal() * 0.01
    log_ratio = log_prior(changed, prior)
    if log_ratio == -math.inf:
        return
    set_rate(changed, prior)
    log_ratio -= log_prior(trial, prior)
    before, after = relative_hazards(trial), relative_hazards(changed)
    for i in range(cell.size):
        log_ratio += log_density(latent[i], event[i], after[cell[i]], changed, prior)
        log_ratio -= log_density(latent[i], event[i], before[cell[i]], trial, prior)
    if math.log(1.0 - np.random.random()) < log_ratio:
        trial[:] = changed


@compiled
def sample(
    target: Target, seed: int, keep: int, rounds: int, ladder: Floats
) -> tuple[Floats, Integers, Floats, Floats, int]:
    """Return the latent times, deaths and trials of the kept cohorts, the mean energy at each step of the ladder after
    the burn-in, and how many cohorts there are.

    A cohort is kept if it meets every constraint and does not come from the same draw of the prior as an earlier one.
    """
    np.random.seed(seed)
    replicas, n = ladder.size, target.cell.size
    latent = np.empty((replicas, n))
    event = np.empty((replicas, n), dtype=np.int64)
    trial = np.empty((replicas, FIELDS))
    energy = np.empty(replicas)
    drawn = np.arange(replicas)  # the number of the draw that a replica's cohort comes from
    holder = np.arange(replicas)  # the row with the cohort of each replica: exchanges move numbers, not cohorts
    draws = replicas
    values = np.empty(_STATISTICS)
    kept_latent = np.empty((keep, n))
    kept_event = np.empty((keep, n), dtype=np.int64)
    kept_trial = np.empty((keep, FIELDS))
    kept_draw = np.full(keep, -1)
    total_energy = np.zeros(replicas)
    turns = 0
    kept = 0
    due = BURN_IN
    for r in range(replicas):
        _draw_cohort(target, latent[r], event[r], trial[r])
        energy[r] = energy_below(target, latent[r], event[r], WORST, values)
    for turn in range(rounds):
        r = holder[0]
        _draw_cohort(target, latent[r], event[r], trial[r])
        energy[r] = energy_below(target, latent[r], event[r], WORST, values)
        drawn[r] = draws
        draws += 1
        for level in range(1, replicas):
            r = holder[level]
            energy[r] = _change_members(target, latent[r], event[r], trial[r], ladder[level], energy[r], values)
            _change_trial(target, latent[r], event[r], trial[r])
        for level in range(turn % 2, replicas - 1, 2):
            cold, warm = holder[level + 1], holder[level]
            gain = (ladder[level + 1] - ladder[level]) * (energy[cold] - energy[warm])
            if math.log(1.0 - np.random.random()) < gain:
                holder[level], holder[level + 1] = cold, warm
        if turn >= BURN_IN:
            turns += 1
            for level in range(replicas):
                total_energy[level] += energy[holder[level]]
        r = holder[replicas - 1]
        if turn >= due and not np.any(kept_draw[:kept] == drawn[r]):
            energy_below(target, latent[r], event[r], math.inf, values)
            if all_within(values, target.aims):
                kept_latent[kept], kept_event[kept], kept_trial[kept] = latent[r], event[r], trial[r]
                kept_draw[kept] = drawn[r]
                kept += 1
                due = turn + APART
                if kept == keep:
                    break
    return kept_latent, kept_event, kept_trial, total_energy / max(turns, 1), kept
