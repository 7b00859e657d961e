"""Caveats in words: nothing is rounded to certainty, and what is close to a cut-off names the other side."""

import pytest

from app.core.analytes import Analyte
from app.core.assessment import Assessment, assess
from app.core.caveats import Level
from app.core.errors import InputWarning
from app.core.fitted_model import ExternalMedian, ExternalSurvival, ExternalSurvivalAt, FittedModel
from app.core.kaplan_meier import Estimate
from app.core.labs import parse_lab
from app.presentation import wording
from app.presentation.caveat_messages import caveat_messages, marks
from app.presentation.other_survival import survival_found
from app.presentation.pages.survival_tables import survival_table
from app.presentation.templating import Link
from tests.lib.times import NOW


def assessed(fitted: FittedModel, *texts: str, warnings: tuple[InputWarning, ...] = ()) -> Assessment:
    labs = {analyte: parse_lab(analyte, text) for analyte, text in zip(Analyte, texts, strict=True)}
    return assess(fitted, labs, computed_at=NOW, source_warnings=warnings)


@pytest.fixture
def near_both(fitted: FittedModel) -> Assessment:
    return assessed(fitted, "3.39999 10*9/L", "1.0 10*9/L", "100 10*9/L", "399.99 ng/mL")


def test_near_value_names_the_other_side(near_both: Assessment) -> None:
    sii, afp = caveat_messages(near_both, Level.FIRST)
    assert "in about 50 of 100 cases" in sii
    assert "in 20 healthy adults and is larger in patients" in sii
    assert "middle-risk group, about 62 of 100 alive after 6 months (95 % interval: 36 to 82)" in sii
    assert "higher-risk group" not in sii
    assert "340 to 460 ng/mL" in afp
    assert "higher-risk group, about 36 of 100 alive after 6 months (95 % interval: 10 to 64)" in afp
    assert "from 10 to 99 of 100" in afp


def test_summary_has_each_mark_once(fitted: FittedModel, near_both: Assessment) -> None:
    assert marks(near_both) == ("close to both cut-offs",)
    found = assessed(
        fitted,
        "0.4 10*9/L",
        "21 10*9/L",
        "20 10*9/L",
        "400 ng/mL",
        warnings=(InputWarning("sampled_on", "newer_results", parameters={"results": ()}),),
    )
    assert marks(found) == ("newer results", "close to the cut-off", "unusual values")


@pytest.mark.parametrize(
    ("probability", "number", "about"),
    [
        (0.0, "fewer than 1", "fewer than 1"),
        (0.004, "fewer than 1", "fewer than 1"),
        (0.006, "1", "about 1"),
        (0.5, "50", "about 50"),
        (0.994, "99", "about 99"),
        (0.996, "more than 99", "more than 99"),
        (1.0, "more than 99", "more than 99"),
    ],
)
def test_no_number_of_a_hundred_is_none_or_all(probability: float, number: str, about: str) -> None:
    assert (wording.of_hundred(probability), wording.about_of_hundred(probability)) == (number, about)


@pytest.mark.parametrize(
    ("probability", "shown"),
    [(0.0, "0 %"), (0.005, "under 1 %"), (0.0051, "1 %"), (0.9949, "99 %"), (0.995, "over 99 %"), (1.0, "100 %")],
)
def test_no_percentage_is_rounded_to_certainty(probability: float, shown: str) -> None:
    assert wording.percent(probability) == shown


def test_natural_frequency_leaves_no_certainty() -> None:
    sentence = wording.natural_frequency(Estimate(0.998, 0.003, 0.999), 3)
    assert sentence == (
        "Of 100 patients in this group, more than 99 would be alive after 3 months and fewer than 1 would have died "
        "(95 % interval: fewer than 1 to more than 99 alive)."
    )


def test_firm_sii_is_not_certain(fitted: FittedModel) -> None:
    found = assessed(fitted, "40 10*9/L", "1 10*9/L", "900 10*9/L", "5 ng/mL")
    assert "in more than 99 of 100 cases" in wording.firmness(found)


def test_firmness_is_empty_near_the_cut_off(near_both: Assessment) -> None:
    assert wording.firmness(near_both) == ""


@pytest.mark.parametrize(
    ("medians", "at", "shown"),
    [
        ((ExternalMedian(None, {}, 10.6, (9.1, 12.1)),), (), "median 10.6 months (95 % interval: 9.1 to 12.1)"),
        ((ExternalMedian("women", {}, 9, None),), (), "median 9.0 months (women)"),
        ((), (ExternalSurvivalAt(12, 0.546),), "54.6 % alive after 12 months"),
    ],
)
def test_survival_of_a_study_in_words(
    medians: tuple[ExternalMedian, ...], at: tuple[ExternalSurvivalAt, ...], shown: str
) -> None:
    cohort = ExternalSurvival("a", "A study", "Some", 40, None, medians, at, None, "https://a.example")
    assert survival_found(cohort) == shown


@pytest.mark.parametrize(
    ("high", "marked"), [({"sii", "afp"}, "9.6"), ({"afp"}, "9.6"), ({"sii"}, "13.6"), (set(), "13.6")]
)
def test_median_of_patients_like_this_one_is_marked(fitted: FittedModel, high: set[str], marked: str) -> None:
    """In 952P the median is 9.6 months with AFP of 400 ng/mL or more, and 13.6 below."""
    rows = survival_table(fitted, frozenset(high)).rows
    (shown,) = (str(row[-1]) for row in rows if isinstance(row[0], Link) and "952P" in row[0].text)
    first, second = shown.split(", median ")
    assert [part for part in (first, second) if "as this patient" in part] == [
        part for part in (first, second) if marked in part
    ]
    assert "as this patient" not in str(survival_table(fitted, None))
