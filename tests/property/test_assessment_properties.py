"""What must hold for every patient."""

from datetime import UTC, datetime
from decimal import Decimal
from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from app.core.artefact import load_artefact
from app.core.assessment import Assessment, assess
from app.core.errors import InputError, attempt
from app.core.labs import Analyte
from app.core.parsing import make_measurement, parse_measurement

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
            **{analyte: make_measurement(analyte, value, unit) for analyte, value in values.items()},
            Analyte.AFP: make_measurement(Analyte.AFP, afp, "ng/mL"),
        },
        computed_at=NOW,
    )


@given(neutrophils, lymphocytes, platelets, afps)
def test_high_is_decided_by_exact_fractions(n: Decimal, lym: Decimal, p: Decimal, afp: Decimal) -> None:
    found = answer(n, lym, p, afp)
    assert found.answer.cell.sii_high == (Fraction(p) * Fraction(n) / Fraction(lym) >= 340)
    assert found.answer.cell.afp_high == (afp >= 400)
    assert (Fraction(found.indices.sii.shown) >= 340) == found.indices.sii.high


@given(neutrophils, lymphocytes, platelets, afps)
def test_the_unit_does_not_change_the_answer(n: Decimal, lym: Decimal, p: Decimal, afp: Decimal) -> None:
    litres, microlitres = answer(n, lym, p, afp), answer(n * 1000, lym * 1000, p * 1000, afp, "/uL")
    assert litres.indices == microlitres.indices
    assert litres.answer is microlitres.answer
    assert litres.warnings == microlitres.warnings


@given(neutrophils, lymphocytes, platelets, afps)
def test_survival_falls_with_time_and_lies_within_its_interval(
    n: Decimal, lym: Decimal, p: Decimal, afp: Decimal
) -> None:
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


@given(neutrophils, lymphocytes, platelets)
def test_a_repeat_falls_on_the_same_side_at_least_half_the_time(n: Decimal, lym: Decimal, p: Decimal) -> None:
    found = answer(n, lym, p, Decimal(1)).repeat_measurement
    assert 0.5 <= found.same_side_probability <= 1


@given(st.sampled_from(Analyte), st.text(max_size=100))
def test_any_text_is_read_or_refused_in_words(analyte: Analyte, text: str) -> None:
    found = attempt(parse_measurement, analyte, text)
    if isinstance(found, InputError):
        assert found.field == analyte.value
        assert found.message.endswith(".")
        assert found.hint.endswith((".", "…"))
    else:
        assert found.value >= 0


@given(
    st.sampled_from(Analyte), st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.decimals(), st.text())
)
def test_any_value_is_read_or_refused_in_words(analyte: Analyte, value: object) -> None:
    found = attempt(make_measurement, analyte, value, analyte.canonical_unit)
    assert isinstance(found, InputError) or found.value >= 0
