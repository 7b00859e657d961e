"""assess(): the same values give the same answer, all errors come at once, and no warning is left out."""

import time
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal

import pytest

from app.artefact.reader import load_artefact
from app.core.analytes import Analyte
from app.core.applicability import Population, Status, compare, population_errors
from app.core.assessment import Assessment, assess
from app.core.dates import SampleDates, date_errors, date_warnings, latest_today
from app.core.errors import InputError, InputErrors, attempt
from app.core.fitted_model import Criterion, FittedModel
from app.core.labs import Lab, parse_lab
from app.presentation.ratio_wording import ratio_label, ratio_reference

NOW = datetime(2026, 11, 24, 9, 30, tzinfo=UTC)
TODAY = NOW.date()
USUAL = ("4.2 10*9/L", "1.1 10*9/L", "145 10*9/L", "620 ng/mL")


def labs(*texts: str) -> dict[Analyte, Lab | InputError]:
    return {analyte: attempt(parse_lab, analyte, text) for analyte, text in zip(Analyte, texts, strict=True)}


def answer(fitted: FittedModel, *texts: str) -> Assessment:
    return assess(fitted, labs(*texts), computed_at=NOW)


@pytest.mark.parametrize(
    ("texts", "cell", "group"),
    [
        (USUAL, "both", "high"),
        (("4.2 10*9/L", "1.1 10*9/L", "145 10*9/L", "399.9 ng/mL"), "sii_only", "intermediate"),
        (("2.1 10*9/L", "1.5 10*9/L", "100 10*9/L", "400 ng/mL"), "afp_only", "intermediate"),
        (("2.1 10*9/L", "1.5 10*9/L", "100 10*9/L", "12 ng/mL"), "neither", "low"),
        (("5.1 10*9/L", "1.5 10*9/L", "100 10*9/L", "12 ng/mL"), "sii_only", "intermediate"),
        (("5.1 10^⁹/L", "1.5 10^⁹/L", "100 10^⁹/L", "12 ng/mL"), "sii_only", "intermediate"),
        (("5100 /uL", "1500 /uL", "100 G/L", "<400 ng/mL"), "sii_only", "intermediate"),
    ],
)
def test_four_values_give_a_cell_and_a_risk_group(
    fitted: FittedModel, texts: tuple[str, ...], cell: str, group: str
) -> None:
    found = answer(fitted, *texts)
    assert (found.answer.cell.id, found.answer.risk_group.id) == (cell, group)


def test_answer_has_inputs_as_given_and_converted(fitted: FittedModel) -> None:
    found = answer(fitted, "4200 /uL", "1.10 10*9/L", "145 K/uL", ">1210 ng/mL")
    assert list(found.labs) == list(Analyte)
    assert [str(lab.given.value) for lab in found.labs.values()] == ["4200", "1.10", "145", "1210"]
    assert [lab.canonical for lab in found.labs.values()] == [Decimal("4.2"), Decimal("1.1"), 145, 1210]
    assert found.fitted is fitted
    assert found.computed_at == NOW
    assert found.sampled_on == SampleDates(None, None)
    assert found.population == Population(None, None, None, None)


def test_hazard_ratios_name_reference_and_presence(fitted: FittedModel) -> None:
    found = answer(fitted, "4.2 10*9/L", "1.1 10*9/L", "145 10*9/L", "12 ng/mL").answer.hazard_ratios
    assert [(ratio.factor, ratio_label(ratio), ratio_reference(ratio), ratio.present) for ratio in found] == [
        ("sii", "SII ≥ 340 10*9/L", "SII < 340 10*9/L", True),
        ("afp", "AFP ≥ 400 ng/mL", "AFP < 400 ng/mL", False),
        (
            "combined",
            "Both factors high",
            "neither factor high (SII < 340 10*9/L and AFP < 400 ng/mL)",
            False,
        ),
    ]
    assert [ratio.estimate for ratio in found] == [
        fitted.cox.hazard_ratio(factor) for factor in ("sii", "afp", "combined")
    ]
    both = answer(fitted, *USUAL).answer.hazard_ratios
    assert [ratio.present for ratio in both] == [True, True, True]


