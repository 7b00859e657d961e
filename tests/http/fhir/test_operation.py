"""`$hcc-risk`: each way to send a patient's values, and the answer."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import pytest
from starlette.testclient import TestClient

from app.net.strict_json import parse_json
from tests.lib.fhir.examples import (
    FHIR,
    SUBJECT,
    Resource,
    as_json,
    blood_count,
    bundle,
    four_quantities,
    observation,
    parameters,
    results,
)
from tests.lib.fhir.operation import OPERATION, all_of, answered, basis_of, inputs_of, one_of, refusal, send, sii_of

IN_A_BUNDLE = {"resourceType": "Parameters", "parameter": [{"name": "bundle", "resource": bundle(*results())}]}
ONE_OF_EACH = {
    "resourceType": "Parameters",
    "parameter": [
        *parameters(observation("afp", "620"))["parameter"],
        {"name": "bundle", "resource": bundle(*blood_count())},
    ],
}
WITH_MORE = bundle(*results()) | {
    "entry": [
        {"resource": {"resourceType": "Patient", "id": "p1", "name": [{"text": "Maria Test"}]}},
        {
            "resource": {"resourceType": "OperationOutcome", "issue": [{"severity": "warning", "code": "processing"}]},
            "search": {"mode": "outcome"},
        },
        *bundle(*results())["entry"],
    ]
}
# By hand: SII = 145 x 4.2 / 1.1 = 553.63..., high from 340; AFP 620 ng/mL, high from 400.
WAYS = {
    "four quantities": four_quantities(),
    "Observations": parameters(*results()),
    "a Bundle": IN_A_BUNDLE,
    "Observations and a Bundle": ONE_OF_EACH,
    "nothing but a Bundle": bundle(*results()),
    "a Bundle with other resources": WITH_MORE,
}


@pytest.mark.parametrize("body", WAYS.values(), ids=WAYS)
def test_all_ways_to_send_values_give_one_answer(client: TestClient, body: Resource) -> None:
    answer = answered(client, body)
    assert one_of(answer, "riskGroup") == "high"
    assert str(sii_of(answer)) == "553.6363636"  # 609 / 1.1
    assert all_of(answer, "rejected") == []
    assert one_of(answer, "model").startswith("hong2021-sii-afp 2.1.2 sha256:")


@pytest.mark.parametrize(
    "headers",
    [
        {"content-type": "application/json"},
        {"content-type": "application/fhir+json; charset=utf-8"},
        {"content-type": "Application/FHIR+JSON", "accept": "application/json"},
        {**FHIR, "accept": "application/fhir+xml;q=0.9, application/fhir+json"},
        {**FHIR, "accept": "*/*"},
    ],
    ids=str,
)
def test_each_json_media_type_is_accepted(client: TestClient, headers: Mapping[str, str]) -> None:
    response = client.post(OPERATION, content=as_json(four_quantities()), headers=dict(headers))
    assert (response.status_code, response.headers["content-type"]) == (200, "application/fhir+json")


def test_results_are_referred_to_and_values_contained(client: TestClient) -> None:
    names = ["neutrophils", "lymphocytes", "platelets", "afp"]
    of_results, of_values = (answered(client, body) for body in (parameters(*results()), four_quantities()))
    assert (basis_of(of_results), inputs_of(of_results)) == ([f"Observation/{name}" for name in names], {})
    assert basis_of(of_values) == [f"#{name}" for name in names]
    assert inputs_of(of_values)["afp"]["valueQuantity"]["code"] == "ng/mL"


def test_result_without_id_is_contained(client: TestClient) -> None:
    anonymous = observation("platelets", "145000", "/uL", id=None)
    answer = answered(client, parameters(*results(platelets=anonymous)))
    assert basis_of(answer) == ["Observation/neutrophils", "Observation/lymphocytes", "#platelets", "Observation/afp"]
    held = inputs_of(answer)["platelets"]
    assert held["code"]["coding"] == [{"system": "http://loinc.org", "code": "777-3"}]
    assert held["effectiveDateTime"] == "2026-01-02T08:00:00Z"
    assert held["valueQuantity"] == anonymous["valueQuantity"]


@pytest.mark.parametrize("reference", [SUBJECT, "https://ehr.example/fhir/Patient/p1", f"{SUBJECT}/_history/3"])
def test_subject_is_returned(client: TestClient, reference: str) -> None:
    unversioned = reference.partition("/_history")[0]
    subject = {"subject": {"reference": unversioned}}
    for body in (four_quantities(), parameters(*(one | subject for one in results()))):
        body["parameter"].append({"name": "subject", "valueReference": {"reference": reference, "display": "Maria"}})
        answer = answered(client, body)
        assert one_of(answer, "riskAssessment")["subject"] == {"reference": unversioned}
        assert one_of(answer, "sii")["subject"] == {"reference": unversioned}


def test_missing_subject_is_not_supplied(client: TestClient) -> None:
    answer = answered(client, four_quantities())
    assert one_of(answer, "riskAssessment")["subject"] == {"display": "not supplied"}


LIKE_THE_STUDY: dict[str, Any] = {
    "sorafenibFailed_Boolean": True,
    "startingRegorafenib_Boolean": True,
    "childPughClass_Code": "A",
    "ecog_Integer": 1,
    "sorafenibTolerated_Boolean": True,
}


@pytest.mark.parametrize(
    ("said", "status"),
    [
        ({}, "not-stated"),
        ({"ecog_Integer": 1}, "not-stated"),
        (LIKE_THE_STUDY, "matches"),
        (LIKE_THE_STUDY | {"ecog_Integer": 2}, "differs"),
        (LIKE_THE_STUDY | {"childPughClass_Code": "B"}, "differs"),
        (LIKE_THE_STUDY | {"sorafenibFailed_Boolean": False}, "differs"),
        ({"startingRegorafenib_Boolean": False}, "differs"),
    ],
)
def test_patient_is_compared_with_the_study(client: TestClient, said: dict[str, Any], status: str) -> None:
    for body in (parameters(*results()), four_quantities()):
        body["parameter"] += parameters(**said)["parameter"]
        answer = answered(client, body)
        assert one_of(answer, "applicability") == status
        assert one_of(answer, "riskAssessment")["extension"][-1]["valueCode"] == status


def dated(**days: str) -> Resource:
    body = four_quantities()
    body["parameter"] += [{"name": name, "valueDate": day} for name, day in days.items()]
    return body


def test_sample_days_are_kept_and_compared(client: TestClient) -> None:
    # 11 October 2025 to 9 January 2026: 20 + 30 + 31 + 9 = 90 days, which is as old as a sample may be.
    answer = answered(client, dated(bloodCountDate="2025-10-11", afpDate="2026-01-09"))
    assert one_of(answer, "sii")["effectiveDateTime"] == "2025-10-11"
    assert all_of(answer, "warning")[0].startswith("The sample of the blood count is 90 days old.")
    assert list(refusal(client, dated(bloodCountDate="2025-10-10"))) == ["sample_too_old"]
    assert "effectiveDateTime" not in one_of(answered(client, dated()), "sii")


def test_future_day_is_refused(client: TestClient) -> None:
    assert list(refusal(client, dated(afpDate="2999-01-01"))) == ["in_the_future"]
    assert "too_long_ago" in refusal(client, dated(afpDate="1998-01-01"))


@pytest.mark.parametrize(
    ("name", "value", "code"),
    [
        ("childPughClass_Code", "D", "not_a_class"),
        ("ecog_Integer", 6, "out_of_range"),
        ("ecog_Integer", -1, "out_of_range"),
    ],
)
def test_impossible_population_is_refused(client: TestClient, name: str, value: Any, code: str) -> None:
    assert list(refusal(client, parameters(*results(), **{name: value}))) == [code]


def test_all_errors_are_reported_at_once(client: TestClient) -> None:
    body = parameters(neutrophils_Quantity={"value": 4.2}, ecog_Integer=9, afpDate_Date="2999-01-01")
    _, outcome = send(client, body)
    issues = [(issue["code"], issue["details"]["text"].partition(":")[0]) for issue in outcome["issue"]]
    assert issues == [
        ("required", "neutrophils"),
        ("required", "lymphocytes"),
        ("required", "platelets"),
        ("required", "afp"),
        ("value", "afp"),
        ("value", "ecog"),
    ]


WRITTEN = ["3.40", "3.4", "3.400000000000000000", "34E-1", "0.34e1", "340E-2"]


@pytest.mark.parametrize("number", WRITTEN)
def test_decimal_keeps_its_digits(client: TestClient, number: str) -> None:
    # By hand: 150 x 3.4 / 1.5 = 340, the cut-off itself.
    values = {"neutrophils": number, "lymphocytes": "1.5", "platelets": "150", "afp": "399.9999999999999999"}
    units = {name: "ng/mL" if name == "afp" else "10*9/L" for name in values}
    sent = ",".join(
        f'{{"name":"{name}","valueQuantity":{{"value":{value},"system":"http://unitsofmeasure.org","code":"{units[name]}"}}}}'
        for name, value in values.items()
    )
    response = client.post(OPERATION, content=f'{{"resourceType":"Parameters","parameter":[{sent}]}}', headers=FHIR)
    answer = parse_json(response.content)
    assert (one_of(answer, "riskGroup"), sii_of(answer)) == ("intermediate", Decimal(340))
    in_full = "3.40" if number == "340E-2" else "3.4" if "e" in number.lower() else number
    assert f'"value":{in_full},' in response.text
    assert '"value":399.9999999999999999,' in response.text


def test_quantities_are_contained_as_preliminary(client: TestClient) -> None:
    body = four_quantities()
    body["parameter"] += parameters(
        subject_Reference={"reference": SUBJECT}, bloodCountDate_Date="2026-01-02", afpDate_Date="2026-01-05"
    )["parameter"]
    inputs = inputs_of(answered(client, body))
    assert {one["status"] for one in inputs.values()} == {"preliminary"}
    assert {one["subject"]["reference"] for one in inputs.values()} == {SUBJECT}
    days = {name: one["effectiveDateTime"] for name, one in inputs.items()}
    assert days == dict.fromkeys(("neutrophils", "lymphocytes", "platelets"), "2026-01-02") | {"afp": "2026-01-05"}
    bare = inputs_of(answered(client, four_quantities()))
    assert not any({"subject", "effectiveDateTime"} & set(one) for one in bare.values())


@pytest.mark.parametrize("status", ["final", "amended", "corrected"])
def test_copied_result_keeps_its_status(client: TestClient, status: str) -> None:
    copies = inputs_of(answered(client, parameters(*(one | {"id": "", "status": status} for one in results()))))
    assert {(one["status"], one["subject"]["reference"]) for one in copies.values()} == {(status, SUBJECT)}
    assert not any("note" in one for one in copies.values())
