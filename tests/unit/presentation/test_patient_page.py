"""What each caveat does on the page for the patient, and the numbers of each group."""

from dataclasses import replace

import pytest

from app.core import caveats
from app.core.applicability import Population
from app.core.assessment import Assessment
from app.core.caveats import NEAR_CUT_OFF, PATIENT_DIFFERS, PATIENT_NOT_STATED, WARNING_LEVELS, Level
from app.core.cox import COMBINED
from app.core.errors import InputWarning
from app.core.fitted_model import FittedModel
from app.core.kaplan_meier import Estimate
from app.presentation.charts.icon_array import open_places
from app.presentation.input_messages import WARNINGS
from app.presentation.model_caveats import OF_THE_MODEL
from app.presentation.pages.patient import PatientPage, patient_page
from app.presentation.pages.patient_caveats import EFFECTS, Effect
from app.presentation.pages.record import Origin, PatientBanner, RecordView
from tests.lib.assessments import assessed

BOTH_HIGH = ("4.2", "1.1", "145", "620")  # SII by hand: 145 x 4.2 / 1.1 = 553.6
NEAR_BOTH = ("3.39999", "1.0", "100", "399.99")
FIRST = sorted({code for code, level in WARNING_LEVELS.items() if level is Level.FIRST})
EHR = PatientBanner("A B", "1950")


def page_of(assessment: Assessment, record: RecordView | None = None) -> PatientPage:
    return patient_page(assessment, {}, record)


def shows_nothing(page: PatientPage) -> bool:
    """Return whether the page gives no hint of a group: no number, no side of a limit, no finding."""
    sides = {measure.side for measure in page.measures}
    return (page.groups, page.gist, page.size, page.whole_span, sides) == ((), "", "", "", {""})


def test_every_caveat_has_an_effect() -> None:
    """Decide what a new caveat does on this page; until then one that comes first hides the numbers."""
    named = {text for name, text in vars(caveats).items() if name.isupper() and isinstance(text, str)}
    of_inputs = {key.partition(".")[0] for key in WARNINGS}
    of_patients = {NEAR_CUT_OFF, PATIENT_DIFFERS, PATIENT_NOT_STATED}
    named.remove(COMBINED)  # it is a factor, and imported there
    assert set(EFFECTS) == named | of_inputs | of_patients | OF_THE_MODEL | set(WARNING_LEVELS)


def test_first_caveat_hides_or_widens() -> None:
    first = {*FIRST, NEAR_CUT_OFF, PATIENT_DIFFERS}
    assert {code for code in first if EFFECTS[code] not in (Effect.HIDES, Effect.WIDENS)} == set()
    assert {code for code, one in EFFECTS.items() if one is Effect.WIDENS} == {NEAR_CUT_OFF}


@pytest.mark.parametrize("code", [*FIRST, "a_new_code"])
@pytest.mark.parametrize("numbers", [BOTH_HIGH, NEAR_BOTH], ids=["firm", "near"])
def test_first_caveat_leaves_no_number(fitted: FittedModel, code: str, numbers: tuple[str, ...]) -> None:
    page = page_of(assessed(fitted, *numbers, warnings=(InputWarning("afp", code),)))
    assert shows_nothing(page)
    assert len(page.reasons) == 1


@pytest.mark.parametrize(
    ("numbers", "population", "reasons"),
    [
        (BOTH_HIGH, Population(child_pugh_class="B"), 1),
        (BOTH_HIGH, Population(sorafenib_failed=False, ecog=2), 1),
        (("4.2", "1.1", "10", "620"), Population(), 1),  # platelets are unusual
        (("1", "5", "100", "12"), Population(), 1),  # so is the ratio of the counts
        (("4.2", "1.1", "10", "620"), Population(ecog=3), 2),
    ],
)
def test_unlike_or_unusual_patient_sees_no_number(
    fitted: FittedModel, numbers: tuple[str, ...], population: Population, reasons: int
) -> None:
    page = page_of(assessed(fitted, *numbers, population=population))
    assert shows_nothing(page)
    assert len(page.reasons) == reasons


@pytest.mark.parametrize(
    ("record", "is_hidden"),
    [
        (RecordView("a-handle", EHR), False),
        (RecordView("a-handle", None), False),  # the EHR shows whose record it is
        (RecordView("a-handle", EHR, changes=("One.",) * 3), False),
        (RecordView("a-handle", EHR, changes=("One.",) * 4), True),
        (RecordView("a-handle", PatientBanner(unknown="Not known.")), True),
        (RecordView(banner=PatientBanner(unknown="Fictional."), origin=Origin.SAMPLE), False),
    ],
)
def test_values_of_an_unknown_patient_have_no_number(
    fitted: FittedModel, record: RecordView, *, is_hidden: bool
) -> None:
    page = page_of(assessed(fitted, *BOTH_HIGH), record)
    assert shows_nothing(page) == is_hidden
    assert bool(page.reasons) == is_hidden
    assert page.banner == record.banner


