"""Time the FHIR operation with one megabyte of Observations of each slow kind, and the wait of another client.

A second client requests `/health/live` all the time; its longest wait shows how long other clients wait.
"""

import json
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from benchmarks.checks import Check
from benchmarks.servers import Server, answer_of, free_port, post, this_service

BODY_BYTES = 990_000
ROUNDS = 5
LONGEST_ANSWER_SECONDS = 0.5
LONGEST_WAIT_SECONDS = 0.05
COUNTS = ("751-8", "731-0", "777-3")
Entry = dict[str, Any]


def _result(code: str, minutes_ago: int, *, day_alone: bool = False, value: int = 4) -> Entry:
    taken = datetime.now(UTC) - timedelta(minutes=minutes_ago)
    return {
        "resourceType": "Observation",
        "status": "final",
        "code": {"coding": [{"system": "http://loinc.org", "code": code}]},
        "effectiveDateTime": taken.date().isoformat() if day_alone else taken.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "valueQuantity": {"value": value, "unit": "10*9/L"},
    }


# Records that are slow to read: no complete draw, many draws, contradictions, unreadable values, other analytes.
KINDS: dict[str, Callable[[int], Entry]] = {
    "neutrophils alone": lambda k: _result(COUNTS[0], k),
    "days and moments mixed": lambda k: _result(COUNTS[k % 3], 1440 * (k % 900), day_alone=k % 3 != 2),
    "complete draws": lambda k: _result(COUNTS[k % 3], 5 * (k // 3)),
    "contradictions": lambda k: _result(COUNTS[0], k // 7, value=k % 9 + 1),
    "texts": lambda k: {**_result("1834-1", k), "valueQuantity": None, "valueString": "see comment"},
    "other results": lambda k: _result("718-7", k),
    "empty Observations": lambda _k: {"resourceType": "Observation"},
}


def measure() -> list[Check]:
    """Print each kind's longest answer and the longest wait of the other client; return the checks."""
    checks = []
    port = free_port()
    server = Server(this_service(port), port)
    print(f"{'1 MB of':<26}{'number':>8}{'longest answer, s':>20}{'longest wait, ms':>18}")
    for name, entry in KINDS.items():
        body, number = _bundle(entry)
        request = post("/fhir/$hcc-risk", body, {"Content-Type": "application/fhir+json"})
        waits: list[float] = []
        end = threading.Event()
        other = threading.Thread(target=_ask_until, args=(port, end, waits))
        other.start()
        answers = [_seconds(port, request) for _ in range(ROUNDS)]
        end.set()
        other.join()
        print(f"{name:<26}{number:>8}{max(answers):>20.3f}{1000 * max(waits):>18.1f}")
        checks += [
            Check(f"{name}: longest answer, s", max(answers), at_most=LONGEST_ANSWER_SECONDS),
            Check(f"{name}: longest wait of others, s", max(waits), at_most=LONGEST_WAIT_SECONDS),
        ]
    server.stop()
    return checks


def _bundle(entry: Callable[[int], Entry]) -> tuple[bytes, int]:
    """Return a Bundle of about a megabyte, and how many Observations it has."""
    texts: list[str] = []
    size = 0
    while size < BODY_BYTES:
        resource = {name: value for name, value in entry(len(texts)).items() if value is not None}
        texts.append(json.dumps({"resource": resource}, separators=(",", ":")))
        size += len(texts[-1]) + 1
    return f'{{"resourceType":"Bundle","entry":[{",".join(texts)}]}}'.encode(), len(texts)


def _seconds(port: int, request: bytes) -> float:
    began = time.perf_counter()
    answer_of(port, request)
    return time.perf_counter() - began


def _ask_until(port: int, end: threading.Event, waits: list[float]) -> None:
    request = b"GET /health/live HTTP/1.1\r\nHost: localhost\r\n\r\n"
    while not end.wait(0.005):
        waits.append(_seconds(port, request))
