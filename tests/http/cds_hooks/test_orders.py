"""Hooks about orders: there is a card only if the selected orders, or those to be signed, are for regorafenib."""

from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from tests.lib.cds_hooks.calls import (
    ATC,
    REGORAFENIB,
    RXNORM,
    Json,
    ask,
    call,
    order,
    orders_of,
    select_call,
    sign_call,
)
from tests.lib.clients import client_with, site
from tests.lib.fhir.examples import concept
from tests.lib.logs import log_lines

SORAFENIB = concept("495881", system=RXNORM)
BASE = "https://ehr.example/fhir"
OTHER = order(SORAFENIB, id="m2")


def cards(client: TestClient, body: Json) -> list[Json]:
    answer = ask(client, body)
    assert answer.status_code == 200, answer.text
    found: list[Json] = answer.json()["cards"]
    return found


def is_given(client: TestClient, *drafts: Json) -> bool:
    """Whether there is a card when orders are about to be signed."""
    return len(cards(client, sign_call(*drafts))) == 1


@pytest.mark.parametrize("body", [select_call(), sign_call()], ids=["order-select", "order-sign"])
def test_card_is_that_of_the_patient_view(client: TestClient, body: Json) -> None:
    (card,) = cards(client, body)
    (viewed,) = cards(client, call())
    assert card["summary"] == viewed["summary"]
    assert card["suggestions"][0]["actions"][0]["resource"]["subject"] == {"reference": "Patient/p1"}


@pytest.mark.parametrize(
    "medication",
    [
        REGORAFENIB,
        concept("L01EX05", system=ATC),
        concept("L01XE21", system=ATC),
        concept("1312397", system="urn:oid:2.16.840.1.113883.6.88"),
        concept("L01EX05", system="urn:oid:2.16.840.1.113883.6.73"),
        {"coding": [{"system": "urn:site", "code": "4711"}, {"system": ATC, "code": "L01EX05"}]},
    ],
    ids=repr,
)
def test_order_by_each_code_gives_a_card(client: TestClient, medication: Json) -> None:
    assert is_given(client, order(medication))


@pytest.mark.parametrize(
    "medication",
    [
        SORAFENIB,
        concept("L01EX", system=ATC),
        concept("l01ex05", system=ATC),
        concept("1312397", system=ATC),
        concept("L01EX05", system=RXNORM),
        concept("L01EX05", system="urn:site"),
        {"coding": [{"code": "L01EX05"}]},
        {"text": "regorafenib"},
        {},
        "regorafenib",
        None,
    ],
    ids=repr,
)
def test_order_by_another_code_gives_no_card(client: TestClient, medication: Any) -> None:
    assert not is_given(client, order(medication))


def test_site_can_add_a_medication_code(client: TestClient, tmp_path: Path) -> None:
    body = sign_call(order(concept("6001", system="urn:oid:2.16.840.1.113883.6.88")))
    assert cards(client, body) == []
    for name in ("urn:oid:2.16.840.1.113883.6.88", RXNORM):
        with site(tmp_path, f'[[medication_code]]\nsystem = "{name}"\ncode = "6001"\n') as local:
            assert len(cards(local, body)) == 1
            assert len(cards(local, sign_call())) == 1


def test_medication_statement_counts_as_an_order(client: TestClient) -> None:
    assert is_given(client, order(resourceType="MedicationStatement", status="intended"))
    assert is_given(client, order(resourceType="MedicationStatement", status="active"))
    assert not is_given(client, order(resourceType="MedicationStatement", status="draft"))
    assert not is_given(client, order(resourceType="MedicationAdministration"))


MEDICATION = {"resourceType": "Medication", "id": "d1", "code": REGORAFENIB}


def by_reference(text: Any, **changed: Any) -> Json:
    return order(None, medicationReference={"reference": text}, **changed)


def in_bundle(reference: Any, medication: Json, full_url: str | None) -> Json:
    """A call about an order whose medication is another entry of the Bundle."""
    entry = {"resource": medication, **({"fullUrl": full_url} if full_url else {})}
    context = orders_of(by_reference(reference))
    context["draftOrders"]["entry"].append(entry)
    return call(hook="order-sign", context=context)


