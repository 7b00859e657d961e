"""Printed labels: every row has a source, and none means something else to UCUM."""

from fractions import Fraction

import pytest

from app.core.units.printed import (
    AFP_UNITS,
    CELLS,
    MULTIPLES,
    POWERS,
    TWO_MEANINGS,
    VOLUMES,
    Printed,
    normalised,
    two_meanings,
    ucum_of_afp,
    ucum_of_count,
)
from app.core.units.ucum import parse_ucum

ROWS = (*CELLS, *MULTIPLES, *VOLUMES, *POWERS, *AFP_UNITS, *TWO_MEANINGS)


def spellings(rows: tuple[Printed, ...]) -> list[str]:
    return [spelling for row in rows for spelling in row.spellings]


def printed_counts() -> list[str]:
    factors = ["", *spellings(CELLS), *spellings(MULTIPLES), *(text.replace("n", "9") for text in spellings(POWERS))]
    return [f"{factor}/{volume}" for factor in factors for volume in spellings(VOLUMES)]


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.spellings[0])
def test_row_has_a_public_source(row: Printed) -> None:
    assert row.source.startswith(("http://", "https://", "HL7 "))


@pytest.mark.parametrize("rows", [(*CELLS, *MULTIPLES, *TWO_MEANINGS), VOLUMES, POWERS, AFP_UNITS])
def test_no_spelling_has_two_rows(rows: tuple[Printed, ...]) -> None:
    assert len(set(spellings(rows))) == len(spellings(rows))


def test_no_label_means_something_else_to_ucum() -> None:
    read = {label: code for label in printed_counts() if (code := ucum_of_count(label)) is not None}
    assert len(read) > 150
    for label, code in {**read, **{text: row.code for row in AFP_UNITS for text in row.spellings}}.items():
        declared, meant = parse_ucum(label), parse_ucum(code)
        assert meant is not None
        assert declared is None or declared.metre != -3 or declared.value == meant.value, label


@pytest.mark.parametrize(
    "label", ["K/L", "G/uL", "bil/mm3", "千/L", "Tsd./nL", "K", "K/", "K/x", "K/uL/L", "cellcells/uL"]
)
def test_multiple_over_another_volume_is_not_read(label: str) -> None:
    assert ucum_of_count(label) is None


@pytest.mark.parametrize(
    ("printed", "code"),
    [
        ("THOU/MM3", "10*3/mm3"),
        ("x10^9 cells/L", "10*9/L"),
        ("Kcells/uL", "10*3/uL"),
        ("×万/μl", "10*4/uL"),
        ("X 1000/mcL", "1000/uL"),
        ("/cmm", "/mm3"),
        ("Cells/cumm", "/mm3"),
        ("10⁻³/nL", None),
        ("xx10^9/L", None),
        ("g/L", None),
    ],
)
def test_label_of_a_count(printed: str, code: str | None) -> None:
    assert ucum_of_count(normalised(printed)) == code


@pytest.mark.parametrize(
    ("printed", "code"), [("UI/mL", "[IU]/mL"), ("kIE/l", "k[IU]/L"), ("IU/L", None), ("MU/L", None), ("IU/ML", None)]
)
def test_label_of_afp(printed: str, code: str | None) -> None:
    assert ucum_of_afp(normalised(printed)) == code


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("× 10⁹ / L", "x10^9/L"),
        ("１０＾３／μＬ", "10^3/uL"),
        ("10\\S\\9/L", "10^9/L"),
        ("10^³/㎕", "10^3/ul"),
        ("10ˆ3/mm³", "10^3/mm3"),
        ("\u200e10*9\u00a0/L\u200f", "10*9/L"),
        ("10⁻³", "10^-3"),
        ("Mg/mg", "Mg/mg"),
    ],
)
def test_text_is_normalised_and_keeps_its_case(text: str, plain: str) -> None:
    assert normalised(text) == plain


@pytest.mark.parametrize(
    ("label", "meanings"),
    [
        ("M/mm3", ("10*6/mm3", "10*3/mm3")),
        ("mill/cumm", ("10*3/mm3", "10*6/mm3")),
        ("x1012/L", ("10*12/L", "1012/L")),
        ("{K}/uL", ("10*3/uL", "/uL")),
        ("103/hpf", None),
        ("100/uL", None),
        ("{mononuclear}/uL", None),
        ("million/uL", None),
    ],
)
def test_label_of_two_meanings(label: str, meanings: tuple[str, str] | None) -> None:
    assert two_meanings(label) == meanings


def test_meanings_differ_by_a_factor() -> None:
    for row in TWO_MEANINGS:
        one, other = (parse_ucum(code) for code in row.code.split())
        assert one is not None
        assert other is not None
        assert max(one.value / other.value, other.value / one.value) == Fraction(1000)
