"""Change members of a cohort so that curves that were read from a figure stay as they are, or nearly so, compiled for
the sampler."""

import numpy as np

from model.reconstruction.compiled_statistics import CELLS, Floats, Integers, compiled
from model.reconstruction.figure_limits import FigureLimits
from model.reconstruction.moves import is_kept
from model.reconstruction.target import Target
from model.reconstruction.trial import log_density, recorded, relative_hazards

FIGURE_MOVES = 60  # changes of each replica between two exchanges, besides those of `moves`
_STEP = 1.0  # standard deviation of the steps of two times, in months
_CENSORED_STEP = 2.0  # and of one censored time


@compiled
def change_curves(
    target: Target, latent: Floats, event: Integers, trial: Floats, powers: Floats, energy: Floats, out: Floats
) -> None:
    """Propose `FIGURE_MOVES` changes of one or two members, and keep those that Metropolis' rule accepts.

    The arguments are those of `moves.change_members`. Two members that change together belong to the same curves. Every
    change is proposed as often as its reverse, so only the densities count.
    """
    cell, prior = target.cell, target.prior
    curves = curves_of_cells(target.figure)
    weights = relative_hazards(trial)
    first, last = prior.first_months, prior.last_months
    for _ in range(FIGURE_MOVES):
        kind = np.random.random()
        i = np.random.randint(cell.size)
        j = np.random.randint(cell.size) if kind < 0.85 else i
        if kind < 0.85 and (i == j or curves[cell[i]] != curves[cell[j]]):
            continue
        time, death, other_time, other_death = latent[i], event[i], latent[j], event[j]
        new_time, new_death, new_other_time, new_other_death = time, death, other_time, other_death
        if kind < 0.35:  # two members exchange their outcomes: the curves stay
            new_time, new_death, new_other_time, new_other_death = other_time, other_death, time, death
        elif kind < 0.5:  # a death and a censored time exchange their times
            new_time, new_other_time = other_time, time
        elif kind < 0.85:  # one time becomes longer by as much as the other becomes shorter
            step = np.random.normal() * _STEP
            new_time, new_other_time = time + step, other_time - step
        elif kind < 0.95:  # a censored time: the curve changes little
            new_time = new_other_time = time + np.random.normal() * _CENSORED_STEP
        else:  # a time within its recorded month: everything recorded stays
            new_time = new_other_time = time + np.random.random() - 0.5
        is_useless = (
            (kind < 0.35 and cell[i] == cell[j])
            or (0.35 <= kind < 0.5 and death == other_death)
            or (0.85 <= kind < 0.95 and death == 1)
            or (kind >= 0.95 and recorded(new_time, target.rule) != recorded(time, target.rule))
        )
        if is_useless or not (first <= new_time < last and first <= new_other_time < last):
            continue
        here, there = weights[cell[i]], weights[cell[j]]
        log_ratio = log_density(new_time, new_death, here, trial, prior) - log_density(time, death, here, trial, prior)
        if j != i:
            log_ratio += log_density(new_other_time, new_other_death, there, trial, prior)
            log_ratio -= log_density(other_time, other_death, there, trial, prior)
        latent[i], event[i], latent[j], event[j] = new_time, new_death, new_other_time, new_other_death
        if not is_kept(target, latent, event, log_ratio, powers, energy, out):
            latent[i], event[i], latent[j], event[j] = time, death, other_time, other_death


@compiled
def curves_of_cells(limits: FigureLimits) -> Integers:
    """Return a number for each cell, which two cells share if they belong to the same of the curves that were read."""
    numbers = np.zeros(CELLS, dtype=np.int64)
    for curve in range(limits.members.shape[0]):
        if np.any(limits.curve == curve):
            for c in range(CELLS):
                numbers[c] = 2 * numbers[c] + int(limits.members[curve, c])
    return numbers
