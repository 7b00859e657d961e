"""Which texts are a day, wherever the day of a sample is given: JSON API, FHIR operation, form, command line."""

import pytest
from starlette.testclient import TestClient

from tests.lib.fhir.examples import four_quantities
from tests.lib.fhir.operation import send
from tests.lib.readings import run_command

UNITS = {"neutrophils": "10*9/L", "lymphocytes": "10*9/L", "platelets": "10*9/L", "afp": "ng/mL"}
VALUES = {"neutrophils": "4.2", "lymphocytes": "1.1", "platelets": "145", "afp": "620"}

DATES = [
    ("2026-01-02", True),
    ("2025-12-31", True),
    ("2025-02-29", False),
    ("2026-13-01", False),
    ("2026-1-2", False),
    ("20260102", False),
    ("2026-W01-5", False),
    ("2026W015", False),
    ("2026-002", False),
    ("2026-01", False),
    ("2026", False),
    ("2026-01-02T08:00:00Z", False),
    ("02.01.2026", False),
    ("01/02/2026", False),
    ("02-01-2026", False),
    ("٢٠٢٦-01-02", False),
    ("0000-01-01", False),
    ("yesterday", False),
]
each_text = pytest.mark.parametrize(("text", "is_day"), DATES)


@each_text
def test_json_api_reads_only_iso_days(spec_client: TestClient, text: str, *, is_day: bool) -> None:
    labs = {name: {"value": float(value), "unit": UNITS[name]} for name, value in VALUES.items()}
    answer = spec_client.post("/api/v1/assessments", json=labs | {"sampled_on": {"afp": text}})
    assert answer.status_code == (200 if is_day else 422)
    if not is_day:
        assert [one["code"] for one in answer.json()["errors"]] == ["not_a_date"]


@each_text
def test_fhir_operation_reads_only_iso_days(spec_client: TestClient, text: str, *, is_day: bool) -> None:
    body = four_quantities()
    body["parameter"].append({"name": "afpDate", "valueDate": text})
    status, _ = send(spec_client, body)
    assert status == (200 if is_day else 400)


@each_text
def test_form_reads_only_iso_days(spec_client: TestClient, text: str, *, is_day: bool) -> None:
    units = {f"{name}_unit": unit for name, unit in UNITS.items()}
    answer = spec_client.post("/", data={**VALUES, **units, "afp_date": text})
    assert answer.status_code == (200 if is_day else 422)
    assert ('<a href="#afp_date">' in answer.text) == (not is_day)


@each_text
def test_command_line_reads_only_iso_days(text: str, *, is_day: bool) -> None:
    values = [part for name, value in VALUES.items() for part in (f"--{name}", f"{value} {UNITS[name]}")]
    code, _, errors = run_command("assess", *values, "--afp-date", text)
    assert code == (0 if is_day else 2)
    assert errors.startswith("sampled_on.afp: ") == (not is_day)
