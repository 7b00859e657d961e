"""The answer as text: nothing is aligned by blanks, and the letter has the figures of the answer and its caveats."""

import re
from datetime import UTC, date, datetime, timedelta, timezone
from itertools import product
from zoneinfo import ZoneInfo

import pytest

from app.core.analytes import Analyte
from app.core.applicability import Population
from app.core.assessment import Assessment, assess
from app.core.dates import SampleDates
from app.core.fitted_model import FittedModel
from app.core.labs import parse_lab
from app.presentation import wording
from app.presentation.languages import load_catalogue
from app.presentation.plain_text.assessment import plain_text
from app.presentation.plain_text.letter import letter_text
from app.presentation.subject import local_time, study_name, subject
from app.presentation.translation import using
from tests.lib.times import NOW

COUNTS = {
    "high": ("4.2 10*9/L", "1.1 10*9/L", "145 10*9/L"),
    "low": ("1.5 10*9/L", "1.1 10*9/L", "145 10*9/L"),
    "near": ("3.39999 10*9/L", "1.0 10*9/L", "100 10*9/L"),
    "unusual": ("0.4 10*9/L", "21 10*9/L", "1 10*9/L"),
}
AFP = ("620 ng/mL", "12 ng/mL", "399.99 ng/mL", "600 IU/mL", "> 1210 ng/mL")
CASES = tuple(product(COUNTS, AFP))
UNLIKE = Population(False, False, "B", 2, False)


def assessed(
    fitted: FittedModel,
    counts: str = "high",
    afp: str = "620 ng/mL",
    population: Population | None = None,
    sampled_on: SampleDates | None = None,
    now: datetime = NOW,
) -> Assessment:
    labs = {analyte: parse_lab(analyte, text) for analyte, text in zip(Analyte, (*COUNTS[counts], afp), strict=True)}
    return assess(fitted, labs, computed_at=now, population=population, sampled_on=sampled_on)


@pytest.mark.parametrize("population", [None, UNLIKE], ids=["not stated", "unlike"])
@pytest.mark.parametrize(("counts", "afp"), CASES)
def test_text_has_short_lines_without_columns(
    fitted: FittedModel, counts: str, afp: str, population: Population | None
) -> None:
    text = plain_text(assessed(fitted, counts, afp, population))
    for line in text.splitlines():
        assert len(line) <= 98
        assert line == line.rstrip()
        assert not re.search(r"\S {2,}", line)
        assert wording.NO_BREAK_SPACE not in line


def test_text_begins_with_subject_and_ends_with_limits(fitted: FittedModel) -> None:
    first, *_others, before, last = plain_text(assessed(fitted)).splitlines()
    assert first == subject(fitted)
    for said in ("Hepatocellular carcinoma", "regorafenib", study_name(fitted), "n = 58"):
        assert said in first
    assert before == "Research software, not a medical device."
    assert last.startswith("It does not predict one person’s survival")


@pytest.mark.parametrize("population", [None, UNLIKE], ids=["not stated", "unlike"])
@pytest.mark.parametrize(("counts", "afp"), CASES)
def test_letter_has_the_figures_of_the_answer(
    fitted: FittedModel, counts: str, afp: str, population: Population | None
) -> None:
    found = assessed(fitted, counts, afp, population)
    values, survival, limits, *_caveats = letter_text(found).splitlines()
    at = next(one.kaplan_meier for one in found.answer.survival if one.months == fitted.headline_months)
    for text in (found.indices.sii.shown, wording.canonical(found.labs[Analyte.AFP]), "340 × 10⁹/L", "400 ng/mL"):
        assert text in values
    for text in (
        *("Hong 2021", "58 patients", "not validated", found.answer.cell.label, found.answer.risk_group.meaning),
        f"{wording.about_of_hundred(at.survival)} of 100",
        f"{wording.of_hundred(at.lower)} to {wording.of_hundred(at.upper)}",
        wording.median_with_interval(found.answer.curve),
    ):
        assert text in survival
    for text in ("not a forecast for one person", "must not be used to choose a treatment", "2026-01-09 12:00 UTC"):
        assert text in limits


def test_converted_value_is_named_as_given(fitted: FittedModel) -> None:
    assert "AFP 726 ng/mL, given as 600 IU/mL" in letter_text(assessed(fitted, afp="600 IU/mL"))
    assert "given as" not in letter_text(assessed(fitted))


@pytest.mark.parametrize(
    ("sampled_on", "said"),
    [
        (SampleDates(), "values without a sampling day (calculated on 9 January 2026)"),
        (SampleDates(date(2026, 1, 2), date(2026, 1, 2)), "laboratory values of 2 January 2026"),
        (SampleDates(date(2026, 1, 2), date(2026, 1, 1)), "blood count of 2 January 2026 and AFP of 1 January 2026"),
        (SampleDates(date(2026, 1, 2)), "blood count of 2 January 2026 and AFP without a sampling day"),
        (SampleDates(None, date(2026, 1, 1)), "AFP of 1 January 2026 and blood count without a sampling day"),
    ],
)
def test_letter_names_the_day_of_the_values(fitted: FittedModel, sampled_on: SampleDates, said: str) -> None:
    assert said in letter_text(assessed(fitted, sampled_on=sampled_on))


@pytest.mark.parametrize("counts", ["high", "near"])
def test_unreviewed_letter_has_the_english_letter_beside_it(fitted: FittedModel, counts: str) -> None:
    found = assessed(fitted, counts, "600 IU/mL", UNLIKE)
    with using(load_catalogue("ar")):
        lines = letter_text(found).splitlines()
    assert [line.partition("[English: ")[2].rstrip("]\u2069") for line in lines] == letter_text(found).splitlines()


def test_letter_names_what_differs_from_the_study(fitted: FittedModel) -> None:
    *_lines, caveat = letter_text(assessed(fitted, population=UNLIKE)).splitlines()
    for said in ("sorafenib did not fail", "Child-Pugh class B", "ECOG 2", "sorafenib was not tolerated"):
        assert said in caveat


@pytest.mark.parametrize(
    ("zone", "text"),
    [
        (UTC, "2026-01-09 12:00 UTC"),
        (ZoneInfo("Asia/Seoul"), "2026-01-09 21:00 KST (UTC+09:00)"),
        (ZoneInfo("America/New_York"), "2026-01-09 07:00 EST (UTC-05:00)"),
        (ZoneInfo("Asia/Kathmandu"), "2026-01-09 17:45 (UTC+05:45)"),
        (timezone(timedelta(hours=9)), "2026-01-09 21:00 (UTC+09:00)"),
    ],
)
def test_time_is_shown_with_its_zone(zone: ZoneInfo | timezone, text: str) -> None:
    assert local_time(NOW.astimezone(zone)) == text


def test_day_of_the_letter_is_the_local_one(fitted: FittedModel) -> None:
    late = datetime(2026, 1, 9, 23, 30, tzinfo=UTC).astimezone(ZoneInfo("Asia/Seoul"))
    letter = letter_text(assessed(fitted, now=late))
    assert "calculated on 10 January 2026" in letter
    assert "2026-01-10 08:30 KST (UTC+09:00)" in letter
