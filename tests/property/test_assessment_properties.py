"""Properties of an assessment that hold for every patient."""

import math
from datetime import UTC, datetime
from decimal import Decimal
from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from app.artefact.reader import load_artefact
from app.core.analytes import Analyte
from app.core.assessment import Assessment, assess
from app.core.errors import InputError, attempt
from app.core.indices import compute_indices
from app.core.kaplan_meier import CurvePoint
from app.core.labs import make_lab
from app.core.measurement import make_measurement, parse_measurement
from app.core.repeat_measurement import repeat_measurement
from app.core.risk_groups import Cell
from app.presentation.messages import error_message

ARTEFACT = load_artefact()
NOW = datetime(2026, 11, 24, tzinfo=UTC)


def decimals(low: str, high: str, places: int) -> st.SearchStrategy[Decimal]:
    return st.decimals(Decimal(low), Decimal(high), places=places, allow_nan=False, allow_infinity=False)


neutrophils = decimals("0.5", "50", 2)
lymphocytes = decimals("0.1", "20", 2)
platelets = decimals("10", "1000", 1)
afps = decimals("0", "100000", 1)


def answer(n: Decimal, lym: Decimal, p: Decimal, afp: Decimal, unit: str = "10*9/L") -> Assessment:
    values = {Analyte.NEUTROPHILS: n, Analyte.LYMPHOCYTES: lym, Analyte.PLATELETS: p}
    return assess(
        ARTEFACT,
        {
            **{analyte: make_lab(analyte, value, unit) for analyte, value in values.items()},
            Analyte.AFP: make_lab(Analyte.AFP, afp, "ng/mL"),
        },
        computed_at=NOW,
    )


@given(neutrophils, lymphocytes, platelets, afps)
def test_high_is_decided_by_exact_fractions(n: Decimal, lym: Decimal, p: Decimal, afp: Decimal) -> None:
    found = answer(n, lym, p, afp)
    assert ("sii" in found.answer.cell.factors) == (Fraction(p) * Fraction(n) / Fraction(lym) >= 340)
    assert ("afp" in found.answer.cell.factors) == (afp >= 400)
    assert (Fraction(found.indices.sii.shown) >= 340) == found.indices.sii.high


@given(neutrophils, lymphocytes, platelets, afps)
def test_unit_does_not_change_the_answer(n: Decimal, lym: Decimal, p: Decimal, afp: Decimal) -> None:
    litres, microlitres = answer(n, lym, p, afp), answer(n * 1000, lym * 1000, p * 1000, afp, "/uL")
    assert litres.indices == microlitres.indices
    assert litres.answer is microlitres.answer
    assert litres.warnings == microlitres.warnings


@given(neutrophils, lymphocytes, platelets, afps)
def test_survival_falls_and_is_in_its_interval(n: Decimal, lym: Decimal, p: Decimal, afp: Decimal) -> None:
    found = answer(n, lym, p, afp).answer
    for estimates in ([at.kaplan_meier for at in found.survival], [at.cox_predicted for at in found.survival]):
        assert [e.survival for e in estimates] == sorted((e.survival for e in estimates), reverse=True)
        assert all(0 <= e.lower <= e.survival <= e.upper <= 1 for e in estimates)


@given(neutrophils, lymphocytes, platelets, afps, decimals("1", "10", 1))
def test_more_platelets_never_lower_the_hazard(
    n: Decimal, lym: Decimal, p: Decimal, afp: Decimal, more: Decimal
) -> None:
    fewer, greater = answer(n, lym, p, afp).answer, answer(n, lym, min(p * more, Decimal(3000)), afp).answer
    assert fewer.relative_hazard <= greater.relative_hazard
    assert all(
        a.cox_predicted.survival >= b.cox_predicted.survival
        for a, b in zip(fewer.survival, greater.survival, strict=True)
    )


# Each unit with its counts per 10*9/L.
units = st.sampled_from(["10*9/L", "K/uL", "/uL", "10*6/L", "cells/mm3"])
PER_GIGA = {"10*9/L": 1, "K/uL": 1, "/uL": 1000, "10*6/L": 1000, "cells/mm3": 1000}


@given(neutrophils, lymphocytes, platelets, st.tuples(units, units, units))
def test_each_count_may_have_its_own_unit(n: Decimal, lym: Decimal, p: Decimal, names: tuple[str, str, str]) -> None:
    counts = {Analyte.NEUTROPHILS: n, Analyte.LYMPHOCYTES: lym, Analyte.PLATELETS: p}
    mixed = {
        analyte: make_lab(analyte, value * PER_GIGA[unit], unit)
        for (analyte, value), unit in zip(counts.items(), names, strict=True)
    }
    afp = {Analyte.AFP: make_lab(Analyte.AFP, 12, "ng/mL")}
    assert assess(ARTEFACT, {**mixed, **afp}, computed_at=NOW).indices == answer(n, lym, p, Decimal(12)).indices


long_decimals = st.integers(1, 10**20 - 1).flatmap(
    lambda digits: st.integers(15, 20).map(lambda places: Decimal(f"{digits}E-{places}"))
)


