"""Calls without a card: the log and the metrics name the reasons by code, and hold no value."""

import re
from collections.abc import Iterator

import pytest
from starlette.testclient import TestClient

from tests.lib.cds_hooks.calls import Json, ask, call, condition, measured, prefetch
from tests.lib.clients import client_with
from tests.lib.fhir.examples import observation, quantity, searchset
from tests.lib.logs import log_lines

REFUTED = {"coding": [{"system": "http://terminology.hl7.org/CodeSystem/condition-ver-status", "code": "refuted"}]}
OTHER_CODE = {"coding": [{"system": "http://snomed.info/sct", "code": "38341003"}]}
CALLS = {
    "no problem": (prefetch(hcc=None), "no_carcinoma"),
    "another problem": (prefetch(hcc=searchset(condition(code=OTHER_CODE))), "no_carcinoma"),
    "refuted": (prefetch(hcc=searchset(condition(verificationStatus=REFUTED))), "carcinoma_not_certain"),
    "no AFP": (prefetch(afp=None), "missing"),
    "no day": (prefetch(afp=searchset(observation("afp", effectiveDateTime=None))), "missing,no_time"),
    "unknown unit": (measured(afp=quantity(731.862, "furlong")), "missing,unit_unknown"),
    "moles": (measured(afp=quantity(731.862, "nmol/L")), "missing,unit_molar"),
    "old": (prefetch(afp=searchset(observation("afp", when="2025-06-01T08:00:00Z"))), "missing"),
}


@pytest.fixture
def fresh() -> Iterator[TestClient]:
    """A service that has counted nothing yet."""
    with client_with() as found:
        yield found


def counted(client: TestClient) -> set[tuple[str, str, str]]:
    """Return outcome, reason and number of each count of calls in /metrics."""
    line = r'^sii_afp_cards_total\{outcome="(\w+)",reason="(\w*)"\} (\S+)$'
    return set(re.findall(line, client.get("/metrics").text, re.MULTILINE))


@pytest.mark.parametrize(("found", "reasons"), CALLS.values(), ids=CALLS)
def test_call_without_a_card_has_its_reasons(fresh: TestClient, found: Json, reasons: str) -> None:
    with log_lines() as log:
        answer = ask(fresh, call(found))
    assert (answer.status_code, answer.json()) == (200, {"cards": []})
    (line,) = [one for one in log.of("request") if one["route"].startswith("/cds-services/")]
    assert line["no_card"] == reasons
    assert counted(fresh) == {("none", reason, "1.0") for reason in reasons.split(",")}
    assert "731.862" not in log.text


def test_call_with_a_risk_group_is_counted(fresh: TestClient) -> None:
    with log_lines() as log:
        assert len(ask(fresh, call(prefetch())).json()["cards"]) == 1
    assert counted(fresh) == {("risk_group", "", "1.0")}
    assert not any("no_card" in line for line in log.of("request"))
