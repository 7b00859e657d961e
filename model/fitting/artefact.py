"""Write the fitted model as a file that holds all that the service needs, its provenance, and no row of any person."""

import json
import math
import platform
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np

from app.artefact.reader import ARTEFACT_FILE, seal
from app.artefact.schema import SCHEMA_VERSION
from app.core.cox import Z95
from model.fitting.discrimination import gonen_heller, linear_predictors
from model.fitting.pooling import Pooled, PooledCurve
from model.fitting.study_fit import (
    AT_RISK_MONTHS,
    CURVES,
    GRID_MONTHS,
    HEADLINE_MONTHS,
    HORIZONS_MONTHS,
    OTHER_DIVISIONS,
    StudyFit,
    spread,
)
from model.publication.external_evidence import (
    external_hazard_ratios,
    external_survival,
    pooled_hazard_ratios,
    repeat_measurement,
)
from model.publication.study import (
    CELL_COVARIATES,
    CELL_IDS,
    FACTORS,
    RISK_GROUPS,
    RISK_GROUPS_PUBLISHED,
    cell_sizes,
    file_digest,
    study,
)
from model.reconstruction.run import CHAINS, SEED

MADE_WITH_NAME = "made_with.json"
VERSION = "2.0.0"
# Significant digits kept. Processors differ by about 1e-15; with seven digits every number is at least 1e-12 away from
# a rounding boundary (docs/decisions/0004-same-bytes.md).
DIGITS = 7

TITLE = "SII and AFP at the start of regorafenib after sorafenib: overall survival (Hong et al. 2021, reconstructed)"
METHOD = (
    "Cohorts of 58 synthetic members reconstructed from the published summaries; Cox model (Breslow) on times in whole "
    "months, as the study recorded them; baseline and Kaplan-Meier curves on the unrounded times. Coefficients pooled "
    "by Rubin's rules; survival on the complementary log-log scale, its limits the quantiles of the mixture of the "
    "cohorts' distributions. No individual patient data were published or used."
)


def artefact_text(fit: StudyFit) -> str:
    """Return the artefact as sealed JSON text."""
    return seal(json.dumps(rounded(payload(fit)), indent=1, ensure_ascii=False) + "\n")


def write_artefact(fit: StudyFit, path: Path = ARTEFACT_FILE) -> None:
    """Write the artefact, the same bytes for the same cohorts, and a second file with the versions of the libraries.

    The versions are in a separate file, because they do not change the numbers and must not change the digest.
    """
    text = artefact_text(fit)
    path.write_text(text, encoding="utf-8")
    made_with = {
        "artefact": json.loads(text)["digest"],
        "python": platform.python_version(),
        "libraries": {name: version(name) for name in ("lifelines", "numpy", "pandas", "scipy", "statsmodels")},
    }
    path.with_name(MADE_WITH_NAME).write_text(json.dumps(made_with, indent=1) + "\n", encoding="utf-8")


