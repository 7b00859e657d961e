"""The JSON API reproduces all 5,000 reference vectors, digit for digit."""

import json

import pytest
from starlette.testclient import TestClient

from app.artefact.reference_vectors import Vector, read_vectors
from tests.lib.clients import posted

URL = "/api/v1/assessments"


def body_of(vector: Vector) -> str:
    """Return a reference vector as a request, digit for digit."""
    comparator = f',"comparator":{json.dumps(vector["afp_comparator"])}' if vector["afp_comparator"] else ""
    parts = [
        f'"{name}":{{"value":{vector[name]},"unit":{json.dumps(vector[name + "_unit"])}'
        f"{comparator if name == 'afp' else ''}}}"
        for name in ("neutrophils", "lymphocytes", "platelets", "afp")
    ]
    return f"{{{','.join(parts)}}}"


def test_every_vector_passes_through_the_api(client: TestClient) -> None:
    wrong = []
    vectors = read_vectors()
    for vector, response in zip(vectors, posted(client, URL, map(body_of, vectors)), strict=True):
        answer = response.json()
        expected = [vector["cell"], vector["risk_group"], *(float(vector[c]) for c in ("hr_neither", "km6", "cox12"))]
        if response.status_code != 200:
            wrong.append((vector["id"], response.text))
            continue
        found = [
            answer["cell"]["id"],
            answer["risk_group"]["id"],
            answer["cell"]["relative_hazard"],
            answer["survival"]["at"][1]["kaplan_meier"],
            answer["survival"]["at"][2]["cox_predicted"],
        ]
        if found[:2] != expected[:2] or found[2:] != pytest.approx(expected[2:], abs=1e-6):
            wrong.append((vector["id"], str(found)))
    assert wrong == []
