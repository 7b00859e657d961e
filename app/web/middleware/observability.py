"""Log and count every request: one JSON line and one count each."""

import logging
import random
import time
import uuid
from functools import cache

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.config.logs import logger
from app.net.trace_context import current, sent_trace
from app.web.metrics import Metrics


class Observability:
    """Outermost ASGI middleware: request id, duration, counters and the log line."""

    def __init__(self, app: ASGIApp, metrics: Metrics, model: str) -> None:
        self.app = app
        self.model = model
        # Label look-ups cost more than counting; routes, methods and statuses are few.
        self.counter_of = cache(metrics.requests.labels)
        self.timer_of = cache(metrics.seconds.labels)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Observe an HTTP request."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        # It tells requests apart and is no secret: this costs no call of the operating system, as uuid4 does.
        request_id = str(uuid.UUID(int=random.getrandbits(128), version=4))
        scope.setdefault("state", {})["request_id"] = request_id
        trace = sent_trace(scope["headers"])
        if trace:
            scope["state"]["trace_id"] = trace.trace_id
        token = current.set(trace)
        started = time.perf_counter()
        status = 500

        async def observed_send(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                message.setdefault("headers", []).append((b"x-request-id", request_id.encode()))
            await send(message)

        try:
            await self.app(scope, receive, observed_send)
        finally:
            current.reset(token)
            # The server may have refused the request before it had arrived; then the client got its status.
            status = scope["state"].get("refused", status)
            seconds = time.perf_counter() - started
            route = getattr(scope.get("route"), "path", None) or "other"
            method = scope["method"] if scope["method"] in ("GET", "POST", "HEAD") else "other"
            self.counter_of(route, method, str(status)).inc()
            self.timer_of(route).observe(seconds)
            if logger.isEnabledFor(logging.INFO):
                logger.info(
                    "request",
                    extra={
                        "method": method,
                        "route": route,
                        "status": status,
                        "duration_ms": round(1000 * seconds, 2),
                        "request_id": request_id,
                        "trace_id": scope["state"].get("trace_id"),
                        "caller": scope["state"].get("caller"),
                        "hook_instance": scope["state"].get("hook_instance"),
                        "no_card": scope["state"].get("no_card"),
                        "model": self.model,
                    },
                )
