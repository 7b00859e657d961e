"""Which numbers are read, typed by a person or sent by a program, and which are refused by name."""

import pytest
from starlette.testclient import TestClient

from tests.lib.readings import (
    ACCEPTED,
    REFUSED,
    Given,
    by_command_line,
    by_form,
    by_json_api,
    by_observation,
    by_quantity,
)

# Typed text -> the number read, or None if it is refused: platelets in 10*9/L.
TYPED = [
    ("145", "145"),
    ("145.0", "145"),
    ("145.", "145"),
    ("+145", "145"),
    ("0145", "145"),
    ("145.123456789012345678901", "145.123456789012345678901"),
    ("145,5", None),
    ("1,145", None),
    ("1.145,5", None),
    ("1e2", None),
    ("-145", None),
    ("0", None),
    ("0.9", None),
    ("3000.1", None),
    ("145.00000000000000000000000", None),
    ("NaN", None),
    ("inf", None),
    ("١٤٥", None),
    ("abc", None),
    ("", None),
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


@pytest.mark.parametrize(("text", "number"), TYPED)
def test_a_typed_number(spec_client: TestClient, text: str, number: str | None) -> None:
    given = Given("platelets", text, "10*9/L")
    assert by_form(spec_client, given) == (ACCEPTED if number else REFUSED)
    assert by_command_line(spec_client, given) == (number or REFUSED)


@pytest.mark.parametrize(("number", "read"), SENT)
def test_a_number_that_is_sent(spec_client: TestClient, number: str, read: str) -> None:
    given = Given("platelets", number, "10*9/L")
    assert by_json_api(spec_client, given) == read
    assert (by_quantity(spec_client, given), by_observation(spec_client, given)) == (ACCEPTED, ACCEPTED)


@pytest.mark.parametrize(("number", "code"), REFUSALS)
def test_a_number_is_refused_by_code(spec_client: TestClient, number: str, code: str) -> None:
    given = Given("platelets", number, "10*9/L")
    assert by_json_api(spec_client, given) == code
    assert by_quantity(spec_client, given) == code
    if code != "malformed":
        assert by_observation(spec_client, given) == code
