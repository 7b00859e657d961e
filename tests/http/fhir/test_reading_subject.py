"""Results belong to one patient: results of two people are never combined."""

from typing import Any

import pytest
from starlette.testclient import TestClient

from tests.lib.fhir.examples import SUBJECT, blood_count, bundle, four_quantities, observation, parameters, results
from tests.lib.fhir.operation import answered, basis_of, one_of, reason, refusal, unused

ABSOLUTE = "https://ehr.example/fhir/Patient/p1"
OTHERS = reason("subject", "several_patients")
NOT_OF_THIS = "other_patient"
NOT_CERTAIN = "unknown_patient"
NOT_SUPPLIED = {"display": "not supplied"}
URN = "urn:uuid:6f1c3a52-9d6a-4a55-8a2e-2f0c6b2f6a0e"
NUMBER = {"identifier": {"system": "urn:mrn", "value": "4711"}}


def all_of_subject(subject: Any) -> list[dict[str, Any]]:
    return [*blood_count(subject=subject), observation("afp", "620", subject=subject)]


def subjects_in(answer: dict[str, Any]) -> list[dict[str, Any]]:
    return [one_of(answer, name)["subject"] for name in ("sii", "riskAssessment")]


@pytest.mark.parametrize(
    ("sent", "named"),
    [
        (SUBJECT, SUBJECT),
        (f"{SUBJECT}/_history/7", SUBJECT),
        (ABSOLUTE, ABSOLUTE),
        (f"{ABSOLUTE}/_history/7", ABSOLUTE),
        ("HTTPS://EHR.example:443/fhir/Patient/p1", ABSOLUTE),
    ],
)
def test_patient_may_be_named_in_any_reference_form(client: TestClient, sent: str, named: str) -> None:
    body = parameters(*all_of_subject({"reference": sent}), subject_Reference={"reference": named})
    assert subjects_in(answered(client, body)) == [{"reference": named}] * 2


@pytest.mark.parametrize(
    ("subject", "case"),
    [
        ({"reference": "Patient/p2"}, NOT_OF_THIS),
        ({"reference": "Patient/p1x"}, NOT_OF_THIS),
        ({"reference": "Patient/P1"}, NOT_OF_THIS),
        ({"reference": "Patient/p2/_history/p1"}, NOT_OF_THIS),
        ({"reference": "Practitioner/p1"}, "not_a_patient"),
        ({"reference": "Patient/p1", "type": "Group"}, NOT_CERTAIN),
        ({"reference": "https://ehr.example/fhir/Patient/p1/more"}, NOT_CERTAIN),
        ({"reference": "p1"}, NOT_CERTAIN),
        ({"reference": "#p1"}, NOT_CERTAIN),
        ({"reference": ["Patient/p1"]}, NOT_CERTAIN),
        ({"identifier": {"value": "p1"}}, NOT_CERTAIN),
        ({"display": "Patient/p1"}, NOT_CERTAIN),
        ("Patient/p1", NOT_CERTAIN),
        (None, NOT_CERTAIN),
    ],
    ids=str,
)
def test_result_of_uncertain_patient_is_not_used(client: TestClient, subject: Any, case: str) -> None:
    body = parameters(
        *results(platelets=observation("platelets", "145", subject=subject)), subject_Reference={"reference": SUBJECT}
    )
    assert unused(client, body)["Observation/platelets"] == reason("subject", case)


@pytest.mark.parametrize(
    ("subject", "emitted"),
    [
        ({"reference": SUBJECT}, {"reference": SUBJECT}),
        ({"reference": SUBJECT, "display": "Maria Test"}, {"reference": SUBJECT}),
        ({"reference": ABSOLUTE}, {"reference": ABSOLUTE}),
        ({"reference": f"{SUBJECT}/_history/2"}, {"reference": SUBJECT}),
        ({"reference": URN}, {"reference": URN}),
        (NUMBER, NUMBER),
        ({**NUMBER, "display": "Maria Test"}, NUMBER),
        ({"identifier": {"value": "4711"}}, NOT_SUPPLIED),
        ({"display": "Maria Test"}, NOT_SUPPLIED),
        (None, NOT_SUPPLIED),
    ],
    ids=str,
)
def test_patient_named_by_all_results_is_the_subject(client: TestClient, subject: Any, emitted: Any) -> None:
    for body in (parameters(*all_of_subject(subject)), bundle(*all_of_subject(subject))):
        assert subjects_in(answered(client, body)) == [emitted] * 2


