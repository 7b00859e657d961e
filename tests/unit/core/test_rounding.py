"""Ten significant digits for every interface, and never a number on the wrong side of its cut-off."""

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core.cutoffs import side_of
from app.core.rounding import significant, to_printed_digits


@pytest.mark.parametrize(
    ("numerator", "denominator", "printed"),
    [
        (6090, 11, "553.6363636"),
        (2, 3, "0.6666666667"),
        (1, 3_000_000, "3.333333333e-07"),
        (60_000_000, 1, "60000000.0"),
        (99_999_999_999, 10, "10000000000.0"),
        (450, 3, "150.0"),
        (1, 1, "1.0"),
    ],
)
def test_quotient_has_ten_significant_digits(numerator: int, denominator: int, printed: str) -> None:
    assert repr(to_printed_digits(numerator, denominator)) == printed


@pytest.mark.parametrize(
    ("value", "printed"),
    [
        ("340", "340.0"),
        ("339.9999999", "339.9999999"),
        ("339.99999999", "339.99999999"),
        ("339.99999999999", "339.99999999999"),
        ("340.0000000000004", "340.0000000000004"),
        # There is no float between these and the cut-off, so the float next to the cut-off is used.
        ("339.99999999999999966", "339.99999999999994"),
        ("340.00000000000000034", "340.00000000000006"),
        ("339.1234567891", "339.1234568"),
    ],
)
def test_sii_keeps_digits_to_stay_on_its_side(value: str, printed: str) -> None:
    assert repr(to_printed_digits(*Decimal(value).as_integer_ratio(), Decimal(340))) == printed


@pytest.mark.parametrize(
    ("value", "printed"),
    [
        ("2.4", "2.4"),  # the float is a little below 2.4, and prints as it
        ("2.39999999999999999", "2.3999999999999995"),
        ("2.40000000000000001", "2.4000000000000004"),
        ("2.399999999999", "2.399999999999"),
    ],
)
def test_cut_off_without_an_equal_float_is_kept(value: str, printed: str) -> None:
    assert repr(to_printed_digits(*Decimal(value).as_integer_ratio(), Decimal("2.4"))) == printed


def test_cut_off_of_many_digits_is_not_crossed() -> None:
    cutoff = Decimal("340.00000000004")
    assert to_printed_digits(*Decimal("340.000000000048").as_integer_ratio(), cutoff) == 340.00000000005


@pytest.mark.parametrize(
    ("numerator", "denominator", "side"),
    [(340, 1, 0), (339999, 1000, -1), (680, 2, 0), (340001, 1000, 1), (34 * 10**40 - 1, 10**39, -1)],
)
def test_side_of_a_cut_off_is_exact(numerator: int, denominator: int, side: int) -> None:
    assert side_of(numerator, denominator, Decimal(340)) == side


def test_rounding_again_changes_nothing() -> None:
    assert significant(significant(1 / 3)) == significant(1 / 3) == 0.3333333333


whole = st.integers(1, 10**20)
cutoffs = st.sampled_from([Decimal(340), Decimal("2.4"), Decimal(108), Decimal(1), Decimal("340.00000000004")])


@given(whole, whole, cutoffs)
def test_any_quotient_is_close_and_on_its_side(numerator: int, denominator: int, cutoff: Decimal) -> None:
    exact, found = Fraction(numerator, denominator), to_printed_digits(numerator, denominator, cutoff)
    printed = Fraction(repr(found))
    assert abs(printed - exact) <= exact / (2 * 10**9) * (1 + Fraction(1, 10**6))
    assert (printed > cutoff, printed < cutoff) == (exact > cutoff, exact < cutoff)


@given(st.integers(-(10**8), 10**8), st.integers(9, 24), cutoffs)
def test_quotient_near_a_cut_off_stays_on_its_side(distance: int, places: int, cutoff: Decimal) -> None:
    exact = Fraction(cutoff) + Fraction(distance, 10**places)
    printed = Fraction(repr(to_printed_digits(exact.numerator, exact.denominator, cutoff)))
    assert (printed > cutoff, printed < cutoff) == (distance > 0, distance < 0)
    assert abs(printed - exact) <= exact / 10**9
