"""Measure how much the model's apparent performance flatters it: bootstrap optimism, and shrinkage of its effects.

Both are measured in the reconstructed cohorts. Optimism takes the two factors and their cut-offs as given. Shrinkage
for all candidates shows how little is left if their screening is counted.
"""

import json
import math
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
from statsmodels.duration.hazard_regression import PHReg

from app.artefact.study_files import InternalValidation
from model.fitting.discrimination import harrell, linear_predictors
from model.fitting.estimators import fit_cox
from model.publication.study import HONG2021, study

VALIDATION_FILE = HONG2021 / "internal_validation.json"
RESAMPLES = 10  # of each cohort
_SEED = 58
_FACTORS = ["sii_high", "afp_high"]


def validated(cohorts: list[pd.DataFrame], progress: Callable[[int], None] = lambda _done: None) -> InternalValidation:
    """Return the internal validation over all cohorts. Deterministic."""
    random = np.random.default_rng(_SEED)
    optimism, slopes, ratios = [], [], []
    for number, cohort in enumerate(cohorts, 1):
        ratios.append(likelihood_ratio(cohort))
        found = [_resampled(cohort, random) for _ in range(RESAMPLES)]
        optimism.append(math.fsum(difference for difference, _ in found) / RESAMPLES)
        slopes.append(math.fsum(slope for _, slope in found) / RESAMPLES)
        progress(number)
    mean_ratio = math.fsum(ratios) / len(ratios)
    candidates = len(study()["table2"]["univariable"])
    return InternalValidation(
        cohorts=len(cohorts),
        resamples=RESAMPLES,
        c_index_optimism=math.fsum(optimism) / len(optimism),
        c_index_optimism_error=float(np.std(optimism, ddof=1)) / math.sqrt(len(optimism)),
        calibration_slope=math.fsum(slopes) / len(slopes),
        likelihood_ratio=mean_ratio,
        shrinkage=shrinkage(mean_ratio, len(_FACTORS)),
        candidates=candidates,
        shrinkage_screened=shrinkage(mean_ratio, candidates),
    )


def likelihood_ratio(cohort: pd.DataFrame) -> float:
    """Return the likelihood ratio statistic of the Cox model with both factors (see `read_cohorts`), Breslow's ties."""
    model = PHReg(cohort["months"], cohort[_FACTORS].astype(float), status=cohort["death"], ties="breslow")
    return 2 * float(model.fit(disp=False).llf - model.loglike(np.zeros(len(_FACTORS))))


def shrinkage(ratio: float, candidates: int) -> float:
    """Return the heuristic shrinkage factor (LR - p) / LR, not below 0 (van Houwelingen and Le Cessie 1990)."""
    return max((ratio - candidates) / ratio, 0.0)


def write_validation(found: InternalValidation, path: Path = VALIDATION_FILE) -> None:
    """Write the figures as JSON, for the evidence page and the model card."""
    rounded = {name: round(value, 4) if isinstance(value, float) else value for name, value in found.items()}
    path.write_text(json.dumps(rounded, indent=1) + "\n", encoding="utf-8")


def _resampled(cohort: pd.DataFrame, random: np.random.Generator) -> tuple[float, float]:
    """Return, for one resample, how much better its C-index is than in the cohort, and the calibration slope."""
    resample = cohort.iloc[random.integers(len(cohort), size=len(cohort))]
    coefficients = fit_cox(resample).coefficients
    predictor = np.array(linear_predictors(coefficients))[cohort["cell"]]
    slope = fit_cox(cohort.assign(predictor=predictor), ("predictor",)).coefficients[0]
    return harrell(resample, coefficients).c_index - harrell(cohort, coefficients).c_index, float(slope)
