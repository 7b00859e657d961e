"""A new order for regorafenib shows that it starts with these values, if they are at most 30 days old."""

from typing import Any

import pytest
from starlette.testclient import TestClient

from tests.lib.cds_hooks.calls import Json, ask, call, order, orders_of, prefetch, select_call, sign_call
from tests.lib.fhir.examples import CODES, observation, searchset

READ_FROM_THE_ORDER = "Read from the order: regorafenib starts with these values."
# The fixed time of the tests is 9 January 2026.
THIRTY_DAYS_AGO, DAY_BEFORE = "2025-12-10T08:00:00Z", "2025-12-09T08:00:00Z"


def is_read(client: TestClient, body: Json) -> bool:
    """Whether the card says that the order answers the criterion."""
    answer = ask(client, body)
    (card,) = answer.json()["cards"]
    return READ_FROM_THE_ORDER in card["detail"].split("\n\n")


def taken(when: str, *analytes: str) -> Json:
    """The prefetch with results of another day."""
    return prefetch(**{analyte: searchset(observation(analyte, when=when)) for analyte in analytes})


@pytest.mark.parametrize("body", [select_call(), sign_call()], ids=["order-select", "order-sign"])
def test_card_says_that_it_was_read_from_the_order(client: TestClient, body: Json) -> None:
    assert is_read(client, body)


def test_patient_view_ignores_orders(client: TestClient) -> None:
    assert not is_read(client, call())
    assert not is_read(client, call(context=orders_of(selections=["MedicationRequest/m1"])))


@pytest.mark.parametrize(("when", "expected"), [(THIRTY_DAYS_AGO, True), (DAY_BEFORE, False)])
@pytest.mark.parametrize("analytes", [CODES, ("afp",), ("neutrophils", "lymphocytes", "platelets")], ids=len)
def test_values_must_be_recent(client: TestClient, when: str, analytes: Any, *, expected: bool) -> None:
    assert is_read(client, sign_call(prefetched=taken(when, *analytes))) is expected


@pytest.mark.parametrize(
    "changed",
    [
        {"status": "active"},
        {"priorPrescription": {"reference": "MedicationRequest/m0"}},
        {"resourceType": "MedicationStatement", "status": "active"},
    ],
    ids=repr,
)
def test_order_that_continues_is_no_start(client: TestClient, changed: Json) -> None:
    assert not is_read(client, sign_call(order(**changed)))
    assert is_read(client, sign_call(order(**changed), order(id="m2")))


def test_planned_statement_is_a_start(client: TestClient) -> None:
    assert is_read(client, sign_call(order(resourceType="MedicationStatement", status="intended")))
