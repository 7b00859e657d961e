"""Days and moments as ISO 8601 writes them, in the one form that every interface takes and gives."""

import re
from datetime import UTC, date, datetime

from app.core.errors import InputError

_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


def day_from_iso(text: object) -> date | None:
    """Return the day that a text such as 2026-11-02 names, or None.

    Python would also read other forms of ISO 8601, such as 20261102 or the week date 2026-W45-1.
    """
    try:
        return date.fromisoformat(text) if isinstance(text, str) and _DAY.fullmatch(text) else None
    except ValueError:
        return None


def typed_day(field: str, text: str | None) -> date | None:
    """Return the day that a person typed, or None for None. Raises InputError, which names the field."""
    if text is None:
        return None
    day = day_from_iso(text)
    if day is None:
        raise InputError(field, "not_a_date")
    return day


def utc_second(moment: datetime) -> str:
    """Return an aware time in UTC, to the second: 2026-11-02T08:00:00Z."""
    return moment.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
