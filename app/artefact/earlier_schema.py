"""Bring an artefact of an earlier schema version into the form of the present one, so that old answers can be repeated.

What a version did not have is left empty.
"""

from bisect import bisect_right
from typing import Any

from app.artefact.refusals import refusal
from app.artefact.schema import SCHEMA_VERSION

_WITHOUT_ALTERNATIVES = 4
READABLE = (_WITHOUT_ALTERNATIVES, SCHEMA_VERSION)


def upgraded(document: dict[str, Any]) -> dict[str, Any]:
    """Return the content of an artefact of version 4 as that of the present version.

    Raises ArtefactError if it does not have the parts of its version.
    """
    try:
        return _from_version_4(document)
    except KeyError as error:
        raise refusal("", f"is not of schema version 4: it has no {error}") from error
    except (AttributeError, IndexError, TypeError) as error:
        raise refusal("", "is not of schema version 4") from error


def _from_version_4(document: dict[str, Any]) -> dict[str, Any]:
    """Return the content of version 4 as that of version 5.

    Version 4 had hazard ratios pooled with fixed effects, which are left out. It had no interval of the C-index, no
    other findings, no reference ranges, no alternatives, medians of other studies without levels, and numbers at risk
    only at some months: until the next of these, the number is taken to be the same.
    """
    content = {key: value for key, value in document.items() if key != "pooled_hazard_ratios"}
    found = content["performance"]
    for curve in content["kaplan_meier"].values():
        curve["median_at_risk"] = _steps(content["grid_months"], content["at_risk_months"], curve["at_risk"]["median"])
    for study in content["external_survival"]:
        for median in study["medians"]:
            median["levels"] = {}
    return content | {
        "schema_version": SCHEMA_VERSION,
        "other_findings": [],
        "reference_ranges": [],
        "alternatives": [],
        "adjustment_sensitivity": [],
        "performance": found | {"c_index": found["c_index"] | {"ci_95": None}},
    }


def _steps(grid: list[float], months: list[int], numbers: list[int]) -> list[int]:
    return [numbers[bisect_right(months, month) - 1] for month in grid]
