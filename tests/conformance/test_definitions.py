"""The FHIR definitions that a client reads: each is valid, is at its own address, and agrees with the service."""

from typing import Any

import pytest
from starlette.testclient import TestClient

from app.ehr.fhir.openapi import EXAMPLE_PARAMETERS
from tests.lib.clients import client_with
from tests.lib.validators.gate import FhirPath, Medplum, Pyrofile

CANONICAL = "https://terms.clinic.example/fhir"
PUBLIC = "https://calculator.clinic.example"
ADDRESSES = (
    ("CodeSystem", "sii-afp"),
    ("CodeSystem", "sii-afp-override-reason"),
    ("OperationDefinition", "hcc-risk"),
    ("Questionnaire", "sii-afp"),
    ("StructureDefinition", "applicability"),
    ("StructureDefinition", "hazard-ratio"),
    ("StructureDefinition", "survival-interval"),
)
# pyrofile counts the elements of all repetitions of a parent together, and does not check a definition at every depth.
FALSE_REPORTS = {
    ("CapabilityStatement", "profile.element.cardinality.max"),
    ("Questionnaire", "profile.element.invariant.ext-1"),
    ("StructureDefinition", "datatype.unknown-field"),
}


@pytest.fixture(scope="module")
def client() -> TestClient:
    return client_with(canonical_url=CANONICAL, public_url=PUBLIC)


def read(client: TestClient, path: str) -> dict[str, Any]:
    response = client.get(f"/fhir/{path}", headers={"accept": "application/fhir+json"})
    assert (response.status_code, response.headers["content-type"]) == (200, "application/fhir+json")
    found: dict[str, Any] = response.json()
    return found


@pytest.mark.parametrize("path", ["metadata", *("/".join(address) for address in ADDRESSES)])
def test_each_definition_is_valid(client: TestClient, medplum: Medplum, pyrofile: Pyrofile, path: str) -> None:
    resource = read(client, path)
    assert medplum.issues(resource) == []
    rules = {(resource["resourceType"], issue.text.split(":")[0]) for issue in pyrofile.issues(resource)}
    assert rules <= FALSE_REPORTS


@pytest.mark.parametrize(("resource_type", "name"), ADDRESSES)
def test_each_definition_is_at_its_own_address(client: TestClient, resource_type: str, name: str) -> None:
    found = read(client, f"{resource_type}/{name}")
    assert (found["resourceType"], found["id"]) == (resource_type, name)
    assert found["url"] == f"{CANONICAL}/{resource_type}/{name}"


def test_capabilities_name_operation_and_types(client: TestClient) -> None:
    found = read(client, "metadata")
    (rest,) = found["rest"]
    assert (found["fhirVersion"], found["kind"]) == ("4.0.1", "instance")
    assert found["implementation"]["url"] == f"{PUBLIC}/fhir"
    assert rest["operation"] == [
        {"name": "hcc-risk", "definition": f"{CANONICAL}/OperationDefinition/hcc-risk"},
    ]
    assert {resource["type"] for resource in rest["resource"]} == {resource_type for resource_type, _ in ADDRESSES}


@pytest.mark.parametrize("path", ["Patient/p1", "CodeSystem/hcc-risk", "OperationDefinition/sii-afp", "CodeSystem/a b"])
def test_unknown_definition_is_404(client: TestClient, medplum: Medplum, path: str) -> None:
    response = client.get(f"/fhir/{path}")
    assert (response.status_code, response.json()["issue"][0]["code"]) == (404, "not-found")
    assert medplum.issues(response.json()) == []


@pytest.mark.parametrize("path", ["metadata", "CodeSystem/sii-afp"])
def test_xml_only_accept_is_406(client: TestClient, path: str) -> None:
    response = client.get(f"/fhir/{path}", headers={"accept": "application/fhir+xml"})
    assert (response.status_code, response.json()["resourceType"]) == (406, "OperationOutcome")


