"""Random patients have the answers of exact fractions and of R; see `scripts/prove numbers`."""

import json
import random
from contextlib import closing
from typing import Any

import pytest

from scripts.proofs.findings import Findings
from scripts.proofs.in_process import Application
from scripts.proofs.numbers import differences, prove, request
from scripts.proofs.patients import Patient, expected, patient, read_r

R = read_r()


def test_random_patients_have_the_exact_answers() -> None:
    found = prove(0.01)
    assert found.broken == []
    assert found.counts["patients"] == 1000
    assert found.counts["exactly at the SII cut-off"] > 50
    assert min(found.counts[f"in cell {cell}"] for cell in ("neither", "sii_only", "afp_only", "both")) > 50


def assessed_patient() -> tuple[Patient, Any]:
    """The first random patient who is assessed, and the answer."""
    chance = random.Random(1)  # noqa: S311 - repeatable on purpose
    with closing(Application()) as application:
        while expected(one := patient(chance)).refused:
            pass
        return one, application.post("/api/v1/assessments", request(one)).json()


@pytest.mark.parametrize(
    "place",
    [
        ("risk_group", "id"),
        ("cell", "afp_high"),
        ("indices", "sii", "high"),
        ("indices", "plr", "value"),
        ("cell", "relative_hazard"),
        ("hazard_ratios", 1, "p_value"),
        ("survival", "at", 2, "cox_ci_95", 0),
        ("curve", "survival", 60),
    ],
)
def test_wrong_number_is_found(place: tuple[str | int, ...]) -> None:
    one, answer = assessed_patient()
    assert differences(expected(one), 200, json.loads(json.dumps(answer)), R, Findings("")) == []
    parent = answer
    for step in place[:-1]:
        parent = parent[step]
    value = parent[place[-1]]
    parent[place[-1]] = value * 1.00001 if isinstance(value, float) else "another"
    assert len(differences(expected(one), 200, answer, R, Findings(""))) == 1