def test_survival_of_group_and_cell(fitted: FittedModel) -> None:
    found = answer(fitted, *USUAL).answer
    assert [at.months for at in found.survival] == [3, 6, 12]
    for at in found.survival:
        assert at.kaplan_meier == fitted.kaplan_meier["high"].band.at(at.months)
        assert at.cox_predicted == fitted.cox.survival_at(fitted.cells[3], at.months)
        assert at.kaplan_meier_reconstruction_share == fitted.kaplan_meier["high"].reconstruction_share[at.months]
        assert at.cox_reconstruction_share == fitted.cox.cells["both"].reconstruction_share[at.months]
    assert found.curve is fitted.kaplan_meier["high"]
    assert found.cox_curve == fitted.cox.curve_of(fitted.cells[3])
    assert found.relative_hazard == fitted.cox.relative_hazard(fitted.cells[3])


def test_cell_answers_are_computed_once_per_model(fitted: FittedModel) -> None:
    assert answer(fitted, *USUAL).answer is answer(fitted, "9 10*9/L", "1 10*9/L", "99 10*9/L", "999 ng/mL").answer
    both = frozenset({"sii", "afp"})
    assert load_artefact().answers[both] is not fitted.answers[both]


def test_repeat_and_indices_are_of_the_blood_count(fitted: FittedModel) -> None:
    found = answer(fitted, *USUAL)
    assert found.indices.sii.working == "145 × 4.2 ÷ 1.1 ≈ 553.6"
    assert found.indices.nlr.cutoff == Decimal("2.4")
    assert found.indices.plr.cutoff == 108
    # ln(553.636/340) = 0.48755; sqrt(2) x 0.29500 = 0.41720; Phi(1.16863) = 0.87872
    assert found.repeat_measurement.same_side_probability == pytest.approx(0.87872, abs=1e-4)


def test_all_errors_are_reported_at_once(fitted: FittedModel) -> None:
    with pytest.raises(InputErrors) as caught:
        assess(
            fitted,
            labs("55 %", "0 10*9/L", "9999 10*9/L", "<=400 ng/mL"),
            computed_at=NOW,
            population=Population(child_pugh_class="D", ecog=6),
            sampled_on=SampleDates(date(2026, 11, 25), date(2031, 1, 1)),
        )
    assert [(error.field, error.code) for error in caught.value.errors] == [
        ("neutrophils", "unit_percent"),
        ("lymphocytes", "zero"),
        ("platelets", "implausible"),
        ("afp", "comparator_undecided"),
        ("sampled_on.blood_count", "in_the_future"),
        ("sampled_on.afp", "in_the_future"),
        ("population.child_pugh_class", "not_a_class"),
        ("population.ecog", "out_of_range"),
    ]
    assert str(caught.value).splitlines()[0] == "neutrophils: unit_percent"


def test_afp_error_is_reported_once(fitted: FittedModel) -> None:
    with pytest.raises(InputErrors) as caught:
        answer(fitted, *USUAL[:3], "nothing")
    assert [error.field for error in caught.value.errors] == ["afp"]


@pytest.mark.parametrize(
    ("neutrophils", "lymphocytes", "codes", "side"),
    [
        ("1.2 10*9/L", "4 10*9/L", [], ""),
        ("1.19 10*9/L", "4 10*9/L", ["nlr_unusual"], "below"),  # 0.2975, which would be shown as 0.3
        ("15 10*9/L", "0.5 10*9/L", [], ""),
        ("15.01 10*9/L", "0.5 10*9/L", ["nlr_unusual"], "above"),
    ],
)
def test_unusual_ratio_of_the_counts_is_questioned(
    fitted: FittedModel, neutrophils: str, lymphocytes: str, codes: list[str], side: str
) -> None:
    found = answer(fitted, neutrophils, lymphocytes, "145 10*9/L", "620 ng/mL")
    assert [notice.code for notice in found.warnings] == codes
    for notice in found.warnings:
        assert notice.field == "neutrophils"
        assert notice.case == side
        assert notice.parameters == {"limit": Decimal("0.3") if side == "below" else Decimal(30)}


# By hand: 10 x 250 / 0.5 = 5000.
@pytest.mark.parametrize(("platelets", "codes"), [("250", []), ("250.01", ["sii_unusual"])])
def test_unusual_sii_is_questioned(fitted: FittedModel, platelets: str, codes: list[str]) -> None:
    found = answer(fitted, "10 10*9/L", "0.5 10*9/L", f"{platelets} 10*9/L", "620 ng/mL")
    assert [(one.code, one.field) for one in found.warnings] == [(code, "sii") for code in codes]