def test_operation_accepts_the_defined_parameters(client: TestClient) -> None:
    defined = read(client, "OperationDefinition/hcc-risk")["parameter"]
    inputs = [parameter for parameter in defined if parameter["use"] == "in"]
    values: dict[str, Any] = {
        "Reference": {"valueReference": {"reference": "Patient/p1"}},
        "boolean": {"valueBoolean": True},
        "code": {"valueCode": "A"},
        "integer": {"valueInteger": 1},
        "date": {"valueDate": "2026-01-02"},
    }
    sent = {parameter["name"]: parameter for parameter in EXAMPLE_PARAMETERS["parameter"]}
    for parameter in inputs:
        if parameter["type"] not in ("Quantity", "Observation", "Bundle"):
            sent[parameter["name"]] = {"name": parameter["name"], **values[parameter["type"]]}
    response = client.post("/fhir/$hcc-risk", json={"resourceType": "Parameters", "parameter": list(sent.values())})
    assert response.status_code == 200, response.text
    for name in ("observation", "bundle"):
        resource = {"resourceType": name.capitalize(), "type": "collection"}
        body = {"resourceType": "Parameters", "parameter": [{"name": name, "resource": resource}]}
        assert client.post("/fhir/$hcc-risk", json=body).status_code == 422
    body = {"resourceType": "Parameters", "parameter": [{"name": "nothing"}]}
    refused = client.post("/fhir/$hcc-risk", json=body)
    assert refused.status_code == 400
    names = refused.json()["issue"][0]["details"]["text"].split(": ")[1].rstrip(".")
    assert set(names.split(", ")) == {parameter["name"] for parameter in inputs}


def test_operation_returns_the_defined_parameters(client: TestClient) -> None:
    defined = read(client, "OperationDefinition/hcc-risk")["parameter"]
    outputs = {parameter["name"]: parameter for parameter in defined if parameter["use"] == "out"}
    # A printed unit and an Observation of another analyte, so that the answer has its optional parameters.
    label = {"name": "platelets", "valueQuantity": {"value": 145, "unit": "K/uL"}}
    body = {**EXAMPLE_PARAMETERS, "parameter": [*EXAMPLE_PARAMETERS["parameter"]]}
    body["parameter"][2] = label
    answer = client.post("/fhir/$hcc-risk", json=body).json()["parameter"]
    found = {parameter["name"] for parameter in answer}
    assert found <= set(outputs)
    assert {name for name, parameter in outputs.items() if parameter["min"] == 1} <= found
    assert "unitLabel" in found


def test_each_code_sent_is_defined_with_its_display(client: TestClient) -> None:
    systems = {
        system["url"]: {concept["code"]: concept["display"] for concept in system["concept"]}
        for system in (read(client, f"CodeSystem/{name}") for name in ("sii-afp", "sii-afp-override-reason"))
    }
    answer = client.post("/fhir/$hcc-risk", json=EXAMPLE_PARAMETERS).json()
    codings = [coding for coding in codings_in(answer) if coding["system"] in systems]
    assert {coding["code"] for coding in codings} >= {"sii", "sii-high", "high", "sii-afp-cox", "overall-survival"}
    for coding in codings:
        assert systems[coding["system"]][coding["code"]] == coding["display"]


def codings_in(node: Any) -> list[dict[str, Any]]:
    if isinstance(node, list):
        return [coding for item in node for coding in codings_in(item)]
    if not isinstance(node, dict):
        return []
    return [*node.get("coding", []), *(coding for item in node.values() for coding in codings_in(item))]


@pytest.mark.parametrize(
    ("platelets", "neutrophils", "lymphocytes", "index"),
    [
        (188, 4.2, 1.1, 717.818181818),  # 188 × 4.2 ÷ 1.1 = 717.818181818…
        (145, 4.2, 1.1, 553.636363636),
        (100, 5.1, 1.5, 340),  # in binary 339.99999999999994
        (100, 3.39999, 1, 339.999),
        (100.001, 3.399, 0.99972, 339.998598608),  # 339.9985986076…
        (3000, 200, 0.01, 60_000_000),
    ],
)
def test_questionnaire_shows_the_index(
    client: TestClient, fhirpath: FhirPath, platelets: float, neutrophils: float, lymphocytes: float, index: float
) -> None:
    items = {item["linkId"]: item for item in read(client, "Questionnaire/sii-afp")["item"]}
    (expression,) = (
        extension["valueExpression"]["expression"]
        for extension in items["sii"]["extension"]
        if "valueExpression" in extension
    )
    answers = {"platelets": platelets, "neutrophils": neutrophils, "lymphocytes": lymphocytes}
    response = {
        "resourceType": "QuestionnaireResponse",
        "status": "in-progress",
        "item": [{"linkId": name, "answer": [{"valueDecimal": value}]} for name, value in answers.items()],
    }
    (found,) = fhirpath.evaluate(expression, response)
    assert float(found) == round(index, 9)
    assert set(answers) < set(items)
