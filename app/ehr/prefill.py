"""A record's values as the form shows them: typed as the record wrote them, each with its source, for confirmation."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from app.ehr.lab_reading import LabReading
from app.ehr.observations import Rejection, Result
from app.ehr.smart_failure import Failure
from app.presentation import wording
from app.presentation.views import Prefill

_CONFIRM = (
    "Compare them with the laboratory’s report and correct what is wrong. Nothing has been computed yet: the result "
    "appears when you press the button."
)
_TYPE_THEM = "Nothing was read. You can type the values."


def typed_values(reading: LabReading) -> dict[str, str]:
    """Return the fields of the form, as if a person had typed what the record says."""
    typed = {}
    for analyte, result in reading.sources.items():
        typed[analyte.value] = _value(result)
        typed[f"{analyte.value}_unit"] = result.measurement.unit
    days = {"blood_count_date": reading.sampled_on.blood_count, "afp_date": reading.sampled_on.afp}
    return typed | {name: day.isoformat() for name, day in days.items() if day}


def prefill(reading: LabReading, patient: Mapping[str, Any] | None) -> Prefill:
    """Return what the form says of the record. `patient` only where the record asks that it be shown."""
    missing = ", ".join(analyte.label for analyte in reading.missing)
    return Prefill(
        title="These values come from the record" if reading.sources else "The record has no values that can be used",
        text=_CONFIRM if reading.sources else _TYPE_THEM,
        patient=_banner(patient) if patient is not None else "",
        missing=f"Not found, or not usable: {missing}." if missing else "",
        unused=tuple(_unused(one) for one in reading.rejected),
        sources={analyte.value: _source(result) for analyte, result in reading.sources.items()},
    )


def failed_prefill(failure: Failure) -> Prefill:
    """Return what the empty form says after a launch that ended without values."""
    title = "The values could not be read from the record"
    return Prefill(title, f"{failure.told} {_TYPE_THEM}", patient="", missing="", unused=(), sources={})


def _value(result: Result) -> str:
    comparator = result.measurement.comparator
    return f"{comparator.value if comparator else ''}{result.measurement.value:f}"


def _source(result: Result) -> str:
    parts = [
        wording.readable(f"From the record: {_value(result)} {result.measurement.unit}"),
        _day(result.effective.day),
        *([result.reference] if result.reference else []),
        *(["unit read as a printed label"] if result.is_label else []),
    ]
    return ", ".join(parts)


def _unused(one: Rejection) -> str:
    what = one.reference or "A result without an id"
    return wording.readable(f"{f'{one.analyte.label}, ' if one.analyte else ''}{what}: {one.reason}")


def _banner(patient: Mapping[str, Any]) -> str:
    """Return name and birth date as the record has them."""
    return f"{_name(patient.get('name'))}, born {_birth(patient.get('birthDate'))}"


def _name(names: Any) -> str:
    """Return the official name, else the usual one, else any."""
    found = [name for name in names if isinstance(name, dict)] if isinstance(names, list) else []
    rank = {"official": 0, "usual": 1}
    texts = [_written(name) for name in sorted(found, key=lambda name: rank.get(str(name.get("use")), 2))]
    return next((text for text in texts if text), "name not in the record")


def _written(name: Mapping[str, Any]) -> str:
    given = name.get("given")
    parts = [*(given if isinstance(given, list) else []), name.get("family")]
    text = name.get("text") or " ".join(part for part in parts if isinstance(part, str))
    return text if isinstance(text, str) else ""


def _birth(text: Any) -> str:
    try:
        return _day(date.fromisoformat(text))
    except (TypeError, ValueError):
        return text if isinstance(text, str) and text else "on a day not in the record"


def _day(day: date) -> str:
    return f"{day.day} {day:%B %Y}"
