"""Days of samples: read in one form, compared with today, and written in UTC."""

from datetime import UTC, date, datetime, timedelta, timezone

import pytest

from app.core.analytes import Analyte
from app.core.dates import SampleDates, are_recent, day_from_iso, latest_today, typed_day, utc_second
from app.core.errors import InputError

TODAY = date(2026, 11, 27)
OLDEST = date(2026, 10, 28)  # 30 days before


def test_counts_and_afp_have_their_own_day() -> None:
    dates = SampleDates(blood_count=OLDEST, afp=TODAY)
    assert [dates.of(analyte) for analyte in Analyte] == [OLDEST, OLDEST, OLDEST, TODAY]
    assert SampleDates().of(Analyte.AFP) is None


@pytest.mark.parametrize(
    ("blood_count", "afp", "recent"),
    [
        (TODAY, TODAY, True),
        (OLDEST, OLDEST, True),
        (OLDEST - timedelta(days=1), TODAY, False),
        (TODAY, OLDEST - timedelta(days=1), False),
        (None, TODAY, False),
        (TODAY, None, False),
        (None, None, False),
    ],
)
def test_samples_are_recent_for_30_days(blood_count: date | None, afp: date | None, recent: bool) -> None:
    assert are_recent(SampleDates(blood_count, afp), TODAY) is recent


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2026-11-27", TODAY),
        ("2024-02-29", date(2024, 2, 29)),
        ("2026-02-29", None),
        ("2026-11-27 ", None),
        ("20261127", None),
        ("2026-W48-5", None),
        ("", None),
        (None, None),
        (20261127, None),
        (TODAY, None),
    ],
)
def test_day_is_read_in_one_form(text: object, day: date | None) -> None:
    assert day_from_iso(text) == day


def test_typed_day_is_read_or_names_its_field() -> None:
    assert typed_day("sampled_on.afp", "2026-11-27") == TODAY
    assert typed_day("sampled_on.afp", None) is None
    for text in ("", "27.11.2026"):
        with pytest.raises(InputError) as caught:
            typed_day("sampled_on.afp", text)
        assert (caught.value.field, caught.value.code, caught.value.case) == ("sampled_on.afp", "not_a_date", "")


def test_time_is_written_in_utc_to_the_second() -> None:
    india = timezone(timedelta(hours=5, minutes=30))
    moment = datetime(2026, 11, 2, 1, 30, 59, 999_999, tzinfo=india)
    assert utc_second(moment) == "2026-11-01T20:00:59Z"
    assert utc_second(moment.astimezone(UTC)) == "2026-11-01T20:00:59Z"


def test_latest_day_is_that_of_the_easternmost_place() -> None:
    assert latest_today(datetime(2026, 11, 2, 9, 59, tzinfo=UTC)) == date(2026, 11, 2)
    assert latest_today(datetime(2026, 11, 2, 10, tzinfo=UTC)) == date(2026, 11, 3)
