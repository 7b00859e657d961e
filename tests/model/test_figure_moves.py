"""The moves of the sampler if there is a figure: which cells share curves, and that the prior stays as it is."""

from collections.abc import Callable

import numpy as np
import pytest

from model.digitised.coordinates import Reading, Tolerance
from model.digitised.limits import figure_limits
from model.reconstruction.compiled_statistics import Floats, Integers, compiled
from model.reconstruction.figure_limits import FigureLimits
from model.reconstruction.figure_moves import change_curves, curves_of_cells
from model.reconstruction.moves import change_members
from model.reconstruction.target import STATISTICS, Target, target_of
from model.reconstruction.trial import WEIBULL, draw_outcome, published_prior, relative_hazards

FIG_1A, FIG_2 = ("sii_low", "sii_high"), ("low", "intermediate", "high")
NO_KERNEL = np.full(2, 1e-30)  # powers; they are divisors, so not 0
# Family, shape, median (not used here), log hazard ratios, loss, rate: the hazards are high and the cells differ much,
# so that a move with a wrong ratio of densities shows.
STEEP = np.array([WEIBULL, 0.9, 8.0, 0.7, 1.0, 0.08, 0.3])
DRAWS, ROUNDS = 2_000, 5
FARTHEST = 4.0  # standard errors


def figure_of(*curves: str) -> FigureLimits:
    return figure_limits([Reading(curve, 6.5, 0.5, line) for line, curve in enumerate(curves)], [], Tolerance())


@compiled
def seed_compiled(seed: int) -> None:
    np.random.seed(seed)  # noqa: NPY002 - the generator of compiled functions


@compiled
def draw_members(target: Target, trial: Floats, latent: Floats, death: Integers) -> None:
    weights = relative_hazards(trial)
    for i in range(target.cell.size):
        latent[i], death[i] = draw_outcome(weights[target.cell[i]], trial, target.prior)


@pytest.mark.parametrize("move", [change_members, change_curves])
def test_moves_without_kernels_keep_the_prior(move: Callable[..., None]) -> None:
    """Moments of cohorts that were drawn from the prior, before and after the moves."""
    target = target_of(published_prior(), figure=figure_of(*FIG_1A))
    n, values = target.cell.size, np.empty(STATISTICS + 1 + target.figure.month.size)
    latent, death, energy = np.empty(n), np.empty(n, dtype=np.int64), np.zeros(2)
    seed_compiled(5)
    changes = []
    for _ in range(DRAWS):
        draw_members(target, STEEP, latent, death)
        before = moments(latent, death, target.cell)
        for _ in range(ROUNDS):
            move(target, latent, death, STEEP, NO_KERNEL, energy, values)
        changes.append(moments(latent, death, target.cell) - before)
    error = np.std(changes, axis=0) / np.sqrt(DRAWS)
    assert (error > 0).all()
    assert np.abs(np.mean(changes, axis=0) / error).max() < FARTHEST


def moments(latent: Floats, death: Integers, cell: Integers) -> Floats:
    """Return the means of each cell, and that of the part by which times exceed their recorded month."""
    by_cell = [
        [times.mean(), (times**2).mean(), np.log(times).mean(), died.mean(), (times * died).mean()]
        for times, died in ((latent[cell == c], death[cell == c]) for c in range(4))
    ]
    return np.array([*np.ravel(by_cell), (latent - np.floor(latent + 0.5)).mean()])


@pytest.mark.parametrize(
    ("curves", "together"),
    [(FIG_1A, {(0, 2), (1, 3)}), (FIG_2, {(1, 2)}), ((*FIG_1A, *FIG_2), set()), (("low",), {(1, 2), (1, 3), (2, 3)})],
)
def test_cells_of_one_curve_change_together(curves: tuple[str, ...], together: set[tuple[int, int]]) -> None:
    numbers = curves_of_cells(figure_of(*curves))
    assert {(a, b) for a in range(4) for b in range(a + 1, 4) if numbers[a] == numbers[b]} == together
