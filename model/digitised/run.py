"""Reconstruct cohorts that agree with the published summaries and with curves that were read from a figure."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from multiprocessing import get_context

import numpy as np
import pandas as pd

from app.core.errors import CheckFailedError
from model.digitised.coordinates import FIGURE_CURVES
from model.publication.constraints import overall_survival
from model.reconstruction.distance import energy_of
from model.reconstruction.figure_limits import SURVIVAL, FigureLimits
from model.reconstruction.overall_survival import FIGURE_SCHEDULE, Cohort, search
from model.reconstruction.run import KEPT_PER_CHAIN, SEED, cohort_rows
from model.reconstruction.target import STATISTICS, Target, energy_below, target_of
from model.reconstruction.trial import published_prior

CHAINS = 16
ROUNDS = FIGURE_SCHEDULE.rounds  # of a chain; it may keep fewer cohorts than it should
TRIAL_CHAINS = 4  # if the first ones find no cohort, the others do not start


@dataclass(frozen=True, slots=True)
class Miss:
    """A limit that a cohort misses: what it limits, the cohort's value, the limits, and the energy of the distance."""

    label: str
    value: float
    lower: float
    upper: float
    energy: float


@dataclass(frozen=True, slots=True)
class Chain:
    """What one chain found: its cohorts as rows (see `read_cohorts`), or what the cohort misses with which it ended."""

    cohorts: list[pd.DataFrame]
    misses: list[Miss]


class NoCohortError(CheckFailedError):
    """No chain found a cohort; `misses` are those of the closest one, farthest first."""

    def __init__(self, misses: list[Miss]) -> None:
        super().__init__("; ".join(miss.label for miss in misses))
        self.misses = misses


def digitise(
    figure: FigureLimits,
    *,
    chains: int = CHAINS,
    rounds: int = ROUNDS,
    workers: int = 2,
    progress: Callable[[int], None] = lambda _done: None,
) -> pd.DataFrame:
    """Return all cohorts as rows. Deterministic; the number of workers does not change the result.

    `progress` is called with the number of cohorts after each chain. Raises NoCohortError.
    """
    target = target_of(published_prior(), figure=figure)
    found: list[pd.DataFrame] = []
    closest: list[Miss] | None = None
    with get_context("spawn").Pool(workers) as pool:
        run = partial(digitise_chain, target, rounds=rounds)
        for first, last in ((1, min(TRIAL_CHAINS, chains)), (TRIAL_CHAINS + 1, chains)):
            for chain in pool.imap(run, range(first, last + 1)):
                found.extend(chain.cohorts)
                if not chain.cohorts and (closest is None or _total(chain.misses) < _total(closest)):
                    closest = chain.misses
                progress(len(found))
            if not found:
                raise NoCohortError(closest or [])
    return pd.concat(found, ignore_index=True)


def digitise_chain(target: Target, chain: int, *, keep: int = KEPT_PER_CHAIN, rounds: int = ROUNDS) -> Chain:
    """Return what one chain (numbered from 1) finds. A cohort for which no progression agrees is left out."""
    cohorts, last = search(SEED + chain, keep, target, FIGURE_SCHEDULE._replace(rounds=rounds))
    parts = []
    for k, cohort in enumerate(cohorts):
        try:
            parts.append(cohort_rows(chain, k, cohort))
        except RuntimeError:
            continue
    return Chain(parts, [] if last is None else misses_of(target, last))


def misses_of(target: Target, cohort: Cohort) -> list[Miss]:
    """Return the limits that a cohort misses, of the figure and of the publication, farthest first."""
    latent, _, death, cell = cohort
    limits = target.figure
    values = np.zeros(STATISTICS + 1 + limits.month.size)
    energy_below(target._replace(cell=cell), latent, death, np.inf, values)
    labels = [constraint.label for constraint in overall_survival()]
    for curve, month, statistic in zip(limits.curve, limits.month, limits.statistic, strict=True):
        kind = "survival" if statistic == SURVIVAL else "number at risk"
        labels.append(f"{FIGURE_CURVES[curve]}, {kind} at month {month}")
    aims = np.vstack([target.aims, limits.aims])
    found = np.concatenate([values[:STATISTICS], values[STATISTICS + 1 :]])
    misses = [
        Miss(label, float(value), float(aim[2]), float(aim[3]), float(energy_of(value, aims, k)))
        for k, (label, value, aim) in enumerate(zip(labels, found, aims, strict=True))
        if not aim[2] <= value <= aim[3]
    ]
    return sorted(misses, key=lambda miss: -miss.energy)


def _total(misses: list[Miss]) -> float:
    return sum(miss.energy for miss in misses)
