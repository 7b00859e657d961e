"""Summarise the simulated studies by truth: how often the limits hold it, with Monte Carlo errors."""

import json
import math
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from model.coverage import summaries
from model.coverage.measuring import COHORTS, FEWEST_COHORTS, SCHEDULE, Interval, SimulatedStudy
from model.coverage.truths import Truth, truths
from model.publication.study import HONG2021

COVERAGE_FILE = HONG2021 / "coverage.json"
EXPECTED = (0.93, 0.99)  # of 95 % limits that are rather too wide than too narrow
_DIGITS = 4


def coverage_report(found: Sequence[Sequence[SimulatedStudy]], seed: int) -> dict[str, Any]:
    """Return the report on the studies of each of the `truths`, and how they were reconstructed."""
    return {
        "seed": seed,
        "cohorts": COHORTS,
        "fewest_cohorts": FEWEST_COHORTS,
        "rounds": SCHEDULE.rounds,
        "expected": EXPECTED,
        "tolerances": {
            "hazard_ratio": summaries.HAZARD_RATIO,
            "confidence_limit": summaries.CONFIDENCE_LIMIT,
            "median_error_months": summaries.MEDIAN_ERROR_MONTHS,
            "p_value": summaries.P_VALUE,
            "unrounded_months": summaries.UNROUNDED_MONTHS,
        },
        "truths": [summary_of(truth, studies) for truth, studies in zip(truths(), found, strict=True)],
    }


def write_report(report: dict[str, Any], path: Path = COVERAGE_FILE) -> None:
    """Write the report as JSON."""
    path.write_text(json.dumps(report, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


def summary_of(truth: Truth, studies: Sequence[SimulatedStudy]) -> dict[str, Any]:
    """Return the coverage of one truth over all its points, and at each point.

    The points of one study are correlated, so the error over all points is that of the mean over studies of the share
    of their limits that hold the truth, but not below that of independent limits, so that it is never zero. Figures
    that no study gives are None.
    """
    reconstructed = [study.intervals for study in studies if study.intervals]
    shares = [float(np.mean([one.holds for one in intervals if one.is_given])) for intervals in reconstructed]
    cohorts = [study.cohorts for study in studies if study.intervals]
    every = [one.holds for intervals in reconstructed for one in intervals if one.is_given]
    coverage = float(np.mean(shares)) if shares else None
    error = None
    if len(shares) > 1:
        error = max(float(np.std(shares, ddof=1)) / math.sqrt(len(shares)), _binomial_error(sum(every), len(every)))
    return {
        "name": truth.name,
        "description": truth.description,
        "studies": len(studies),
        "reconstructed": len(reconstructed),
        "not_published": sum(study.unpublished for study in studies),
        "mean_cohorts": round(float(np.mean(cohorts)), 1) if cohorts else None,
        "coverage": _rounded(coverage),
        "coverage_error": _rounded(error),
        "as_expected": _as_expected(coverage, error),
        "points": [_point(column) for column in zip(*reconstructed, strict=True)],
    }


def _point(intervals: Sequence[Interval]) -> dict[str, Any]:
    """Return coverage and mean width of the limits given at one point, and the bias of all estimates."""
    given = [one for one in intervals if one.is_given]
    held = sum(one.holds for one in given)
    coverage, error = (held / len(given), _binomial_error(held, len(given))) if given else (None, None)
    errors = np.array([one.survival - one.truth for one in intervals])
    return {
        "group": intervals[0].group,
        "months": intervals[0].months,
        "truth": _rounded(intervals[0].truth),
        "given": len(given),
        "coverage": _rounded(coverage),
        "coverage_error": _rounded(error),
        "as_expected": _as_expected(coverage, error),
        "width": _rounded(float(np.mean([one.upper - one.lower for one in given])) if given else None),
        "bias": _rounded(float(errors.mean())),
        "bias_error": _rounded(float(errors.std(ddof=1)) / math.sqrt(len(errors)) if len(errors) > 1 else None),
    }


def _binomial_error(held: int, of: int) -> float:
    """Return the standard error of a share with two hits and two misses added (Agresti and Coull 1998): never zero."""
    share = (held + 2) / (of + 4)
    return math.sqrt(share * (1 - share) / (of + 4))


def _as_expected(coverage: float | None, error: float | None) -> bool | None:
    """Return whether a coverage lies within `EXPECTED`, widened by two Monte Carlo errors; None if that is unknown."""
    if coverage is None or error is None:
        return None
    return EXPECTED[0] - 2 * error <= coverage <= EXPECTED[1] + 2 * error


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, _DIGITS)
