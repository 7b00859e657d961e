"""Read the header `traceparent` of a request, and write it for the calls to other servers that the request needs.

W3C Trace Context: https://www.w3.org/TR/trace-context/. `tracestate` is not passed on, because it may hold anything.
"""

import re
import secrets
from collections.abc import Iterable
from contextvars import ContextVar
from dataclasses import dataclass

NAME = "traceparent"
_RAW_NAME = NAME.encode()
_FORM = re.compile(rb"([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(-.*)?")
_SAMPLED = 1


@dataclass(frozen=True, slots=True)
class TraceContext:
    """The trace that a request belongs to, the caller's span in it, and whether the caller records it."""

    trace_id: str
    span_id: str
    is_sampled: bool


current: ContextVar[TraceContext | None] = ContextVar("trace", default=None)
"""The trace of the request that is being answered."""


def sent_trace(headers: Iterable[tuple[bytes, bytes]]) -> TraceContext | None:
    """Return the trace that the headers of a request name; None if there is none, or none that is valid."""
    found = None
    for name, value in headers:
        if name == _RAW_NAME:
            if found is not None:
                return None
            found = value
    return None if found is None else _read(found)


def passed_on() -> dict[str, str]:
    """Return the header for a call to another server: the same trace, with a new span. Empty without a trace."""
    trace = current.get()
    if trace is None:
        return {}
    return {NAME: f"00-{trace.trace_id}-{secrets.token_hex(8)}-{int(trace.is_sampled):02x}"}


def _read(value: bytes) -> TraceContext | None:
    match = _FORM.fullmatch(value)
    if match is None:
        return None
    version, trace_id, span_id, flags, more = (part.decode("latin-1") if part else "" for part in match.groups())
    is_valid = version != "ff" and not (version == "00" and more) and trace_id.strip("0") and span_id.strip("0")
    return TraceContext(trace_id, span_id, bool(int(flags, 16) & _SAMPLED)) if is_valid else None
