"""Write log lines as JSON. They have only the keys named here, and never a value, a body or a query.

Records of other libraries give only the logger's name, because they may quote a request. Those of the server itself
(uvicorn: where it listens, why it cannot) are written with their message.
"""

import json
import logging
from datetime import UTC, datetime

from app.config.log_queue import LogQueue

# What a record of this service may carry.
_FIELDS = (
    "method",
    "route",
    "status",
    "duration_ms",
    "request_id",
    "trace_id",
    "caller",
    "hook_instance",
    "no_card",
    "model",
    "error",
    "where",
)
KEYS = ("time", "level", "event", *_FIELDS, "message")
_SERVER = "uvicorn.error"  # uvicorn's name for everything but access
logger = logging.getLogger("sii_afp")


class JsonLines(logging.Formatter):
    """Formats a record as one JSON object with the allowed keys."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line."""
        line = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "event": record.getMessage() if record.name == logger.name else record.name,
        }
        if record.name == _SERVER:
            line |= {"event": "server", "message": record.getMessage().strip()}
        for key in _FIELDS:
            value = getattr(record, key, None)
            if value is not None:
                line[key] = value
        if record.exc_info and record.exc_info[0]:
            line["error"] = record.exc_info[0].__name__
        return json.dumps(line, ensure_ascii=False)


def configure_logging(level: str) -> LogQueue:
    """Write JSON lines to standard output, for this service and uvicorn. Return the queue, to finish it at the end."""
    queue = LogQueue()
    queue.setFormatter(JsonLines())
    logging.basicConfig(level=level.upper(), handlers=[queue], force=True)
    logging.getLogger("uvicorn.access").disabled = True
    return queue
