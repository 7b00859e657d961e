"""Call `$hcc-risk` and read its answers."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from httpx2 import Response
from starlette.testclient import TestClient

from app.ehr.fhir.reading.observations import Rejection
from app.net.strict_json import parse_json
from app.presentation.messages import rejection_message
from tests.lib.fhir.examples import FHIR, Resource, as_json
from tests.lib.validators.gate import Medplum, Pyrofile

OPERATION = "/fhir/$hcc-risk"
WITHOUT_ID = "An Observation without an id"


def send(client: TestClient, body: Mapping[str, Any]) -> tuple[int, Resource]:
    """Return status and resource, decimals exact."""
    response = client.post(OPERATION, content=as_json(body), headers=FHIR)
    assert response.headers["content-type"] == "application/fhir+json"
    resource: Resource = parse_json(response.content)
    return response.status_code, resource


def answered(client: TestClient, body: Mapping[str, Any]) -> Resource:
    """Return the Parameters of an answer that is an assessment."""
    status, resource = send(client, body)
    assert (status, resource["resourceType"]) == (200, "Parameters"), resource
    return resource


def all_of(answer: Resource, name: str) -> list[Any]:
    """Return the value, resource or parts of every parameter of a name."""
    found = [one for one in answer["parameter"] if one["name"] == name]
    return [value for one in found for key, value in one.items() if key != "name"]


def one_of(answer: Resource, name: str) -> Any:
    (value,) = all_of(answer, name)
    return value


def sii_of(answer: Resource) -> Decimal:
    return Decimal(one_of(answer, "sii")["valueQuantity"]["value"])


def inputs_of(answer: Resource) -> dict[str, Resource]:
    """Return the inputs that the RiskAssessment contains, by id."""
    return {one["id"]: one for one in one_of(answer, "riskAssessment").get("contained", [])}


def basis_of(answer: Resource) -> list[str]:
    """Return the basis of the RiskAssessment: neutrophils, lymphocytes, platelets, AFP."""
    return [one["reference"] for one in one_of(answer, "riskAssessment")["basis"]]


def reason(code: str, case: str = "", /, **parameters: object) -> tuple[str, str]:
    """Return a code and the text for it and its case, as the functions below return them."""
    return code, rejection_message(Rejection(None, code, case, parameters))


def unused(client: TestClient, body: Mapping[str, Any]) -> dict[str, tuple[str, str]]:
    """Return code and reason of each unused Observation, by reference, from an assessment or a refusal."""
    status, resource = send(client, body)
    if status == 200:
        return unused_in(resource)
    assert (status, resource["resourceType"]) == (422, "OperationOutcome"), resource
    split = " was not used. "
    texts = [(issue["details"]["text"].partition(split), issue["diagnostics"]) for issue in resource["issue"]]
    return {reference: (code, reason) for (reference, found, reason), code in texts if found}


def unused_in(answer: Resource) -> dict[str, tuple[str, str]]:
    """Return the same of an assessment."""
    found = {}
    for parts in all_of(answer, "rejected"):
        said = {part["name"]: next(value for key, value in part.items() if key != "name") for part in parts}
        reference = said.get("observation", WITHOUT_ID)
        found[reference] = (said["code"].replace("-", "_"), said["reason"])
    return found


def refusal(client: TestClient, body: Mapping[str, Any]) -> dict[str, str]:
    """Return the reasons of a refusal: the sentence of each issue by its stable code."""
    status, outcome = send(client, body)
    assert (status, outcome["resourceType"]) == (422, "OperationOutcome"), outcome
    return {issue["diagnostics"]: issue["details"]["text"] for issue in outcome["issue"]}


def valid_outcome(response: Response, medplum: Medplum, pyrofile: Pyrofile) -> tuple[int, str, str]:
    """Return status, code and text of the one issue of an answer that both validators pass."""
    assert response.headers["content-type"] == "application/fhir+json"
    resource = response.json()
    assert resource["resourceType"] == "OperationOutcome"
    assert medplum.issues(resource) == []
    assert pyrofile.issues(resource) == []
    (issue,) = resource["issue"]
    return response.status_code, issue["code"], issue["details"]["text"]