@pytest.mark.parametrize(
    ("medication", "count"),
    [
        (MEDICATION, 1),
        (MEDICATION | {"status": "active"}, 1),
        (MEDICATION | {"status": "entered-in-error"}, 0),
        (MEDICATION | {"modifierExtension": [{"url": "urn:x"}]}, 0),
        (MEDICATION | {"implicitRules": "urn:x"}, 0),
        (MEDICATION | {"code": SORAFENIB}, 0),
        (MEDICATION | {"resourceType": "Substance"}, 0),
        (MEDICATION | {"id": "d2"}, 0),
        ({"resourceType": "Medication", "id": "d1"}, 0),
    ],
    ids=repr,
)
def test_medication_by_reference_is_resolved(client: TestClient, medication: Json, count: int) -> None:
    assert len(cards(client, sign_call(by_reference("#d1", contained=[medication])))) == count
    assert len(cards(client, in_bundle("Medication/d1", medication, None))) == count


@pytest.mark.parametrize(
    ("reference", "full_url", "count"),
    [
        ("urn:uuid:8b1e", "urn:uuid:8b1e", 1),
        ("urn:uuid:8b1e", "urn:uuid:8b1f", 0),
        (f"{BASE}/Medication/d1", f"{BASE}/Medication/d1", 1),
        (f"{BASE}/Medication/d1", "https://elsewhere.example/fhir/Medication/d1", 0),
        ("Medication/d1/_history/2", None, 1),
        ("#d1", None, 0),
        (None, None, 0),
        (7, None, 0),
    ],
)
def test_medication_is_found_by_its_address(
    client: TestClient, reference: Any, full_url: str | None, count: int
) -> None:
    assert len(cards(client, in_bundle(reference, MEDICATION, full_url))) == count


def test_two_medications_in_one_order_are_not_read(client: TestClient) -> None:
    both = order(medicationReference={"reference": "#d1"}, contained=[MEDICATION])
    assert not is_given(client, both)


# No order here is certain to start, or to continue, this patient's treatment.
NOT_COUNTED: dict[str, Json] = {
    **{status: {"status": status} for status in ("cancelled", "entered-in-error", "stopped", "completed", "on-hold")},
    "unknown status": {"status": "unknown"},
    "no status": {"status": None},
    "status of a list": {"status": ["draft"]},
    "not to be done": {"doNotPerform": True},
    "perhaps not to be done": {"doNotPerform": "false"},
    "extended prohibition": {"_doNotPerform": {"extension": []}},
    "another patient": {"subject": {"reference": "Patient/p2"}},
    "patient of another server": {"subject": {"reference": "https://elsewhere.example/fhir/Patient/p1"}},
    "no patient": {"subject": None},
    "modifier": {"modifierExtension": [{"url": "urn:x", "valueBoolean": True}]},
    "implicit rules": {"implicitRules": "urn:x"},
    "test data": {"meta": {"security": [{"code": "HTEST"}]}},
}


@pytest.mark.parametrize("changed", NOT_COUNTED.values(), ids=NOT_COUNTED)
def test_order_that_does_not_count_gives_no_card(client: TestClient, changed: Json) -> None:
    assert not is_given(client, order(**changed))
    assert is_given(client, order(**changed), order(id="m3"))


def test_order_in_two_versions_is_not_used(client: TestClient) -> None:
    stopped = order(status="stopped")
    assert not is_given(client, order(), stopped)
    newer = {"meta": {"versionId": "2"}}
    assert is_given(client, order(**newer), stopped | {"meta": {"versionId": "1"}})
    assert not is_given(client, order(meta={"versionId": "1"}), stopped | newer)


