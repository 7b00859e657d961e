"""ECOG and Child-Pugh class among the Observations of the operation: they answer what no parameter states."""

from typing import Any

import pytest
from starlette.testclient import TestClient

from tests.lib.fhir.examples import Resource, bundle, child_pugh, ecog, four_quantities, parameters, results
from tests.lib.fhir.operation import all_of, answered

SUBJECT = {"reference": "Patient/p1"}


def criteria(client: TestClient, body: Resource) -> list[tuple[Any, ...]]:
    """Return observation, code, text and day of each criterion that was read."""
    found = all_of(answered(client, body), "criterion")
    return [tuple(next(value for name, value in part.items() if name != "name") for part in parts) for parts in found]


ECOG_1 = ("Observation/ecog", "ecog", "ECOG 1", "2026-01-02")
CLASS_A = ("Observation/child-pugh", "child-pugh-class", "Child-Pugh class A", "2026-01-02")


def test_observations_and_bundles_answer_criteria(client: TestClient) -> None:
    found = [*results(), ecog(), child_pugh()]
    bodies = [bundle(*found), parameters(*found), parameters(*found, subject_Reference=SUBJECT)]
    assert [criteria(client, body) for body in bodies] == [[CLASS_A, ECOG_1]] * 3


def test_without_such_observations_nothing_is_read(client: TestClient) -> None:
    assert criteria(client, bundle(*results())) == []
    assert criteria(client, four_quantities()) == []


def applicability(client: TestClient, body: Resource) -> str:
    (status,) = all_of(answered(client, body), "applicability")
    return str(status)


@pytest.mark.parametrize(("score", "letter", "status"), [(1, "710065009", "matches"), (2, "710065009", "differs")])
def test_what_is_read_counts_for_the_comparison(client: TestClient, score: int, letter: str, status: str) -> None:
    stated = {f"{name}_Boolean": True for name in ("sorafenibFailed", "startingRegorafenib", "sorafenibTolerated")}
    body = parameters(*results(), ecog(score), child_pugh(letter), **stated)
    assert applicability(client, body) == status


def test_parameter_prevails_over_the_record(client: TestClient) -> None:
    body = parameters(*results(), ecog(1), child_pugh(), ecog_Integer=3)
    assert criteria(client, body) == [CLASS_A]
    assert applicability(client, body) == "differs"


@pytest.mark.parametrize(
    "changed",
    [
        {"subject": {"reference": "Patient/p2"}},
        {"subject": None},
        {"status": "preliminary"},
        {"effectiveDateTime": "2025-10-10"},
        {"valueInteger": 7},
    ],
    ids=repr,
)
def test_observation_that_cannot_be_used_states_nothing(client: TestClient, changed: Resource) -> None:
    assert criteria(client, bundle(*results(), ecog() | changed)) == []


def test_without_a_patient_no_criterion_is_read(client: TestClient) -> None:
    found = [{name: value for name, value in one.items() if name != "subject"} for one in (*results(), ecog())]
    assert criteria(client, bundle(*found)) == []


def test_newer_version_of_the_same_observation_is_used(client: TestClient) -> None:
    first, second = ({"versionId": number} for number in ("1", "2"))
    assert criteria(client, bundle(*results(), ecog(2, meta=first), ecog(1, meta=second))) == [ECOG_1]
    assert criteria(client, bundle(*results(), ecog(1), ecog(2))) == []


def test_criterion_without_an_id_is_read(client: TestClient) -> None:
    assert criteria(client, bundle(*results(), ecog(id=None))) == [ECOG_1[1:]]
