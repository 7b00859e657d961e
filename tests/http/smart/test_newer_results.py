"""A launch names newer results of the record before its values, and leaves out values that they contradict."""

from pathlib import Path
from typing import Any

import pytest

from tests.lib.fhir.examples import observation
from tests.lib.fhir.patient_records import RECORD
from tests.lib.smart_site import TYPED, browser, fields_of, launch, launched_from, typed_of, words

COUNT_FIELDS = {
    *("neutrophils", "neutrophils_unit", "lymphocytes", "lymphocytes_unit", "platelets", "platelets_unit"),
    "blood_count_date",
}


def newer(value: float, **more: Any) -> dict[str, Any]:
    return observation("platelets", value, **{"id": "plt-newer", "when": "2026-01-08T08:00:00Z"} | more)


# By hand: 145 x 4.2 / 1.1 = 553.6; with platelets of 90 and of 89 it is 343.6 and 339.8, and SII is high from 340.
@pytest.mark.parametrize(
    ("one", "named"),
    [
        (newer(89), "Platelets, 89 × 10⁹/L, 2026-01-08, Observation/plt-newer"),
        (newer(0, valueQuantity={"value": 90, "unit": "million"}), "Platelets, value not read, 2026-01-08"),
    ],
    ids=["other side", "not readable"],
)
def test_counts_with_newer_contradiction_stay_empty(tmp_path: Path, one: dict[str, Any], named: str) -> None:
    with launched_from(tmp_path, record=[*RECORD, one]) as found:
        page = launch(*found)
    assert typed_of(page) == {name: value for name, value in TYPED.items() if name not in COUNT_FIELDS}
    said = words(page)
    assert said.index("Newer results of the blood count exist") < said.index("Compare them with the laboratory")
    assert named in said
    assert "Enter the current values by hand" in said


def test_harmless_newer_counts_are_named_everywhere(tmp_path: Path) -> None:
    with launched_from(tmp_path, write_back=True, record=[*RECORD, newer(90)]) as (site, ehr), browser() as user:
        page = launch(site, ehr, user=user)
        assert typed_of(page) == TYPED
        assert "Platelets, 90 × 10⁹/L, 2026-01-08" in words(page)
        result = user.post(f"{site.url}/", data=fields_of(page)[1])
        assert "Platelets, 90 × 10⁹/L, 2026-01-08" in words(result)
        assert user.post(f"{site.url}/smart/file", data=fields_of(page)[1]).status_code == 200
        (filed,) = ehr.stored("RiskAssessment")
    assert "Platelets, 90 10*9/L, 2026-01-08" in filed["note"][0]["text"]


def test_values_of_old_samples_stay_empty(tmp_path: Path) -> None:
    old = [
        one | ({"effectiveDateTime": "2025-10-10"} if one["resourceType"] == "Observation" else {}) for one in RECORD
    ]
    with launched_from(tmp_path, record=old) as found:
        page = launch(*found)
    assert typed_of(page) == {}
    assert "is 91 days old; this site accepts 90 days" in words(page)


def test_result_of_old_samples_cannot_be_filed(tmp_path: Path) -> None:
    with launched_from(tmp_path, write_back=True) as (site, ehr), browser() as user:
        form = fields_of(launch(site, ehr, user=user))[1]
        form |= {"blood_count_date": "2025-10-10", "confirmed": "yes"}
        result = user.post(f"{site.url}/", data=form)
        assert "This result cannot be filed." in words(result)
        answer = user.post(f"{site.url}/smart/file", data=form)
        assert (answer.status_code, ehr.stored("RiskAssessment")) == (400, [])
