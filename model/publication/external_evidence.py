"""Give the findings of other studies: hazard ratios, survival, and the variation of the counts."""

import math
from typing import Any

from model.publication.study import by_id, external, log_estimate


def external_hazard_ratios() -> list[dict[str, Any]]:
    """Return the external hazard ratios that have an interval, for display beside the study's."""
    return [
        {
            "factor": row["factor"],
            "label": row["label"],
            "population": row["population"],
            "n": row.get("n"),
            "cutoff": row["cutoff"],
            "hazard_ratio": row["hazard_ratio"],
            "ci_95": row.get("ci_95", row.get("ci_95_derived")),
            "doi": row.get("doi"),
            "url": row.get("url", f"https://doi.org/{row.get('doi')}"),
            "note": row["note"],
            "primary": row["primary"],
        }
        for row in external()["hazard_ratios"]
    ]


def external_survival() -> list[dict[str, Any]]:
    """Return the overall survival in other cohorts on the same treatment: medians, or survival at a time."""
    return [
        {
            **{key: row[key] for key in ("id", "label", "population", "n")},
            "time_zero": row.get("time_zero"),
            "medians": [
                {
                    "patients": median.get("patients"),
                    "levels": median.get("levels", {}),
                    "months": median["months"],
                    "ci_95": median.get("ci_95"),
                }
                for median in row.get("medians", [])
            ],
            "at": row.get("at", []),
            "doi": row.get("doi"),
            "url": row.get("url", f"https://doi.org/{row.get('doi')}"),
        }
        for row in external()["survival"]
    ]


def other_findings() -> list[dict[str, str]]:
    """Return the findings of other studies that are no hazard ratio of a high factor against a low one."""
    return [{key: row[key] for key in ("id", "factor", "text", "url")} for row in external()["other_findings"]]


def reference_ranges() -> list[dict[str, Any]]:
    """Return mean and 95 % reference interval of an index in the general population."""
    return [
        {
            **{key: row[key] for key in ("index", "population", "n")},
            "mean": float(row["mean"]),
            "interval_95": [float(limit) for limit in row["interval_95"]],
            "url": f"https://doi.org/{row['doi']}",
        }
        for row in external()["reference_ranges"]
    ]


def primary_log_ratio(factor: str) -> tuple[float, float]:
    """Return the log hazard ratio of a factor in its primary external source, and its standard error."""
    rows = external()["hazard_ratios"]
    return log_estimate(next(row for row in rows if row["factor"] == factor and row["primary"]))


def median_of(study: str) -> float:
    """Return the median overall survival of all patients of another study in months, by its id."""
    (median,) = by_id(external()["survival"], study)["medians"]
    return float(median["months"])


def repeat_measurement() -> dict[str, Any]:
    """Return the variation of the three counts within a person, and the resulting variation of SII on the log scale.

    Lognormal: variance of log(count) = ln(1 + CV^2); SII is a product and a quotient, so the three add.
    """
    source = external()["repeat_measurement"]
    variance = math.fsum(math.log1p((cv / 100) ** 2) for cv in source["cv_percent"].values())
    return {
        "n": source["n"],
        "cv_percent": source["cv_percent"],
        "sd_log_sii": math.sqrt(variance),
        "source": source["source"],
        "pmid": source["pmid"],
        "doi": None,
    }
