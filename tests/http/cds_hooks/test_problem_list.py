"""There is a card only for a patient with hepatocellular carcinoma on the problem list."""

from typing import Any

import pytest
from starlette.testclient import TestClient

from tests.lib.cds_hooks.calls import SNOMED, Json, cards, clinical, condition, prefetch, verification
from tests.lib.fhir.examples import CODES, observation, searchset

ICD = "http://hl7.org/fhir/sid/icd-10"
ABSOLUTE = {"reference": "https://ehr.example/fhir/Patient/p1"}
GERMAN_CERTAINTY = "http://fhir.de/StructureDefinition/icd-10-gm-diagnosesicherheit"
HL7 = "http://terminology.hl7.org/CodeSystem"


def _without(*names: str) -> Json:
    return {name: value for name, value in condition().items() if name not in names}


def _coded(*codes: tuple[str | None, str]) -> Json:
    return {"coding": [{"code": code, **({"system": system} if system else {})} for system, code in codes]}


def _with_certainty(value: Any) -> Json:
    extension = {"url": GERMAN_CERTAINTY, **value}
    return condition(code={"coding": [{"system": ICD, "code": "C22.0", "extension": [extension]}]})


SUCH = {
    "SNOMED": condition(),
    "ICD-10-CM": condition(f"{ICD}-cm", "C22.0"),
    "ICD-10": condition(ICD, "C22.0"),
    "second coding": condition(code={"coding": [{"code": "HCC"}, {"system": ICD, "code": "C22.0"}]}),
    "without statuses": _without("clinicalStatus", "verificationStatus"),
    "German certainty G": _with_certainty({"valueCoding": {"code": "G"}}),
    "recurrence": condition(**clinical("recurrence")),
    "local status beside": condition(clinicalStatus=_coded((f"{HL7}/condition-clinical", "active"), ("urn:ehr", "A1"))),
    "versioned reference": condition(subject={"reference": "Patient/p1/_history/3"}),
}
# A Condition that is not certain must not lead to a prognosis.
NO_SUCH = {
    **{
        f"status {name}": condition(clinicalStatus=status)
        for name, status in {
            "as text": "active",
            "resolved as text": "resolved",
            "in words": {"text": "active"},
            "without system": _coded((None, "active")),
            "of another system": _coded(("urn:ehr", "active")),
            "empty": {},
            "null": None,
            "a list": [_coded((f"{HL7}/condition-clinical", "active"))],
            "unknown": _coded((f"{HL7}/condition-clinical", "unknown")),
            "active and resolved": _coded((f"{HL7}/condition-clinical", "active"), ("urn:ehr", "resolved")),
            "with a coding without system": _coded((f"{HL7}/condition-clinical", "active"), (None, "A1")),
        }.items()
    },
    **{
        f"verification {name}": condition(verificationStatus=status)
        for name, status in {
            "as text": "confirmed",
            "in words": {"text": "confirmed"},
            "without system": _coded((None, "confirmed")),
            "refuted without system": _coded((None, "refuted")),
            "unknown": _coded((f"{HL7}/condition-ver-status", "presumed")),
            "empty": {},
        }.items()
    },
    **{
        f"abated {name}": {**_without("clinicalStatus", "verificationStatus"), f"abatement{name}": value}
        for name, value in {
            "DateTime": "2019-05-01",
            "Age": {"value": 60, "unit": "a"},
            "Period": {"end": "2019-05-01"},
            "Range": {"low": {"value": 60}},
            "String": "in 2019",
            "Boolean": True,
        }.items()
    },
    "abated on an unknown day": {**condition(), "_abatementDateTime": {"extension": []}},
    **{f"German certainty {sign}": _with_certainty({"valueCoding": {"code": sign}}) for sign in ("A", "V", "Z")},
    "German certainty as text": _with_certainty({"valueCoding": "G"}),
    "German certainty as code": _with_certainty({"valueCode": "G"}),
    "modifier extension": condition(modifierExtension=[{"url": "urn:uncertain", "valueBoolean": True}]),
    "implicit rules": condition(implicitRules="urn:rules"),
    "test data": condition(
        meta={"security": [{"system": "http://terminology.hl7.org/CodeSystem/v3-ActReason", "code": "HTEST"}]}
    ),
    "absolute reference of an unknown server": condition(subject=ABSOLUTE),
    "of a contained patient": condition(
        subject={"reference": "#p"}, contained=[{"resourceType": "Patient", "id": "p"}]
    ),
    "refuted": condition(**verification("refuted")),
    "entered in error": condition(**verification("entered-in-error")),
    "unconfirmed": condition(**verification("unconfirmed")),
    "provisional": condition(**verification("provisional")),
    "differential": condition(**verification("differential")),
    "resolved": condition(**clinical("resolved")),
    "inactive": condition(**clinical("inactive")),
    "remission": condition(**clinical("remission")),
    # Codes of liver cancer without a type, and of the morphology instead of the disorder.
    "other liver cancer": condition(f"{ICD}-cm", "C22.8"),
    "morphology": condition(SNOMED, "25370001"),
    "code of another system": condition("urn:other"),
    "text alone": condition(code={"text": "Hepatocellular carcinoma"}),
    "of another patient": condition(subject={"reference": "Patient/p2"}),
    "of a group": condition(subject={"reference": "Group/p1"}),
    "of nobody": condition(subject={}),
    "an Observation": observation("afp", code={"coding": [{"system": ICD, "code": "C22.0"}]}),
}


