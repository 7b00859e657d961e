"""Reconstruct simulated studies as the published one was, and compare the limits with the known truth."""

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from multiprocessing import get_context

import numpy as np

from model.coverage.summaries import summaries, target_from
from model.coverage.truths import Truth, cells_of_members, draw_members, truths
from model.fitting.estimators import kaplan_meier
from model.fitting.pooling import pool_kaplan_meier
from model.fitting.study_fit import CURVES, GRID_MONTHS, HORIZONS_MONTHS, places_on_grid
from model.publication.study import RISK_GROUPS, cell_sizes
from model.reconstruction.compiled_statistics import Floats, Integers
from model.reconstruction.overall_survival import Schedule, sample

COHORTS = 10  # of each study
FEWEST_COHORTS = 6  # a study with fewer counts as not reconstructed
SCHEDULE = Schedule(ladder=np.concatenate([[0.0], np.geomspace(1e-5, 1.0, 11)]), burn_in=300, apart=50, rounds=2_500)


@dataclass(frozen=True, slots=True)
class Interval:
    """One point of a pooled curve: group, month, true survival, estimate, and limits (NaN if the curve has none)."""

    group: str
    months: int
    truth: float
    survival: float
    lower: float
    upper: float

    @property
    def is_given(self) -> bool:
        """Whether the curve has limits here."""
        return math.isfinite(self.lower)

    @property
    def holds(self) -> bool:
        """Whether the limits hold the truth."""
        return self.lower <= self.truth <= self.upper


@dataclass(frozen=True, slots=True)
class SimulatedStudy:
    """One published study: its summaries, the draws before it that were not published, cohorts kept, and intervals.

    There are no intervals if too few cohorts met the summaries.
    """

    unpublished: int
    cohorts: int
    intervals: tuple[Interval, ...]


def measure_coverage(
    studies: int, seed: int, workers: int = 2, progress: Callable[[int], None] = lambda _done: None
) -> Iterator[list[list[SimulatedStudy]]]:
    """Yield the studies of each truth after each round of one study per truth.

    Deterministic in the seed: the number of workers does not change a study, and the number of studies does not change
    the first ones. `progress` is called with the number of finished studies.
    """
    number_of_truths = len(truths())
    jobs = [(seed, place, number) for number in range(studies) for place in range(number_of_truths)]
    found: list[list[SimulatedStudy]] = [[] for _ in range(number_of_truths)]
    with get_context("spawn").Pool(workers) as pool:
        for done, one in enumerate(pool.imap(_measure, jobs), start=1):
            found[(done - 1) % number_of_truths].append(one)
            progress(done)
            if done % number_of_truths == 0:
                yield found


def measure_study(truth: Truth, random: np.random.Generator) -> SimulatedStudy:
    """Simulate studies until one is published, reconstruct it from its summaries alone, and pool its cohorts."""
    unpublished = 0
    while (printed := summaries(truth, *draw_members(truth, random), random)) is None:
        unpublished += 1
    seed = int(random.integers(2**31))
    latents, deaths, _, _, kept = sample(target_from(printed, truth.rule), seed, COHORTS, SCHEDULE)
    found = tuple(_intervals(truth, latents[:kept], deaths[:kept])) if kept >= FEWEST_COHORTS else ()
    return SimulatedStudy(unpublished, kept, found)


def _measure(job: tuple[int, int, int]) -> SimulatedStudy:
    seed, place, number = job
    return measure_study(truths()[place], np.random.default_rng([seed, place, number]))


def _intervals(truth: Truth, latents: Floats, deaths: Integers) -> Iterator[Interval]:
    """Pool the cohorts as those of the model are, and yield the intervals in the order of groups and months."""
    cells, sizes = cells_of_members(), cell_sizes()
    at = places_on_grid(HORIZONS_MONTHS)
    for group, *_ in RISK_GROUPS:
        own = CURVES[group][0]
        members = np.isin(cells, own)
        pooled = pool_kaplan_meier(
            [
                kaplan_meier(latent[members], death[members], GRID_MONTHS)
                for latent, death in zip(latents, deaths, strict=True)
            ]
        )
        for months, k in zip(HORIZONS_MONTHS, at, strict=True):
            true = sum(sizes[cell] * truth.survival(cell, months) for cell in own) / sum(sizes[cell] for cell in own)
            yield Interval(
                group, months, true, float(pooled.survival[k]), float(pooled.lower[k]), float(pooled.upper[k])
            )
