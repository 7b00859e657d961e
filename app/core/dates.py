"""Read and write days, and check the days of the samples against each other and against today."""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from app.core.analytes import Analyte
from app.core.errors import InputError, InputWarning

_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
# This project's own rule: the study took all values at the start of regorafenib and gives no time window.
RECENT_DAYS = 30
OUTDATED_DAYS = 90
APART_DAYS = 90
OLDEST_YEARS = 20  # an earlier day is a slip of the year
_SAMPLES = ("blood_count", "afp")  # by the names of their days in SampleDates
_FARTHEST_EAST = timedelta(hours=14)  # the time zone farthest ahead of UTC


@dataclass(frozen=True, slots=True)
class SampleDates:
    """The days on which blood count and AFP were drawn; None if not stated."""

    blood_count: date | None = None
    afp: date | None = None

    def of(self, analyte: Analyte) -> date | None:
        """Return the day on which the sample of an analyte was drawn."""
        return self.blood_count if analyte.is_count else self.afp


def latest_today(now: datetime) -> date:
    """Return the latest calendar day anywhere on Earth at an aware time, because a sample may come from anywhere."""
    return (now.astimezone(UTC) + _FARTHEST_EAST).date()


def date_errors(dates: SampleDates, today: date) -> tuple[InputError, ...]:
    """Return an error for each date after today, or more than 20 years before."""
    errors = []
    for name in _SAMPLES:
        sampled: date | None = getattr(dates, name)
        if sampled is None:
            continue
        if sampled > today:
            errors.append(InputError(f"sampled_on.{name}", "in_the_future", name))
        elif sampled.year < today.year - OLDEST_YEARS:
            errors.append(InputError(f"sampled_on.{name}", "too_long_ago", name, years=OLDEST_YEARS))
    return tuple(errors)


def date_warnings(dates: SampleDates, today: date) -> tuple[InputWarning, ...]:
    """Return warnings: a sample older than 30 days, or than 90, or samples more than 90 days apart."""
    warnings = []
    for name in _SAMPLES:
        sampled: date | None = getattr(dates, name)
        if sampled is not None and not _is_recent(sampled, today):
            warnings.append(_of_age(name, (today - sampled).days))
    if dates.blood_count and dates.afp and abs((dates.blood_count - dates.afp).days) > APART_DAYS:
        apart = abs((dates.blood_count - dates.afp).days)
        warnings.append(InputWarning("sampled_on", "samples_apart", parameters={"days": apart}))
    return tuple(warnings)


def _of_age(name: str, days: int) -> InputWarning:
    if days > OUTDATED_DAYS:
        return InputWarning(f"sampled_on.{name}", "sample_outdated", name, {"days": days})
    return InputWarning(f"sampled_on.{name}", "sample_old", name, {"days": days})


def are_recent(dates: SampleDates, today: date) -> bool:
    """Return whether the days of both samples are stated, and neither sample is older than 30 days."""
    return all(sampled is not None and _is_recent(sampled, today) for sampled in (dates.blood_count, dates.afp))


def _is_recent(sampled: date, today: date) -> bool:
    return (today - sampled).days <= RECENT_DAYS


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
