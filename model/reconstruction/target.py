"""State what cohorts are sampled for, and how far a cohort is from the published overall survival."""

import math
from typing import NamedTuple

import numpy as np

from app.core.cox import Z95
from model.publication.constraints import FIRST_IMAGE_MONTHS, overall_survival
from model.publication.study import cell_sizes
from model.reconstruction.compiled_statistics import (
    CELLS,
    UNDEFINED,
    Floats,
    Integers,
    compiled,
    cox_one,
    cox_two,
    event_table,
    log_rank_levels,
    log_rank_two,
    median_with_error,
)
from model.reconstruction.distance import aim_table, all_within, energy_of
from model.reconstruction.figure_limits import FigureLimits, figure_energy, no_figure
from model.reconstruction.trial import RECORDING, UNROUNDED, Prior, recorded

# Places of the statistics, in the order of `constraints.overall_survival`: four hazard ratios, their lower and their
# upper limits, and these.
MEDIAN, MEDIAN_ERROR, FOLLOW_UP, LEVELS, BY_SII, DEATHS, LONGEST, IMAGED = range(12, 20)
WORST = 1e9
STATISTICS = len(overall_survival())


class Target(NamedTuple):
    """What cohorts are sampled for: cells of the members, `distance.aim_table`, prior, rule of recording.

    `starts` are the published log hazard ratios, from which the fits start. `figure` has no rows unless curves were
    read.
    """

    cell: Integers
    aims: Floats
    prior: Prior
    rule: int
    starts: Floats
    figure: FigureLimits


def target_of(prior: Prior, rule: int = RECORDING, figure: FigureLimits | None = None) -> Target:
    """Return the target with the published statistics, and with curves if they were read from a figure."""
    aims = aim_table(overall_survival())
    cell = np.repeat(np.arange(CELLS), cell_sizes())
    return Target(cell, aims, prior, rule, np.log(aims[:4, 0]), figure or no_figure())


@compiled
def energy_below(
    target: Target, latent: Floats, event: Integers, limit: float, out: Floats, weight: float = 1.0
) -> float:
    """Return the energy of a cohort (see `distance`), or something above `limit` as soon as it must be above.

    Fills `out` with the statistics in the order of `constraints.overall_survival`, the energy of the figure without its
    `weight`, and the values of the figure, as far as they were needed. The cheap ones come first, because most changes
    are refused.
    """
    cell, aims, starts = target.cell, target.aims, target.starts
    n = latent.size
    months = np.empty(n)
    imaged = 0
    deaths_in_all = 0
    for i in range(n):
        months[i] = latent[i] if target.rule == UNROUNDED else recorded(latent[i], target.rule)
        imaged += 1 if latent[i] >= FIRST_IMAGE_MONTHS else 0
        deaths_in_all += event[i]
    ordered = np.sort(months)
    out[FOLLOW_UP] = (ordered[(n - 1) // 2] + ordered[n // 2]) / 2.0
    out[DEATHS] = deaths_in_all
    out[LONGEST] = ordered[n - 1]
    out[IMAGED] = imaged
    energy = 0.0
    for k in (FOLLOW_UP, DEATHS, LONGEST, IMAGED):
        energy += energy_of(out[k], aims, k)
    if energy > limit:
        return energy
    times, deaths, at_risk, rows = _death_table(months, ordered, event, cell, target.rule)
    out[MEDIAN], out[MEDIAN_ERROR] = median_with_error(times, deaths, at_risk, rows)
    out[LEVELS] = log_rank_levels(deaths, at_risk, rows)
    out[BY_SII] = log_rank_two(deaths, at_risk, rows, 0)
    for k in (MEDIAN, MEDIAN_ERROR, LEVELS, BY_SII):
        energy += energy_of(out[k], aims, k)
    off = figure_energy(target.figure, months, cell, times[:rows], deaths, at_risk, out[STATISTICS + 1 :])
    out[STATISTICS] = off
    energy += weight * off
    if energy > limit:
        return energy
    for bit in range(2):
        beta, error = cox_one(deaths, at_risk, rows, bit, starts[bit])
        energy += _ratio(beta, error, bit, aims, out)
        if energy > limit:
            return energy
    b1, b2, error1, error2 = cox_two(deaths, at_risk, rows, starts[2], starts[3])
    return energy + _ratio(b1, error1, 2, aims, out) + _ratio(b2, error2, 3, aims, out)


@compiled
def agrees(target: Target, latent: Floats, event: Integers, out: Floats) -> bool:
    """Whether a cohort meets every constraint and is within the limits of the figure; fills `out` as `energy_below`."""
    energy_below(target, latent, event, math.inf, out)
    return all_within(out[:STATISTICS], target.aims) and all_within(out[STATISTICS + 1 :], target.figure.aims)


@compiled
def _death_table(
    months: Floats, ordered: Floats, event: Integers, cell: Integers, rule: int
) -> tuple[Floats, Floats, Floats, int]:
    """Return the times with a death, the deaths and the members at risk of each cell at them, and how many there are.

    `event_table` counts in whole numbers: months are that already, unrounded times are replaced by their order.
    """
    n = months.size
    size = n if rule == UNROUNDED else int(ordered[n - 1]) + 1
    places = np.empty(n, dtype=np.int64)
    for i in range(n):
        places[i] = np.searchsorted(ordered, months[i]) if rule == UNROUNDED else int(months[i])
    found = np.empty(size, dtype=np.int64)
    deaths = np.empty((size, CELLS))
    at_risk = np.empty((size, CELLS))
    rows = event_table(places, event, cell, found, deaths, at_risk)
    times = np.empty(size)
    for k in range(rows):
        times[k] = ordered[found[k]] if rule == UNROUNDED else found[k]
    return times, deaths, at_risk, rows


@compiled
def _ratio(beta: float, error: float, place: int, aims: Floats, out: Floats) -> float:
    """Fill in hazard ratio `place` with its limits, and return their energy."""
    if beta == UNDEFINED:
        out[place] = out[4 + place] = out[8 + place] = UNDEFINED
        return WORST
    out[place] = math.exp(beta)
    out[4 + place] = math.exp(beta - Z95 * error)
    out[8 + place] = math.exp(beta + Z95 * error)
    return (
        energy_of(out[place], aims, place)
        + energy_of(out[4 + place], aims, 4 + place)
        + energy_of(out[8 + place], aims, 8 + place)
    )