@pytest.mark.parametrize("named", [{"reference": URN}, {"reference": "urn:oid:1.2.3"}, NUMBER], ids=str)
def test_caller_may_name_the_patient_without_a_resource(client: TestClient, named: Any) -> None:
    body = parameters(*all_of_subject(named), subject_Reference=named)
    assert subjects_in(answered(client, body)) == [named] * 2


def test_number_names_the_patient_of_values_without_observations(client: TestClient) -> None:
    body = four_quantities()
    body["parameter"].append({"name": "subject", "valueReference": NUMBER})
    assert subjects_in(answered(client, body)) == [NUMBER] * 2


@pytest.mark.parametrize(
    ("named", "full_url"), [({"reference": URN}, URN), (NUMBER, "https://ehr.example/fhir/Patient/p1")], ids=str
)
@pytest.mark.parametrize("sent", [SUBJECT, "full_url"])
def test_patient_in_the_bundle_tells_who_is_named(client: TestClient, named: Any, full_url: str, sent: str) -> None:
    person = {"resourceType": "Patient", "id": "p1", "identifier": [{"value": "1"}, NUMBER["identifier"]]}
    observations = all_of_subject({"reference": full_url if sent == "full_url" else sent})
    server = "https://ehr.example/fhir" if full_url != URN else None
    sent_bundle = on(server, *observations)
    sent_bundle["entry"].append({"fullUrl": full_url, "resource": person})
    assert subjects_in(answered(client, of_patient(sent_bundle, named))) == [named] * 2


@pytest.mark.parametrize(
    ("named", "subject", "case"),
    [
        (NUMBER, {"identifier": {"system": "urn:mrn", "value": "4712"}}, NOT_OF_THIS),
        (NUMBER, {"identifier": {"system": "urn:dl", "value": "4711"}}, NOT_CERTAIN),
        (NUMBER, {"identifier": {"value": "4711"}}, NOT_CERTAIN),
        (NUMBER, {"reference": SUBJECT}, NOT_CERTAIN),
        (NUMBER, {"display": "Maria Test"}, NOT_CERTAIN),
        (NUMBER, None, NOT_CERTAIN),
        (NUMBER, {"reference": "Group/g1"}, "not_a_patient"),
        (NUMBER, {**NUMBER, "type": "Group"}, "not_a_patient"),
        ({"reference": URN}, {"reference": URN[:-1] + "f"}, NOT_CERTAIN),
        ({"reference": URN}, {"reference": SUBJECT}, NOT_CERTAIN),
        ({"reference": SUBJECT}, NUMBER, NOT_CERTAIN),
    ],
    ids=str,
)
def test_result_that_may_be_of_somebody_else_is_not_used(
    client: TestClient, named: Any, subject: Any, case: str
) -> None:
    named_results = results(platelets=observation("platelets", "145", subject=subject))
    body = parameters(*named_results, subject_Reference=named)
    assert unused(client, body)["Observation/platelets"] == reason("subject", case)


def test_two_versions_of_one_patient_are_one_patient(client: TestClient) -> None:
    newer = observation("afp", "620", subject={"reference": f"{SUBJECT}/_history/2"})
    assert subjects_in(answered(client, parameters(*results(afp=newer)))) == [{"reference": SUBJECT}] * 2


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
        # A subject that is contained in a result, or named in a way unknown to FHIR, may be anybody.
        ({"reference": "#p"}, {"reference": "#p"}),
        ({"reference": 1}, {"reference": 1}),
        ("Patient/p1", "Patient/p1"),
    ],
    ids=str,
)
def test_results_of_two_patients_are_not_used(client: TestClient, one: Any, other: Any) -> None:
    body = bundle(*blood_count(subject=one), observation("afp", "620", subject=other))
    names = ("neutrophils", "lymphocytes", "platelets", "afp")
    assert unused(client, body) == {f"Observation/{name}": OTHERS for name in names}
    assert list(refusal(client, body)) == ["missing", "subject"]


