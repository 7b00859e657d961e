"""Two services behind HAProxy with the shipped configuration: one may be killed or restarted, and no caller notices."""

import http.client
import json
import os
import signal
import ssl
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path
from typing import Any

from tests.lib.certificates import certificate_file
from tests.lib.haproxy import haproxy
from tests.lib.mixed_calls import CALLS, Callers, calling, expected_from
from tests.lib.service_process import WAIT_SECONDS, RunningService, free_port, running, workers_of

BEHIND: dict[str, Any] = {"trusted_proxies": "127.0.0.1", "anonymous_calls": "true"}


def counts_of_requests(service: RunningService) -> int:
    """Return how many calls beside health checks this service has logged."""
    return sum(line["event"] == "request" and not line["route"].startswith("/health") for line in service.lines)


def wait_for_calls(service: RunningService, callers: Callers) -> None:
    """Wait until the proxy sends calls to this service."""
    before = counts_of_requests(service)
    while counts_of_requests(service) < before + 10:
        callers.wait_for_more(5)


@contextmanager
def two_services() -> Iterator[tuple[RunningService, RunningService, int]]:
    """Start two services and the proxy; yield its port."""
    with (
        running(**BEHIND) as one,
        running(**BEHIND) as two,
        haproxy(one.port, two.port) as port,
    ):
        yield one, two, port


def get(port: int, path: str, **headers: str) -> tuple[int, bytes]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=WAIT_SECONDS)
    connection.request("GET", path, headers={"Host": "localhost", **headers})
    answer = connection.getresponse()
    found = answer.status, answer.read()
    connection.close()
    return found


def unexplained(lost: list[str]) -> list[str]:
    """Return the lost calls except answers that a killed service had half sent: no proxy can repeat those."""
    return [one for one in lost if "IncompleteRead" not in one]


def test_calls_are_repeated_when_a_service_is_killed() -> None:
    with two_services() as (first, second, port), calling(port, expected_from(second.port)) as callers:
        for service in (first, second):
            wait_for_calls(service, callers)
        first.process.send_signal(signal.SIGKILL)
        callers.wait_for_more(100)
        with running(port=first.port, **BEHIND) as again:
            wait_for_calls(again, callers)
            second.process.send_signal(signal.SIGKILL)
            callers.wait_for_more(100)
            callers.stop()
    assert (unexplained(callers.lost), callers.wrong) == ([], [])


def test_no_call_fails_in_a_rolling_restart() -> None:
    with ExitStack() as stack:
        services = [stack.enter_context(running(**BEHIND)) for _ in range(2)]
        port = stack.enter_context(haproxy(*(one.port for one in services)))
        callers = stack.enter_context(calling(port, expected_from(services[1].port)))
        for service in services:
            wait_for_calls(service, callers)
            service.process.send_signal(signal.SIGTERM)
            assert service.wait_for_end() == 0
            again = stack.enter_context(running(port=service.port, **BEHIND))
            wait_for_calls(again, callers)
        callers.stop()
    assert (callers.lost, callers.wrong) == ([], [])


def test_calls_are_repeated_when_workers_are_killed() -> None:
    with running(workers=2, **BEHIND) as service, haproxy(service.port, free_port()) as port:
        with calling(port, expected_from(service.port)) as callers:
            for _ in range(2):
                callers.wait_for_more(50)
                killed = workers_of(service.process)[0]
                os.kill(killed, signal.SIGKILL)
                callers.wait_for_more(100)
        assert (unexplained(callers.lost), callers.wrong) == ([], [])


def test_proxy_ends_tls_and_says_so(tmp_path: Path) -> None:
    file = certificate_file("localhost", tmp_path)
    trusting = ssl.create_default_context(cafile=file)
    with (
        running(public_url="https://localhost", **BEHIND) as service,
        haproxy(service.port, free_port(), certificate=file) as port,
        closing(http.client.HTTPSConnection("localhost", port, timeout=WAIT_SECONDS, context=trusting)) as connection,
    ):
        # The service admits a form only from its own scheme and host.
        for origin, status in (("https://localhost", 200), ("http://localhost", 403)):
            form = next(one for one in CALLS if one.path == "/")
            headers = {"Host": "localhost", "Content-Type": form.content_type, "Origin": origin}
            connection.request("POST", form.path, form.body, headers)
            answer = connection.getresponse()
            answer.read()
            assert answer.status == status
            assert answer.headers["Strict-Transport-Security"]


def test_reason_of_a_withdrawn_model_reaches_the_caller() -> None:
    settings: dict[str, Any] = {**BEHIND, "withdrawn": "hong2021-sii-afp: see notice 12"}
    with running(**settings) as one, running(**settings) as two, haproxy(one.port, two.port) as port:
        for path in ("/", "/api/v1/model"):
            status, body = get(port, path)
            assert (status, b"see notice 12" in body) == (503, True)


def test_callers_claims_are_dropped_and_metrics_are_not_public() -> None:
    forged = {"X-Forwarded-For": "10.9.9.9", "X-Forwarded-Host": "evil.test", "Forwarded": "for=10.9.9.9"}
    with running(trusted_proxies="127.0.0.1") as service, haproxy(service.port, free_port()) as port:
        status, _ = get(port, "/metrics")
        assert status == 404
        status, body = get(port, "/health/ready", **forged)
        assert (status, json.loads(body)["status"]) == (200, "ready")
        # Nothing is set up, so a call that a proxy passed on is refused, whatever the caller claims.
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=WAIT_SECONDS)
        connection.request(
            "POST", "/api/v1/assessments", b"{}", {"Host": "localhost", "Content-Type": "application/json"}
        )
        answer = connection.getresponse()
        assert (answer.status, json.loads(answer.read())["type"]) == (403, "/problems#forwarded")
        connection.close()
