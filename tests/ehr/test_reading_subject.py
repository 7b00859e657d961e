"""Whose result it is: those of two people are never put together."""

from typing import Any

import pytest
from starlette.testclient import TestClient

from tests.ehr.observation_examples import PATIENT, blood_count, bundle, observation, parameters, results
from tests.ehr.operation_call import answered, one_of, refusal, unused

ABSOLUTE = "https://ehr.example/fhir/Patient/p1"
OTHERS = ("subject", "The results are of more than one patient, or some do not say of whom.")
NOT_OF_THIS = ("subject", "It is not a result of this patient.")
NOT_SUPPLIED = {"display": "not supplied"}


def all_of_subject(subject: Any) -> list[dict[str, Any]]:
    return [*blood_count(subject=subject), observation("afp", "620", subject=subject)]


def subjects_in(answer: dict[str, Any]) -> list[dict[str, str]]:
    return [one_of(answer, name)["subject"] for name in ("sii", "riskAssessment")]


@pytest.mark.parametrize("sent", [PATIENT, ABSOLUTE, f"{PATIENT}/_history/7", f"{ABSOLUTE}/_history/7"])
def test_results_of_the_patient_are_known_by_any_form_of_reference(client: TestClient, sent: str) -> None:
    body = parameters(*all_of_subject({"reference": sent}), subject_Reference={"reference": PATIENT})
    assert subjects_in(answered(client, body)) == [{"reference": PATIENT}] * 2


@pytest.mark.parametrize(
    "subject",
    [
        {"reference": "Patient/p2"},
        {"reference": "Patient/p1x"},
        {"reference": "Patient/P1"},
        {"reference": "Patient/p2/_history/p1"},
        {"reference": "Practitioner/p1"},
        {"reference": "https://ehr.example/fhir/Patient/p1/more"},
        {"reference": "p1"},
        {"reference": "#p1"},
        {"reference": ["Patient/p1"]},
        {"identifier": {"value": "p1"}},
        {"display": "Patient/p1"},
        "Patient/p1",
        None,
    ],
    ids=str,
)
def test_a_result_of_another_or_of_nobody_is_not_used_for_the_subject(client: TestClient, subject: Any) -> None:
    body = parameters(
        *results(platelets=observation("platelets", "145", subject=subject)), subject_Reference={"reference": PATIENT}
    )
    assert unused(client, body)["Observation/platelets"] == NOT_OF_THIS


@pytest.mark.parametrize(
    ("subject", "emitted"),
    [
        ({"reference": PATIENT}, {"reference": PATIENT}),
        ({"reference": PATIENT, "display": "Maria Test"}, {"reference": PATIENT}),
        ({"reference": ABSOLUTE}, {"reference": ABSOLUTE}),
        ({"reference": f"{PATIENT}/_history/2"}, {"reference": PATIENT}),
        ({"reference": "urn:uuid:6f1c3a52-9d6a-4a55-8a2e-2f0c6b2f6a0e"}, NOT_SUPPLIED),
        ({"identifier": {"system": "urn:mrn", "value": "4711"}}, NOT_SUPPLIED),
        ({"display": "Maria Test"}, NOT_SUPPLIED),
        (None, NOT_SUPPLIED),
    ],
    ids=str,
)
def test_the_patient_whom_all_results_name_is_the_subject(client: TestClient, subject: Any, emitted: Any) -> None:
    for body in (parameters(*all_of_subject(subject)), bundle(*all_of_subject(subject))):
        assert subjects_in(answered(client, body)) == [emitted] * 2


def test_two_versions_of_one_patient_are_one_patient(client: TestClient) -> None:
    newer = observation("afp", "620", subject={"reference": f"{PATIENT}/_history/2"})
    assert subjects_in(answered(client, parameters(*results(afp=newer)))) == [{"reference": PATIENT}] * 2


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ({"reference": "Patient/p1"}, {"reference": "Patient/p2"}),
        ({"reference": "Patient/p1"}, None),
        ({"reference": "https://a.example/Patient/1"}, {"reference": "https://b.example/Patient/1"}),
        ({"identifier": {"system": "urn:mrn", "value": "1"}}, {"identifier": {"system": "urn:mrn", "value": "2"}}),
        ({"identifier": {"system": "urn:mrn", "value": "1"}}, {"identifier": {"system": "urn:dl", "value": "1"}}),
        ({"display": "Maria Test"}, {"display": "Nora Test"}),
        ({"display": "Maria Test"}, None),
        # Who is contained in a result, or named in a way that FHIR does not know, may be anybody.
        ({"reference": "#p"}, {"reference": "#p"}),
        ({"reference": 1}, {"reference": 1}),
        ("Patient/p1", "Patient/p1"),
    ],
    ids=str,
)
def test_results_of_two_patients_are_none_of_them_used(client: TestClient, one: Any, other: Any) -> None:
    body = bundle(*blood_count(subject=one), observation("afp", "620", subject=other))
    names = ("neutrophils", "lymphocytes", "platelets", "afp")
    assert unused(client, body) == {f"Observation/{name}": OTHERS for name in names}
    assert list(refusal(client, body)) == ["missing", "subject"]


@pytest.mark.parametrize("subject", ["Device/analyser", "Group/cohort", "https://ehr.example/fhir/Location/ward"])
def test_a_result_of_a_thing_is_not_used(client: TestClient, subject: str) -> None:
    told = unused(client, parameters(*all_of_subject({"reference": subject})))
    assert set(told.values()) == {("subject", "It is not a result of a patient.")}


def test_nothing_that_names_the_other_patient_is_repeated(client: TestClient) -> None:
    strange = {"reference": "Patient/mrn-4711", "display": "Maria Test"}
    body = parameters(
        *results(afp=observation("afp", "620", subject=strange)), subject_Reference={"reference": PATIENT}
    )
    said = str(unused(client, body)) + str(refusal(client, body))
    assert "4711" not in said
    assert "Maria" not in said