# Ten times the usual value of each count changes the group or leaves a question, never neither.
@pytest.mark.parametrize(
    ("analyte", "typed"), [(0, "42 10*9/L"), (0, "0.42 10*9/L"), (1, "11 10*9/L"), (1, "0.11 10*9/L")]
)
def test_slip_of_the_decimal_point_is_questioned(fitted: FittedModel, analyte: int, typed: str) -> None:
    texts = list(USUAL)
    texts[analyte] = typed
    assert {"unusual"} <= {one.code for one in answer(fitted, *texts).warnings}


def test_age_warnings_come_before_value_warnings(fitted: FittedModel) -> None:
    found = assess(
        fitted,
        labs("4.2 10*9/L", "1.1 10*9/L", "19 10*9/L", "410 ng/mL"),
        computed_at=NOW,
        sampled_on=SampleDates(date(2026, 1, 1), TODAY),
    )
    assert [notice.code for notice in found.warnings] == [
        *("sample_outdated", "samples_apart", "unusual", "afp_near_cutoff")
    ]


@pytest.mark.parametrize(
    ("blood_count", "afp", "found"),
    [
        (None, None, []),
        (TODAY, TODAY, []),
        (date(2026, 10, 25), TODAY, []),
        (date(2026, 10, 24), TODAY, [("sample_old", "sampled_on.blood_count")]),
        (date(2026, 8, 26), TODAY, [("sample_old", "sampled_on.blood_count")]),
        (TODAY, date(2026, 10, 24), [("sample_old", "sampled_on.afp")]),
        (None, date(2026, 8, 25), [("sample_outdated", "sampled_on.afp")]),
        (date(2026, 8, 25), TODAY, [("sample_outdated", "sampled_on.blood_count"), ("samples_apart", "sampled_on")]),
        (TODAY, date(2026, 8, 25), [("sample_outdated", "sampled_on.afp"), ("samples_apart", "sampled_on")]),
    ],
)
def test_old_and_distant_samples_are_pointed_out(
    blood_count: date | None, afp: date | None, found: list[tuple[str, str]]
) -> None:
    notices = date_warnings(SampleDates(blood_count, afp), TODAY)
    assert [(notice.code, notice.field) for notice in notices] == found


def test_warnings_of_dates_give_age_and_distance() -> None:
    warnings = date_warnings(SampleDates(date(2026, 8, 25), TODAY), TODAY)
    assert [(one.code, one.case, one.parameters) for one in warnings] == [
        ("sample_outdated", "blood_count", {"days": 91}),
        ("samples_apart", "", {"days": 91}),
    ]
    (warning,) = date_warnings(SampleDates(None, date(2026, 8, 25)), TODAY)
    assert (warning.case, warning.parameters) == ("afp", {"days": 91})


def test_sample_of_tomorrow_is_refused() -> None:
    assert date_errors(SampleDates(TODAY, TODAY), TODAY) == ()
    (error,) = date_errors(SampleDates(TODAY, date(2026, 11, 25)), TODAY)
    assert (error.field, error.code, error.case) == ("sampled_on.afp", "in_the_future", "afp")
    (error,) = date_errors(SampleDates(date(2026, 11, 25), None), TODAY)
    assert (error.field, error.case) == ("sampled_on.blood_count", "blood_count")


def test_sample_of_a_slipped_year_is_refused() -> None:
    assert date_errors(SampleDates(date(2006, 1, 1), TODAY), TODAY) == ()
    found = date_errors(SampleDates(date(2005, 12, 31), date(26, 11, 20)), TODAY)
    assert [(one.field, one.code, one.case, one.parameters) for one in found] == [
        ("sampled_on.blood_count", "too_long_ago", "blood_count", {"years": 20}),
        ("sampled_on.afp", "too_long_ago", "afp", {"years": 20}),
    ]


