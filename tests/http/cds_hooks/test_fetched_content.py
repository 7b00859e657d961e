"""Bundles fetched from a FHIR server: complete ones, partial ones, and ones without usable results."""

from pathlib import Path
from typing import Any

import httpx2
import pytest

from tests.lib.cds_hooks.calls import SERVICE, SUMMARY, condition, fetching_call
from tests.lib.cds_hooks.fetching import TOKEN, calculator
from tests.lib.fhir.examples import quantity, searchset
from tests.lib.fhir.patient_records import RECORD
from tests.lib.peers.hostile_server import hostile_server, says_json

CARCINOMA = condition()
RESULTS = RECORD[1:]
ODD: list[Any] = ["x", True, [], {}, None]


def fetched(folder: Path, body: dict[str, Any]) -> httpx2.Response:
    """Return the answer to a call for which the FHIR server answers every search with this body."""
    with hostile_server({"says": says_json(body)}) as server:
        base = server.base("says")
        return calculator(folder, base).post(SERVICE, json=fetching_call(base, TOKEN))


def test_complete_bundle_gives_a_card(tmp_path: Path) -> None:
    answer = fetched(tmp_path, searchset(CARCINOMA, *RESULTS))
    assert [card["summary"] for card in answer.json()["cards"]] == [SUMMARY]


def test_fetched_ascending_results_are_complete(tmp_path: Path) -> None:
    """Fetched results are known to be complete, unlike a page that a client sends."""
    afp = next(one for one in RESULTS if one["id"] == "afp")
    series = [afp | {"id": f"afp-{day}", "effectiveDateTime": f"2025-12-{day:02}T08:00:00Z"} for day in range(10, 22)]
    ascending = sorted([*series, *RESULTS], key=lambda one: str(one["effectiveDateTime"]))
    answer = fetched(tmp_path, searchset(CARCINOMA, *ascending))
    assert [card["summary"] for card in answer.json()["cards"]] == [SUMMARY]


@pytest.mark.parametrize(
    "odd",
    [
        {"entry": None},
        {"entry": {}},
        {"entry": [None, 5, [], {}, {"resource": None}, {"resource": []}, {"resource": {}}]},
        {"entry": [{"resource": {"resourceType": 5}}]},
        {"total": 1},
        {"link": [{"relation": "next"}]},
    ],
    ids=["null", "object", "junk", "odd-type", "total", "link"],
)
def test_malformed_or_partial_answer_ends_in_412(tmp_path: Path, odd: dict[str, Any]) -> None:
    answer = fetched(tmp_path, {"resourceType": "Bundle", **odd})
    assert answer.status_code == 412


@pytest.mark.parametrize(
    "odd",
    [
        {},
        {"entry": [{"resource": CARCINOMA | {"code": []}}, {"resource": CARCINOMA | {"subject": "Patient/p1"}}]},
        {"entry": [{"resource": CARCINOMA | {"clinicalStatus": 5, "verificationStatus": [{}], "code": {"coding": 5}}}]},
        {"entry": [{"resource": CARCINOMA | {"subject": {"reference": "Patient/p2"}}}]},
    ],
    ids=["bare", "odd-carcinoma", "odder-carcinoma", "of-another-patient"],
)
def test_bundle_without_own_carcinoma_gives_no_card(tmp_path: Path, odd: dict[str, Any]) -> None:
    answer = fetched(tmp_path, {"resourceType": "Bundle", **odd})
    assert (answer.status_code, answer.json()) == (200, {"cards": []})


def of_another(one: dict[str, Any]) -> dict[str, Any]:
    return one | {"subject": {"reference": "Patient/p2"}}


@pytest.mark.parametrize(
    "results",
    [
        [of_another(one) for one in RESULTS],
        [one | {"valueQuantity": quantity(1, "10*9/L") | {"value": value}} for one in RESULTS for value in ODD],
        [one | {"effectiveDateTime": odd} for one in RESULTS for odd in (*ODD, "9999-99-99")],
        [one | {"code": odd} for one in RESULTS for odd in (*ODD, {"coding": [5]}, {"coding": {}})],
        [one | {"subject": odd} for one in RESULTS for odd in (*ODD, {"reference": {}})],
        [one | {"status": odd} for one in RESULTS for odd in ODD],
    ],
    ids=["of-another-patient", "odd-values", "odd-times", "odd-codes", "odd-subjects", "odd-states"],
)
def test_results_that_cannot_be_used_give_no_card(tmp_path: Path, results: list[dict[str, Any]]) -> None:
    answer = fetched(tmp_path, searchset(CARCINOMA, *results))
    assert (answer.status_code, answer.json()) == (200, {"cards": []})
