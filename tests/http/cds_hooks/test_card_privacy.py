"""An answer identifies the patient only in the reference of the resource to file."""

from typing import Any

from starlette.testclient import TestClient

from tests.lib.cds_hooks.calls import Json, ask, call, condition, objects, risk_assessment
from tests.lib.fhir.examples import CODES, observation, quantity, searchset
from tests.lib.logs import log_lines

ID = "zq-patient-7781"
WHO = {
    "name": "Zoraida Quellenhaupt",
    "birth date": "1931-07-23",
    "record number": "MRN-55512399",
    "physician": "Dr Xaverian Obermoser",
    "remark": "lives alone in Quickborn",
}


def _identified(resource: Json) -> Json:
    """The resource as some systems fill it, with the patient's identity in many elements."""
    return resource | {
        "subject": {
            "reference": f"Patient/{ID}",
            "display": WHO["name"],
            "identifier": {"system": "urn:mrn", "value": WHO["record number"]},
        },
        "identifier": [{"system": "urn:mrn", "value": WHO["record number"]}],
        "performer": [{"display": WHO["physician"]}],
        "note": [{"text": f"{WHO['name']}, {WHO['birth date']}, {WHO['remark']}"}],
        "text": {"status": "generated", "div": f"<div>{WHO['name']} {WHO['birth date']}</div>"},
        "contained": [{"resourceType": "Patient", "name": [{"text": WHO["name"]}], "birthDate": WHO["birth date"]}],
    }


def _identified_call(**changed: Any) -> Json:
    found = {name: searchset(_identified(observation(name))) for name in CODES}
    context = {"userId": "Practitioner/obermoser", "patientId": ID, "encounterId": "e-9917"}
    return call({"hcc": searchset(_identified(condition())), **found, **changed}, context=context)


def test_card_does_not_identify_the_patient(client: TestClient) -> None:
    with log_lines() as log:
        answer = ask(client, _identified_call())
    (found,) = answer.json()["cards"]
    for secret in (*WHO.values(), "obermoser", "e-9917"):
        assert secret not in answer.text
        assert secret not in log.text
    assert ID not in log.text
    # The reference to the patient occurs once, as the subject of the suggested resource.
    assert answer.text.count(ID) == 1
    assert risk_assessment(found)["subject"] == {"reference": f"Patient/{ID}"}


def test_suggested_resource_only_refers_to_the_ehr(client: TestClient) -> None:
    found = risk_assessment(ask(client, _identified_call()).json()["cards"][0])
    references = {node["reference"] for node in objects(found) if isinstance(node.get("reference"), str)}
    basis = {f"Observation/{name}" for name in CODES}
    assert references == {f"Patient/{ID}", "Condition/carcinoma", *basis}
    assert found["condition"] == {"reference": "Condition/carcinoma"}
    assert {one["reference"] for one in found["basis"]} == basis
    assert "contained" not in found


def test_missing_card_does_not_identify_the_patient(telling: TestClient) -> None:
    unusable = searchset(_identified(observation("afp", quantity(20, "nmol/L"))))
    answer = ask(telling, _identified_call(afp=unusable))
    (found,) = answer.json()["cards"]
    assert found["summary"] == "HCC risk group not computed: AFP"
    assert not [secret for secret in (*WHO.values(), ID, "obermoser", "e-9917") if secret in answer.text]
