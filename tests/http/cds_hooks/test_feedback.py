"""Feedback on a card: counted by outcome, each report once, and nothing kept that could identify a patient."""

import re
from collections.abc import Iterator
from typing import Any

import httpx2
import pytest
from starlette.testclient import TestClient

from tests.lib.cds_hooks.calls import FEEDBACK, Json, card
from tests.lib.clients import CANONICAL, client_with
from tests.lib.logs import log_lines

TIME = "2026-01-02T09:30:00Z"
REASON = {"system": f"{CANONICAL}/CodeSystem/sii-afp-override-reason", "code": "outdated"}
COMMENT = "Mrs Quellenhaupt of Quickborn was transfused"


@pytest.fixture
def fresh() -> Iterator[TestClient]:
    """A service that has counted nothing yet."""
    with client_with() as found:
        yield found


def accepted(card_id: str = "c1", suggestion: str = "s1", time: str = TIME) -> Json:
    return {
        "card": card_id,
        "outcome": "accepted",
        "acceptedSuggestions": [{"id": suggestion}],
        "outcomeTimestamp": time,
    }


def overridden(card_id: str = "c1", time: str = TIME, **more: Any) -> Json:
    return {"card": card_id, "outcome": "overridden", "outcomeTimestamp": time, **more}


def report(client: TestClient, *items: Any) -> httpx2.Response:
    return client.post(FEEDBACK, json={"feedback": list(items)})


def counted(client: TestClient) -> dict[str, int]:
    """The number of reports of each outcome in /metrics."""
    found = re.findall(
        r'^sii_afp_card_feedback_total\{outcome="(\w+)"\} (\S+)$', client.get("/metrics").text, re.MULTILINE
    )
    return {outcome: int(float(count)) for outcome, count in found}


def test_accepted_suggestion_of_a_card_is_counted(fresh: TestClient) -> None:
    shown = card(fresh)
    answer = report(fresh, accepted(shown["uuid"], shown["suggestions"][0]["uuid"]))
    assert (answer.status_code, answer.headers["content-type"], answer.json()) == (200, "application/json", {})
    assert counted(fresh) == {"accepted": 1}


@pytest.mark.parametrize(
    "reason",
    [
        {},
        {"overrideReason": {"reason": REASON}},
        {"overrideReason": {"userComment": COMMENT}},
        {"overrideReason": {"reason": REASON, "userComment": COMMENT}},
    ],
    ids=["none", "coded", "comment", "both"],
)
def test_overridden_card_is_counted(fresh: TestClient, reason: Json) -> None:
    assert report(fresh, overridden(**reason)).status_code == 200
    assert counted(fresh) == {"overridden": 1}


def test_several_reports_are_counted(fresh: TestClient) -> None:
    assert report(fresh, accepted("a"), overridden("b"), overridden("c")).status_code == 200
    assert counted(fresh) == {"accepted": 1, "overridden": 2}


def test_repeated_report_is_counted_once(fresh: TestClient) -> None:
    for _ in range(3):
        assert report(fresh, accepted(), accepted()).status_code == 200
    assert counted(fresh) == {"accepted": 1}


def test_other_card_outcome_or_time_is_counted(fresh: TestClient) -> None:
    report(fresh, overridden(), overridden("c2"), accepted(), overridden(time="2026-01-02T09:31:00Z"))
    assert counted(fresh) == {"accepted": 1, "overridden": 3}


def test_comment_is_not_stored(fresh: TestClient) -> None:
    with log_lines() as log:
        answer = report(fresh, overridden("card-4471", overrideReason={"reason": REASON, "userComment": COMMENT}))
        metrics = fresh.get("/metrics").text
    assert counted(fresh) == {"overridden": 1}
    for kept in (answer.text, log.text, metrics):
        assert not [word for word in ("Quellenhaupt", "transfused", "card-4471", TIME) if word in kept]
    (line,) = [one for one in log.of("request") if one["route"] == FEEDBACK]
    assert (line["status"], line["caller"]) == (200, "anonymous")


def test_unknown_reason_is_not_stored(fresh: TestClient) -> None:
    with log_lines() as log:
        own = {"system": "urn:site", "code": "zq-own", "display": COMMENT}
        assert report(fresh, overridden(overrideReason={"reason": own})).status_code == 200
    assert "zq-own" not in fresh.get("/metrics").text + log.text
    assert counted(fresh) == {"overridden": 1}


MALFORMED = {
    "no feedback": {},
    "one report without a list": {"feedback": overridden()},
    "no report": {"feedback": []},
    "more than 100": {"feedback": [overridden(str(number)) for number in range(101)]},
    "a text": {"feedback": [COMMENT]},
    "no card": {"feedback": [overridden() | {"card": None}]},
    "a card that is a number": {"feedback": [overridden() | {"card": 5}]},
    "a card with a line end": {"feedback": [overridden("c1\nc2")]},
    "a long card": {"feedback": [overridden("c" * 101)]},
    "no outcome": {"feedback": [{"card": "c1", "outcomeTimestamp": TIME}]},
    "another outcome": {"feedback": [overridden() | {"outcome": COMMENT}]},
    "an outcome of a list": {"feedback": [overridden() | {"outcome": ["accepted"]}]},
    "no time": {"feedback": [{"card": "c1", "outcome": "overridden"}]},
    "suggestions that are no list": {"feedback": [overridden(acceptedSuggestions=True)]},
    "a time that is none": {"feedback": [overridden() | {"outcomeTimestamp": "2026-01-02T12:99:00Z"}]},
    "a time without zone": {"feedback": [overridden() | {"outcomeTimestamp": "2026-01-02T12:00:00"}]},
    "a time that is a number": {"feedback": [overridden() | {"outcomeTimestamp": 5}]},
    "accepted, but nothing of it": {"feedback": [accepted() | {"acceptedSuggestions": []}]},
    "accepted without a list": {"feedback": [accepted() | {"acceptedSuggestions": {"id": "s1"}}]},
    "accepted without an id": {"feedback": [accepted() | {"acceptedSuggestions": [{}]}]},
}


@pytest.mark.parametrize("body", MALFORMED.values(), ids=MALFORMED)
def test_malformed_report_is_refused(client: TestClient, body: Json) -> None:
    before = counted(client)
    answer = client.post(FEEDBACK, json=body)
    assert (answer.status_code, answer.headers["content-type"]) == (400, "application/fhir+json")
    (issue,) = answer.json()["issue"]
    assert (issue["code"], issue["expression"]) == ("invalid", ["feedback"])
    assert COMMENT not in answer.text
    assert counted(client) == before


def test_one_malformed_report_stops_all_counting(fresh: TestClient) -> None:
    assert report(fresh, accepted(), overridden("c2"), overridden("c3") | {"outcome": "ignored"}).status_code == 400
    assert counted(fresh) == {}
    assert report(fresh, accepted(), overridden("c2")).status_code == 200
    assert counted(fresh) == {"accepted": 1, "overridden": 1}


def test_hundred_reports_are_accepted(fresh: TestClient) -> None:
    assert report(fresh, *(overridden(str(number)) for number in range(100))).status_code == 200
    assert counted(fresh) == {"overridden": 100}
