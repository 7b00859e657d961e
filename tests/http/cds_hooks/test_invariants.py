"""Answers keep the invariants of the 3.0 ballot, the checks find each kind of fault, and client faults are refused."""

from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from tests.lib.cds_hooks.broken import REMOVED, broken
from tests.lib.cds_hooks.calls import FEEDBACK, SERVICE, Json, ask, call, measured, prefetch
from tests.lib.cds_hooks.invariants import INVARIANTS, violated
from tests.lib.clients import site

RECORD = "https://ehr.example/fhir"
LAUNCHING = f'tell_missing = true\n[[smart]]\nissuer = "{RECORD}"\nclient_id = "sii-afp"\n'
TOKEN = {
    "access_token": "a-token",
    "token_type": "Bearer",
    "expires_in": 300,
    "scope": "patient/Observation.rs patient/Condition.rs",
    "subject": "sii-afp",
    "patient": "p1",
}
REQUEST = call(fhirServer=RECORD, fhirAuthorization=TOKEN)
REPORTS = {
    "feedback": [
        {
            "card": "a",
            "outcome": "accepted",
            "acceptedSuggestions": [{"id": "s"}],
            "outcomeTimestamp": "2026-01-02T08:00:00Z",
        },
        {
            "card": "b",
            "outcome": "overridden",
            "overrideReason": {"userComment": "x"},
            "outcomeTimestamp": "2026-01-02T08:00:00Z",
        },
    ]
}


@pytest.fixture
def answer(tmp_path: Path) -> Json:
    with site(tmp_path, LAUNCHING) as client:
        return dict(ask(client, REQUEST).json())


@pytest.mark.parametrize(
    "body",
    [REQUEST, call(measured(afp=20)), call(prefetch(afp=None)), call(prefetch(hcc=None))],
    ids=["1", "2", "3", "4"],
)
def test_answers_keep_all_invariants(tmp_path: Path, body: Json) -> None:
    with site(tmp_path, LAUNCHING) as client:
        assert violated(ask(client, body).json()) == []


def test_invariant_catalogue_is_complete() -> None:
    assert [sum(name.startswith(kind) for name in INVARIANTS) for kind in ("cds-resp-", "cds-fb-", "cds-r-")] == [
        7,
        3,
        2,
    ]


CARD: tuple[str | int, ...] = ("cards", 0)
ACTION = (*CARD, "suggestions", 0, "actions", 0)
FAULTS: dict[str, tuple[tuple[str | int, ...], Any]] = {
    "cds-resp-1": (
        (*CARD, "suggestions"),
        [{"label": "a", "isRecommended": True}, {"label": "b", "isRecommended": True}],
    ),
    "cds-resp-2": ((*ACTION, "type"), "delete"),
    "cds-resp-3": ((*CARD, "links", 1, "appContext"), "x"),
    "cds-resp-4": ((*CARD, "overrideReasons", 0, "display"), REMOVED),
    "cds-resp-5": ((*ACTION, "description"), REMOVED),
    "cds-resp-6": ((*CARD, "selectionBehavior"), REMOVED),
    "cds-resp-7": ((*CARD, "suggestions", 0, "actionSelectionBehavior"), "some"),
}


@pytest.mark.parametrize("name", FAULTS)
def test_fault_in_an_answer_is_found(answer: Json, name: str) -> None:
    assert violated(answer) == []
    assert violated(broken(answer, *FAULTS[name])) == [name]


CLIENT_FAULTS: dict[str, tuple[Json, tuple[str | int, ...], Any]] = {
    "cds-fb-1": (REPORTS, ("feedback", 0, "outcome"), "ignored"),
    "cds-fb-2": (REPORTS, ("feedback", 0, "acceptedSuggestions"), REMOVED),
    "cds-fb-3": (REPORTS, ("feedback", 1, "overrideReason"), {}),
    "cds-r-1": (REQUEST, ("fhirServer",), REMOVED),
    "cds-r-2": (REQUEST, ("fhirAuthorization", "patient"), REMOVED),
}


@pytest.mark.parametrize("name", CLIENT_FAULTS)
def test_fault_of_a_client_is_found(name: str) -> None:
    body, path, new = CLIENT_FAULTS[name]
    assert violated(body) == []
    assert violated(broken(body, path, new)) == [name]


@pytest.mark.parametrize("name", ["cds-fb-1", "cds-fb-2", "cds-r-1"])
def test_client_fault_that_matters_is_refused(client: TestClient, name: str) -> None:
    """The other two are about elements that the service does not read: the reason, and the patient of the token."""
    body, path, new = CLIENT_FAULTS[name]
    interface = FEEDBACK if "feedback" in body else SERVICE
    assert client.post(interface, json=body).status_code == 200
    assert client.post(interface, json=broken(body, path, new)).status_code == 400


@pytest.mark.parametrize("interface", [SERVICE, FEEDBACK])
def test_example_call_keeps_invariants(client: TestClient, interface: str) -> None:
    described = client.get("/openapi.json").json()["paths"][interface]["post"]["requestBody"]
    body = described["content"]["application/json"]["example"]
    assert violated(body) == []
    assert client.post(interface, json=body).status_code == 200
