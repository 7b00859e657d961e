"""The time of a sample: at least a day, in FHIR's form, and not in the future."""

from datetime import UTC, date, datetime
from typing import Any

import pytest
from starlette.testclient import TestClient

from app.core.analytes import Analyte
from app.ehr.fhir.reading.lab_results import LabReading
from tests.lib.fhir.examples import TAKEN, observation, parameters, results
from tests.lib.fhir.operation import answered, one_of, reason, unused
from tests.lib.fhir.reading import read, unused_codes

FUTURE = reason("in_the_future")
NOW = datetime(2026, 2, 1, 12, 0, 0, tzinfo=UTC)


def afp_at(oldest_sample_days: int = 90, **time: Any) -> LabReading:
    """Read an AFP of this time at noon of 1 February 2026, UTC."""
    resource = observation("afp", "620", **{"effectiveDateTime": None, **time})
    return read(resource, now=NOW, oldest_sample_days=oldest_sample_days)


@pytest.mark.parametrize(
    "time",
    [
        {},
        {"effectiveDateTime": "2026"},
        {"effectiveDateTime": "2026-01"},
        {"effectiveDateTime": "2026-01-02T08:00:00"},
        {"effectiveDateTime": "2026-01-02T08:00Z"},
        {"effectiveDateTime": "2026-01-02T08:00:00+15:00"},
        {"effectiveDateTime": "2026-01-02 08:00:00Z"},
        {"effectiveDateTime": "2026-02-30"},
        {"effectiveDateTime": "2026-02-30T08:00:00Z"},
        {"effectiveDateTime": "2026-01-02T25:00:00Z"},
        {"effectiveDateTime": "2026-01-02T24:00:00Z"},
        {"effectiveDateTime": "20260102"},
        {"effectiveDateTime": "2026-W01-5"},
        {"effectiveDateTime": "2026-W01-5T08:00:00Z"},
        {"effectiveDateTime": "02.01.2026"},
        {"effectiveDateTime": " 2026-01-02"},
        {"effectiveDateTime": "٢٠٢٦-01-02"},
        {"effectiveDateTime": "0000-01-01"},
        {"effectiveDateTime": "0001-01-01T00:00:00+14:00"},
        {"effectiveDateTime": 20260102},
        {"effectiveDateTime": ["2026-01-02"]},
        {"effectiveInstant": "2026-01-02T08:00:00"},
        {"effectivePeriod": {}},
        {"effectivePeriod": "2026-01-02"},
        {"effectivePeriod": {"start": "2026", "end": "2026"}},
        {"effectivePeriod": {"start": "2026-01-01", "end": "2026-01-03"}},
        {"effectivePeriod": {"start": "2026-01-02T08:00:00Z", "end": "2026-01-03T08:00:01Z"}},
        {"effectivePeriod": {"start": "2026-01-02", "end": "2026-01-01"}},
        {"effectiveDateTime": "2026-01-02", "effectivePeriod": {"start": "2026-01-02"}},
        {"effectiveTiming": {"event": ["2026-01-02"]}},
        {"issued": TAKEN},
    ],
    ids=lambda found: " ".join(f"{name} {value}" for name, value in found.items()) or "none",
)
def test_result_without_a_day_is_refused(client: TestClient, time: dict[str, Any]) -> None:
    undated = observation("afp", "620", **{"effectiveDateTime": None, **time})
    assert unused(client, parameters(*results(afp=undated)))["Observation/afp"][0] == "no_time"


@pytest.mark.parametrize(
    ("time", "day"),
    [
        ({"effectiveDateTime": "2026-01-02"}, date(2026, 1, 2)),
        ({"effectiveDateTime": "2024-02-29"}, date(2024, 2, 29)),
        ({"effectiveDateTime": "2026-01-02T08:00:00Z"}, date(2026, 1, 2)),
        ({"effectiveDateTime": "2026-01-02T08:00:00.123+01:00"}, date(2026, 1, 2)),
        ({"effectiveDateTime": "2026-01-02T08:00:00.123456789Z"}, date(2026, 1, 2)),
        ({"effectiveInstant": "2026-01-02T08:00:00Z"}, date(2026, 1, 2)),
        ({"effectivePeriod": {"start": "2026-01-01", "end": "2026-01-02"}}, date(2026, 1, 2)),
        ({"effectivePeriod": {"start": "2026-01-02T08:00:00Z"}}, date(2026, 1, 2)),
        ({"effectivePeriod": {"start": "2026-01-01T08:00:00Z", "end": "2026-01-02T08:00:00Z"}}, date(2026, 1, 2)),
        # In UTC this is already 3 January; the day is the local day where the blood was drawn.
        ({"effectiveDateTime": "2026-01-02T23:30:00-08:00"}, date(2026, 1, 2)),
        ({"effectiveDateTime": "2026-01-03T00:30:00+14:00"}, date(2026, 1, 3)),
    ],
    ids=str,
)
def test_day_is_in_the_samples_time_zone(time: dict[str, Any], day: date) -> None:
    assert afp_at(**time, oldest_sample_days=3650).sampled_on.afp == day


@pytest.mark.parametrize(
    "time",
    [
        "2026-02-01T12:00:00Z",
        "2026-02-01T12:01:00Z",
        "2026-02-01T13:05:00+01:00",
        "2026-02-01",
        # It is 2 February at noon UTC in the far east.
        "2026-02-02",
    ],
)
def test_small_clock_difference_is_accepted(time: str) -> None:
    assert afp_at(effectiveDateTime=time).rejected == ()


@pytest.mark.parametrize(
    "time",
    ["2026-02-01T12:05:01Z", "2026-02-01T13:05:01+01:00", "2026-02-02T00:00:00Z", "2026-02-03", "2999-01-01"],
)
def test_future_sample_is_refused(time: str) -> None:
    (rejection,) = afp_at(effectiveDateTime=time).rejected
    assert (rejection.code, rejection.case, rejection.analyte) == ("in_the_future", "", Analyte.AFP)


def test_future_is_relative_to_the_call(client: TestClient) -> None:
    ahead = observation("afp", "620", effectiveDateTime="2999-01-01T00:00:00Z")
    assert unused(client, parameters(*results(afp=ahead)))["Observation/afp"] == FUTURE


def test_time_is_returned_as_it_was_sent(client: TestClient) -> None:
    for text in ("2026-01-02T08:00:00.50+01:00", "2026-01-02"):
        timed = [one | {"effectiveDateTime": text} for one in results()]
        assert one_of(answered(client, parameters(*timed)), "sii")["effectiveDateTime"] == text


@pytest.mark.parametrize(
    ("time", "case"),
    [
        ({}, "no_day"),
        ({"effectiveDateTime": "2026-01-02T08:00:00"}, "no_zone"),
        ({"effectivePeriod": {"end": "2026-01-02T08:00"}}, "no_zone"),
        ({"effectiveDateTime": "2026-01"}, "not_a_date"),
    ],
)
def test_reason_says_what_the_time_lacks(time: dict[str, Any], case: str) -> None:
    (found,) = afp_at(**time).rejected
    assert (found.code, found.case) == ("no_time", case)


@pytest.mark.parametrize(("day", "code"), [("9999-12-31", "in_the_future"), ("0001-01-01", "not_latest_draw")])
def test_first_and_last_calendar_days_are_read(day: str, code: str) -> None:
    found = read(*results(), observation("platelets", "150", id="end", effectiveDateTime=day))
    assert unused_codes(found)["end"] == code