@pytest.mark.parametrize(
    ("moment", "latest"),
    [
        (datetime(2026, 11, 24, 9, 59, tzinfo=UTC), date(2026, 11, 24)),
        (datetime(2026, 11, 24, 10, 0, tzinfo=UTC), date(2026, 11, 25)),
        (datetime(2026, 11, 24, 23, 0, tzinfo=UTC), date(2026, 11, 25)),
        # 08:00 on the 25th in Busan is 23:00 on the 24th UTC.
        (datetime(2026, 11, 25, 8, 0, tzinfo=timezone(timedelta(hours=9))), date(2026, 11, 25)),
    ],
)
def test_day_begun_in_any_zone_is_not_in_the_future(fitted: FittedModel, moment: datetime, latest: date) -> None:
    found = assess(fitted, labs(*USUAL), computed_at=moment, sampled_on=SampleDates(latest, latest))
    assert found.sampled_on == SampleDates(latest, latest)
    tomorrow = latest + timedelta(days=1)
    with pytest.raises(InputErrors) as caught:
        assess(fitted, labs(*USUAL), computed_at=moment, sampled_on=SampleDates(tomorrow, latest))
    assert [error.field for error in caught.value.errors] == ["sampled_on.blood_count"]


MATCHING = Population(
    sorafenib_failed=True, starting_regorafenib=True, child_pugh_class="A", ecog=1, sorafenib_tolerated=True
)


@pytest.fixture
def server_in_honolulu(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    with monkeypatch.context() as patch:
        patch.setenv("TZ", "HST10")
        time.tzset()
        yield
    time.tzset()


@pytest.mark.usefixtures("server_in_honolulu")
def test_server_time_zone_does_not_change_the_day() -> None:
    assert latest_today(datetime(2026, 11, 24, 10, 0, tzinfo=UTC)) == date(2026, 11, 25)


CRITERIA = ("sorafenib_failed", "starting_regorafenib", "child_pugh_class", "ecog", "sorafenib_tolerated")
YES, NO, UNKNOWN = Status.MATCHES, Status.DIFFERS, Status.NOT_STATED


@pytest.mark.parametrize(
    ("population", "status", "each"),
    [
        (MATCHING, YES, (YES, YES, YES, YES, YES)),
        (Population(True, True, "A", 0, True), YES, (YES, YES, YES, YES, YES)),
        (Population(), UNKNOWN, (UNKNOWN, UNKNOWN, UNKNOWN, UNKNOWN, UNKNOWN)),
        (Population(True, True, "A", 1), UNKNOWN, (YES, YES, YES, YES, UNKNOWN)),
        (Population(True, True, "A", None, True), UNKNOWN, (YES, YES, YES, UNKNOWN, YES)),
        (Population(None, True, "B", None), NO, (UNKNOWN, YES, NO, UNKNOWN, UNKNOWN)),
        (Population(False, False, "C", 2, False), NO, (NO, NO, NO, NO, NO)),
    ],
)
def test_patient_is_compared_with_the_study(
    fitted: FittedModel, population: Population, status: Status, each: tuple[Status, ...]
) -> None:
    found = compare(population, fitted.population.criteria)
    assert found.status is status
    assert [(reason.criterion.id, reason.status) for reason in found.reasons] == list(zip(CRITERIA, each, strict=True))
    assessed = assess(fitted, labs(*USUAL), computed_at=NOW, population=population).applicability
    assert (assessed.status, assessed.reasons) == (status, found.reasons)


def test_criterion_that_nobody_asks_about_is_not_stated() -> None:
    found = compare(MATCHING, (Criterion("albumin", "Albumin", ()),))
    assert (found.status, [reason.status for reason in found.reasons]) == (UNKNOWN, [UNKNOWN])


def test_no_criteria_is_not_a_match() -> None:
    found = compare(MATCHING, ())
    assert (found.status, found.reasons) == (Status.NOT_STATED, ())


@pytest.mark.parametrize("ecog", [0, 5, None])
@pytest.mark.parametrize("child_pugh", ["A", "B", "C", None])
def test_possible_population_has_no_errors(ecog: int | None, child_pugh: str | None) -> None:
    assert population_errors(Population(child_pugh_class=child_pugh, ecog=ecog)) == ()


@pytest.mark.parametrize("ecog", [-1, 6])
def test_impossible_ecog_is_refused(ecog: int) -> None:
    (error,) = population_errors(Population(ecog=ecog))
    assert (error.field, error.code, error.parameters) == ("population.ecog", "out_of_range", {"highest": 5})


@pytest.mark.parametrize("child_pugh", ["a", "5", ""])
def test_impossible_child_pugh_class_is_refused(child_pugh: str) -> None:
    (error,) = population_errors(Population(child_pugh_class=child_pugh))
    assert (error.field, error.code) == ("population.child_pugh_class", "not_a_class")
