"""A refusal and a warning carry every parameter of their text: value, unit, limits, and an example or an offer."""

from decimal import Decimal
from typing import Any

import pytest

from app.core.analytes import Analyte
from app.core.errors import InputError
from app.core.labs import make_lab, parse_lab

COUNT_OFFER = ("10*9/L", "10*3/uL", "K/uL")
AFP_OFFER = ("ng/mL", "ug/L", "IU/mL")
NEUTROPHIL_EXAMPLE = {"number": "4.2", "unit": "10*9/L"}
PLATELET_EXAMPLE = {"number": "150", "unit": "10*9/L"}
AFP_EXAMPLE = {"number": "620", "unit": "ng/mL"}
PLATELETS = {"analyte": Analyte.PLATELETS, "low": Decimal(1), "high": Decimal(3000), "canonical_unit": "10*9/L"}
AFP = {"analyte": Analyte.AFP, "low": Decimal(0), "high": Decimal(10_000_000), "canonical_unit": "ng/mL"}

REFUSALS: list[tuple[str, str, str, str, dict[str, Any]]] = [
    ("neutrophils", "", "missing", "with_unit", NEUTROPHIL_EXAMPLE),
    ("afp", "", "missing", "with_unit", AFP_EXAMPLE),
    ("afp", "400 to 500 ng/mL", "not_a_number", "range", AFP_EXAMPLE),
    ("platelets", "140 - 150 K/uL", "not_a_number", "range", PLATELET_EXAMPLE),
    ("afp", "620?", "not_a_number", "approximate", AFP_EXAMPLE),
    ("afp", "-620 ng/mL", "negative", "", AFP_EXAMPLE),
    ("platelets", "14 104/uL", "not_a_number", "lost_power", PLATELET_EXAMPLE),
    ("platelets", ">145 K/uL", "comparator_on_count", "", PLATELET_EXAMPLE),
    ("afp", "6" + 90 * "0", "too_long", "entry", {**AFP_EXAMPLE, "limit": 80}),
    ("platelets", "145", "unit_missing", "", {"offered": COUNT_OFFER}),
    ("afp", "620", "unit_missing", "", {"offered": AFP_OFFER}),
    ("neutrophils", "66 %", "unit_percent", "", {"offered": COUNT_OFFER}),
    ("neutrophils", "66 ％", "unit_percent", "", {"offered": COUNT_OFFER}),
    ("afp", "620 nmol/L", "unit_molar", "", {"offered": AFP_OFFER}),
    ("afp", "620 NMOL/L", "unit_molar", "", {"offered": AFP_OFFER}),
    (
        "afp",
        "620 10*9/L",
        "unit_of_another_analyte",
        "count",
        {"unit": "10*9/L", "analyte": Analyte.AFP, "offered": AFP_OFFER},
    ),
    (
        "platelets",
        "145 ng/mL",
        "unit_of_another_analyte",
        "afp",
        {"unit": "ng/mL", "analyte": Analyte.PLATELETS, "offered": COUNT_OFFER},
    ),
    (
        "platelets",
        "145 furlong",
        "unit_unknown",
        "",
        {"unit": "furlong", "analyte": Analyte.PLATELETS, "offered": COUNT_OFFER},
    ),
    ("afp", "620 furlong", "unit_unknown", "", {"unit": "furlong", "analyte": Analyte.AFP, "offered": AFP_OFFER}),
    ("lymphocytes", "0 10*9/L", "zero", "divisor", {}),
    ("neutrophils", "0 10*9/L", "zero", "", {}),
    (
        "platelets",
        "145000 10*9/L",
        "implausible",
        "above_other_unit",
        {"value": Decimal(145_000), "unit": "10*9/L", **PLATELETS, "usual_unit": "/uL"},
    ),
    (
        "platelets",
        "0.5 10*9/L",
        "implausible",
        "below",
        {"value": Decimal("0.5"), "unit": "10*9/L", **PLATELETS, "usual_unit": None},
    ),
    (
        "platelets",
        "145 /uL",
        "implausible",
        "below_other_unit",
        {"value": Decimal(145), "unit": "/uL", **PLATELETS, "usual_unit": "10*9/L"},
    ),
    (
        "afp",
        "90000000 ng/mL",
        "implausible",
        "above_other_unit",
        {"value": Decimal(90_000_000), "unit": "ng/mL", **AFP, "usual_unit": "pg/mL"},
    ),
]


@pytest.mark.parametrize(("analyte", "text", "code", "case", "parameters"), REFUSALS)
def test_refusal_has_all_parameters(analyte: str, text: str, code: str, case: str, parameters: dict[str, Any]) -> None:
    with pytest.raises(InputError) as caught:
        parse_lab(Analyte(analyte), text)
    error = caught.value
    assert (error.field, error.code, error.case) == (analyte, code, case)
    assert dict(error.parameters) == parameters


def test_label_of_two_meanings_names_both() -> None:
    with pytest.raises(InputError) as caught:
        parse_lab(Analyte.PLATELETS, "145 M/uL")
    error = caught.value
    assert (error.code, error.case) == ("unit_unknown", "two_meanings")
    assert error.parameters["unit"] == "M/uL"
    assert error.parameters["offered"] == COUNT_OFFER
    assert set(error.parameters) == {"unit", "meanings", "offered"}


@pytest.mark.parametrize(
    ("analyte", "value", "unit", "warning"),
    [
        ("afp", 0, "ng/mL", ("unusual", "zero", {"analyte": Analyte.AFP})),
        (
            "neutrophils",
            Decimal("0.50"),
            "10*9/L",
            (
                "unusual",
                "",
                {"analyte": Analyte.NEUTROPHILS, "value": Decimal("0.5"), "unit": "10*9/L", "low": 1, "high": 20},
            ),
        ),
        (
            "platelets",
            Decimal(1200),
            "10*9/L",
            (
                "unusual",
                "",
                {"analyte": Analyte.PLATELETS, "value": Decimal(1200), "unit": "10*9/L", "low": 20, "high": 1000},
            ),
        ),
        ("afp", 500, "IU/mL", ("afp_converted", "", {"factor": Decimal("1.21")})),
        ("afp", 484, "ng/mL", ("afp_near_cutoff", "", {"factor": Decimal("1.21")})),
    ],
)
def test_warning_has_all_parameters(
    analyte: str, value: object, unit: str, warning: tuple[str, str, dict[str, Any]]
) -> None:
    (found,) = make_lab(Analyte(analyte), value, unit).warnings
    assert (found.field, found.code, found.case, dict(found.parameters)) == (analyte, *warning)


@pytest.mark.parametrize(
    ("analyte", "value"),
    [("neutrophils", 1), ("neutrophils", 20), ("lymphocytes", 5), ("platelets", 20), ("platelets", 1000), ("afp", 5)],
)
def test_usual_value_has_no_warning(analyte: str, value: int) -> None:
    assert make_lab(Analyte(analyte), value, "ng/mL" if analyte == "afp" else "10*9/L").warnings == ()


def test_reading_of_an_unusual_spelling_is_told() -> None:
    (found,) = parse_lab(Analyte.NEUTROPHILS, " 4,2 K/uL ").warnings
    assert (found.field, found.code, found.case) == ("neutrophils", "read_as", "")
    assert dict(found.parameters) == {
        "text": "4,2 K/uL",
        "comparator": None,
        "value": Decimal("4.2"),
        "unit": "K/uL",
    }
    (limit,) = parse_lab(Analyte.AFP, "<2,0 ng/mL").warnings
    assert limit.parameters["comparator"] == "<"
