"""Which numbers are read, typed by a person or sent by a program, and which are refused by name."""

import pytest
from starlette.testclient import TestClient

from tests.lib.readings import (
    ACCEPTED,
    REFUSED,
    Given,
    by_card,
    by_command_line,
    by_json_api,
    by_observation,
    by_quantity,
    by_text,
    number_by_form,
    number_by_pdf,
)

# What is typed, with its unit -> the number in the canonical unit, or the code of the refusal.
TYPED = [
    ("platelets", "145", "10*9/L", "145"),
    ("platelets", "145.0", "10*9/L", "145"),
    ("platelets", "145.", "10*9/L", "145"),
    ("platelets", "+145", "10*9/L", "145"),
    ("platelets", "0145", "10*9/L", "145"),
    ("platelets", "145.123456789012345678901", "10*9/L", "145.123456789012345678901"),
    # decimals
    ("neutrophils", "4,2", "10*9/L", "4.2"),
    ("neutrophils", "4·2", "10*9/L", "4.2"),
    ("neutrophils", "４．２", "10*9/L", "4.2"),
    ("neutrophils", "٤٫٢", "10*9/L", "4.2"),
    ("neutrophils", "4.200", "10*9/L", "4.2"),
    ("platelets", "145.000", "10*9/L", "145"),
    ("platelets", "١٤٥", "10*9/L", "145"),
    # thousands
    ("platelets", "188.000", "/uL", "188"),
    ("platelets", "145,000", "/uL", "145"),
    ("platelets", "145 000", "/uL", "145"),
    ("platelets", "145'000", "/uL", "145"),
    ("platelets", "145\u2009000", "/uL", "145"),
    ("platelets", "1,45,000", "/uL", "145"),
    ("lymphocytes", "1.210", "/uL", "1.21"),
    ("afp", "1,234.5", "ng/mL", "1234.5"),
    ("afp", "1.234,5", "ng/mL", "1234.5"),
    ("afp", "1.234.567", "ng/mL", "1234567"),
    # exponents
    ("afp", "1.2E3", "ng/mL", "1200"),
    ("platelets", "1,45e5", "/uL", "145"),
    ("platelets", "1e2", "10*9/L", "100"),
    # flags and reference ranges
    ("neutrophils", "4.2 H", "10*9/L", "4.2"),
    ("neutrophils", "4.2*", "10*9/L", "4.2"),
    ("neutrophils", "4.2 (2.0-7.5)", "10*9/L", "4.2"),
    ("platelets", "145 L (150 - 400)", "10*9/L", "145"),
    ("afp", "＞1210", "ng/mL", "1210"),
    # refused
    ("afp", "1.310", "ng/mL", "two_readings"),
    ("afp", "1,310", "ng/mL", "two_readings"),
    ("platelets", "1.250", "10*9/L", "two_readings"),
    ("platelets", "-145", "10*9/L", "negative"),
    ("platelets", "0", "10*9/L", "zero"),
    ("platelets", "0.9", "10*9/L", "implausible"),
    ("platelets", "3000.1", "10*9/L", "implausible"),
    ("platelets", "145.00000000000000000000000", "10*9/L", "too_long"),
    ("platelets", "145,,5", "10*9/L", "not_a_number"),
    ("platelets", "1.2.3", "10*9/L", "not_a_number"),
    ("platelets", "~145", "10*9/L", "not_a_number"),
    # the number of a note is no digit
    ("neutrophils", "3.4② 10*9/L", "", "unit_unknown"),
    ("neutrophils", "3.4₂ 10*9/L", "", "unit_unknown"),
    ("neutrophils", "①3.4", "10*9/L", "not_a_number"),
    ("platelets", "140-150", "10*9/L", "not_a_number"),
    ("platelets", "14 104/µL", "", "not_a_number"),
    ("platelets", "NaN", "10*9/L", "not_finite"),
    ("platelets", "inf", "10*9/L", "not_finite"),
    ("afp", "neg", "ng/mL", "not_a_number"),
    ("neutrophils", "62 %", "10*9/L", "unit_percent"),
]
# What is typed in the field of the form, and the unit chosen beside it -> the number read, or None if it is refused.
WITH_UNIT = [
    ("neutrophils", "4.2 × 10⁹/L", "", "4.2"),
    ("neutrophils", "4.2 × 10⁹/L", "10*9/L", "4.2"),
    ("neutrophils", "4.2 × 10⁹/L", "K/uL", "4.2"),
    ("neutrophils", "4200/µL", "", "4.2"),
    ("neutrophils", "4.2 x10^9/L H (2.0-7.5)", "", "4.2"),
    ("afp", "620 ng/mL", "", "620"),
    ("afp", "620ng/ml", "ug/L", "620"),
    ("afp", "> 1210 ng/mL", "ng/mL", "1210"),
    ("neutrophils", "4.2 × 10⁹/L", "/uL", None),
    ("neutrophils", "4.2 %", "10*9/L", None),
    ("afp", "620 IU/mL", "ng/mL", None),
    ("afp", "620 ng/mL", "IU/mL", None),
    ("afp", "", "ng/mL", None),
    ("afp", "620", "", None),
]
# JSON -> the number read: platelets in 10*9/L.
SENT = [
    ("145", "145"),
    ("145.0", "145"),
    ("1.45e2", "145"),
    ("1.45E+2", "145"),
    ("145.123456789012345678901", "145.123456789012345678901"),
    ("1", "1"),
    ("3000", "3000"),
]
# JSON -> code of the refusal. "malformed" is no JSON at all, so there is no value to name.
REFUSALS = [
    ('"145"', "not_a_number"),
    ("true", "not_a_number"),
    ("-145", "negative"),
    ("0", "zero"),
    ("-0.0", "zero"),
    ("0.9", "implausible"),
    ("3000.1", "implausible"),
    ("145.00000000000000000000001", "too_long"),
    ("1e31", "too_long"),
    ("1e-31", "too_long"),
    ("1e400", "too_long"),
    ("11111111111111111111111111", "too_long"),
    ("NaN", "malformed"),
    ("0145", "malformed"),
    ("145.", "malformed"),
    ("+145", "malformed"),
    ("1e99999999999999999999", "malformed"),
]


