"""Define the constraints on every kept cohort: each published statistic with its accepted range.

The published values come from `study.toml`. This project chose the tolerances, and they are only here. The
reconstruction aims at the constraints and `sii-afp model check` reports them; neither has numbers of its own.
"""

from dataclasses import dataclass
from typing import Any

from model.publication.study import by_id, study

HAZARD_RATIO = 0.01  # relative
CONFIDENCE_LIMIT = 0.015  # relative
MEDIAN_MONTHS = 0.05  # prints as 8.0 and 3.0
MEDIAN_LIMIT_MONTHS = 0.15
FOLLOW_UP_MONTHS = 0.25
LOG_RANK_LEVELS = 0.0005  # prints as 0.001
LOG_RANK_SII = (0.009, 0.018)  # 0.013 comes from times in whole months; without ties it is higher
LOG_RANK_PFS = 0.03


@dataclass(frozen=True, slots=True)
class Constraint:
    """One statistic: its published value (None if only a range is known), the accepted range and its source."""

    id: str
    label: str
    published: float | None
    lower: float
    upper: float
    source: str

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
        _absolute(
            "median observed follow-up, months", follow_up["median_months"], FOLLOW_UP_MONTHS, follow_up["source"]
        ),
        _absolute(
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
    )


def progression_free_survival() -> tuple[Constraint, ...]:
    """Return the constraints on progression, in the order in which the sampler computes them."""
    pfs = study()["progression_free_survival"]
    return (
        _range("progressions", pfs["events"], (pfs["events"], pfs["events"]), "Results"),
        *_median("PFS", pfs),
        _absolute("PFS log-rank p by SII", pfs["log_rank_sii_p"], LOG_RANK_PFS, pfs["log_rank_sii_source"]),
    )


def _relative(label: str, value: float, tolerance: float, source: str) -> Constraint:
    return Constraint(_slug(label), label, value, value * (1 - tolerance), value * (1 + tolerance), source)


def _absolute(label: str, value: float, tolerance: float, source: str) -> Constraint:
    return Constraint(_slug(label), label, value, value - tolerance, value + tolerance, source)


def _range(label: str, value: float | None, limits: tuple[float, float], source: str) -> Constraint:
    return Constraint(_slug(label), label, value, limits[0], limits[1], source)


def _median(name: str, row: dict[str, Any]) -> tuple[Constraint, Constraint, Constraint]:
    lower, upper = row["median_ci_95"]
    return (
        _absolute(f"{name} median, months", row["median_months"], MEDIAN_MONTHS, row["source"]),
        _absolute(f"{name} median lower limit (SPSS), months", lower, MEDIAN_LIMIT_MONTHS, row["source"]),
        _absolute(f"{name} median upper limit (SPSS), months", upper, MEDIAN_LIMIT_MONTHS, row["source"]),
    )


def _slug(label: str) -> str:
    return "_".join("".join(character if character.isalnum() else " " for character in label.lower()).split())
