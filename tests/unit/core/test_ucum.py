"""UCUM codes are read by the grammar of UCUM, with exact factors; the conformance tests compare them with ucum-lhc."""

from fractions import Fraction

import pytest

from app.core.units.ucum import MAXIMUM_LENGTH, UcumTerm, parse_ucum


@pytest.mark.parametrize(
    ("code", "value", "exponents"),
    [
        ("/L", Fraction(1000), (0, -3, 0)),
        ("/dam3", Fraction(1, 1000), (0, -3, 0)),
        ("mm-3", Fraction(10**9), (0, -3, 0)),
        ("ug/dL", Fraction(1, 100), (1, -3, 0)),
        ("g.l-1/(m3)", Fraction(1000), (1, -6, 0)),
        ("k[iU]/hL", Fraction(10**4), (0, -3, 1)),
        ("10^-3.10*+6", Fraction(1000), (0, 0, 0)),
        ("1/2/2", Fraction(1, 4), (0, 0, 0)),
        ("8/(2.2)", Fraction(2), (0, 0, 0)),
        ("Ym/ym", Fraction(10**48), (0, 0, 0)),
    ],
)
def test_term_has_an_exact_value_and_dimension(code: str, value: Fraction, exponents: tuple[int, int, int]) -> None:
    term = parse_ucum(code)
    assert term is not None
    assert (term.value, (term.gram, term.metre, term.international_unit)) == (value, exponents)


@pytest.mark.parametrize(
    "code",
    [
        *(
            "",
            "/",
            "()",
            "(",
            "(L",
            "L)",
            "/(/L)",
            "//L",
            "L/",
            "L.",
            ".L",
            "L L",
            "L{a b}",
            "L{",
            "L}",
            "{a}L",
            "{a}{b}",
        ),
        *(
            "10*",
            "10^",
            "10*3L",
            "10*100",
            "010*3",
            "0",
            "2L",
            "2-3",
            "1000000000",
            "kg2g",
            "L123",
            "L-",
            "mu",
        ),
        *("K", "G", "U", "IU", "[iu]", "[Iu]", "KL", "MiL", "µL", "L/{cells}", "２", "10*３"),
    ],
)
def test_text_that_is_no_readable_code(code: str) -> None:
    assert parse_ucum(code) is None


def test_code_longer_than_40_characters_is_not_read() -> None:
    assert parse_ucum("1." * 19 + "g") is not None
    assert parse_ucum("g" + ".1" * 20) is None
    assert len("g" + ".1" * 20) == MAXIMUM_LENGTH + 1


def test_annotations_and_plain_numbers_are_kept() -> None:
    assert parse_ucum("1.10{cells}.10*3{neut}/{}") is None
    assert parse_ucum("1.10{cells}.10*3{neut}") == UcumTerm(
        Fraction(10**4), annotations=("cells", "neut"), integers=(10,), has_power=True
    )
