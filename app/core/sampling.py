"""When the samples were taken: optional dates, checked against each other and against the time of the assessment."""

from dataclasses import dataclass
from datetime import date

from app.core.errors import InputError
from app.core.notices import Notice

# This project's own rule: the study took all values at the start of regorafenib, and gives no window.
RECENT_DAYS = 90


@dataclass(frozen=True, slots=True)
class SampleDates:
    """The days on which blood count and AFP were drawn; None is not stated."""

    blood_count: date | None = None
    afp: date | None = None


def date_errors(dates: SampleDates, today: date) -> tuple[InputError, ...]:
    """Return an error for each date in the future."""
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
    """Return warnings: a sample older than 90 days, or samples more than 90 days apart."""
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
    if dates.blood_count and dates.afp and abs((dates.blood_count - dates.afp).days) > RECENT_DAYS:
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
