"""One JSON line and one count per request. Lines hold the keys named here: never a value, a body or a query."""

import json
import logging
import sys
import time
import uuid
from datetime import UTC, datetime
from functools import cache

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.web.state import Metrics

KEYS = (
    "time",
    "level",
    "event",
    "method",
    "route",
    "status",
    "duration_ms",
    "request_id",
    "caller",
    "hook_instance",
    "model",
    "error",
)
logger = logging.getLogger("sii_afp")


class JsonLines(logging.Formatter):
    """Formats a record as one JSON object with the allowed keys; of foreign records only the source is told."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line."""
        line = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "event": record.getMessage() if record.name == logger.name else record.name,
        }
        for key in KEYS[3:]:
            value = getattr(record, key, None)
            if value is not None:
                line[key] = value
        if record.exc_info and record.exc_info[0]:
            line["error"] = record.exc_info[0].__name__
        return json.dumps(line, ensure_ascii=False)


def configure_logging(level: str) -> None:
    """Write JSON lines to standard output, for this service and the server beneath it."""
    handler = logging.StreamHandler(sys.stdout)
    handler.setFormatter(JsonLines())
    logging.basicConfig(level=level.upper(), handlers=[handler], force=True)
    logging.getLogger("uvicorn.access").disabled = True


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
        request_id = str(uuid.uuid4())
        scope.setdefault("state", {})["request_id"] = request_id
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
                        "caller": scope["state"].get("caller"),
                        "hook_instance": scope["state"].get("hook_instance"),
                        "model": self.model,
                    },
                )
