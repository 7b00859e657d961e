"""The probability that a second blood count puts SII on the same side of its cut-off."""

import math
from collections.abc import Callable
from decimal import Decimal
from fractions import Fraction
from statistics import NormalDist

import pytest

from app.core import repeat_measurement as module
from app.core.cutoffs import Cutoff
from app.core.fitted_model import CountVariation
from app.core.repeat_measurement import RepeatMeasurement, repeat_measurement

CUTOFF = Cutoff(Decimal(340), "10*9/L")
VARIATION = CountVariation(20, 0.3, "a source", "1")


def of(sii: float | Fraction) -> RepeatMeasurement:
    return repeat_measurement(sii.as_integer_ratio(), CUTOFF, VARIATION)


@pytest.mark.parametrize("sii", [340.0, 400.0, 612.0, 188.9, 50000.0, 0.001])
def test_probability_is_of_two_measurements(sii: float) -> None:
    found = of(sii)
    difference = NormalDist(0, 0.3 * math.sqrt(2))
    assert found.same_side_probability == pytest.approx(difference.cdf(abs(math.log(sii / 340))), abs=1e-10)
    assert found.ratio_to_cutoff == pytest.approx(sii / 340, rel=1e-9)
    assert (found.sd_log_sii, found.source) == (0.3, "a source")


@pytest.mark.parametrize("ratio", [Fraction(1, 4), Fraction(1, 2), Fraction(1), Fraction(2), Fraction(4)])
def test_probability_is_the_same_on_both_sides(ratio: Fraction) -> None:
    assert of(340 * ratio).same_side_probability == of(340 / ratio).same_side_probability
    assert (of(340 * ratio).same_side_probability == 0.5) is (ratio == 1)


def test_probability_at_twice_the_cut_off_by_hand() -> None:
    # ln 2 / (1.414214 x 0.3) = 0.693147 / 0.424264 = 1.63376; Phi(1.63376) = 0.94884
    found = of(680.0)
    assert found.same_side_probability == pytest.approx(0.94884, abs=1e-5)
    assert found.ratio_to_cutoff == 2


def test_both_numbers_have_ten_digits() -> None:
    found = of(Fraction(6090, 11))
    assert found.ratio_to_cutoff == 1.628342246  # 609/374 = 1.62834224598...
    assert found.same_side_probability == float(f"{found.same_side_probability:.10g}")
    assert (
        of(Fraction(34 * 10**12 - 1, 10**11)).ratio_to_cutoff
        < 1
        < of(Fraction(34 * 10**12 + 1, 10**11)).ratio_to_cutoff
    )


@pytest.mark.parametrize("sii", [340.0, 341.0, 553.6, 12.5, 2000.0, 17000.0, 10**7])
def test_both_ways_of_computing_agree(monkeypatch: pytest.MonkeyPatch, sii: float) -> None:
    usual = of(sii).same_side_probability
    monkeypatch.setattr(module, "_DOUBT", 0.01)
    assert of(sii).same_side_probability == usual


@pytest.mark.parametrize("ulps", [-300, 300])  # a hundred times the error of any library
def test_last_bit_errors_change_no_digit(monkeypatch: pytest.MonkeyPatch, ulps: int) -> None:
    def erfc(x: float, exact: Callable[[float], float] = math.erfc) -> float:
        return exact(x) + ulps * math.ulp(exact(x))

    values = [340 + Fraction(k, 7) for k in range(-2000, 3000)]
    expected = [of(value) for value in values]
    monkeypatch.setattr(math, "erfc", erfc)
    assert [of(value) for value in values] == expected