@pytest.mark.parametrize("subject", ["Device/analyser", "Group/cohort", "https://ehr.example/fhir/Location/ward"])
def test_subject_other_than_a_patient_is_not_used(client: TestClient, subject: str) -> None:
    reasons = unused(client, parameters(*all_of_subject({"reference": subject})))
    assert set(reasons.values()) == {reason("subject", "not_a_patient")}


def test_other_patient_is_never_named(client: TestClient) -> None:
    strange = {"reference": "Patient/mrn-4711", "display": "Maria Test"}
    body = parameters(
        *results(afp=observation("afp", "620", subject=strange)), subject_Reference={"reference": SUBJECT}
    )
    said = str(unused(client, body)) + str(refusal(client, body))
    assert "4711" not in said
    assert "Maria" not in said


def on(server: str | None, *resources: dict[str, Any]) -> dict[str, Any]:
    """A Bundle whose entries name their server by fullUrl."""
    names = [{"fullUrl": f"{server}/{one['resourceType']}/{one['id']}"} if server else {} for one in resources]
    entries = [{**name, "resource": one} for name, one in zip(names, resources, strict=True)]
    return bundle() | {"entry": entries}


def of_patient(bundled: dict[str, Any], named: str | dict[str, Any]) -> dict[str, Any]:
    """Parameters with a Bundle and the subject that it must be of: a reference, or its text."""
    subject = {"name": "subject", "valueReference": {"reference": named} if isinstance(named, str) else named}
    return {"resourceType": "Parameters", "parameter": [subject, {"name": "bundle", "resource": bundled}]}


HERE, THERE = "https://ehr-a.example/fhir", "https://ehr-b.example/fhir"


@pytest.mark.parametrize(
    ("server", "sent", "named", "is_same"),
    [
        (HERE, SUBJECT, f"{HERE}/{SUBJECT}", True),
        (HERE, f"{HERE}/{SUBJECT}", SUBJECT, False),
        (THERE, SUBJECT, f"{HERE}/{SUBJECT}", False),
        (None, SUBJECT, f"{HERE}/{SUBJECT}", False),
        (THERE, f"{HERE}/{SUBJECT}", f"{HERE}/{SUBJECT}", True),
        (HERE, SUBJECT, SUBJECT, True),
    ],
)
def test_relative_reference_uses_its_own_server(
    client: TestClient, server: str | None, sent: str, named: str, *, is_same: bool
) -> None:
    body = of_patient(on(server, *all_of_subject({"reference": sent})), named)
    if is_same:
        assert subjects_in(answered(client, body)) == [{"reference": named}] * 2
    else:
        assert {code for code, _ in unused(client, body).values()} == {"subject"}


def test_results_of_servers_are_never_combined(client: TestClient) -> None:
    """Each server has its own Patient/p1, who is another person."""
    servers = (HERE, THERE, "https://ehr-c.example/fhir")
    neutrophils, lymphocytes, platelets = (
        one | {"subject": {"reference": f"{server}/{SUBJECT}"}}
        for one, server in zip(blood_count(), servers, strict=True)
    )
    mixed = parameters(
        neutrophils,
        lymphocytes,
        platelets,
        observation("afp", "620"),
        subject_Reference={"reference": f"{HERE}/{SUBJECT}"},
    )
    reasons = unused(client, mixed)
    assert reasons["Observation/lymphocytes"] == reason("subject", "other_server")
    assert {code for name, (code, _) in reasons.items() if name != "Observation/neutrophils"} == {"subject"}


