"""When the samples were taken: optional dates, checked against each other and against the time of the assessment."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from app.core.analytes import Analyte
from app.core.errors import InputError, Notice

# This project's own rule: the study took all values at the start of regorafenib, and gives no window.
RECENT_DAYS = 30
APART_DAYS = 90
_FARTHEST_EAST = timedelta(hours=14)  # no clock on Earth is further ahead of UTC


@dataclass(frozen=True, slots=True)
class SampleDates:
    """The days on which blood count and AFP were drawn; None is not stated."""

    blood_count: date | None = None
    afp: date | None = None

    def of(self, analyte: Analyte) -> date | None:
        """Return the day on which the sample of an analyte was drawn."""
        return self.blood_count if analyte.is_count else self.afp


def latest_today(now: datetime) -> date:
    """Return the latest day that it is anywhere on Earth at an aware time: the sample may be from far to the east."""
    return (now.astimezone(UTC) + _FARTHEST_EAST).date()


def date_errors(dates: SampleDates, today: date) -> tuple[InputError, ...]:
    """Return an error for each date after today."""
    return tuple(
        InputError(
            f"sampled_on.{name}",
            "in_the_future",
            f"The sample date of {label} is in the future.",
            "Check the day, month and year.",
        )
        for name, label, sampled in _named(dates)
        if sampled is not None and sampled > today
    )


def date_notices(dates: SampleDates, today: date) -> tuple[Notice, ...]:
    """Return warnings: a sample older than 30 days, or samples more than 90 days apart."""
    notices = [
        Notice(
            "sample_old",
            f"The sample of {label} is {(today - sampled).days} days old. The model is for values at the start of "
            "regorafenib.",
            f"sampled_on.{name}",
        )
        for name, label, sampled in _named(dates)
        if sampled is not None and (today - sampled).days > RECENT_DAYS
    ]
    if dates.blood_count and dates.afp and abs((dates.blood_count - dates.afp).days) > APART_DAYS:
        notices.append(
            Notice(
                "samples_apart",
                f"Blood count and AFP were taken {abs((dates.blood_count - dates.afp).days)} days apart.",
                "sampled_on",
            )
        )
    return tuple(notices)


def _named(dates: SampleDates) -> tuple[tuple[str, str, date | None], ...]:
    return (("blood_count", "the blood count", dates.blood_count), ("afp", "AFP", dates.afp))
