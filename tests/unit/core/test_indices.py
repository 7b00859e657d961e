"""Indices are compared exactly and shown so that no rounding puts a value on the other side of its cut-off."""

import math
from decimal import Decimal
from statistics import NormalDist

import pytest

from app.core.artefact import CountVariation, Cutoff
from app.core.indices import Indices, compute_indices, is_high, plain, repeat_measurement

CUTOFFS = (Cutoff(Decimal(340), "10*9/L"), Cutoff(Decimal("2.4"), "1"), Cutoff(Decimal(108), "1"))


def indices(neutrophils: str, lymphocytes: str, platelets: str) -> Indices:
    return compute_indices(Decimal(neutrophils), Decimal(lymphocytes), Decimal(platelets), CUTOFFS)


def test_the_three_indices_with_their_working() -> None:
    found = indices("4.2", "1.1", "145")
    assert found.sii.value == pytest.approx(553.6363636363636, rel=1e-15)
    assert found.nlr.value == pytest.approx(3.8181818181818183, rel=1e-15)
    assert found.plr.value == pytest.approx(131.8181818181818, rel=1e-15)
    assert [index.working for index in (found.sii, found.nlr, found.plr)] == [
        "145 × 4.2 ÷ 1.1 ≈ 553.6",
        "4.2 ÷ 1.1 ≈ 3.8",
        "145 ÷ 1.1 ≈ 131.8",
    ]
    assert [(index.id, index.label, index.unit, index.in_model) for index in (found.sii, found.nlr, found.plr)] == [
        ("sii", "SII", "10*9/L", True),
        ("nlr", "NLR", "1", False),
        ("plr", "PLR", "1", False),
    ]
    assert [index.cutoff for index in (found.sii, found.nlr, found.plr)] == [340, Decimal("2.4"), 108]
    assert [index.high for index in (found.sii, found.nlr, found.plr)] == [True, True, True]


@pytest.mark.parametrize(
    ("neutrophils", "lymphocytes", "platelets", "shown", "high"),
    [
        ("5.1", "1.5", "100", "340.0", True),  # exactly the cut-off, where binary fractions fall below it
        ("5.0999", "1.5", "100", "339.99", False),
        ("5.1001", "1.5", "100", "340.01", True),
        ("5.09999999", "1.5", "100", "339.999999", False),
        ("1", "1", "339.96", "339.96", False),
        ("1", "1", "339.94", "339.9", False),
        ("1", "1", "339.95", "339.95", False),
        ("1", "1", "340.04", "340.04", True),
        ("1", "1", "340.05", "340.1", True),
        ("1", "1", "999.94", "999.9", True),
        ("1", "1", "1000", "1000", True),
        ("1.5", "1", "1000.5", "1501", True),
        ("1", "1", "999.95", "1000.0", True),
        ("0.01", "200", "1", "0.0", False),
        ("1", "1", "1000.49", "1000", True),
        # (1 + 1e-18) x (340 - 3.4e-16) = 340 - 3.4e-34: low, and more digits than a decimal computes with by default
        ("1.000000000000000001", "1", "339.99999999999999966", "339." + "9" * 33 + "7", False),
    ],
)
def test_sii_is_never_shown_across_its_cut_off(
    neutrophils: str, lymphocytes: str, platelets: str, shown: str, *, high: bool
) -> None:
    sii = indices(neutrophils, lymphocytes, platelets).sii
    assert (sii.shown, sii.high) == (shown, high)


@pytest.mark.parametrize(("text", "sign"), [(("5.1", "1.5", "100"), "="), (("5.2", "1.1", "100"), "≈")])
def test_the_working_says_whether_the_shown_value_is_exact(text: tuple[str, str, str], sign: str) -> None:
    assert f" {sign} " in indices(*text).sii.working


@pytest.mark.parametrize(
    ("numerator", "denominator", "high"), [(340, 1, True), (339999, 1000, False), (680, 2, True), (340001, 1000, True)]
)
def test_at_the_cut_off_is_high(numerator: int, denominator: int, *, high: bool) -> None:
    assert is_high(numerator, denominator, Decimal(340)) is high


@pytest.mark.parametrize(
    ("value", "text"),
    [("4.20", "4.2"), ("4.00", "4"), ("100", "100"), ("1E+3", "1000"), ("0.010", "0.01"), ("1000.0", "1000")],
)
def test_a_decimal_is_written_plainly(value: str, text: str) -> None:
    assert plain(Decimal(value)) == text


@pytest.mark.parametrize("sii", [340.0, 400.0, 612.0, 188.9, 50000.0])
def test_the_chance_of_the_same_side_is_that_of_two_varying_measurements(sii: float) -> None:
    found = repeat_measurement(sii, CUTOFFS[0], CountVariation(0.3, "a source", "1"))
    difference = NormalDist(0, 0.3 * math.sqrt(2))
    assert found.same_side_probability == pytest.approx(difference.cdf(abs(math.log(sii / 340))), abs=1e-12)
    assert found.ratio_to_cutoff == pytest.approx(sii / 340)
    assert (found.sd_log_sii, found.source) == (0.3, "a source")


@pytest.mark.parametrize("ratio", [0.25, 0.5, 1.0, 2.0, 4.0])
def test_the_chance_is_the_same_at_the_same_ratio_on_either_side(ratio: float) -> None:
    variation = CountVariation(0.3, "s", "1")
    above, below = (repeat_measurement(340 * r, CUTOFFS[0], variation) for r in (ratio, 1 / ratio))
    assert above.same_side_probability == pytest.approx(below.same_side_probability, abs=1e-12)
    assert (above.same_side_probability == 0.5) is (ratio == 1.0)


def test_by_hand_the_chance_at_twice_the_cut_off() -> None:
    # ln 2 / (1.414214 x 0.3) = 0.693147 / 0.424264 = 1.63376; Phi(1.63376) = 0.94884
    assert repeat_measurement(680, CUTOFFS[0], CountVariation(0.3, "s", "1")).same_side_probability == pytest.approx(
        0.94884, abs=1e-5
    )
