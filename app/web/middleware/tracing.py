"""Make an OpenTelemetry span of every request, with method, route and status alone."""

from opentelemetry.context import Context
from opentelemetry.trace import NonRecordingSpan, SpanContext, SpanKind, StatusCode, TraceFlags, Tracer
from opentelemetry.trace.propagation import set_span_in_context
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.net.trace_context import TraceContext, current

_METHODS = ("GET", "POST", "HEAD")


class Tracing:
    """ASGI middleware that continues the caller's trace or begins one.

    The framework's own spans have the path and the query, which may hold what a caller should not have put there.
    """

    def __init__(self, app: ASGIApp, tracer: Tracer) -> None:
        self.app = app
        self.tracer = tracer

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Trace an HTTP request."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        method = scope["method"] if scope["method"] in _METHODS else "_OTHER"
        status = 500
        span = self.tracer.start_span(
            method, _context_of(current.get()), SpanKind.SERVER, {"http.request.method": method}
        )
        own = span.get_span_context()
        trace_id = f"{own.trace_id:032x}"
        scope["state"]["trace_id"] = trace_id
        token = current.set(TraceContext(trace_id, f"{own.span_id:016x}", own.trace_flags.sampled))

        async def traced_send(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            await self.app(scope, receive, traced_send)
        finally:
            current.reset(token)
            status = scope["state"].get("refused", status)
            span.set_attribute("http.response.status_code", int(status))
            route = getattr(scope.get("route"), "path", None)
            if route:
                span.set_attribute("http.route", route)
                span.update_name(f"{method} {route}")
            if status >= 500:
                span.set_status(StatusCode.ERROR)
            span.end()


def _context_of(sent: TraceContext | None) -> Context:
    """Return the context in which the span of a request begins."""
    if sent is None:
        return Context()
    flags = TraceFlags(TraceFlags.SAMPLED if sent.is_sampled else TraceFlags.DEFAULT)
    remote = SpanContext(int(sent.trace_id, 16), int(sent.span_id, 16), is_remote=True, trace_flags=flags)
    return set_span_in_context(NonRecordingSpan(remote), Context())
