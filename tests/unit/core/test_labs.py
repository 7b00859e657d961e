"""Conversion is exact, the impossible is refused, the unusual questioned, and the side of the AFP cut-off decided."""

from decimal import Decimal

import pytest

from app.core.analytes import LOINC, PLAUSIBLE, Analyte
from app.core.cutoffs import Cutoff, afp_is_high
from app.core.errors import InputError
from app.core.labs import Lab, to_lab
from app.core.measurement import parse_measurement

CUTOFFS = {"afp": Cutoff(Decimal(400), "ng/mL")}


def lab(analyte: str, text: str) -> Lab:
    return to_lab(Analyte(analyte), parse_measurement(Analyte(analyte), text))


def refusal(analyte: str, text: str) -> InputError:
    with pytest.raises(InputError) as caught:
        lab(analyte, text)
    assert caught.value.field == analyte
    return caught.value


@pytest.mark.parametrize(
    ("analyte", "text", "canonical"),
    [
        ("neutrophils", "4200 /uL", "4.2"),
        ("neutrophils", "4.20 10*9/L", "4.20"),
        ("lymphocytes", "1100 10*6/L", "1.1"),
        ("platelets", "145 K/uL", "145"),
        ("afp", "620 ug/L", "620"),
        ("afp", "620000 pg/mL", "620"),
        ("afp", "0.62 ug/mL", "620"),
        ("afp", "500 IU/mL", "605"),
        ("afp", "1.01 kIU/L", "1.2221"),
    ],
)
def test_conversion_is_exact(analyte: str, text: str, canonical: str) -> None:
    found = lab(analyte, text)
    assert found.canonical == Decimal(canonical)
    assert found.analyte is Analyte(analyte)


@pytest.mark.parametrize(
    ("analyte", "unit", "lowest", "highest"),
    [
        ("neutrophils", "10*9/L", ("0.01", "0.009"), ("200", "200.1")),
        ("lymphocytes", "10*9/L", ("0.01", "0.009"), ("200", "200.1")),
        ("platelets", "10*9/L", ("1", "0.9"), ("3000", "3000.1")),
        ("afp", "ng/mL", ("0", None), ("10000000", "10000000.1")),
    ],
)
def test_the_impossible_is_refused_and_its_limits_are_not(
    analyte: str, unit: str, lowest: tuple[str, str | None], highest: tuple[str, str]
) -> None:
    for inside, outside in (lowest, highest):
        assert lab(analyte, f"{inside} {unit}").canonical == Decimal(inside)
        if outside is not None:
            assert refusal(analyte, f"{outside} {unit}").code == "implausible"


@pytest.mark.parametrize(
    ("analyte", "unit", "low", "high"),
    [
        ("neutrophils", "10*9/L", ("1", "0.99"), ("20", "20.1")),
        ("lymphocytes", "10*9/L", ("0.2", "0.19"), ("5", "5.1")),
        ("platelets", "10*9/L", ("20", "19.9"), ("1000", "1000.1")),
        ("afp", "ng/mL", ("0.1", "0"), ("2000000", "2000000.1")),
    ],
)
def test_the_unusual_is_questioned_and_still_answered(
    analyte: str, unit: str, low: tuple[str, str | None], high: tuple[str, str]
) -> None:
    for usual, unusual in (low, high):
        assert lab(analyte, f"{usual} {unit}").warnings == ()
        if unusual is not None:
            (warning,) = lab(analyte, f"{unusual} {unit}").warnings
            assert (warning.code, warning.field) == ("unusual", analyte)


def test_the_question_names_value_and_range() -> None:
    (warning,) = lab("platelets", "1200000 /uL").warnings
    assert warning.parameters == {
        "analyte": Analyte.PLATELETS,
        "value": Decimal(1200),
        "unit": "10*9/L",
        "low": Decimal(20),
        "high": Decimal(1000),
    }


