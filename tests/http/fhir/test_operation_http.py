"""`$hcc-risk` over HTTP: requests that are refused before the values are read, with a valid OperationOutcome."""

from collections.abc import Iterator

import pytest
from starlette.testclient import TestClient

from tests.lib.clients import client_with
from tests.lib.fhir.examples import FHIR, as_json, four_quantities
from tests.lib.fhir.operation import OPERATION, valid_outcome
from tests.lib.validators.gate import Medplum, Pyrofile


@pytest.mark.parametrize("sent", ["text/plain", "application/fhir+xml", "application/x-ndjson", "json", None])
def test_another_media_type_is_refused(
    client: TestClient, medplum: Medplum, pyrofile: Pyrofile, sent: str | None
) -> None:
    headers = {"content-type": sent} if sent else {}
    response = client.post(OPERATION, content=as_json(four_quantities()), headers=headers)
    said = valid_outcome(response, medplum, pyrofile)
    assert said == (415, "not-supported", "Send Content-Type: application/fhir+json.")


@pytest.mark.parametrize("wanted", ["application/fhir+xml", "text/html", "application/pdf, image/*"])
def test_accept_without_json_is_refused(client: TestClient, medplum: Medplum, pyrofile: Pyrofile, wanted: str) -> None:
    response = client.post(OPERATION, content=as_json(four_quantities()), headers={**FHIR, "accept": wanted})
    said = valid_outcome(response, medplum, pyrofile)
    assert said == (406, "not-supported", "This service answers in JSON only. Send Accept: application/fhir+json.")


@pytest.mark.parametrize(
    ("method", "path", "status", "code"),
    [
        ("GET", OPERATION, 405, "not-supported"),
        ("PUT", OPERATION, 405, "not-supported"),
        ("POST", "/fhir/$other", 404, "not-found"),
        ("POST", "/fhir/RiskAssessment", 404, "not-found"),
    ],
)
def test_another_method_or_operation_is_refused(
    client: TestClient, medplum: Medplum, pyrofile: Pyrofile, method: str, path: str, status: int, code: str
) -> None:
    response = client.request(method, path)
    assert valid_outcome(response, medplum, pyrofile)[:2] == (status, code)


@pytest.fixture(scope="module")
def narrow() -> Iterator[TestClient]:
    with client_with(record_body_limit_bytes=1024, rate_limit_per_minute=2, host="0.0.0.0") as found:  # noqa: S104
        yield found


def test_413_401_and_429_are_operation_outcomes(narrow: TestClient, medplum: Medplum, pyrofile: Pyrofile) -> None:
    answers = [narrow.post(OPERATION, content=body, headers=FHIR) for body in (b"{}", b" " * 1025, b"{}", b"{}")]
    outcomes = [valid_outcome(answer, medplum, pyrofile)[:2] for answer in answers]
    assert outcomes == [(401, "login"), (413, "too-long"), (401, "login"), (429, "throttled")]
