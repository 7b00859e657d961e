"""Complete answers of the JSON API. tests/lib/golden.py says how to accept a change."""

import json
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from tests.lib.clients import Body
from tests.lib.golden import check, read_digits

FOLDER = Path(__file__).parent / "golden"
PATH = "/api/v1/assessments"
JSON = {"content-type": "application/json"}


def sent(
    neutrophils: object = 4.2, lymphocytes: object = 1.1, platelets: object = 145, afp: object = 620, **more: Any
) -> Body:
    """Return a request; a value is a number in the usual unit, or the JSON to send instead.

    By hand, SII = 145 x 4.2 / 1.1 = 553.6 and 145 x 1.5 / 1.1 = 197.7; it is high from 340, AFP from 400.
    """
    values = {"neutrophils": neutrophils, "lymphocytes": lymphocytes, "platelets": platelets, "afp": afp}
    given = {
        name: value if isinstance(value, dict) else {"value": value, "unit": "ng/mL" if name == "afp" else "10*9/L"}
        for name, value in values.items()
    }
    return given | more


def without(body: Body, name: str) -> Body:
    return {key: value for key, value in body.items() if key != name}


MATCHING = {
    "sorafenib_failed": True,
    "starting_regorafenib": True,
    "child_pugh_class": "A",
    "ecog": 1,
    "sorafenib_tolerated": True,
}
OTHERS = {
    "sorafenib_failed": False,
    "starting_regorafenib": False,
    "child_pugh_class": "C",
    "ecog": 3,
    "sorafenib_tolerated": False,
}
REQUESTS: dict[str, Body] = {
    "cell-neither": sent(neutrophils=1.5, afp=12),
    "cell-afp": sent(neutrophils=1.5),
    "cell-sii": sent(afp=120),
    "cell-both": sent(),
    "at-both-cut-offs": sent(3.4, 1, 100, 400),
    "other-units": sent(
        {"value": 4200, "unit": "/uL"},
        {"value": 1.1, "unit": "K/uL"},
        {"value": 145, "unit": "10*3/uL"},
        {"value": 620000, "unit": "pg/mL"},
    ),
    "afp-above-a-limit": sent(afp={"value": 1210, "unit": "ng/mL", "comparator": ">"}),
    "afp-below-a-limit": sent(afp={"value": 2.0, "unit": "ng/mL", "comparator": "<"}),
    "afp-international-units": sent(afp={"value": 620, "unit": "[IU]/mL"}),
    "values-doubted": sent(0.4, 21, 1, 0.1),
    "dated": sent(sampled_on={"blood_count": "2026-01-02", "afp": "2026-01-01"}),
    "old-and-far-apart": sent(sampled_on={"blood_count": "2025-08-01", "afp": "2025-03-01"}),
    "population-matches": sent(population=MATCHING),
    "population-differs": sent(population=OTHERS),
    "error-missing": without(sent(), "platelets"),
    "error-no-unit": sent(afp={"value": 620}),
    "error-unknown-unit": sent(afp={"value": 620, "unit": "furlong"}),
    "error-implausible": sent(neutrophils=4200),
    "error-zero-lymphocytes": sent(lymphocytes=0),
    "error-not-a-number": sent(afp="many"),
    "error-comparator-of-both-sides": sent(afp={"value": 300, "unit": "ng/mL", "comparator": ">"}),
    "error-comparator-of-a-count": sent(platelets={"value": 145, "unit": "10*9/L", "comparator": "<"}),
    "error-international-units-near-the-cut-off": sent(afp={"value": 320, "unit": "[IU]/mL"}),
    "error-dates": sent(sampled_on={"blood_count": "02.01.2026", "afp": "2026-02-01"}),
    "error-population": sent(
        population={"ecog": 9, "child_pugh_class": "D", "sorafenib_failed": "yes", "starting_regorafenib": 1}
    ),
    "error-unknown-field": sent(patient="p1"),
    "error-everything": {"neutrophils": 4.2, "lymphocytes": None, "afp": {"value": "x", "unit": 5}, "sampled_on": "x"},
}
# Requests sent as text: malformed JSON, and digits that a parsed number would lose.
TEXTS = {
    "digits-kept": json.dumps(sent()).replace("4.2", "4.200").replace("620", "6.2e2"),
    "error-not-an-object": "[]",
    "error-not-json": '{"neutrophils": ',
    "error-a-name-twice": '{"afp": {}, "afp": {}}',
}
NAMES = sorted({*REQUESTS, *TEXTS})


@pytest.mark.parametrize("name", NAMES)
def test_answer_matches_the_golden_file(client: TestClient, name: str) -> None:
    response = client.post(PATH, content=TEXTS.get(name) or json.dumps(REQUESTS[name]), headers=JSON)
    assert response.status_code < 500
    assert response.is_success is not name.startswith("error-")
    answer = read_digits(response.content)
    for changing in ("computed_at", "software") if response.is_success else ("instance",):
        del answer[changing]
    check(FOLDER / f"{name}.json", answer)


def test_every_golden_file_has_its_request() -> None:
    assert sorted(file.stem for file in FOLDER.iterdir()) == NAMES
