"""ECOG and Child-Pugh class in the optional prefetch: the card names what was read, with its day."""

import re
from typing import Any

import pytest
from starlette.testclient import TestClient

from tests.lib.cds_hooks.calls import Json, ask, call, card, prefetch
from tests.lib.fhir.examples import LOINC, UCUM, child_pugh, concept, ecog, searchset

# The fixed time of the tests is 9 January 2026.
NEWER, SAME_DAY = "2026-01-05T08:00:00Z", "2026-01-02"
NINETY_DAYS_AGO, DAY_BEFORE = "2025-10-11T08:00:00Z", "2025-10-10T08:00:00Z"


def read_in(client: TestClient, *observations: Json) -> str | None:
    """What the card says was read from the record."""
    return stated(card(client, prefetch(criteria=searchset(*observations))))


def stated(found: Json) -> str | None:
    match = re.search(r"^Read from the record: (.*)\.$", found["detail"], re.MULTILINE)
    return match[1] if match else None


def test_card_names_both_with_their_days(client: TestClient) -> None:
    found = read_in(client, ecog(1), child_pugh(when=NEWER))
    assert found == "Child-Pugh class A (2026-01-05), ECOG 1 (2026-01-02)"


def test_criterion_counts_for_the_comparison(client: TestClient) -> None:
    card_of = [card(client, prefetch(criteria=searchset(ecog(score))))["detail"] for score in (1, 2)]
    assert ["Not as in the study: ECOG" in detail for detail in card_of] == [False, True]


@pytest.mark.parametrize(
    "value",
    [
        {"valueInteger": 2},
        {"valueQuantity": {"value": 2}},
        {"valueQuantity": {"value": 2.0, "unit": "score", "system": UCUM, "code": "{score}"}},
        {"valueQuantity": {"value": 2, "unit": "{score}"}},
        {"valueCodeableConcept": concept("LA9624-3")},
        {"valueCodeableConcept": {"coding": [{"system": "urn:x", "code": "2"}, *concept("LA9624-3")["coding"]]}},
    ],
    ids=repr,
)
def test_each_form_of_an_ecog_score_is_read(client: TestClient, value: Json) -> None:
    assert read_in(client, ecog(**{"score": None, **value})) == "ECOG 2 (2026-01-02)"


@pytest.mark.parametrize("score", range(6))
def test_loinc_answers_are_the_scores(client: TestClient, score: int) -> None:
    answer = ("LA9622-7", "LA9623-5", "LA9624-3", "LA9625-0", "LA9626-8", "LA9627-6")[score]
    for value in ({"valueCodeableConcept": concept(answer)}, {"valueInteger": score}):
        assert read_in(client, ecog(None, **value)) == f"ECOG {score} (2026-01-02)"


@pytest.mark.parametrize(("answer", "letter"), [("710065009", "A"), ("710066005", "B"), ("710067001", "C")])
def test_each_child_pugh_class_is_read(client: TestClient, answer: str, letter: str) -> None:
    assert read_in(client, child_pugh(answer)) == f"Child-Pugh class {letter} (2026-01-02)"


UNREADABLE: dict[str, Json] = {
    "no value": {},
    "two values": {"valueInteger": 1, "valueString": "1"},
    "a text": {"valueString": "1"},
    "above the scale": {"valueInteger": 6},
    "below the scale": {"valueInteger": -1},
    "true": {"valueInteger": True},
    "a text as number": {"valueInteger": "1"},
    "a fraction": {"valueQuantity": {"value": 1.5}},
    "percent": {"valueQuantity": {"value": 1, "system": UCUM, "code": "%"}},
    "percent without a code": {"valueQuantity": {"value": 1, "unit": "%"}},
    "a unit of another system": {"valueQuantity": {"value": 1, "system": "urn:x", "code": "1"}},
    "a comparator": {"valueQuantity": {"value": 1, "comparator": "<"}},
    "no quantity": {"valueQuantity": 1},
    "answer of another scale": {"valueCodeableConcept": concept("LA29175-9")},
    "two answers": {"valueCodeableConcept": concept("LA9622-7", "LA9623-5")},
    "answer without a system": {"valueCodeableConcept": {"coding": [{"code": "LA9622-7"}]}},
}


@pytest.mark.parametrize("value", UNREADABLE.values(), ids=UNREADABLE)
def test_unreadable_value_leaves_it_not_stated(client: TestClient, value: Json) -> None:
    assert read_in(client, ecog(None, **value)) is None
    # An older value does not take the place of one that cannot be read.
    assert read_in(client, ecog(None, when=NEWER, **value), ecog(1)) is None
    assert read_in(client, ecog(None, **value), ecog(1, when=NEWER)) == "ECOG 1 (2026-01-05)"


