"""Indices are compared exactly, and rounding never shows a value on the other side of its cut-off."""

from decimal import Decimal
from fractions import Fraction

import pytest

from app.core.cutoffs import Cutoff
from app.core.indices import Indices, compute_indices
from app.core.rounding import plain

CUTOFFS = {"sii": Cutoff(Decimal(340), "10*9/L"), "nlr": Cutoff(Decimal("2.4"), "1"), "plr": Cutoff(Decimal(108), "1")}


def indices(neutrophils: str, lymphocytes: str, platelets: str) -> Indices:
    return compute_indices(Decimal(neutrophils), Decimal(lymphocytes), Decimal(platelets), CUTOFFS)


def test_three_indices_with_their_working() -> None:
    found = indices("4.2", "1.1", "145")
    # 609/1.1 = 553.63636363..., 42/11 = 3.81818181..., 1450/11 = 131.81818181...
    assert [index.value for index in (found.sii, found.nlr, found.plr)] == [553.6363636, 3.818181818, 131.8181818]
    quotients = [Fraction(*index.quotient) for index in (found.sii, found.nlr, found.plr)]
    assert quotients == [Fraction(6090, 11), Fraction(42, 11), Fraction(1450, 11)]
    assert [index.working for index in (found.sii, found.nlr, found.plr)] == [
        "145 × 4.2 ÷ 1.1 ≈ 553.6",
        "4.2 ÷ 1.1 ≈ 3.8",
        "145 ÷ 1.1 ≈ 131.8",
    ]
    assert [(index.id, index.label, index.unit) for index in found] == [
        ("sii", "SII", "10*9/L"),
        ("nlr", "NLR", "1"),
        ("plr", "PLR", "1"),
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
def test_working_marks_rounded_values(text: tuple[str, str, str], sign: str) -> None:
    assert f" {sign} " in indices(*text).sii.working


@pytest.mark.parametrize(
    ("value", "text"),
    [("4.20", "4.2"), ("4.00", "4"), ("100", "100"), ("1E+3", "1000"), ("0.010", "0.01"), ("1000.0", "1000")],
)
def test_decimal_is_written_plainly(value: str, text: str) -> None:
    assert plain(Decimal(value)) == text
