"""Define the constraints on every kept cohort: each published statistic with its accepted range.

The published values come from `study.toml`. This project chose the tolerances, and they are only here. The
reconstruction aims at the constraints and `sii-afp model check` reports them; neither has numbers of its own.
"""

from dataclasses import dataclass
from typing import Any

from app.core.cox import Z95
from model.publication.study import by_id, study

HAZARD_RATIO = 0.004  # relative
CONFIDENCE_LIMIT = 0.015  # relative
MEDIAN_ERROR_MONTHS = 0.001
LOG_RANK_LEVELS = (0.0005, 0.0015)  # prints as 0.001
LOG_RANK_SII = (0.0125, 0.0135)  # prints as 0.013
LOG_RANK_PFS = 0.005
FIRST_IMAGE_MONTHS = 1.0
EARLY_PROGRESSION_MONTHS = 3


@dataclass(frozen=True, slots=True)
class Constraint:
    """One statistic: its published value (None if only a range is known), the accepted range and its source.

    `is_aimed_at`: the reconstruction prefers values near the published one, and not only values within the range.
    """

    id: str
    label: str
    published: float | None
    lower: float
    upper: float
    source: str
    is_aimed_at: bool = True

    def holds(self, value: float) -> bool:
        """Whether a cohort's value lies within the accepted range, limits included."""
        return self.lower <= value <= self.upper


def overall_survival() -> tuple[Constraint, ...]:
    """Return the constraints on overall survival, in the order in which the sampler computes them."""
    published = study()
    os = published["overall_survival"]
    follow_up = published["follow_up"]
    deaths = published["deaths_derived"]
    longest = float(published["population"]["longest_follow_up_months_derived"])
    longest_treatment = float(published["treatment"]["regorafenib_range_months"][1])
    rows = [
        (f"{kind} {factor.upper()}", by_id(published["table2"][kind], factor))
        for kind in ("univariable", "multivariable")
        for factor in ("sii", "afp")
    ]
    return (
        *(_relative(f"HR, {name}", row["hazard_ratio"], HAZARD_RATIO, "Table 2") for name, row in rows),
        *(_relative(f"HR lower limit, {name}", row["ci_95"][0], CONFIDENCE_LIMIT, "Table 2") for name, row in rows),
        *(_relative(f"HR upper limit, {name}", row["ci_95"][1], CONFIDENCE_LIMIT, "Table 2") for name, row in rows),
        *_median("OS", os),
        _exact("median observed follow-up, months", follow_up["median_months"], follow_up["source"]),
        _range(
            "log-rank p, none / one / both factors",
            os["log_rank_levels_p"],
            LOG_RANK_LEVELS,
            os["log_rank_levels_source"],
        ),
        _range("log-rank p by SII", os["log_rank_sii_p"], LOG_RANK_SII, os["log_rank_sii_source"]),
        _range("deaths", None, (deaths["min"], deaths["max"]), "derived: standard errors of Table 2"),
        _range(
            "longest follow-up, months", None, (longest_treatment, longest), "Results; Methods, July 2017 to April 2020"
        ),
        _range(
            f"observed for {FIRST_IMAGE_MONTHS:.0f} month or longer",
            None,
            (published["treatment"]["best_response"]["assessed"], published["population"]["n"]),
            "Results: 51 with an image after the start",
        ),
    )


def progression_free_survival() -> tuple[Constraint, ...]:
    """Return the constraints on progression, in the order in which the sampler computes them."""
    published = study()
    pfs, n = published["progression_free_survival"], published["population"]["n"]
    early = published["treatment"]["best_response"]["progressive_disease"]
    return (
        _range("progressions", None, (early, n), "Results: progression was the best response of 20"),
        *_median("PFS", pfs),
        _range(
            "PFS log-rank p by SII",
            pfs["log_rank_sii_p"],
            (pfs["log_rank_sii_p"] - LOG_RANK_PFS, pfs["log_rank_sii_p"] + LOG_RANK_PFS),
            pfs["log_rank_sii_source"],
        ),
        _range(
            f"progressions within {EARLY_PROGRESSION_MONTHS} months",
            None,
            (early, n),
            "Results: progression was the best response of 20",
        ),
    )


def _relative(label: str, value: float, tolerance: float, source: str) -> Constraint:
    return Constraint(_slug(label), label, value, value * (1 - tolerance), value * (1 + tolerance), source)


def _exact(label: str, value: float, source: str) -> Constraint:
    return Constraint(_slug(label), label, value, value, value, source)


def _range(label: str, value: float | None, limits: tuple[float, float], source: str) -> Constraint:
    return Constraint(_slug(label), label, value, limits[0], limits[1], source, is_aimed_at=False)


def _median(name: str, row: dict[str, Any]) -> tuple[Constraint, Constraint]:
    """Return the constraints on a median and on its standard error, which follows from the printed limits."""
    lower, upper = row["median_ci_95"]
    error = (upper - lower) / (2 * Z95)
    label = f"{name} median, standard error (SPSS)"
    within = (error - MEDIAN_ERROR_MONTHS, error + MEDIAN_ERROR_MONTHS)
    return (
        _exact(f"{name} median, months", row["median_months"], row["source"]),
        Constraint(_slug(label), label, error, *within, row["source"]),
    )


def _slug(label: str) -> str:
    return "_".join("".join(character if character.isalnum() else " " for character in label.lower()).split())
