"""The content of a prefetch key: not supplied, nothing found, failed, or results of which some can be used."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from starlette.testclient import TestClient

from tests.lib.cds_hooks.calls import (
    KEYS,
    Json,
    ask,
    call,
    card,
    cards,
    condition,
    measured,
    outcome,
    prefetch,
    without,
)
from tests.lib.fhir.examples import CODES, observation, quantity, searchset

TREATMENT = "on regorafenib after sorafenib"
TEXT = "Required results were not supplied and could not be retrieved."
NEXT = {"link": [{"relation": "next", "url": "http://127.0.0.1:9/fhir?page=2"}]}
INFORMING = {"resource": outcome("information"), "search": {"mode": "outcome"}}


def _with_entry(key: str, entry: Json) -> Json:
    found = prefetch()
    found[key]["entry"].insert(0, entry)
    return found


@pytest.mark.parametrize("key", KEYS)
def test_missing_key_without_server_is_412(client: TestClient, key: str) -> None:
    answer = ask(client, call(without(key)))
    assert (answer.status_code, answer.headers["content-type"]) == (412, "application/fhir+json")
    (issue,) = answer.json()["issue"]
    assert issue == {
        "severity": "error",
        "code": "required",
        "details": {"text": TEXT},
        "diagnostics": f"prefetch.{key} is absent. No fhirServer was sent.",
    }


@pytest.mark.parametrize("nothing", [{}, None], ids=["empty", "absent"])
def test_call_without_prefetch_lacks_all_keys(client: TestClient, nothing: Json | None) -> None:
    body = call()
    body.pop("prefetch")
    answer = ask(client, body if nothing is None else {**body, "prefetch": nothing})
    assert answer.status_code == 412
    diagnostics = answer.json()["issue"][0]["diagnostics"]
    assert diagnostics == " ".join([*(f"prefetch.{key} is absent." for key in KEYS), "No fhirServer was sent."])


def test_unlisted_server_is_not_called(client: TestClient) -> None:
    answer = ask(client, call(without("afp"), fhirServer="https://ehr.example/fhir"))
    assert answer.status_code == 412
    diagnostics = answer.json()["issue"][0]["diagnostics"]
    assert diagnostics == "prefetch.afp is absent. fhirServer is not on this site's list of servers."


@pytest.mark.parametrize("key", KEYS)
@pytest.mark.parametrize("failed", ["bare", "entry", "entry among others"])
def test_failed_query_counts_as_missing_key(client: TestClient, key: str, failed: str) -> None:
    found = {
        "bare": prefetch(**{key: outcome()}),
        "entry": prefetch(**{key: searchset(outcome())}),
        "entry among others": _with_entry(key, {"resource": outcome()}),
    }[failed]
    answer = ask(client, call(found))
    assert answer.status_code == 412
    reason = "is an OperationOutcome" if failed == "bare" else "reports a failed query"
    assert answer.json()["issue"][0]["diagnostics"].startswith(f"prefetch.{key} {reason}")


@pytest.mark.parametrize("key", KEYS)
@pytest.mark.parametrize("nothing", [None, searchset(), searchset(entry=[]), searchset(entry=[INFORMING])])
def test_null_prefetch_gives_no_card(client: TestClient, key: str, nothing: Any) -> None:
    answer = ask(client, call(prefetch(**{key: nothing})))
    assert (answer.status_code, answer.json()) == (200, {"cards": []})


@pytest.mark.parametrize("analyte", CODES)
@pytest.mark.parametrize("nothing", [None, searchset()], ids=["null", "empty"])
def test_site_can_ask_for_a_missing_card(telling: TestClient, analyte: str, nothing: Any) -> None:
    found = card(telling, prefetch(**{analyte: nothing}))
    names = {"neutrophils": "Neutrophils", "lymphocytes": "Lymphocytes", "platelets": "Platelets", "afp": "AFP"}
    # If one count is missing, the draw cannot be used.
    expected = "AFP" if analyte == "afp" else "Neutrophils, Lymphocytes, Platelets"
    assert found["summary"] == f"HCC risk group not computed: {expected}"
    assert f"- {names[analyte]}: There is no result of {names[analyte]}." in found["detail"]


INCOMPLETE = {
    "next link": NEXT,
    "total above what was sent": {"total": 2},
    "total and next link": {"total": 14, **NEXT},
}


@pytest.mark.parametrize("key", KEYS)
@pytest.mark.parametrize("more", INCOMPLETE.values(), ids=INCOMPLETE)
def test_one_page_of_several_is_412(client: TestClient, key: str, more: Json) -> None:
    answer = ask(client, call(prefetch(**{key: {**prefetch()[key], **more}})))
    assert answer.status_code == 412
    assert answer.json()["issue"][0]["diagnostics"].startswith(f"prefetch.{key} has ")


@pytest.mark.parametrize("key", KEYS)
@pytest.mark.parametrize("more", [{"total": 1}, {"link": [{"relation": "self", "url": "Observation"}]}], ids=repr)
def test_complete_page_gives_a_card(client: TestClient, key: str, more: Json) -> None:
    assert len(cards(client, prefetch(**{key: {**prefetch()[key], **more}}))) == 1


def _series(key: str, number: int) -> list[Json]:
    """Daily results of one analyte, the newest first; it is that of the draw, and the others have the same value."""
    days = [observation(key, when=f"2025-12-{day:02}T08:00:00Z") for day in range(31, 32 - number, -1)]
    return [observation(key), *days]


ORDERS: dict[str, Callable[[list[Json]], list[Json]]] = {
    "oldest first": lambda page: page[::-1],
    "by something else": lambda page: page[::2] + page[1::2],
    "the newest in the middle": lambda page: [*page[1:5], page[0], *page[5:]],
}


@pytest.mark.parametrize("order", ORDERS)
@pytest.mark.parametrize("key", CODES)
def test_ten_results_in_another_order_are_412(client: TestClient, key: str, order: str) -> None:
    """The newest were asked for first: a server that ignores the order may send any ten."""
    page = ORDERS[order](_series(key, 10))
    answer = ask(client, call(prefetch(**{key: searchset(*page)})))
    assert answer.status_code == 412
    assert "is not in descending order" in answer.json()["issue"][0]["diagnostics"]
    assert ask(client, call(prefetch(**{key: searchset(*page, total=10)}))).status_code == 200
    assert ask(client, call(prefetch(**{key: searchset(*ORDERS[order](_series(key, 6)))}))).status_code == 200


@pytest.mark.parametrize("key", CODES)
def test_ten_results_with_the_newest_first_give_a_card(client: TestClient, key: str) -> None:
    page = _series(key, 10)
    assert ask(client, call(prefetch(**{key: searchset(*page)}))).status_code == 200
    page[4]["effectiveDateTime"] = page[4]["effectiveDateTime"][:10]  # a server may sort a day as its end
    page[3], page[4] = page[4], page[3]
    assert ask(client, call(prefetch(**{key: searchset(*page)}))).status_code == 200


@pytest.mark.parametrize("place", [0, 5, 9])
@pytest.mark.parametrize("key", CODES)
def test_result_without_time_does_not_disturb_the_order(client: TestClient, key: str, place: int) -> None:
    page = _series(key, 9)
    timeless = observation(key)
    del timeless["effectiveDateTime"]
    page.insert(place, timeless)
    assert ask(client, call(prefetch(**{key: searchset(*page)}))).status_code == 200
    assert ask(client, call(prefetch(**{key: searchset(*page[::-1])}))).status_code == 412


MALFORMED: dict[str, tuple[Json, str]] = {
    "entry is a text": ({"entry": "x"}, "entry"),
    "entry is an object": ({"entry": {"resource": observation("afp")}}, "entry"),
    "entry is null": ({"entry": None}, "entry"),
    "an entry is a number": ({"entry": [5]}, "entry[0]"),
    "an entry without resource": ({"entry": [observation("afp")]}, "entry[0].resource"),
    "a resource without type": ({"entry": [{"resource": {"id": "x"}}]}, "entry[0].resource"),
    "a resource that is a list": ({"entry": [{"resource": [observation("afp")]}]}, "entry[0].resource"),
    "an unknown search.mode": (
        {"entry": [{"resource": observation("afp"), "search": {"mode": "maybe"}}]},
        "entry[0].search.mode",
    ),
    "implicit rules": ({"implicitRules": "urn:rules"}, "implicitRules"),
    "an entry with a modifier": (
        {"entry": [{"resource": observation("afp"), "modifierExtension": [{"url": "urn:x"}]}]},
        "entry[0].modifierExtension",
    ),
    "fullUrl is a number": ({"entry": [{"resource": observation("afp"), "fullUrl": 5}]}, "entry[0].fullUrl"),
    "search is a text": ({"entry": [{"resource": observation("afp"), "search": "match"}]}, "entry[0].search"),
    "total is a text": ({"total": "1"}, "total"),
    "link is an object": ({"link": {"relation": "next"}}, "link"),
    "next link without url": ({"link": [{"relation": "next"}]}, "link[0].url"),
}


@pytest.mark.parametrize("key", KEYS)
@pytest.mark.parametrize(("wrong", "place"), MALFORMED.values(), ids=MALFORMED)
def test_malformed_bundle_is_400_and_names_the_place(client: TestClient, key: str, wrong: Json, place: str) -> None:
    answer = ask(client, call(prefetch(**{key: {**prefetch()[key], **wrong}})))
    assert answer.status_code == 400
    (issue,) = answer.json()["issue"]
    assert issue["details"]["text"].partition(" ")[0] == f"prefetch.{key}.{place}"


@pytest.mark.parametrize("key", KEYS)
@pytest.mark.parametrize("severity", ["error", "fatal", "unknown"])
@pytest.mark.parametrize("mode", ["outcome", "match", "include"])
def test_failure_under_any_search_mode_is_412(client: TestClient, key: str, severity: str, mode: str) -> None:
    failing = {"resource": outcome(severity), "search": {"mode": mode}}
    assert ask(client, call(_with_entry(key, failing))).status_code == 412


INFORMATION = {"severity": "information"}
UNREADABLE: tuple[Any, ...] = (None, "x", INFORMATION, [], [None], ["x"], [{}], [INFORMATION, "x"])


@pytest.mark.parametrize("key", KEYS)
@pytest.mark.parametrize("issue", [{}, *({"issue": issue} for issue in UNREADABLE)], ids=json.dumps)
def test_outcome_that_cannot_be_read_is_a_failure(client: TestClient, key: str, issue: Json) -> None:
    failing = {"resource": {"resourceType": "OperationOutcome", **issue}, "search": {"mode": "outcome"}}
    assert ask(client, call(_with_entry(key, failing))).status_code == 412


@pytest.mark.parametrize("key", KEYS)
@pytest.mark.parametrize("severity", ["information", "warning"])
@pytest.mark.parametrize("search", [{}, {"search": {"mode": "outcome"}}, {"search": {"mode": "match"}}], ids=repr)
def test_information_outcome_is_no_failure(client: TestClient, key: str, severity: str, search: Json) -> None:
    assert len(cards(client, _with_entry(key, {"resource": outcome(severity), **search}))) == 1


@pytest.mark.parametrize("key", KEYS)
def test_response_with_an_error_status_is_412(client: TestClient, key: str) -> None:
    for status in ("503 Service Unavailable", "404", "302 Found", "OK", 503, ""):
        failing = {"response": {"status": status, "outcome": outcome("information")}}
        assert ask(client, call(_with_entry(key, failing))).status_code == 412


@pytest.mark.parametrize("key", KEYS)
@pytest.mark.parametrize(
    ("said", "severity", "status"),
    [("200 OK", "information", 200), ("200 OK", "error", 412), ("404 Not Found", "information", 412)],
)
def test_response_with_a_resource_may_have_failed(
    client: TestClient, key: str, said: str, severity: str, status: int
) -> None:
    found = prefetch()[key]
    first = {**found["entry"][0], "response": {"status": said, "outcome": outcome(severity)}}
    assert ask(client, call(prefetch(**{key: {**found, "entry": [first]}}))).status_code == status


@pytest.mark.parametrize("key", KEYS)
@pytest.mark.parametrize(("of_type", "status"), [("history", 200), ("searchset", 412)])
def test_total_of_a_history_counts_deletions_too(client: TestClient, key: str, of_type: str, status: int) -> None:
    page = {**prefetch()[key], "type": of_type, "total": 9}
    assert ask(client, call(prefetch(**{key: page}))).status_code == status


@pytest.mark.parametrize("key", KEYS)
def test_bundle_in_a_batch_response_is_read(client: TestClient, key: str) -> None:
    inner = prefetch()[key]
    batch = {"resourceType": "Bundle", "type": "batch-response"}
    assert len(cards(client, prefetch(**{key: {**batch, "entry": [{"resource": inner}]}}))) == 1
    assert ask(client, call(prefetch(**{key: {**batch, "entry": [{"resource": inner | NEXT}]}}))).status_code == 412


@pytest.mark.parametrize("key", KEYS)
def test_single_resource_counts_as_a_bundle(client: TestClient, key: str) -> None:
    single = condition() if key == "hcc" else observation(key)
    assert card(client, prefetch(**{key: single}))["summary"] == card(client)["summary"]


@pytest.mark.parametrize("key", KEYS)
@pytest.mark.parametrize("wrong", [5, "text", [], {}, {"resourceType": 5}], ids=repr)
def test_value_that_is_no_resource_is_refused(client: TestClient, key: str, wrong: Any) -> None:
    answer = ask(client, call(prefetch(**{key: wrong})))
    assert answer.status_code == 400
    (issue,) = answer.json()["issue"]
    assert issue["details"]["text"] == f"prefetch.{key} is not a FHIR resource."


@pytest.mark.parametrize("key", ["other", "patient"])
def test_unrequested_key_is_ignored(client: TestClient, key: str) -> None:
    assert len(cards(client, prefetch(**{key: 5}))) == 1


AFP: dict[str, tuple[Json, str | None]] = {
    "above a limit beyond the cut-off": (
        quantity(400, "ng/mL", comparator=">="),
        "higher-risk group (close to the cut-off) (SII 553.6, AFP ≥ 400 ng/mL",
    ),
    "below a limit up to the cut-off": (
        quantity(400, "ng/mL", comparator="<"),
        "middle-risk group (close to the cut-off) (SII 553.6, AFP < 400 ng/mL",
    ),
    "above a limit below the cut-off": (quantity(399, "ng/mL", comparator=">"), None),
    "below a limit beyond the cut-off": (quantity(401, "ng/mL", comparator="<"), None),
    "international units": (quantity(1000, "k[IU]/L"), None),
    "moles": (quantity(20, "nmol/L"), None),
    "without unit": ({"value": 1250}, None),
}


@pytest.mark.parametrize(("quantity", "expected"), AFP.values(), ids=AFP)
def test_afp_of_unknown_side_gives_no_card(client: TestClient, quantity: Json, expected: str | None) -> None:
    found = cards(client, measured(afp=quantity))
    summaries = [one["summary"].replace(f", {TREATMENT}", "") for one in found]
    assert [one.partition("HCC: ")[2].partition(", both")[0] for one in summaries] == [expected] * len(found)
    assert bool(found) == (expected is not None)