@pytest.mark.parametrize("found", SUCH.values(), ids=SUCH)
def test_carcinoma_on_the_problem_list_gives_a_card(client: TestClient, found: Json) -> None:
    assert len(cards(client, prefetch(hcc=searchset(found)))) == 1


@pytest.mark.parametrize("found", NO_SUCH.values(), ids=NO_SUCH)
def test_no_carcinoma_gives_no_card(client: TestClient, found: Json) -> None:
    assert cards(client, prefetch(hcc=searchset(found))) == []


@pytest.mark.parametrize("other", NO_SUCH.values(), ids=NO_SUCH)
def test_active_condition_found_among_inactive(client: TestClient, other: Json) -> None:
    assert len(cards(client, prefetch(hcc=searchset({**other, "id": "other"}, condition())))) == 1


@pytest.mark.parametrize(
    ("server", "number"),
    [("https://ehr.example/fhir", 1), ("HTTPS://EHR.example:443/fhir/", 1), ("https://other.example/fhir", 0)],
)
def test_condition_must_be_on_the_calls_server(client: TestClient, server: str, number: int) -> None:
    absolute = prefetch(hcc=searchset(condition(subject=ABSOLUTE)))
    assert len(cards(client, absolute, fhirServer=server)) == number


def test_newer_version_of_the_condition_is_used(client: TestClient) -> None:
    present = condition(meta={"versionId": "1"})
    refuted = condition(**verification("refuted"), meta={"versionId": "2"})
    assert cards(client, prefetch(hcc=searchset(present, refuted))) == []
    assert cards(client, prefetch(hcc=searchset(condition(), condition(**verification("refuted"))))) == []


def test_carcinoma_of_another_server_gives_no_card(client: TestClient) -> None:
    """Both name Patient/p1, and each server has its own."""

    def on(server: str, *resources: Json) -> Json:
        found = [{"fullUrl": f"{server}/{one['resourceType']}/{one['id']}", "resource": one} for one in resources]
        return searchset(entry=found)

    here, there = "https://a.example/fhir", "https://b.example/fhir"
    results = {name: on(there, observation(name)) for name in CODES}
    assert len(cards(client, prefetch(hcc=on(there, condition()), **results))) == 1
    assert cards(client, prefetch(hcc=on(here, condition()), **results)) == []


def test_included_condition_gives_no_card(client: TestClient) -> None:
    included = {"resource": condition(), "search": {"mode": "include"}}
    assert cards(client, prefetch(hcc=searchset(entry=[included]))) == []