@pytest.mark.parametrize(
    ("analyte", "text", "case", "usual_unit"),
    [
        ("neutrophils", "3000 10*3/uL", "above_other_unit", "/uL"),
        ("platelets", "145 /uL", "below_other_unit", "10*9/L"),
        ("platelets", "9000000 /uL", "above", None),
        ("afp", "62000 ug/mL", "above_other_unit", "ng/mL"),
    ],
)
def test_the_likely_slip_of_the_unit_is_named_and_not_applied(
    analyte: str, text: str, case: str, usual_unit: str | None
) -> None:
    error = refusal(analyte, text)
    assert (error.code, error.case, error.parameters["usual_unit"]) == ("implausible", case, usual_unit)


@pytest.mark.parametrize(("analyte", "case"), [("lymphocytes", "divisor"), ("neutrophils", ""), ("platelets", "")])
def test_a_count_of_zero_is_refused(analyte: str, case: str) -> None:
    error = refusal(analyte, "0.0 10*9/L")
    assert (error.code, error.case) == ("zero", case)


@pytest.mark.parametrize(
    ("text", "high"),
    [
        ("399.9999 ng/mL", False),
        ("400 ng/mL", True),
        ("400.0001 ng/mL", True),
        ("0 ng/mL", False),
        ("<400 ng/mL", False),
        ("<1 ng/mL", False),
        ("<=399.9 ng/mL", False),
        (">=400 ng/mL", True),
        (">400 ng/mL", True),
        (">1210 ng/mL", True),
        ("0.4 ug/mL", True),
        ("399999 pg/mL", False),
        ("311.9 IU/mL", False),
        ("331.1 IU/mL", True),
        (">500 IU/mL", True),
    ],
)
def test_the_side_of_the_cut_off(text: str, *, high: bool) -> None:
    assert afp_is_high(lab("afp", text), CUTOFFS) is high


@pytest.mark.parametrize(
    "text", ["<=400 ng/mL", "<401 ng/mL", ">399.9 ng/mL", ">=399.9 ng/mL", "<1210 ng/mL", ">2 ng/mL"]
)
def test_a_comparator_that_leaves_both_sides_open_is_refused(text: str) -> None:
    with pytest.raises(InputError) as caught:
        afp_is_high(lab("afp", text), CUTOFFS)
    error = caught.value
    assert (error.field, error.code) == ("afp", "comparator_undecided")
    given = "{comparator}{value} {unit}".format(**error.parameters)
    assert (given, error.parameters["cutoff"]) == (text, CUTOFFS["afp"].value)


@pytest.mark.parametrize("text", ["312 IU/mL", "312.0 kU/L", "320 [IU]/mL", "331 k[IU]/L", ">=331 IU/mL"])
def test_international_units_near_the_cut_off_ask_for_ng_per_ml(text: str) -> None:
    with pytest.raises(InputError) as caught:
        afp_is_high(lab("afp", text), CUTOFFS)
    error = caught.value
    assert (error.field, error.code) == ("afp", "unit_undecided")
    assert error.parameters == {
        "lowest": Decimal(312),
        "highest": Decimal(331),
        "factor": Decimal("1.21"),
        "highest_factor": Decimal("1.28"),
    }


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("399.9 ng/mL", None),
        ("400 ng/mL", "afp_near_cutoff"),
        ("484 ng/mL", "afp_near_cutoff"),
        ("484.1 ng/mL", None),
        ("350 IU/mL", "afp_converted"),
    ],
)
def test_a_doubtful_conversion_of_afp_is_pointed_out(text: str, code: str | None) -> None:
    warnings = lab("afp", text).warnings
    assert [(one.field, one.code, one.parameters) for one in warnings] == (
        [] if code is None else [("afp", code, {"factor": Decimal("1.21")})]
    )


def test_the_names_and_units_of_the_analytes() -> None:
    assert [analyte.canonical_unit for analyte in Analyte] == ["10*9/L"] * 3 + ["ng/mL"]
    assert [analyte.is_count for analyte in Analyte] == [True, True, True, False]
    assert set(PLAUSIBLE) == set(LOINC) == set(Analyte)


def test_loinc_codes_end_in_their_check_digit() -> None:
    for codes in LOINC.values():
        for code in codes:
            number, digit = code.value.split("-")
            odd = str(int(number[::-2]) * 2)  # every second digit from the right, doubled
            total = sum(map(int, odd)) + sum(map(int, number[-2::-2]))
            assert (-total) % 10 == int(digit), code
