"""Receive spans by OTLP over HTTP on loopback, and keep them decoded."""

import gzip
import queue
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.trace.v1.trace_pb2 import Span

from tests.lib.peers.serving import serving

WAIT_SECONDS = 30


@dataclass(frozen=True, slots=True)
class Collector:
    """A running collector at `address`. `requests` are all bodies that it has received, decoded."""

    address: str
    requests: list[ExportTraceServiceRequest] = field(default_factory=list)
    _arrived: "queue.Queue[Span]" = field(default_factory=queue.Queue)

    def next_span(self) -> Span:
        """Wait for a span."""
        return self._arrived.get(timeout=WAIT_SECONDS)

    @property
    def spans(self) -> list[Span]:
        """All spans so far."""
        found = (scope.spans for one in self.requests for of in one.resource_spans for scope in of.scope_spans)
        return [span for spans in found for span in spans]

    def take(self, body: bytes) -> None:
        request = ExportTraceServiceRequest.FromString(body)
        self.requests.append(request)
        for resource in request.resource_spans:
            for scope in resource.scope_spans:
                for span in scope.spans:
                    self._arrived.put(span)


@contextmanager
def otlp_collector() -> Iterator[Collector]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            if self.headers.get("Content-Encoding") == "gzip":
                body = gzip.decompress(body)
            collector.take(body)
            self.send_response(200)
            self.send_header("Content-Type", "application/x-protobuf")
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Stay silent."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    collector = Collector(f"http://127.0.0.1:{server.server_port}")
    with serving(server):
        yield collector
