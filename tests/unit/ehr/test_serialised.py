"""What was read of a record is the same after it was written and read back, and nothing else is read."""

import json
from typing import Any

import pytest

from app.ehr.smart.patient_identity import PatientIdentity
from app.ehr.smart.prefill import prefill, typed_values
from app.ehr.smart.serialised import dumps, loads
from tests.lib.fhir.examples import Resource, labelled, observation, quantity, results
from tests.lib.fhir.reading import read

NEWER = "2026-01-09T08:00:00Z"
RECORDS: dict[str, list[Resource]] = {
    "nothing": [],
    "all four": results(),
    "in printed and international units": results(
        afp=observation("afp", quantity(900, "[IU]/mL")),
        neutrophils=observation("neutrophils", labelled(4.2, "x10^3/uL")),
    ),
    "beyond the measuring range": results(afp=observation("afp", quantity(1210, "ng/mL", comparator=">"))),
    "newer, on the same side": [*results(), observation("afp", "640", id="newer", effectiveDateTime=NEWER)],
    "newer, on the other side": [*results(), observation("platelets", "9", id="newer", effectiveDateTime=NEWER)],
    "newer and unknown": [
        *results(),
        observation("afp", id="newer", effectiveDateTime=NEWER, valueQuantity=None, valueString="haemolysed"),
    ],
    "two values of one time": [*results(), observation("afp", "3", id="other")],
    "cancelled and undated": [
        *results(),
        observation("afp", "9", id="cancelled", status="cancelled"),
        observation("afp", "9", id="undated", effectiveDateTime=None),
    ],
    "too old": results(afp=observation("afp", "640", effectiveDateTime="2020-01-02T08:00:00Z")),
}


@pytest.mark.parametrize("record", RECORDS)
def test_reading_is_the_same_after_it_was_read_back(record: str) -> None:
    reading = read(*RECORDS[record])
    patient = PatientIdentity("Muster", "1961")
    content = dumps("https://ehr.example/fhir", patient, None, reading)
    issuer, other_patient, nobody, again = loads(content)
    assert (issuer, other_patient, nobody) == ("https://ehr.example/fhir", patient, None)
    assert prefill(again) == prefill(reading)
    assert typed_values(again) == typed_values(reading)
    assert (again.sampled_on, again.subject, again.counted) == (reading.sampled_on, reading.subject, reading.counted)
    assert {analyte: result.status for analyte, result in again.sources.items()} == dict.fromkeys(
        reading.sources, "final"
    )
    assert dumps(issuer, other_patient, nobody, again) == content


def test_only_needed_parts_of_an_observation_are_written() -> None:
    reading = read(*results(afp=observation("afp", "620", note=[{"text": "Erika Muster"}])))
    assert b"Erika" not in dumps(reading)


def test_unused_observation_is_not_written() -> None:
    note = [{"text": "Erika Muster"}]
    cancelled = observation("afp", "9", id="cancelled", status="cancelled", note=note)
    too_old = observation("afp", "640", effectiveDateTime="2020-01-02T08:00:00Z", note=note)
    for reading in (read(*results(), cancelled), read(*results(afp=too_old))):
        assert reading.rejected or reading.refused
        assert b"Erika" not in dumps(reading)


@pytest.mark.parametrize(
    "value", [object(), {1, 2}, b"bytes", 1j, ValueError("x")], ids=lambda value: type(value).__name__
)
def test_other_classes_are_not_written(value: Any) -> None:
    with pytest.raises(TypeError):
        dumps(value)


def test_other_classes_are_not_read() -> None:
    with pytest.raises(KeyError):
        loads(json.dumps([["Path", {"args": "/etc/passwd"}]]).encode())