@pytest.mark.parametrize(
    ("selections", "count"),
    [
        (["MedicationRequest/m1"], 1),
        (["MedicationRequest/m2", "MedicationRequest/m1"], 1),
        (["MedicationRequest/m1/_history/1"], 1),
        (["MedicationRequest/m2"], 0),
        (["MedicationRequest/m3"], 0),
        (["MedicationStatement/m1"], 0),
        (["m1"], 0),
    ],
    ids=repr,
)
def test_only_selected_orders_count(client: TestClient, selections: list[str], count: int) -> None:
    assert len(cards(client, select_call(order(), OTHER, selections=selections))) == count


@pytest.mark.parametrize("full_url", ["urn:uuid:8b1e", f"{BASE}/MedicationRequest/m1"])
def test_selection_may_be_the_full_url(client: TestClient, full_url: str) -> None:
    for selection, count in ((full_url, 1), (f"{full_url}9", 0), ("MedicationRequest/m1", 1)):
        context = orders_of(selections=[selection])
        context["draftOrders"]["entry"][0]["fullUrl"] = full_url
        body = call(hook="order-select", context=context, fhirServer=BASE)
        assert len(cards(client, body)) == count


@pytest.mark.parametrize("body", [sign_call(OTHER), select_call(order(), OTHER, selections=["MedicationRequest/m2"])])
def test_call_without_regorafenib_names_the_reason(body: Json) -> None:
    with client_with() as client, log_lines() as log:
        # Nothing is fetched: the call needs no prefetch.
        assert cards(client, {**body, "prefetch": {}}) == []
        metrics = client.get("/metrics").text
    (line,) = [one for one in log.of("request") if one["route"].startswith("/cds-services/")]
    assert line["no_card"] == "no_regorafenib"
    assert 'sii_afp_cards_total{outcome="none",reason="no_regorafenib"} 1.0' in metrics


def test_order_of_another_server_gives_no_card(client: TestClient) -> None:
    """The subject of each is a relative reference, to the server of its entry."""
    body = sign_call()
    body["context"]["draftOrders"]["entry"][0]["fullUrl"] = f"{BASE}/MedicationRequest/m1"
    assert len(cards(client, {**body, "fhirServer": BASE})) == 1
    assert cards(client, {**body, "fhirServer": "https://elsewhere.example/fhir"}) == []


@pytest.mark.parametrize(
    ("entries", "path"),
    [
        ([7], "context.draftOrders.entry[0]"),
        ([{"resource": order()}, {"resource": {"id": "m2"}}], "context.draftOrders.entry[1].resource"),
        ([{"fullUrl": BASE}], "context.draftOrders.entry[0].resource"),
        ({}, "context.draftOrders.entry"),
    ],
)
def test_malformed_bundle_of_orders_is_refused(client: TestClient, entries: Any, path: str) -> None:
    context = orders_of(draftOrders={"resourceType": "Bundle", "entry": entries})
    answer = ask(client, call(hook="order-sign", context=context))
    (issue,) = answer.json()["issue"]
    assert (answer.status_code, issue["expression"]) == (400, ["context.draftOrders"])
    assert issue["details"]["text"].startswith(f"{path} ")


def test_malformed_prefetch_is_refused_without_regorafenib_too(client: TestClient) -> None:
    context = orders_of(draftOrders={"resourceType": "Bundle"})
    answer = ask(client, call(hook="order-sign", context=context, prefetch={"afp": {}}))
    (issue,) = answer.json()["issue"]
    assert (answer.status_code, issue["expression"]) == (400, ["prefetch"])


@pytest.mark.parametrize("bundle", [{}, {"type": "collection"}, {"entry": []}])
def test_session_without_orders_gives_no_card(client: TestClient, bundle: Json) -> None:
    context = orders_of(draftOrders={"resourceType": "Bundle", **bundle})
    assert cards(client, call(hook="order-sign", context=context)) == []


@pytest.mark.parametrize("path", ["order-select", "order-sign"])
def test_each_service_takes_feedback(client: TestClient, path: str) -> None:
    report = {"card": "c1", "outcome": "overridden", "outcomeTimestamp": "2026-01-02T09:30:00Z"}
    answer = client.post(f"/cds-services/hcc-sii-afp-{path}/feedback", json={"feedback": [report]})
    assert (answer.status_code, answer.json()) == (200, {})
