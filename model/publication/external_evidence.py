"""Give the findings of other studies: hazard ratios, fixed-effect pooling, survival, variation of the counts."""

import math
from typing import Any

from app.core.cox import Z95
from model.publication.study import external, log_estimate, multivariable


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
                {"patients": median.get("patients"), "months": median["months"], "ci_95": median.get("ci_95")}
                for median in row.get("medians", [])
            ],
            "at": row.get("at", []),
            "doi": row.get("doi"),
            "url": row.get("url", f"https://doi.org/{row.get('doi')}"),
        }
        for row in external()["survival"]
    ]


def pooled_hazard_ratios() -> list[dict[str, Any]]:
    """Return, per factor, the study pooled with its primary external source: fixed effect on the log hazard ratio.

    Weight = 1/se^2; pooled variance = 1 / sum of weights; the difference is tested by z on the two log hazard ratios.
    """
    pooled = []
    for row in external()["hazard_ratios"]:
        if not row["primary"]:
            continue
        (own, own_error), (other, other_error) = multivariable(row["factor"]), log_estimate(row)
        weights = (own_error**-2, other_error**-2)
        total = weights[0] + weights[1]
        mean = (weights[0] * own + weights[1] * other) / total
        error = total**-0.5
        difference = abs(own - other) / math.hypot(own_error, other_error)
        pooled.append(
            {
                "factor": row["factor"],
                "label": f"This study pooled with: {row['label']}",
                "hazard_ratio": math.exp(mean),
                "ci_95": [math.exp(mean - Z95 * error), math.exp(mean + Z95 * error)],
                "weight_study": weights[0] / total,
                "difference_p": math.erfc(difference / math.sqrt(2)),
            }
        )
    return pooled


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
