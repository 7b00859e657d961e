"""Draw a cohort from the prior, and change its members and its trial by Metropolis' rule, compiled for the sampler."""

import math

import numpy as np

from model.reconstruction.compiled_statistics import Floats, Integers, compiled
from model.reconstruction.target import STATISTICS, WORST, Target, energy_below
from model.reconstruction.trial import (
    FAMILY,
    GOMPERTZ,
    LOG_HR_AFP,
    LOG_HR_SII,
    LOSS,
    MEDIAN,
    SHAPE,
    draw_outcome,
    draw_trial,
    log_density,
    log_prior,
    relative_hazards,
    set_rate,
)

MOVES = 60  # changes of each replica between two exchanges
MOVES_WITH_FIGURE = 20  # the same if there is a figure, because `figure_moves` changes members too


@compiled
def draw_cohort(target: Target, latent: Floats, event: Integers, trial: Floats, energy: Floats, out: Floats) -> None:
    """Draw a trial from the prior and its members, and fill in the energies of the statistics and of the figure."""
    cell, prior = target.cell, target.prior
    draw_trial(trial, prior)
    weights = relative_hazards(trial)
    for i in range(cell.size):
        latent[i], event[i] = draw_outcome(weights[cell[i]], trial, prior)
    # Above `WORST` the energy of the statistics does not matter, but that of the figure must be known too.
    most = math.inf if target.figure.month.size > 0 else WORST
    energy[0] = energy_below(target, latent, event, most, out, 0.0)
    energy[1] = out[STATISTICS]


@compiled
def change_members(
    target: Target, latent: Floats, event: Integers, trial: Floats, powers: Floats, energy: Floats, out: Floats
) -> None:
    """Propose changes of one or two members, and keep those that Metropolis' rule accepts.

    `powers` are those of the published statistics and of the figure; `energy` has the two energies in the same order.
    """
    cell, prior = target.cell, target.prior
    weights = relative_hazards(trial)
    first, last = prior.first_months, prior.last_months
    n = cell.size
    for _ in range(MOVES if target.figure.month.size == 0 else MOVES_WITH_FIGURE):
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
        if not is_kept(target, latent, event, log_ratio, powers, energy, out):
            latent[i], event[i] = time, death
            if j != i:
                latent[j], event[j] = other_time, other_death


@compiled
def is_kept(
    target: Target, latent: Floats, event: Integers, log_ratio: float, powers: Floats, energy: Floats, out: Floats
) -> bool:
    """Whether Metropolis' rule keeps changed members; if so, `energy` becomes theirs.

    `log_ratio` is that of their density, and of the proposals, to those before the change.
    """
    power, weight = powers[0], powers[1] / powers[0]
    room = log_ratio - math.log(1.0 - np.random.random())
    limit = energy[0] + weight * energy[1] + room / power
    new_energy = energy_below(target, latent, event, limit, out, weight)
    if new_energy >= limit:
        return False
    energy[1] = out[STATISTICS]
    energy[0] = new_energy - weight * energy[1]
    return True


@compiled
def change_trial(target: Target, latent: Floats, event: Integers, trial: Floats) -> None:
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
