"""When a sample was taken, as FHIR writes it: a day, an instant, or the end of a period."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from app.core.sampling import latest_today

_CLOCK_SKEW = timedelta(minutes=5)


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
    if text is None and isinstance(period, Mapping):
        text = period.get("end") or period.get("start")
    if not isinstance(text, str):
        return None
    try:
        if len(text) == len("2026-01-02"):
            return EffectiveTime(text, date.fromisoformat(text), None)
        instant = datetime.fromisoformat(text)
        if instant.tzinfo is None or "T" not in text:
            return None
        return EffectiveTime(text, instant.date(), instant.astimezone(UTC))
    except (ValueError, OverflowError):
        return None
