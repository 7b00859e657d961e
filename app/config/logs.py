"""Write log lines as JSON. They have only the keys named here, and never a value, a body or a query.

Records of other libraries give only the logger's name, because they may quote a request. Those of the server itself
(uvicorn: where it listens, why it cannot) are written with their message.
"""

import json
import logging
from datetime import UTC, datetime

import orjson

from app.config.log_queue import WHOLE_BYTES, DirectLines, LogQueue

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
# Only in a line that is too long for one write.
_LONGEST_TEXT = 240
logger = logging.getLogger("sii_afp")


class JsonLines(logging.Formatter):
    """Formats a record as one JSON object with the allowed keys."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line."""
        line: dict[str, object] = {
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
        text = _as_json(line)
        if len(text) * 4 < WHOLE_BYTES or len(text.encode("utf-8", "backslashreplace")) < WHOLE_BYTES:
            return text
        return _as_json({key: _shortened(value) for key, value in line.items()})


def configure_logging(level: str) -> LogQueue:
    """Write JSON lines to standard output, for this service and uvicorn. Return the queue, to finish it at the end."""
    queue = LogQueue()
    _write_with(queue, level)
    return queue


def configure_parent_logging(level: str) -> None:
    """The same for the parent of several workers, which must not have threads."""
    _write_with(DirectLines(), level)


def _write_with(handler: logging.Handler, level: str) -> None:
    # The lines name no place, thread, process or task, so a record need not find them out.
    # https://docs.python.org/3/howto/logging.html#optimization
    logging._srcfile = None  # noqa: SLF001 - the documented way
    logging.logThreads = logging.logProcesses = logging.logMultiprocessing = False
    handler.setFormatter(JsonLines())
    logging.basicConfig(level=level.upper(), handlers=[handler], force=True)
    logging.getLogger("uvicorn.access").disabled = True


def _as_json(line: dict[str, object]) -> str:
    try:
        return orjson.dumps(line).decode()
    except TypeError:  # half of a surrogate pair, in a path for example
        return json.dumps(line, ensure_ascii=False)


def _shortened(value: object) -> object:
    """Return a value with the middle of a long text left out."""
    if not isinstance(value, str) or len(value) <= _LONGEST_TEXT:
        return value
    return f"{value[: _LONGEST_TEXT // 2]} ... {value[-_LONGEST_TEXT // 2 :]}"
