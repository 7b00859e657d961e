"""Read when a sample was taken, from the elements effective[x] and issued of an Observation."""

import calendar
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from app.core.dates import day_from_iso, latest_today

_LONGEST_PERIOD = timedelta(days=1)  # a sample from a longer period may be as old as its start
_CLOCK_SKEW = timedelta(minutes=5)
_EAST, _WEST = timedelta(hours=14), timedelta(hours=12)  # the time zones farthest ahead of and behind UTC
# FHIR's own form: Python would also read other forms of ISO 8601, such as a time without seconds, or 24:00 (from 3.14).
_INSTANT = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}T([01][0-9]|2[0-3]):[0-9]{2}:[0-9]{2}(\.[0-9]+)?"
    r"(Z|[+-](0[0-9]|1[0-3]):[0-5][0-9]|[+-]14:00)"
)
_WITHOUT_ZONE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}(:[0-9]{2}(\.[0-9]+)?)?")
_PART_OF_CALENDAR = re.compile(r"([0-9]{4})(?:-([0-9]{2}))?(?:-([0-9]{2})T.*)?")


@dataclass(frozen=True, slots=True)
class EffectiveTime:
    """When a sample was taken: the moment, or only the day if `is_day`.

    `day` is the calendar day where the sample was taken. `order` is a moment to sort by: the moment in UTC, or midnight
    UTC of the day.
    """

    text: str
    day: date
    order: datetime
    is_day: bool

    @property
    def earliest(self) -> datetime:
        """The earliest possible moment: for a day, its start in the easternmost time zone."""
        return _saturated(self.order, -_EAST) if self.is_day else self.order

    @property
    def latest(self) -> datetime:
        """The latest possible moment: for a day, its end in the westernmost time zone."""
        return _saturated(self.order, timedelta(days=1) + _WEST) if self.is_day else self.order

    def is_future(self, now: datetime) -> bool:
        """Return whether it is after `now` in every time zone."""
        return self.day > latest_today(now) if self.is_day else self.order > now + _CLOCK_SKEW

    def can_be_after(self, other: "EffectiveTime") -> bool:
        """Return whether it may be later than another. A day and a moment of that day may be in either order."""
        if self.is_day == other.is_day:
            return self.order > other.order
        return self.day >= other.day

    def is_within(self, window: timedelta, other: "EffectiveTime") -> bool:
        """Return whether two are at most `window` apart. A day and a moment of that day count as a day apart."""
        if self.is_day == other.is_day:
            return abs(self.order - other.order) <= window
        return max(abs(self.day - other.day), timedelta(days=1)) <= window


def effective_time(observation: Mapping[str, Any]) -> EffectiveTime | None:
    """Return when the sample of an Observation was taken, or None if it does not give the day."""
    text = _effective_text(observation)
    if not isinstance(text, str):
        return None
    if moment := instant(text):
        return EffectiveTime(text, moment.date(), moment.astimezone(UTC), is_day=False)
    day = day_from_iso(text)
    return _whole_day(text, day) if day else None


def time_fault(observation: Mapping[str, Any]) -> str:
    """Return the fault, as a code, of an effective time that `effective_time` cannot read."""
    text = _effective_text(observation)
    if text is None:
        return "no_day"
    return "no_zone" if isinstance(text, str) and _WITHOUT_ZONE.fullmatch(text) else "not_a_date"


def latest_possible(observation: Mapping[str, Any], known: EffectiveTime | None) -> datetime | None:
    """Return the latest moment at which the sample of an Observation can have been taken, or None if it is not known.

    `known` is its effective time, if it can be read. A month or a year counts until its end, a time without a zone is
    taken in the westernmost zone, and a sample was taken before its result was issued.
    """
    issued = instant(observation.get("issued"))
    found = [moment for moment in (known.latest if known else _end_of(_effective_text(observation)), issued) if moment]
    return min(found, default=None)


def instant(text: Any) -> datetime | None:
    """Return the moment that a FHIR instant names, in its own time zone, or None."""
    try:
        moment = datetime.fromisoformat(text) if isinstance(text, str) and _INSTANT.fullmatch(text) else None
        return moment if moment and moment.astimezone(UTC) else None
    except (ValueError, OverflowError):
        return None


def _effective_text(observation: Mapping[str, Any]) -> Any:
    """Return the text of the effective time; None if there is none or more than one, or a period of more than a day."""
    names = [name for name in observation if name.startswith("effective")]
    if len(names) != 1:
        return None
    value = observation[names[0]]
    if names[0] != "effectivePeriod":
        return value if names[0] in ("effectiveDateTime", "effectiveInstant") else None
    if not isinstance(value, dict):
        return None
    start, end = value.get("start"), value.get("end")
    if start is None or end is None:
        return end or start
    begun, ended = (effective_time({"effectiveDateTime": text}) for text in (start, end))
    is_one_time = begun and ended and begun.order <= ended.order and ended.is_within(_LONGEST_PERIOD, begun)
    return end if is_one_time or begun is None or ended is None else None


def _end_of(text: Any) -> datetime | None:
    """Return the latest moment within a year, a month, or a day whose time cannot be read."""
    match = _PART_OF_CALENDAR.fullmatch(text) if isinstance(text, str) else None
    if match is None:
        return None
    year, month = int(match[1]), int(match[2] or 12)
    try:
        day = int(match[3] or calendar.monthrange(year, month)[1])
        return _whole_day(text, date(year, month, day)).latest
    except ValueError:
        return None


def _whole_day(text: str, day: date) -> EffectiveTime:
    return EffectiveTime(text, day, datetime(day.year, day.month, day.day, tzinfo=UTC), is_day=True)


def _saturated(moment: datetime, by: timedelta) -> datetime:
    try:
        return moment + by
    except OverflowError:
        return moment
