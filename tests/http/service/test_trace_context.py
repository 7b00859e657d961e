"""The trace of a caller is in the log line of its request, and is passed on to the servers that the request needs."""

import re
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from tests.lib.cds_hooks.calls import RECORDED, SERVICE, condition, fetching_call
from tests.lib.cds_hooks.fetching import TOKEN, calculator
from tests.lib.fhir.examples import searchset
from tests.lib.logs import LogLines
from tests.lib.peers.hostile_server import hostile_server, says_json

TRACE, SPAN = "4bf92f3577b34da6a3ce929d0e0e4736", "00f067aa0ba902b7"
VALID = f"00-{TRACE}-{SPAN}-01"
INVALID = {
    "empty": "",
    "not a trace": "trace",
    "upper case": VALID.upper(),
    "trace of zeros": f"00-{'0' * 32}-{SPAN}-01",
    "span of zeros": f"00-{TRACE}-{'0' * 16}-01",
    "version ff": f"ff-{TRACE}-{SPAN}-01",
    "more in version 00": f"{VALID}-more",
    "no flags": f"00-{TRACE}-{SPAN}",
    "a digit too few": f"00-{TRACE[1:]}-{SPAN}-01",
    "two in one": f"{VALID},{VALID}",
    "line end": f"{VALID}\n",
}


def traces(log: LogLines) -> list[object]:
    return [line.get("trace_id") for line in log.of("request")]


@pytest.mark.parametrize(
    "header", [VALID, f"00-{TRACE}-{SPAN}-00", f"00-{TRACE}-{SPAN}-ff", f"01-{TRACE}-{SPAN}-01", f"cc-{VALID[3:]}-more"]
)
def test_valid_trace_is_logged(client: TestClient, log: LogLines, header: str) -> None:
    assert client.get("/health/live", headers={"traceparent": header}).status_code == 200
    assert traces(log) == [TRACE]


@pytest.mark.parametrize("header", INVALID.values(), ids=INVALID)
def test_invalid_trace_is_ignored(client: TestClient, log: LogLines, header: str) -> None:
    assert client.get("/health/live", headers={"traceparent": header}).status_code == 200
    assert traces(log) == [None]


def test_two_traces_are_ignored(client: TestClient, log: LogLines) -> None:
    client.get("/health/live", headers=[("traceparent", VALID), ("traceparent", VALID)])
    assert traces(log) == [None]


def test_trace_does_not_stay_for_the_next_request(client: TestClient, log: LogLines) -> None:
    client.get("/health/live", headers={"traceparent": VALID})
    client.get("/health/live")
    assert traces(log) == [TRACE, None]


@pytest.mark.parametrize(
    ("sent", "flags"), [(VALID, "01"), (f"00-{TRACE}-{SPAN}-00", "00"), (f"01-{TRACE}-{SPAN}-ff", "01")]
)
def test_call_to_an_ehr_has_the_trace_and_a_new_span(tmp_path: Path, sent: str, flags: str) -> None:
    (passed,) = called_with(tmp_path, {"traceparent": sent, "tracestate": "secret=1"})
    found = re.search(r"^traceparent: 00-([0-9a-f]{32})-([0-9a-f]{16})-(\d\d)\r?$", passed, re.MULTILINE)
    assert found
    assert (found[1], found[3]) == (TRACE, flags)
    assert found[2] not in (SPAN, "0" * 16)
    assert "tracestate" not in passed


@pytest.mark.parametrize("headers", [{}, {"traceparent": INVALID["version ff"]}])
def test_call_to_an_ehr_without_a_trace_has_none(tmp_path: Path, headers: dict[str, str]) -> None:
    (passed,) = called_with(tmp_path, headers)
    assert "traceparent" not in passed


def called_with(folder: Path, headers: dict[str, str]) -> list[str]:
    """Return what the FHIR server is asked for by a call of CDS Hooks that lacks the carcinoma."""
    prefetch = {name: value for name, value in RECORDED.items() if name != "hcc"}
    with (
        hostile_server({"a": says_json(searchset(condition()))}) as server,
        calculator(folder, server.base("a")) as client,
    ):
        body = fetching_call(server.base("a"), TOKEN) | {"prefetch": prefetch}
        assert client.post(SERVICE, json=body, headers=headers).status_code == 200
        return server.asked
