"""Measure how independent the reconstructed cohorts are: how much a figure varies within a chain and between chains.

Cohorts of one chain could resemble each other, as those of one search do. The intraclass correlation of a figure is the
share of its variance between chains (one-way analysis of variance); the effective number of cohorts is what as many
independent cohorts would be worth for its mean.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from model.fitting.estimators import fit_cox
from model.fitting.study_fit import HORIZONS_MONTHS, survival_of_groups
from model.publication.study import HONG2021, RISK_GROUPS

CONVERGENCE_FILE = HONG2021 / "convergence.json"


@dataclass(frozen=True, slots=True)
class Convergence:
    """One figure over the cohorts: mean, standard deviations, intraclass correlation, effective number of cohorts."""

    figure: str
    mean: float
    sd_within_chains: float
    sd_between_chains: float
    correlation: float
    effective_cohorts: float


def convergence_of(cohorts: Sequence[pd.DataFrame]) -> list[Convergence]:
    """Return one line per figure that the service shows, and for the interaction, which no figure constrains."""
    chains = np.array([int(cohort["chain"].iloc[0]) for cohort in cohorts])
    rows = [_figures(cohort) for cohort in cohorts]
    return [analysed(figure, np.array([row[figure] for row in rows]), chains) for figure in rows[0]]


def _figures(cohort: pd.DataFrame) -> dict[str, float]:
    groups = survival_of_groups(*(cohort[column].to_numpy() for column in ("latent_months", "death", "cell")))
    found = {
        f"{label}, alive at {months} months": survival
        for group, label, *_ in RISK_GROUPS
        for months, survival in zip(HORIZONS_MONTHS, groups[group], strict=True)
    }
    found["deaths"] = float(cohort["death"].sum())
    with_interaction = cohort.assign(interaction=cohort["sii_high"] * cohort["afp_high"])
    fit = fit_cox(with_interaction, ("sii_high", "afp_high", "interaction"))
    found["interaction, log hazard ratio"] = float(fit.coefficients[2])
    return found


def analysed(figure: str, values: npt.NDArray[np.float64], chains: npt.NDArray[np.int64]) -> Convergence:
    """Return the one-way analysis of variance of a figure; chains may have different numbers of cohorts."""
    by_chain = [values[chains == chain] for chain in np.unique(chains)]
    sizes = np.array([len(one) for one in by_chain], dtype=float)
    number, total, mean = len(by_chain), float(sizes.sum()), float(values.mean())
    within = math.fsum(float(((one - one.mean()) ** 2).sum()) for one in by_chain) / max(total - number, 1)
    between = 0.0
    if number > 1:
        squares = math.fsum(len(one) * (float(one.mean()) - mean) ** 2 for one in by_chain) / (number - 1)
        typical = (total - float((sizes**2).sum()) / total) / (number - 1)
        between = max((squares - within) / typical, 0.0)
    correlation = between / (between + within) if between + within > 0 else 0.0
    return Convergence(
        figure=figure,
        mean=mean,
        sd_within_chains=math.sqrt(within),
        sd_between_chains=math.sqrt(between),
        correlation=correlation,
        effective_cohorts=total / (1 + (total / number - 1) * correlation),
    )
