"""Two complete answers of `$hcc-risk`. Words replace values that depend on the time of the call or the release."""

import json
import re
from calendar import monthrange
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from tests.lib.fhir.examples import four_quantities, labelled, observation, parameters, quantity, results
from tests.lib.times import NOW

FOLDER = Path(__file__).parents[2] / "http" / "fhir" / "golden"
_INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")


def bodies() -> dict[str, dict[str, Any]]:
    """Return the request of each golden answer. The samples of the first are of today, so that no sample is old."""
    today = NOW.date().isoformat()
    cancelled = observation("afp", "9", id="afp-cancelled", status="cancelled")
    low = four_quantities(
        neutrophils=quantity("3.0", "10*9/L"),
        lymphocytes=labelled("1.5", "K/uL"),
        platelets=quantity("150000", "/uL"),
        afp=quantity("20", "ng/mL", comparator="<"),
    )
    said = parameters(
        subject_Reference={"reference": "Patient/p1"},
        sorafenibFailed_Boolean=True,
        startingRegorafenib_Boolean=True,
        childPughClass_Code="A",
        ecog_Integer=1,
        sorafenibTolerated_Boolean=True,
    )
    low["parameter"] += said["parameter"]
    return {
        "high": parameters(*(one | {"effectiveDateTime": today} for one in (*results(), cancelled))),
        "low": low,
    }


def file_of(group: str) -> Path:
    return FOLDER / f"{group}.json"


def golden(group: str) -> Any:
    return json.loads(file_of(group).read_text("utf-8"))


def comparable(answer: Any) -> Any:
    """Return an answer with times as words and numbers as JSON reads them."""
    if isinstance(answer, dict):
        return {name: _as_words(name, comparable(value)) for name, value in answer.items()}
    if isinstance(answer, list):
        return [comparable(one) for one in answer]
    if isinstance(answer, int | float | Decimal) and not isinstance(answer, bool):
        return float(answer)
    return answer


def _as_words(name: str, value: Any) -> Any:
    match name, value:
        case (("issued" | "occurrenceDateTime"), str()) if _INSTANT.fullmatch(value):
            return "the time of the call"
        case "effectiveDateTime", str():
            return "the day of the sample"
        case "whenPeriod", {"start": str(start), "end": str(end)}:
            return _period(date.fromisoformat(start), date.fromisoformat(end))
        case "performer", {"display": str(display)}:
            return {"display": re.sub(r" \d+\.\d+\.\d+$", " of this release", display)}
    return value


def _period(start: date, end: date) -> str:
    """Return the length of a period in calendar months. A month without that day ends it on the last day."""
    assert end.day == min(start.day, monthrange(end.year, end.month)[1])
    return f"from the day of the call for {(end.year - start.year) * 12 + end.month - start.month} months"