@pytest.mark.parametrize(("analyte", "text", "unit", "read"), TYPED)
def test_a_typed_number(spec_client: TestClient, analyte: str, text: str, unit: str, read: str) -> None:
    given = Given(analyte, text, unit)
    is_read = read[0].isdigit()
    assert number_by_form(spec_client, given) == (read if is_read else REFUSED)
    assert number_by_pdf(spec_client, given) == (read if is_read else REFUSED)
    assert by_command_line(spec_client, given) == (read if is_read else REFUSED)
    assert by_text(spec_client, given) == (ACCEPTED if is_read else read)


@pytest.mark.parametrize(("analyte", "text", "unit", "read"), WITH_UNIT)
def test_a_unit_typed_in_the_field(
    spec_client: TestClient, analyte: str, text: str, unit: str, read: str | None
) -> None:
    assert number_by_form(spec_client, Given(analyte, text, unit)) == (read or REFUSED)


@pytest.mark.parametrize(("number", "read"), SENT)
def test_a_number_that_is_sent(spec_client: TestClient, number: str, read: str) -> None:
    given = Given("platelets", number, "10*9/L")
    assert by_json_api(spec_client, given) == read
    assert {by(spec_client, given) for by in (by_quantity, by_observation, by_card)} == {ACCEPTED}


@pytest.mark.parametrize(("number", "code"), REFUSALS)
def test_a_number_is_refused_by_code(spec_client: TestClient, number: str, code: str) -> None:
    given = Given("platelets", number, "10*9/L")
    assert by_json_api(spec_client, given) == code
    assert by_quantity(spec_client, given) == code
    if code != "malformed":
        assert by_observation(spec_client, given) == code
        assert by_card(spec_client, given) == REFUSED