def test_results_on_two_servers_are_not_used(client: TestClient) -> None:
    found = on(HERE, *blood_count())
    found["entry"] += on(THERE, observation("afp", "620"))["entry"]
    assert {code for code, _ in unused(client, of_patient(found, SUBJECT)).values()} == {"subject"}
    assert {code for code, _ in unused(client, found).values()} == {"subject"}


def test_uuid_is_resolved_in_its_bundle(client: TestClient) -> None:
    uuid = "urn:uuid:6f1c3a52-9d6a-4a55-8a2e-2f0c6b2f6a0e"
    found = bundle(*all_of_subject({"reference": uuid}))
    found["entry"].append({"fullUrl": uuid, "resource": {"resourceType": "Patient", "id": "p1"}})
    assert subjects_in(answered(client, of_patient(found, SUBJECT))) == [{"reference": SUBJECT}] * 2
    found["entry"][-1]["resource"]["id"] = "p2"
    assert {code for code, _ in unused(client, of_patient(found, SUBJECT)).values()} == {"subject"}


def test_uuid_of_two_patients_is_not_resolved(client: TestClient) -> None:
    uuid = "urn:uuid:6f1c3a52-9d6a-4a55-8a2e-2f0c6b2f6a0e"
    found = bundle(*all_of_subject({"reference": uuid}))
    found["entry"] += [{"fullUrl": uuid, "resource": {"resourceType": "Patient", "id": id_}} for id_ in ("p2", "p1")]
    assert {code for code, _ in unused(client, of_patient(found, SUBJECT)).values()} == {"subject"}


def test_result_about_a_contained_group_is_not_used(client: TestClient) -> None:
    group = {"subject": {"reference": "#g"}, "contained": [{"resourceType": "Group", "id": "g"}]}
    given = parameters(*(one | group for one in results()), subject_Reference={"reference": SUBJECT})
    assert set(unused(client, given).values()) == {reason("subject", "not_a_patient")}


def test_basis_names_the_server_of_absolute_subject(client: TestClient) -> None:
    named = f"{HERE}/{SUBJECT}"
    known = answered(client, of_patient(on(HERE, *all_of_subject({"reference": SUBJECT})), named))
    names = ("neutrophils", "lymphocytes", "platelets", "afp")
    assert basis_of(known) == [f"{HERE}/Observation/{name}" for name in names]
    unknown = answered(client, of_patient(on(None, *all_of_subject({"reference": named})), named))
    assert basis_of(unknown) == [f"#{name}" for name in names]


FOCUS = "http://hl7.org/fhir/StructureDefinition/observation-focusCode"
ASIDE: dict[str, dict[str, Any]] = {
    "donor": {"focus": [{"reference": "Patient/p2"}]},
    "fetus": {"focus": [{"reference": SUBJECT}, {"reference": "Patient/fetus"}]},
    "device": {"focus": [{"reference": "Device/pump"}]},
    "unreadable focus": {"focus": "Patient/p1"},
    "focus code": {"extension": [{"url": FOCUS, "valueCodeableConcept": {"text": "donor"}}]},
    "specimen of another": {
        "specimen": {"reference": "#s"},
        "contained": [{"resourceType": "Specimen", "id": "s", "subject": {"reference": "Patient/p2"}}],
    },
    "specimen of the ward": {
        "specimen": {"reference": "#s"},
        "contained": [{"resourceType": "Specimen", "id": "s", "subject": {"reference": "Location/ward"}}],
    },
}


@pytest.mark.parametrize("change", ASIDE.values(), ids=ASIDE)
@pytest.mark.parametrize("named", [True, False], ids=["subject named", "subject not named"])
def test_result_about_something_else_is_not_used(client: TestClient, change: dict[str, Any], *, named: bool) -> None:
    counts = results(afp=observation("afp", "620", **change))
    body = parameters(*counts, **({"subject_Reference": {"reference": SUBJECT}} if named else {}))
    assert unused(client, body)["Observation/afp"][0] == "subject"


