"""When a sample was taken, as FHIR writes it: a day, an instant, or the end of a period."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from app.core.sampling import latest_today

_CLOCK_SKEW = timedelta(minutes=5)
# As FHIR writes them: Python would also read other forms of ISO 8601, such as weeks or a time without seconds.
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_INSTANT = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]+)?(Z|[+-](0[0-9]|1[0-3]):[0-5][0-9]|[+-]14:00)"
)


@dataclass(frozen=True, slots=True)
class EffectiveTime:
    """A moment, known to the second or only to the day. `day` is the calendar day where the sample was taken."""

    text: str
    day: date
    instant: datetime | None

    @property
    def order(self) -> datetime:
        """A moment to sort by: the instant, or midnight of the day."""
        return self.instant or datetime(self.day.year, self.day.month, self.day.day, tzinfo=UTC)

    def is_future(self, now: datetime) -> bool:
        """Whether it lies after `now` on every clock."""
        return self.instant > now + _CLOCK_SKEW if self.instant else self.day > latest_today(now)

    def is_within(self, window: timedelta, other: "EffectiveTime") -> bool:
        """Whether two samples lie at most `window` apart; a day and a moment of that day count as a day apart."""
        if self.instant and other.instant:
            return abs(self.instant - other.instant) <= window
        days = timedelta(days=abs((self.day - other.day).days))
        if (self.instant is None) == (other.instant is None):
            return days <= window
        return max(days, timedelta(days=1)) <= window


def effective_time(observation: Mapping[str, Any]) -> EffectiveTime | None:
    """Return when an Observation holds, or None if it does not say so to the day."""
    period = observation.get("effectivePeriod")
    text = observation.get("effectiveDateTime") or observation.get("effectiveInstant")
    if text is None and isinstance(period, dict):
        text = period.get("end") or period.get("start")
    if not isinstance(text, str):
        return None
    if day := calendar_day(text):
        return EffectiveTime(text, day, None)
    moment = instant(text)
    return EffectiveTime(text, moment.date(), moment.astimezone(UTC)) if moment else None


def instant(text: Any) -> datetime | None:
    """Return the moment that a FHIR instant names, in its own time zone, or None."""
    try:
        moment = datetime.fromisoformat(text) if isinstance(text, str) and _INSTANT.fullmatch(text) else None
        return moment if moment and moment.astimezone(UTC) else None
    except (ValueError, OverflowError):
        return None


def calendar_day(text: Any) -> date | None:
    """Return the day that a FHIR date names in full, or None."""
    try:
        return date.fromisoformat(text) if isinstance(text, str) and _DATE.fullmatch(text) else None
    except ValueError:
        return None
