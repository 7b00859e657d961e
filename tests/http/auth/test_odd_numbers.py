"""Numbers that are valid JSON but impossible values: every interface answers without failing."""

import json

import pytest
from starlette.testclient import TestClient

from tests.lib.interfaces import ASSESSMENTS, HCC_RISK, HOOKS, VALUES, Interface

BEYOND = ("1e99999999999999999999", "1e-99999999999999999999", "-1E+99999999999999999999")
ODD = ("1e999999", "1e-999999", "0e999999", "9" * 4000, "1" * 400 + ".5")


def sent(client: TestClient, interface: Interface, number: str) -> tuple[int, str]:
    """Return status and media type of the answer to the interface's call with another number for the neutrophils."""
    right = VALUES[0] if interface is not HOOKS else "4.2"
    text = json.dumps(interface.body).replace(f'"value": {right}', f'"value": {number}')
    assert number in text
    answer = client.post(interface.path, content=text, headers={"content-type": "application/json"})
    return answer.status_code, answer.headers["content-type"]


@pytest.mark.parametrize("number", BEYOND)
def test_huge_number_is_refused_as_json(client: TestClient, number: str) -> None:
    assert sent(client, ASSESSMENTS, number) == (400, "application/problem+json")
    assert sent(client, HCC_RISK, number) == (400, "application/fhir+json")
    assert sent(client, HOOKS, number)[0] == 400


@pytest.mark.parametrize("number", ODD, ids=["large", "small", "zero", "long", "long-fraction"])
def test_odd_number_is_not_a_laboratory_value(client: TestClient, number: str) -> None:
    assert sent(client, ASSESSMENTS, number) == (422, "application/problem+json")
    assert sent(client, HCC_RISK, number) == (422, "application/fhir+json")
    assert sent(client, HOOKS, number) == (200, "application/json")
