"""Discovery and answers pass the checks of Inferno's test kit, and the checks find each kind of fault."""

from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from tests.lib.cds_hooks.broken import REMOVED, broken
from tests.lib.cds_hooks.calls import DISCOVERY, Json, ask, call, measured, order, prefetch, select_call, sign_call
from tests.lib.cds_hooks.inferno_checks import answer_findings, discovery_findings
from tests.lib.clients import site

RECORD = "https://ehr.example/fhir"
CALLS = {
    "low": call(measured(afp=20, platelets=40)),
    "intermediate": call(measured(afp=20)),
    "high": call(),
    "with a link to the app": call(fhirServer=RECORD),
    "AFP missing": call(prefetch(afp=None)),
    "no carcinoma": call(prefetch(hcc=None)),
    "order selected": select_call(),
    "order about to be signed": sign_call(),
    "no regorafenib": select_call(order({"text": "sorafenib"})),
}


@pytest.fixture
def answer(tmp_path: Path) -> Json:
    """A card with all attributes that our cards can have."""
    with site(tmp_path, f'[[smart]]\nissuer = "{RECORD}"\nclient_id = "sii-afp"\n') as client:
        return dict(ask(client, CALLS["with a link to the app"]).json())


def test_discovery_has_no_findings(client: TestClient) -> None:
    assert discovery_findings(client.get(DISCOVERY).json()) == []


@pytest.mark.parametrize("interface", ["client", "telling"])
@pytest.mark.parametrize("body", CALLS.values(), ids=CALLS)
def test_no_answer_has_findings(request: pytest.FixtureRequest, interface: str, body: Json) -> None:
    client: TestClient = request.getfixturevalue(interface)
    assert answer_findings(ask(client, body).json()) == []


def test_card_with_everything_has_no_findings(answer: Json) -> None:
    assert {link["type"] for link in answer["cards"][0]["links"]} == {"smart", "absolute"}
    assert answer_findings(answer) == []


@pytest.mark.parametrize("found", [[], {}, {"services": {}}, {"services": None}], ids=repr)
def test_empty_discovery_is_found(found: Any) -> None:
    assert discovery_findings(found) == ["services is not an array"]


@pytest.mark.parametrize("field", ["hook", "description", "id"])
@pytest.mark.parametrize(("new", "finding"), [(REMOVED, "missing"), ("", "missing"), (5, "of another type")])
def test_service_without_a_field_is_found(client: TestClient, field: str, new: Any, finding: str) -> None:
    listed = client.get(DISCOVERY).json()
    assert discovery_findings(broken(listed, ["services", 0, field], new)) == [f"service.{field} is {finding}"]


def test_service_that_is_not_an_object_is_found() -> None:
    assert discovery_findings({"services": ["hcc-sii-afp"]}) == ["service is not an object"]


CARD: tuple[str | int, ...] = ("cards", 0)
TOPIC = (*CARD, "source", "topic")
REASON = (*CARD, "overrideReasons", 0)
SMART, ABSOLUTE = (*CARD, "links", 0), (*CARD, "links", 1)
SUGGESTION = (*CARD, "suggestions", 0)
ACTION = (*SUGGESTION, "actions", 0)
FAULTS: list[tuple[tuple[str | int, ...], Any, str]] = [
    (("cards",), REMOVED, "cards is not an array"),
    (("cards",), {}, "cards is not an array"),
    (("systemActions",), {}, "systemActions is not an array"),
    (("systemActions",), [{"type": "create"}], "action.description is missing"),
    (CARD, "card", "card is not an object"),
    ((*CARD, "summary"), REMOVED, "card.summary is missing"),
    ((*CARD, "summary"), ["text"], "card.summary is of another type"),
    ((*CARD, "summary"), "x" * 140, "card.summary has 140 characters or more"),
    ((*CARD, "indicator"), REMOVED, "card.indicator is missing"),
    ((*CARD, "indicator"), "hard-stop", "card.indicator is not an indicator"),
    ((*CARD, "source"), REMOVED, "card.source is missing"),
    ((*CARD, "source"), "label", "card.source is of another type"),
    ((*CARD, "source", "label"), REMOVED, "source.label is missing"),
    (TOPIC, REMOVED, "source.topic is missing"),
    ((*TOPIC, "code"), REMOVED, "topic.code is missing"),
    ((*TOPIC, "system"), 5, "topic.system is of another type"),
    ((*CARD, "uuid"), 5, "card.uuid is of another type"),
    ((*CARD, "detail"), ["text"], "card.detail is of another type"),
    ((*CARD, "links"), [], "card.links is missing"),
    ((*CARD, "selectionBehavior"), REMOVED, "card.selectionBehavior is missing"),
    ((*CARD, "selectionBehavior"), "all", "card.selectionBehavior is not a behavior"),
    (REASON, "outdated", "overrideReason is not an object"),
    ((*REASON, "code"), REMOVED, "overrideReason.code is missing"),
    ((*REASON, "system"), REMOVED, "overrideReason.system is missing"),
    ((*REASON, "display"), "", "overrideReason.display is missing"),
    (SMART, "https://a.example", "link is not an object"),
    ((*SMART, "label"), REMOVED, "link.label is missing"),
    ((*SMART, "type"), REMOVED, "link.type is missing"),
    ((*SMART, "type"), "relative", "link.type is not a type"),
    ((*SMART, "url"), REMOVED, "link.url is missing"),
    ((*SMART, "url"), "/smart/launch", "link.url is not an address"),
    ((*ABSOLUTE, "appContext"), "x", "link.appContext is not for absolute links"),
    (SUGGESTION, "text", "suggestion is not an object"),
    ((*SUGGESTION, "label"), REMOVED, "suggestion.label is missing"),
    ((*SUGGESTION, "actions"), {"type": "create"}, "suggestion.actions is of another type"),
    ((*SUGGESTION, "actions"), [], "suggestion.actions is missing"),
    ((*ACTION, "type"), REMOVED, "action.type is missing"),
    ((*ACTION, "type"), "replace", "action.type is not a type"),
    ((*ACTION, "type"), "delete", "action.resourceId is missing"),
    ((*ACTION, "description"), REMOVED, "action.description is missing"),
    ((*ACTION, "resource"), REMOVED, "action.resource is missing"),
    ((*ACTION, "resource", "resourceType"), REMOVED, "resource.resourceType is missing"),
]


@pytest.mark.parametrize(("path", "new", "finding"), FAULTS, ids=[fault[2] for fault in FAULTS])
def test_fault_in_an_answer_is_found(answer: Json, path: tuple[str | int, ...], new: Any, finding: str) -> None:
    assert finding in answer_findings(broken(answer, path, new))


def test_app_context_is_allowed(answer: Json) -> None:
    assert answer_findings(broken(answer, (*SMART, "appContext"), "x")) == []