@given(long_decimals, long_decimals, long_decimals)
def test_shown_index_stays_on_its_side(n: Decimal, lym: Decimal, p: Decimal) -> None:
    indices = compute_indices(n, lym, p, ARTEFACT.cutoffs)
    exact = (Fraction(p) * Fraction(n) / Fraction(lym), Fraction(n) / Fraction(lym), Fraction(p) / Fraction(lym))
    for index, value in zip((indices.sii, indices.nlr, indices.plr), exact, strict=True):
        places = len(index.shown.partition(".")[2])
        assert abs(Fraction(index.shown) - value) <= Fraction(1, 2 * 10**places)
        assert (Fraction(index.shown) >= index.cutoff) == (value >= index.cutoff) == index.high
        assert (Fraction(index.shown) == index.cutoff) <= (value == index.cutoff)
        assert Fraction(*index.quotient) == value
        printed = Fraction(repr(index.value))
        assert (printed >= index.cutoff, printed == index.cutoff) == (index.high, value == index.cutoff)


@given(st.integers(-(10**6), 10**6))
def test_sii_near_the_cut_off_is_shown_near_it(distance: int) -> None:
    # platelets = 340 + d, neutrophils = lymphocytes = 1: the smallest differences that can be entered.
    p = Decimal(340) + Decimal(distance).scaleb(-17)
    sii = compute_indices(Decimal(1), Decimal(1), p, ARTEFACT.cutoffs).sii
    assert sii.high == (distance >= 0)
    assert (Fraction(sii.shown) >= 340) == sii.high
    assert (Fraction(sii.shown) == 340) == (distance == 0)


months = st.floats(0, 12)
curves = st.sampled_from(sorted(ARTEFACT.kaplan_meier))


@given(curves, months, months)
def test_kaplan_meier_never_rises_and_is_in_interval(name: str, one: float, other: float) -> None:
    band = ARTEFACT.kaplan_meier[name].band
    check_never_rises(band.point(min(one, other)), band.point(max(one, other)))


@given(st.sampled_from(ARTEFACT.cells), months, months)
def test_cox_survival_never_rises_and_is_in_interval(cell: Cell, one: float, other: float) -> None:
    band = ARTEFACT.cox.cells[cell.id].band
    check_never_rises(band.point(min(one, other)), band.point(max(one, other)))


def check_never_rises(sooner: CurvePoint, later: CurvePoint) -> None:
    assert sooner.survival >= later.survival
    for point in (sooner, later):
        if point.lower is not None and point.upper is not None:
            assert 0 <= point.lower <= point.survival + 1e-9
            assert point.survival - 1e-9 <= point.upper <= 1
    if sooner.lower is not None and sooner.upper is not None:
        assert later.lower is not None
        assert later.upper is not None
        assert sooner.lower >= later.lower
        assert sooner.upper >= later.upper


@given(st.sampled_from(ARTEFACT.cells), st.sampled_from(ARTEFACT.cells), months)
def test_more_high_factors_never_improve_survival(cell: Cell, other: Cell, at: float) -> None:
    fewer, more = sorted((cell, other), key=lambda each: len(each.factors))
    if set(fewer.factors) <= set(more.factors):
        assert ARTEFACT.cox.relative_hazard(fewer) <= ARTEFACT.cox.relative_hazard(more)
        cells = [ARTEFACT.cox.cells[each.id].band.point(at) for each in (fewer, more)]
        assert cells[0].survival >= cells[1].survival
        groups = [ARTEFACT.answers[frozenset(each.factors)].curve.band.point(at) for each in (fewer, more)]
        assert groups[0].survival >= groups[1].survival


@given(neutrophils, lymphocytes, platelets)
def test_repeat_probability_is_at_least_half(n: Decimal, lym: Decimal, p: Decimal) -> None:
    found = answer(n, lym, p, Decimal(1)).repeat_measurement
    assert 0.5 <= found.same_side_probability <= 1


@given(lymphocytes)
def test_repeat_probability_at_the_cut_off_is_half(lym: Decimal) -> None:
    # platelets x neutrophils / lymphocytes = 100 x (3.4 lymphocytes) / lymphocytes = 340
    found = answer(lym * Decimal("3.4"), lym, Decimal(100), Decimal(1))
    assert found.indices.sii.high
    assert found.repeat_measurement.same_side_probability == 0.5


@given(st.floats(-5, 5), st.floats(-5, 5))
def test_repeat_probability_grows_with_distance(one: float, other: float) -> None:
    nearer, farther = sorted((one, other), key=abs)
    found = [
        repeat_measurement(
            (340 * math.exp(distance)).as_integer_ratio(), ARTEFACT.cutoffs["sii"], ARTEFACT.count_variation
        )
        for distance in (nearer, farther)
    ]
    assert found[0].same_side_probability <= found[1].same_side_probability + 1e-12
    if abs(farther) - abs(nearer) > 1e-6 and found[0].same_side_probability < 0.9999:
        assert found[0].same_side_probability < found[1].same_side_probability


@given(st.sampled_from(Analyte), st.text(max_size=100))
def test_any_text_is_read_or_refused(analyte: Analyte, text: str) -> None:
    found = attempt(parse_measurement, analyte, text)
    if isinstance(found, InputError):
        assert found.field == analyte.value
        message = error_message(found)
        assert message.text.endswith(".")
        assert message.hint.endswith((".", "…"))
    else:
        assert found.value >= 0


@given(
    st.sampled_from(Analyte), st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.decimals(), st.text())
)
def test_any_value_is_read_or_refused(analyte: Analyte, value: object) -> None:
    found = attempt(make_measurement, analyte, value, analyte.canonical_unit)
    assert isinstance(found, InputError) or found.value >= 0
