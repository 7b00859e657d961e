"""Whom a card is about: a patient with a hepatocellular carcinoma on the problem list, and nobody else."""

import pytest
from starlette.testclient import TestClient

from tests.ehr.hooks.calls import SNOMED, Json, bundle, cards, clinical, condition, observation, prefetch, verification

ICD = "http://hl7.org/fhir/sid/icd-10"
ABSOLUTE = {"reference": "https://ehr.example/fhir/Patient/p1"}
SUCH = {
    "SNOMED": condition(),
    "ICD-10-CM": condition(f"{ICD}-cm", "C22.0"),
    "ICD-10": condition(ICD, "C22.0"),
    "second coding": condition(code={"coding": [{"code": "HCC"}, {"system": ICD, "code": "C22.0"}]}),
    "without statuses": condition(clinicalStatus={}, verificationStatus={}),
    "recurrence": condition(**clinical("recurrence")),
    "absolute reference": condition(subject=ABSOLUTE),
    "versioned reference": condition(subject={"reference": "Patient/p1/_history/3"}),
}
NO_SUCH = {
    "refuted": condition(**verification("refuted")),
    "entered in error": condition(**verification("entered-in-error")),
    "unconfirmed": condition(**verification("unconfirmed")),
    "provisional": condition(**verification("provisional")),
    "differential": condition(**verification("differential")),
    "resolved": condition(**clinical("resolved")),
    "inactive": condition(**clinical("inactive")),
    "remission": condition(**clinical("remission")),
    # Liver cancer that is not said to be hepatocellular, and the morphology instead of the disorder.
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
def test_a_carcinoma_on_the_problem_list_gives_a_card(client: TestClient, found: Json) -> None:
    assert len(cards(client, prefetch(hcc=bundle(found)))) == 1


@pytest.mark.parametrize("found", NO_SUCH.values(), ids=NO_SUCH)
def test_without_one_there_is_no_card(client: TestClient, found: Json) -> None:
    assert cards(client, prefetch(hcc=bundle(found))) == []


@pytest.mark.parametrize("other", NO_SUCH.values(), ids=NO_SUCH)
def test_one_that_holds_is_found_behind_others(client: TestClient, other: Json) -> None:
    assert len(cards(client, prefetch(hcc=bundle(other, condition())))) == 1