def test_specimen_in_the_bundle_is_resolved(client: TestClient) -> None:
    specimen = {"resourceType": "Specimen", "id": "s1", "subject": {"reference": "Patient/p2"}}
    afp = observation("afp", "620", specimen={"reference": "Specimen/s1"})
    assert unused(client, bundle(*results(afp=afp), specimen))["Observation/afp"][0] == "subject"
    own = specimen | {"subject": {"reference": SUBJECT}}
    assert one_of(answered(client, bundle(*results(afp=afp), own)), "riskGroup") == "high"


@pytest.mark.parametrize(
    "reference",
    ["Specimen/s1/_history/4", f"{HERE}/Specimen/s1", "HTTPS://EHR-A.example:443/fhir/Specimen/s1/_history/4"],
)
def test_specimen_is_found_by_any_form_of_reference(client: TestClient, reference: str) -> None:
    specimen = {"resourceType": "Specimen", "id": "s1", "subject": {"reference": "Patient/p2"}}
    afp = observation("afp", "620", specimen={"reference": reference})
    assert unused(client, on(HERE, *results(afp=afp), specimen))["Observation/afp"][0] == "subject"


@pytest.mark.parametrize(
    "change",
    [
        {"focus": [{"display": "somebody"}]},
        {"focus": "Patient/p1"},
        {
            "specimen": {"reference": "#s"},
            "contained": [{"resourceType": "Specimen", "id": "s", "subject": {"display": "somebody"}}],
        },
    ],
    ids=["focus in words", "unreadable focus", "specimen of somebody"],
)
def test_newer_result_maybe_of_patient_leaves_no_group(client: TestClient, change: dict[str, Any]) -> None:
    newer = observation("afp", "30", id="newer", effectiveDateTime="2026-01-09T08:00:00Z", **change)
    body = parameters(*results(), newer, subject_Reference={"reference": SUBJECT})
    assert "newer_result" in refusal(client, body)


def test_newer_result_of_another_patient_is_ignored(client: TestClient) -> None:
    donor = [{"reference": "Patient/p2"}]
    newer = observation("afp", "30", id="newer", effectiveDateTime="2026-01-09T08:00:00Z", focus=donor)
    body = parameters(*results(), newer, subject_Reference={"reference": SUBJECT})
    assert one_of(answered(client, body), "riskGroup") == "high"


def test_focus_on_the_patient_is_the_patient(client: TestClient) -> None:
    afp = observation("afp", "620", focus=[{"reference": SUBJECT}])
    assert one_of(answered(client, parameters(*results(afp=afp))), "riskGroup") == "high"


@pytest.mark.parametrize(
    "system", ["http://terminology.hl7.org/CodeSystem/v3-ActReason", "http://hl7.org/fhir/v3/ActReason"]
)
def test_labelled_test_data_is_not_used(client: TestClient, system: str) -> None:
    afp = observation("afp", "620", meta={"security": [{"system": system, "code": "HTEST"}]})
    assert unused(client, parameters(*results(afp=afp)))["Observation/afp"][0] == "test_data"


def test_other_tests_do_not_decide_the_patient(client: TestClient) -> None:
    """A pathology result without a subject is not one of the four analytes."""
    other = observation("afp", "14.1", "g/dL", id="other", code={"text": "biopsy"}, subject=None)
    assert one_of(answered(client, parameters(*results(), other)), "riskGroup") == "high"


def test_included_and_deleted_entries_are_not_used(client: TestClient) -> None:
    whole = bundle(*results())
    included = bundle(*results())
    included["entry"][-1] |= {"search": {"mode": "include"}}
    assert list(refusal(client, included)) == ["missing", "included"]
    cleared = bundle(*results())
    cleared["entry"][-1] |= {"request": {"method": "DELETE", "url": "Observation/afp"}}
    assert list(refusal(client, cleared)) == ["missing"]
    deleted = {"request": {"method": "DELETE", "url": "Observation/afp"}, "response": {"status": "204"}}
    assert list(refusal(client, whole | {"entry": [*whole["entry"], deleted]})) == ["missing"]
