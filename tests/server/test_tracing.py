"""OpenTelemetry: a span of each request reaches a collector, with method, route and status and nothing of a patient."""

import signal
import subprocess
import sys
from collections.abc import Iterator

import pytest
from opentelemetry.proto.trace.v1.trace_pb2 import Span, Status

from tests.lib.peers.otlp_collector import Collector, otlp_collector
from tests.lib.service_process import assessment, free_port, head, running

TRACE, SPAN = "4bf92f3577b34da6a3ce929d0e0e4736", "00f067aa0ba902b7"
SECRET = "620.8317"  # noqa: S105 - stands for a value of a patient
# The framework would send its own spans if this could switch it on.
FRAMEWORK = {"FASTAPI_OTEL_AUTO_CONFIGURE": "true"}


@pytest.fixture
def collector(monkeypatch: pytest.MonkeyPatch) -> Iterator[Collector]:
    with otlp_collector() as found:
        variables = {**FRAMEWORK, "OTEL_EXPORTER_OTLP_ENDPOINT": found.address, "OTEL_BSP_SCHEDULE_DELAY": "50"}
        for name, value in variables.items():
            monkeypatch.setenv(name, value)
        yield found


def attributes(span: Span) -> dict[str, str | int]:
    return {one.key: one.value.string_value or one.value.int_value for one in span.attributes}


def posted(*fields: str, query: str = "", body: bytes | None = None) -> bytes:
    body = assessment() if body is None else body
    return head(f"/api/v1/assessments{query}", f"Content-Length: {len(body)}", *fields) + body


def test_span_continues_the_trace_of_the_caller(collector: Collector) -> None:
    with running(opentelemetry="true") as service:
        assert service.ask(posted(f"traceparent: 00-{TRACE}-{SPAN}-01")).status == 200
        span = collector.next_span()
        line = service.wait_for_line(lambda one: one["event"] == "request")
    assert (span.trace_id.hex(), span.parent_span_id.hex(), line["trace_id"]) == (TRACE, SPAN, TRACE)
    assert (span.name, span.kind) == ("POST /api/v1/assessments", Span.SPAN_KIND_SERVER)
    assert 0 < span.start_time_unix_nano <= span.end_time_unix_nano


def test_request_without_a_trace_begins_one(collector: Collector) -> None:
    with running(opentelemetry="true") as service:
        service.get("/health/live")
        span = collector.next_span()
        line = service.wait_for_line(lambda one: one["event"] == "request")
    assert (span.trace_id.hex(), span.parent_span_id) == (line["trace_id"], b"")


def test_no_attribute_has_anything_of_a_patient(collector: Collector) -> None:
    private = [f"X-Patient: {SECRET}", f"User-Agent: {SECRET}", f"Cookie: a={SECRET}", f"X-Forwarded-For: {SECRET}"]
    with running(opentelemetry="true", anonymous_calls="true") as service:
        answers = [
            service.ask(posted(*private, query=f"?afp={SECRET}")),
            service.ask(posted(*private, body=SECRET.encode())),
            service.ask(head(f"/{SECRET}?afp={SECRET}", *private, method="GET")),
            service.ask(head(f"/{SECRET}", *private, method="PATCH")),
        ]
        spans = [collector.next_span() for _ in answers]
    assert [answer.status for answer in answers] == [200, 422, 404, 404]
    allowed = {"http.request.method", "http.route", "http.response.status_code"}
    assert all(set(attributes(span)) <= allowed for span in spans)
    assert all(not span.events and not span.links and not span.trace_state for span in spans)
    assert [span.name for span in spans] == ["POST /api/v1/assessments"] * 2 + ["GET", "_OTHER"]
    assert not any(SECRET in str(request) for request in collector.requests)
    (about, *_) = [resource.resource for one in collector.requests for resource in one.resource_spans]
    keys = {one.key for one in about.attributes}
    assert {one.value.string_value for one in about.attributes if one.key == "service.name"} == {"sii-afp"}
    assert all(key.startswith(("service.", "telemetry.sdk.")) for key in keys), keys


def test_failed_request_is_marked(collector: Collector) -> None:
    with running(opentelemetry="true", withdrawn="hong2021-sii-afp: refuted") as service:
        assert service.ask(posted()).status == 503
        span = collector.next_span()
    assert (attributes(span)["http.response.status_code"], span.status.code) == (503, Status.STATUS_CODE_ERROR)


def test_last_spans_are_sent_at_the_end(collector: Collector, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OTEL_BSP_SCHEDULE_DELAY", "600000")
    with running(opentelemetry="true") as service:
        service.get("/health/live")
        service.process.send_signal(signal.SIGTERM)
        assert service.wait_for_end() == 0
    assert [span.name for span in collector.spans] == ["GET /health/live"]


def test_missing_collector_stops_neither_answers_nor_the_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", f"http://127.0.0.1:{free_port()}")
    monkeypatch.setenv("OTEL_BSP_SCHEDULE_DELAY", "50")
    with running(opentelemetry="true") as service:
        assert service.ask(posted()).status == 200
        service.wait_for_line(lambda one: one["event"].startswith("opentelemetry."))
        assert service.ask(posted()).status == 200
        service.process.send_signal(signal.SIGTERM)
        assert service.process.wait(timeout=10) == 0


def test_nothing_is_sent_unless_it_is_switched_on(collector: Collector) -> None:
    with running() as service:
        assert service.ask(posted()).status == 200
        service.process.send_signal(signal.SIGTERM)
        assert service.wait_for_end() == 0
    assert collector.requests == []
    assert not any("trace_id" in line for line in service.lines)


def test_missing_extra_stops_the_start(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SII_AFP_OPENTELEMETRY", "true")
    monkeypatch.setenv("SII_AFP_PORT", str(free_port()))
    launch = "import sys; sys.modules['opentelemetry.sdk'] = None; from app.__main__ import main; main()"
    done = subprocess.run([sys.executable, "-c", launch, "serve"], check=False, capture_output=True, text=True)
    assert done.returncode == 3
    assert "sii-afp[otel]" in done.stderr
    assert "Traceback" not in done.stderr