def rounded(value: Any) -> Any:
    """Return the content with arrays as lists, floats rounded to `DIGITS` significant digits, and NaN as None."""
    if isinstance(value, np.ndarray):
        return rounded(value.tolist())
    if isinstance(value, dict):
        return {key: rounded(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [rounded(item) for item in value]
    if isinstance(value, float):
        return None if math.isnan(value) else float(f"{value:.{DIGITS - 1}e}") + 0.0
    return value


def payload(fit: StudyFit) -> dict[str, Any]:
    """Return the content of the artefact, unsealed."""
    published = study()
    return {
        "schema_version": SCHEMA_VERSION,
        "id": "hong2021-sii-afp",
        "version": VERSION,
        "digest": "",
        "title": TITLE,
        "provenance": {
            "method": METHOD,
            "study": {key: published["study"][key] for key in ("citation", "doi", "pmid")},
            "files": {name: file_digest(name) for name in ("study.toml", "external.toml", "cohorts.csv")},
            "cohorts": len(fit.cohorts),
            "chains": CHAINS,
            "seed": SEED,
        },
        "population": {
            "description": published["population"]["description"],
            "setting": published["study"]["setting"],
            "treatment": "on regorafenib after sorafenib",
            "time_zero": "the start of regorafenib",
            "n": published["population"]["n"],
            "deaths": spread([cohort.events["overall"] for cohort in fit.cohorts]),
            "follow_up_median_months": float(published["follow_up"]["median_months"]),
            "survival_median_months": float(published["overall_survival"]["median_months"]),
            "criteria": [
                {key: value for key, value in criterion.items() if key != "source"}
                for criterion in published["population"]["criteria"]
            ],
        },
        "factors": [{"id": factor, "cutoff": _cutoff(factor)} for factor in FACTORS],
        "other_cutoffs": {name: _cutoff(name) for name in ("nlr", "plr")},
        "cells": [_cell(cell, covariates) for cell, covariates in zip(CELL_IDS, CELL_COVARIATES, strict=True)],
        "risk_groups": [dict(zip(("id", "label", "meaning", "cells"), group, strict=True)) for group in RISK_GROUPS],
        "risk_groups_published": RISK_GROUPS_PUBLISHED,
        "coefficients": {"names": [f"{factor}_high" for factor in FACTORS], **_coefficients(fit.coefficients)},
        "published_hazard_ratios": [
            {
                "factor": row["id"],
                "hazard_ratio": row["hazard_ratio"],
                "ci_95": row["ci_95"],
                "p_value": row["p_value"],
                "source": "Table 2, multivariable",
            }
            for row in published["table2"]["multivariable"]
        ],
        "external_hazard_ratios": external_hazard_ratios(),
        "pooled_hazard_ratios": pooled_hazard_ratios(),
        "external_survival": external_survival(),
        "repeat_measurement": repeat_measurement(),
        "grid_months": GRID_MONTHS,
        "horizons_months": list(HORIZONS_MONTHS),
        "headline_months": HEADLINE_MONTHS,
        "at_risk_months": list(AT_RISK_MONTHS),
        "cox": {"hazard_ratios": hazard_ratios(fit.coefficients), "cells": _cells(fit)},
        "kaplan_meier": {name: _curve(name, fit) for name in CURVES},
        "other_divisions": OTHER_DIVISIONS,
        "performance": {
            "c_index": _c_index(fit),
            "gonen_heller": gonen_heller(fit.coefficients.estimate),
        },
        "limits": _limits(),
    }


def _cutoff(name: str) -> dict[str, str]:
    published = study()["cutoffs"][name]
    return {key: published[key] for key in ("value", "unit")}


def _cell(cell: str, covariates: tuple[int, ...]) -> dict[str, Any]:
    levels = dict(zip(FACTORS, covariates, strict=True))
    label = ", ".join(f"{factor.upper()} {'high' if is_high else 'low'}" for factor, is_high in levels.items())
    return {"id": cell, "label": label, "high": [factor for factor, is_high in levels.items() if is_high]}


def _coefficients(pooled: Pooled) -> dict[str, Any]:
    return {
        "estimate": pooled.estimate,
        "covariance": pooled.total,
        "within": pooled.within,
        "between": pooled.between,
    }


def hazard_ratios(pooled: Pooled) -> dict[str, dict[str, Any]]:
    """Return the hazard ratio of each factor, and of both against neither, with 95 % interval and Wald p-value.

    Variance c' V c for the contrast c: for both factors var b1 + var b2 + 2 cov.
    """
    (var_sii, covariance), (_, var_afp) = pooled.total.tolist()
    sii, afp = pooled.estimate.tolist()
    contrasts = {
        "sii": (sii, var_sii),
        "afp": (afp, var_afp),
        "combined": (sii + afp, var_sii + var_afp + 2 * covariance),
    }
    ratios = {}
    for factor, (log_ratio, variance) in contrasts.items():
        error = math.sqrt(variance)
        ratios[factor] = {
            "hazard_ratio": math.exp(log_ratio),
            "ci_95": [math.exp(log_ratio - Z95 * error), math.exp(log_ratio + Z95 * error)],
            "p_value": math.erfc(abs(log_ratio) / error / math.sqrt(2)),
        }
    return ratios


def _cells(fit: StudyFit) -> dict[str, dict[str, Any]]:
    predictors = linear_predictors(fit.coefficients.estimate)
    return {
        cell: {
            "relative_hazard": math.exp(predictor),
            "survival": fit.cox[cell].survival,
            "ci_lower": fit.cox[cell].lower,
            "ci_upper": fit.cox[cell].upper,
            **_share(fit.cox[cell]),
        }
        for cell, predictor in zip(CELL_IDS, predictors, strict=True)
    }


def _curve(name: str, fit: StudyFit) -> dict[str, Any]:
    curve = fit.kaplan_meier[name]
    median, lower, upper = fit.medians[name]
    at_risk = [spread([cohort.at_risk[name][k] for cohort in fit.cohorts]) for k in range(len(AT_RISK_MONTHS))]
    return {
        "n": sum(cell_sizes()[cell] for cell in CURVES[name][0]),
        "events": spread([cohort.events[name] for cohort in fit.cohorts]),
        "survival": curve.survival,
        "ci_lower": curve.lower,
        "ci_upper": curve.upper,
        "at_risk": {key: [numbers[key] for numbers in at_risk] for key in ("min", "median", "max")},
        "median_months": median,
        "median_ci_95": [lower, upper],
        **_share(curve),
    }


def _share(curve: PooledCurve) -> dict[str, dict[str, float]]:
    at = {months: int(np.flatnonzero(months == GRID_MONTHS)[0]) for months in HORIZONS_MONTHS}
    return {"reconstruction_share": {str(months): float(curve.reconstruction_share[k]) for months, k in at.items()}}


def _c_index(fit: StudyFit) -> dict[str, float]:
    values = [cohort.c_index for cohort in fit.cohorts]
    return {"mean": math.fsum(values) / len(values), "min": min(values), "max": max(values)}


def _limits() -> list[dict[str, str]]:
    published = study()
    n = published["population"]["n"]
    deaths = published["deaths_derived"]
    limits = {
        "small_study": (
            f"One centre, {n} patients, about {deaths['min']} to {deaths['max']} deaths (their number was not "
            "published): every estimate is imprecise and the hazard ratios are probably too large."
        ),
        "reconstructed": (
            "No individual data were published. The curves come from reconstructed cohorts that agree with the "
            "published summaries; the intervals hold that uncertainty too."
        ),
        "cutoffs_chosen": (
            "The cut-offs were chosen in this cohort (SII at its median) and were never validated elsewhere with "
            "this model."
        ),
        "independent_effects": (
            "SII and AFP are assumed to act independently of each other and constantly over time; the study tested "
            "neither."
        ),
        "short_follow_up": (
            f"The study's median follow-up was {published['follow_up']['median_months']} months; nothing is shown "
            f"beyond {GRID_MONTHS[-1]:.0f} months. Towards its end few of a group, or none, are still observed, and a "
            "curve only carries on its last value."
        ),
        "prognosis_only": (
            "A prognosis is not a prediction of benefit: the model cannot say who should or should not receive "
            "regorafenib."
        ),
    }
    return [{"id": name, "text": text} for name, text in limits.items()]
