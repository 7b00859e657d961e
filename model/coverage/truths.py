"""Define true models and simulate studies from them."""

import math
from dataclasses import dataclass
from functools import cache

import numpy as np

from model.publication.external_evidence import primary_log_ratio
from model.publication.study import cell_sizes, multivariable, study
from model.reconstruction.compiled_statistics import CELLS, Floats, Integers
from model.reconstruction.trial import (
    LOG_LOGISTIC,
    LOSSES,
    NEAREST,
    UNROUNDED,
    WEIBULL,
    cumulative_hazard,
    published_prior,
)

_GRID = 2000  # points of the cumulative hazard at which times are interpolated
_BISECTIONS = 60


@dataclass(frozen=True, slots=True)
class Truth:
    """The survival that studies are drawn from, how they record times, and which of them are published.

    Members are observed from the first month of the prior on, and half of all members die within the published median.
    `fades_at` is the month from which SII no longer acts, None if hazards are proportional. If `selected`, only
    studies in which both factors reach p < 0.05 in the model with both are published.
    """

    name: str
    description: str
    family: int
    shape: float
    log_hr_sii: float
    log_hr_afp: float
    fades_at: float | None = None
    rule: int = NEAREST
    selected: bool = False

    def survival(self, cell: int, months: float) -> float:
        """Return the survival of a cell at a time from the first observed month on."""
        return math.exp(-_hazard(self, _rate(self), cell, months))


def truths() -> tuple[Truth, ...]:
    """Return the truths of the report: hazard ratios as published, those of larger studies, broken assumptions."""
    sii, afp = multivariable("sii")[0], multivariable("afp")[0]
    low_sii, low_afp = primary_log_ratio("sii")[0], primary_log_ratio("afp")[0]
    ratios = f"{math.exp(sii):.2f} and {math.exp(afp):.2f}"
    low_ratios = f"{math.exp(low_sii):.2f} and {math.exp(low_afp):.2f}"
    return (
        Truth("published", f"Hazard ratios as published ({ratios}); Weibull 1.2", WEIBULL, 1.2, sii, afp),
        Truth("larger", f"Hazard ratios of larger studies ({low_ratios}); Weibull 1.2", WEIBULL, 1.2, low_sii, low_afp),
        Truth(
            "unrounded",
            f"Hazard ratios as published ({ratios}); log-logistic 1.5; times not rounded, without ties",
            LOG_LOGISTIC,
            1.5,
            sii,
            afp,
            rule=UNROUNDED,
        ),
        Truth(
            "fading",
            f"Hazards not proportional: SII has hazard ratio 3 in the first 6 months and 1 later; AFP as published "
            f"({math.exp(afp):.2f}); Weibull 1.2",
            WEIBULL,
            1.2,
            math.log(3.0),
            afp,
            fades_at=6.0,
        ),
        Truth(
            "selected",
            f"Hazard ratios of larger studies ({low_ratios}); Weibull 1.2; only studies with p < 0.05 for both factors",
            WEIBULL,
            1.2,
            low_sii,
            low_afp,
            selected=True,
        ),
    )


def cells_of_members() -> Integers:
    """Return the cell of each member, in the published sizes."""
    return np.repeat(np.arange(CELLS), cell_sizes())


def draw_members(truth: Truth, random: np.random.Generator) -> tuple[Floats, Integers]:
    """Draw times and deaths of a study, with the follow-up of the prior: staggered entry and loss to follow-up."""
    prior, cells = published_prior(), cells_of_members()
    first, last, n = prior.first_months, prior.last_months, cells.size
    loss = random.uniform(*LOSSES)
    survival = np.empty(n)
    grid, hazards = _hazards_on_grid(truth)
    for cell in range(CELLS):
        members = np.flatnonzero(cells == cell)
        survival[members] = np.interp(random.exponential(size=members.size), hazards[cell], grid, right=np.inf)
    entered = random.uniform(first, last, n)
    lost = first + random.exponential(1 / loss, n)
    censored = np.minimum(entered, lost)
    return np.minimum(survival, censored), (survival <= censored).astype(np.int64)


@cache
def _hazards_on_grid(truth: Truth) -> tuple[Floats, Floats]:
    """Return months and the cumulative hazard of each cell at them."""
    prior = published_prior()
    grid = np.linspace(prior.first_months, prior.last_months, _GRID)
    rate = _rate(truth)
    return grid, np.array([[_hazard(truth, rate, cell, t) for t in grid.tolist()] for cell in range(CELLS)])


def _hazard(truth: Truth, rate: float, cell: int, months: float) -> float:
    """Return the cumulative hazard of a cell from the first observed month to `months`."""
    sii, afp = (truth.log_hr_sii if cell & 1 else 0.0), (truth.log_hr_afp if cell >> 1 else 0.0)
    start = published_prior().first_months
    turn = months if truth.fades_at is None else min(months, truth.fades_at)
    from_zero = [cumulative_hazard(truth.family, truth.shape, rate, t) for t in (start, turn, months)]
    early, late = from_zero[1] - from_zero[0], from_zero[2] - from_zero[1]
    return (early * math.exp(sii) + late) * math.exp(afp)


@cache
def _rate(truth: Truth) -> float:
    """Find by bisection the rate at which half of all members die within the published median."""
    median, sizes = float(study()["overall_survival"]["median_months"]), cell_sizes()
    low, high = 1e-4, 2.0
    for _ in range(_BISECTIONS):
        rate = math.sqrt(low * high)
        alive = sum(size * math.exp(-_hazard(truth, rate, cell, median)) for cell, size in enumerate(sizes))
        low, high = (rate, high) if alive > sum(sizes) / 2 else (low, rate)
    return math.sqrt(low * high)
