"""Compare the reconstructed cohorts with the publication: every constraint, on every cohort.

statsmodels fits the Cox models, and lifelines computes the log-rank tests. The compiled statistics of the sampler are
not used.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from lifelines.statistics import logrank_test, multivariate_logrank_test

from app.core.cox import Z95
from model.fitting.estimators import fit_cox, median_observed, spss_median
from model.publication.constraints import (
    EARLY_PROGRESSION_MONTHS,
    FIRST_IMAGE_MONTHS,
    Constraint,
    overall_survival,
    progression_free_survival,
)
from model.publication.study import CELL_IDS, HONG2021, cell_sizes, study

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

AGREEMENT_FILE = HONG2021 / "agreement.json"
FITS = (("sii_high",), ("afp_high",), ("sii_high", "afp_high"))


@dataclass(frozen=True, slots=True)
class Agreement:
    """One line of the check: a published statistic, its values in the cohorts, and whether all are within range."""

    id: str
    label: str
    published: float | None
    pooled: float
    worst: float
    lower: float
    upper: float
    source: str
    holds: bool


def check_cohorts(cohorts: list[pd.DataFrame], progress: Callable[[int], None] = lambda _done: None) -> list[Agreement]:
    """Return one line per constraint, from the statistics of every cohort."""
    rows = []
    for cohort in cohorts:
        rows.append(cohort_statistics(cohort))
        progress(len(rows))
    return agreements(rows)


def agreements(rows: Sequence[Mapping[str, float]]) -> list[Agreement]:
    """Return one line per constraint; pooled is the mean over cohorts, of the logarithm for hazard ratios."""
    return [_agree(constraint, [row[constraint.id] for row in rows]) for constraint in constraints()]


def constraints() -> tuple[Constraint, ...]:
    """Return all constraints on a cohort, including those that its construction already ensures."""
    cells = tuple(
        Constraint(f"cell_{cell}", f"members, {cell.replace('_', ' ')}", float(size), size, size, "Table 3")
        for cell, size in zip(CELL_IDS, cell_sizes(), strict=True)
    )
    shortest = float(study()["treatment"]["regorafenib_range_months"][0])
    longest = float(study()["population"]["longest_follow_up_months_derived"])
    return (
        *cells,
        *overall_survival(),
        Constraint(
            "shortest_follow_up",
            "shortest latent follow-up, months",
            None,
            shortest,
            longest,
            "Results: shortest treatment",
        ),
        *progression_free_survival(),
        Constraint("late_progressions", "progressions after the end of follow-up", None, 0, 0, "this project's rule"),
    )


def cohort_statistics(cohort: pd.DataFrame) -> dict[str, float]:
    """Return every statistic of one cohort (see `read_cohorts`), keyed by the id of its constraint."""
    values: list[float] = []
    fits = [fit_cox(cohort, covariates) for covariates in FITS]
    coefficients = np.concatenate([fit.coefficients for fit in fits])
    errors = np.sqrt(np.concatenate([np.diag(fit.covariance) for fit in fits]))
    for sign in (0, -Z95, Z95):
        values += np.exp(coefficients + sign * errors).tolist()
    values += spss_median(cohort["months"], cohort["death"])
    levels = multivariate_logrank_test(cohort["months"], cohort["sii_high"] + cohort["afp_high"], cohort["death"])
    values += [
        median_observed(cohort["months"]),
        float(levels.p_value),
        _log_rank_sii(cohort, "months", "death"),
        float(cohort["death"].sum()),
        float(cohort["months"].max()),
        float((cohort["latent_months"] >= FIRST_IMAGE_MONTHS).sum()),
    ]
    progression = [
        float(cohort["progression"].sum()),
        *spss_median(cohort["pfs_months"], cohort["progression"]),
        _log_rank_sii(cohort, "pfs_months", "progression"),
        float(((cohort["progression"] == 1) & (cohort["pfs_months"] <= EARLY_PROGRESSION_MONTHS)).sum()),
    ]
    return {
        **{f"cell_{cell}": float((cohort["cell"] == k).sum()) for k, cell in enumerate(CELL_IDS)},
        **{c.id: value for c, value in zip(overall_survival(), values, strict=True)},
        **{c.id: value for c, value in zip(progression_free_survival(), progression, strict=True)},
        "shortest_follow_up": float(cohort["latent_months"].min()),
        "late_progressions": float((cohort["latent_pfs_months"] > cohort["latent_months"]).sum()),
    }


def write_lines(lines: Sequence["DataclassInstance"], path: Path) -> None:
    """Write the lines of a report as JSON, for the evidence page and the model card; floats have six decimals."""
    rows: list[dict[str, Any]] = [
        {key: round(value, 6) if isinstance(value, float) else value for key, value in asdict(line).items()}
        for line in lines
    ]
    path.write_text(json.dumps(rows, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


def _agree(constraint: Constraint, values: list[float]) -> Agreement:
    array = np.array(values)
    is_ratio = constraint.id.startswith("hr_")
    centre = constraint.published if constraint.published is not None else (constraint.lower + constraint.upper) / 2
    return Agreement(
        id=constraint.id,
        label=constraint.label,
        published=constraint.published,
        pooled=float(np.exp(np.log(array).mean()) if is_ratio else array.mean()),
        worst=float(array[np.argmax(np.abs(array - centre))]),
        lower=constraint.lower,
        upper=constraint.upper,
        source=constraint.source,
        holds=all(constraint.holds(value) for value in values),
    )


def _log_rank_sii(cohort: pd.DataFrame, months: str, event: str) -> float:
    high = cohort["sii_high"] == 1
    return float(
        logrank_test(
            cohort.loc[high, months], cohort.loc[~high, months], cohort.loc[high, event], cohort.loc[~high, event]
        ).p_value
    )