def test_child_pugh_points_are_not_read(client: TestClient) -> None:
    assert read_in(client, child_pugh(valueCodeableConcept=None, valueInteger=5)) is None


@pytest.mark.parametrize(
    "code",
    [
        concept("89243-0"),
        concept("89262-0"),
        concept("89247-1", system="urn:x"),
        {"coding": [{"system": LOINC, "code": "89247-1"}, *child_pugh()["code"]["coding"]]},
        {"text": "ECOG"},
    ],
    ids=repr,
)
def test_other_code_is_not_read(client: TestClient, code: Json) -> None:
    assert read_in(client, ecog(code=code)) is None


NOT_USED: dict[str, Json] = {
    "preliminary": {"status": "preliminary"},
    "unknown status": {"status": "unknown"},
    "modifier": {"modifierExtension": [{"url": "urn:x"}]},
    "implicit rules": {"implicitRules": "urn:x"},
    "no time": {"effectiveDateTime": None},
    "no subject": {"subject": None},
}
NO_RESULT: dict[str, Json] = {
    "cancelled": {"status": "cancelled"},
    "in error": {"status": "entered-in-error"},
    "another patient": {"subject": {"reference": "Patient/p2"}},
    "test data": {"meta": {"security": [{"code": "HTEST"}]}},
    "no score": {"dataAbsentReason": {"text": "x"}},
}


@pytest.mark.parametrize("changed", [*NOT_USED.values(), *NO_RESULT.values()], ids=[*NOT_USED, *NO_RESULT])
def test_observation_that_is_no_result_is_not_used(client: TestClient, changed: Json) -> None:
    assert read_in(client, ecog(**changed)) is None


@pytest.mark.parametrize("changed", NOT_USED.values(), ids=NOT_USED)
def test_newer_that_may_count_hides_the_older(client: TestClient, changed: Json) -> None:
    assert read_in(client, ecog(2, when=NEWER, **changed), ecog()) is None


@pytest.mark.parametrize("changed", NO_RESULT.values(), ids=NO_RESULT)
def test_newer_that_is_no_result_is_passed_over(client: TestClient, changed: Json) -> None:
    assert read_in(client, ecog(2, when=NEWER, **changed), ecog()) == "ECOG 1 (2026-01-02)"


def test_newest_is_used(client: TestClient) -> None:
    assert read_in(client, ecog(2), ecog(1, when=NEWER, status="amended")) == "ECOG 1 (2026-01-05)"


@pytest.mark.parametrize(("score", "expected"), [(1, "ECOG 1 (2026-01-02)"), (2, None)])
@pytest.mark.parametrize("when", ["2026-01-02T08:00:00Z", SAME_DAY])
def test_two_of_one_time_must_agree(client: TestClient, when: str, score: int, expected: str | None) -> None:
    assert read_in(client, ecog(1), ecog(score, when=when, id="other")) == expected


@pytest.mark.parametrize(("when", "expected"), [(NINETY_DAYS_AGO, "ECOG 1 (2025-10-11)"), (DAY_BEFORE, None)])
def test_old_observation_is_not_used(client: TestClient, when: str, expected: str | None) -> None:
    assert read_in(client, ecog(when=when)) == expected


def test_observation_of_the_future_is_not_used(client: TestClient) -> None:
    assert read_in(client, ecog(when="2026-02-01")) is None


OPTIONAL: dict[str, Any] = {
    "null": None,
    "empty": searchset(),
    "one page of several": searchset(ecog(), link=[{"relation": "next", "url": "https://ehr.example/fhir?page=2"}]),
    "failed": {"resourceType": "OperationOutcome", "issue": [{"severity": "error", "code": "processing"}]},
}


@pytest.mark.parametrize("found", OPTIONAL.values(), ids=OPTIONAL)
def test_card_does_not_need_the_criteria(client: TestClient, found: Any) -> None:
    assert stated(card(client, prefetch(criteria=found))) is None
    assert stated(card(client, prefetch())) is None


def test_malformed_criteria_are_refused(client: TestClient) -> None:
    answer = ask(client, call(prefetch(criteria={"resourceType": "Bundle", "entry": 7})))
    assert (answer.status_code, answer.json()["issue"][0]["expression"]) == (400, ["prefetch"])


def test_criterion_of_another_server_gives_no_card(client: TestClient) -> None:
    entry = {"fullUrl": "https://elsewhere.example/fhir/Observation/ecog", "resource": ecog()}
    found = {"resourceType": "Bundle", "type": "searchset", "entry": [entry]}
    answer = ask(client, call(prefetch(criteria=found), fhirServer="https://ehr.example/fhir"))
    assert stated(answer.json()["cards"][0]) is None