def test_changed_value_is_pointed_out(fitted: FittedModel) -> None:
    before, after = (page_of(assessed(fitted, *BOTH_HIGH), RecordView("x", EHR, changes=one)) for one in ((), ("A.",)))
    assert len(after.notes) == len(before.notes) + 1


@pytest.mark.parametrize(
    ("numbers", "groups", "span"),
    [
        (NEAR_BOTH, ["87", "62", "36"], ("10", "99")),
        (("1.5", "1.1", "110", "399"), ["87", "62"], ("36", "99")),
        (("4.2", "1.1", "145", "401"), ["62", "36"], ("10", "82")),
    ],
    ids=["both", "AFP below", "AFP above"],
)
def test_value_near_a_limit_shows_every_group(
    fitted: FittedModel, numbers: tuple[str, ...], groups: list[str], span: tuple[str, str]
) -> None:
    page = page_of(assessed(fitted, *numbers))
    for alive, group in zip(groups, page.groups, strict=True):
        assert f"about {alive} would be alive" in group.sentence
    assert all(group.title and not group.times for group in page.groups)
    assert f"as few as {span[0]}, or as many as {span[1]}." in page.whole_span
    assert page.size == ""


def test_time_without_patients_has_no_number(fitted: FittedModel) -> None:
    (group,) = page_of(assessed(fitted, *BOTH_HIGH)).groups
    assert [(row.after, row.alive, row.died, row.span) for row in group.times] == [
        ("3 months", "67", "33", "32 to 93"),
        ("12 months", "", "", ""),
    ]


def test_headline_without_patients_hides_numbers(fitted: FittedModel) -> None:
    assessment = assessed(fitted, *BOTH_HIGH)
    curve = replace(assessment.answer.curve, median_at_risk=(2,) * len(assessment.answer.curve.band.months))
    page = page_of(replace(assessment, answer=replace(assessment.answer, curve=curve)))
    assert shows_nothing(page)
    assert len(page.reasons) == 1


@pytest.mark.parametrize(
    ("estimate", "alive", "died", "span"),
    [
        (Estimate(0.364, 0.11, 0.64), "about 36", "about 64", ("11", "64")),
        (Estimate(0.003, 0.0, 0.3), "fewer than 1", "more than 99", ("fewer than 1", "30")),
        (Estimate(0.998, 0.7, 0.999), "more than 99", "fewer than 1", ("70", "more than 99")),
        (Estimate(0.5, 0.001, 0.999), "about 50", "about 50", ("fewer than 1", "more than 99")),
    ],
)
def test_no_number_is_none_or_all(
    fitted: FittedModel, estimate: Estimate, alive: str, died: str, span: tuple[str, str]
) -> None:
    assessment = assessed(fitted, *BOTH_HIGH)
    survival = tuple(replace(at, kaplan_meier=estimate) for at in assessment.answer.survival)
    (group,) = page_of(replace(assessment, answer=replace(assessment.answer, survival=survival))).groups
    assert f"{alive} would be alive" in group.sentence
    assert f"{died} would have died" in group.sentence
    assert all(limit in group.span for limit in span)


def test_stripes_cover_the_places_between_the_limits() -> None:
    assert open_places(Estimate(0.36, 0.11, 0.64)).count("M") == 3 * (64 - 11)
    assert open_places(Estimate(1.0, 1.0, 1.0)) == ""
    assert open_places(Estimate(0.5, 0.0, 0.01)).startswith("M0 5l5-5M0 10l10-10M5 10l5-5")


def test_other_studies_are_named_only_if_larger(fitted: FittedModel) -> None:
    assessment = assessed(fitted, *BOTH_HIGH)
    page = page_of(assessment)
    assert "after about 8 months" in page.larger_numbers
    assert "about 10 to 14 months" in page.larger_numbers
    smaller = replace(fitted, population=replace(fitted.population, n=400))
    none = replace(fitted, external_survival=())
    for model in (smaller, none):
        page = page_of(replace(assessment, fitted=model))
        assert page.larger_numbers == ""
        assert bool(page.larger) == (model is smaller)
