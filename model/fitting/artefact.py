"""Write the fitted model as a file that holds all that the service needs, its provenance, and no row of any person."""

import json
import math
import platform
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from app.artefact.reader import ARTEFACT_FILE, seal
from app.artefact.reference_vectors import VECTORS_FILE
from app.artefact.schema import SCHEMA_VERSION
from model.fitting.alternatives import alternatives, sensitivity
from model.fitting.descriptions import METHOD, TITLE, limits, words_of
from model.fitting.discrimination import gonen_heller, linear_predictors, pooled_concordance
from model.fitting.pooling import Pooled, PooledCurve, pooled_median
from model.fitting.study_fit import (
    AT_RISK_MONTHS,
    CURVES,
    GRID_MONTHS,
    HEADLINE_MONTHS,
    HORIZONS_MONTHS,
    OTHER_DIVISIONS,
    StudyFit,
    hazard_ratios,
    places_on_grid,
    spread,
)
from model.publication.external_evidence import (
    external_hazard_ratios,
    external_survival,
    other_findings,
    reference_ranges,
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
from model.reconstruction.run import COHORTS_FILE, SEED

MADE_WITH_NAME = "made_with.json"
VERSION = "2.1.2"
# Significant digits kept. Processors differ by about 1e-15; with seven digits every number is at least 1e-12 away from
# a rounding boundary (docs/decisions/0004-same-bytes.md).
DIGITS = 7


def artefact_text(fit: StudyFit, cohorts: Path = COHORTS_FILE) -> str:
    """Return the artefact of cohorts from this file as sealed JSON text."""
    return seal(json.dumps(rounded(payload(fit, cohorts)), indent=1, ensure_ascii=False) + "\n")


def write_artefact(fit: StudyFit, path: Path = ARTEFACT_FILE, cohorts: Path = COHORTS_FILE) -> None:
    """Write the artefact, the same bytes for the same cohorts, and a second file with the versions of the libraries.

    The versions are in a separate file, because they do not change the numbers and must not change the digest.
    """
    text = artefact_text(fit, cohorts)
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


def payload(fit: StudyFit, cohorts: Path = COHORTS_FILE) -> dict[str, Any]:
    """Return the content of the artefact, unsealed.

    If the cohorts are not those of the model, the version ends with the first characters of their digest.
    """
    published = study()
    digest = file_digest(cohorts.resolve())
    is_model = digest == file_digest(COHORTS_FILE.name)
    return {
        "schema_version": SCHEMA_VERSION,
        "id": "hong2021-sii-afp",
        "version": VERSION if is_model else f"{VERSION}+{digest.removeprefix('sha256:')[:8]}",
        "digest": "",
        "title": TITLE,
        "provenance": {
            "method": METHOD,
            "study": {key: published["study"][key] for key in ("citation", "doi", "pmid")},
            "files": {
                **{name: file_digest(name) for name in ("study.toml", "external.toml", VECTORS_FILE.name)},
                "cohorts.csv": digest,
            },
            "cohorts": len(fit.cohorts),
            "chains": int(pd.read_csv(cohorts, usecols=["chain"])["chain"].nunique()),
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
        "other_findings": other_findings(),
        "external_survival": external_survival(),
        "reference_ranges": reference_ranges(),
        "alternatives": _alternatives(fit),
        "adjustment_sensitivity": _sensitivity(fit),
        "repeat_measurement": repeat_measurement(),
        "grid_months": GRID_MONTHS,
        "horizons_months": list(HORIZONS_MONTHS),
        "headline_months": HEADLINE_MONTHS,
        "at_risk_months": list(AT_RISK_MONTHS),
        "cox": {
            "hazard_ratios": hazard_ratios(fit.coefficients.estimate, fit.coefficients.total),
            "cells": _cells(fit),
        },
        "kaplan_meier": {name: _curve(name, fit) for name in CURVES},
        "other_divisions": OTHER_DIVISIONS,
        "performance": {
            "c_index": _c_index(fit),
            "gonen_heller": gonen_heller(fit.coefficients.estimate),
        },
        "limits": limits(),
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


def _alternatives(fit: StudyFit) -> list[dict[str, Any]]:
    return [
        {
            "id": found.id,
            **words_of(found),
            "tau": found.tau,
            "overall_median_months": found.median_months,
            "hazard_ratios": hazard_ratios(found.coefficients.estimate, found.coefficients.covariance),
            "groups": {group: _adjusted_curve(curve) for group, curve in found.groups.items()},
        }
        for found in alternatives(fit)
    ]


def _adjusted_curve(curve: PooledCurve) -> dict[str, Any]:
    median, lower, upper = pooled_median(curve, GRID_MONTHS)
    return {**_band(curve), "median_months": median, "median_ci_95": [lower, upper], **_share(curve)}


def _sensitivity(fit: StudyFit) -> list[dict[str, Any]]:
    at = places_on_grid(HORIZONS_MONTHS)
    return [
        {
            "tau": tau,
            "hazard_ratios": hazard_ratios(coefficients.estimate, coefficients.covariance),
            "groups": {group: survival[at] for group, survival in groups.items()},
        }
        for tau, coefficients, groups in sensitivity(fit)
    ]


def _cells(fit: StudyFit) -> dict[str, dict[str, Any]]:
    predictors = linear_predictors(fit.coefficients.estimate)
    return {
        cell: {
            "relative_hazard": math.exp(predictor),
            **_band(fit.cox[cell]),
            **_share(fit.cox[cell]),
        }
        for cell, predictor in zip(CELL_IDS, predictors, strict=True)
    }


def _curve(name: str, fit: StudyFit) -> dict[str, Any]:
    curve = fit.kaplan_meier[name]
    median, lower, upper = fit.medians[name]
    at_risk = [spread(numbers) for numbers in np.array([cohort.at_risk[name] for cohort in fit.cohorts]).T.tolist()]
    shown = [at_risk[k] for k in places_on_grid(AT_RISK_MONTHS)]
    return {
        "n": sum(cell_sizes()[cell] for cell in CURVES[name][0]),
        "events": spread([cohort.events[name] for cohort in fit.cohorts]),
        **_band(curve),
        "at_risk": {key: [numbers[key] for numbers in shown] for key in ("min", "median", "max")},
        "median_at_risk": [numbers["median"] for numbers in at_risk],
        "median_months": median,
        "median_ci_95": [lower, upper],
        **_share(curve),
    }


def _band(curve: PooledCurve) -> dict[str, Any]:
    return {"survival": curve.survival, "ci_lower": curve.lower, "ci_upper": curve.upper}


def _share(curve: PooledCurve) -> dict[str, dict[str, float]]:
    at = zip(HORIZONS_MONTHS, places_on_grid(HORIZONS_MONTHS), strict=True)
    return {"reconstruction_share": {str(months): float(curve.reconstruction_share[k]) for months, k in at}}


def _c_index(fit: StudyFit) -> dict[str, Any]:
    values = [cohort.concordance.c_index for cohort in fit.cohorts]
    mean, lower, upper = pooled_concordance([cohort.concordance for cohort in fit.cohorts])
    return {"mean": mean, "min": min(values), "max": max(values), "ci_95": [lower, upper]}
