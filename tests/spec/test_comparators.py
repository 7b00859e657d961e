"""When a result beyond the measuring range is accepted: a comparator must settle the side of the cut-off of AFP."""

import pytest
from starlette.testclient import TestClient

from tests.lib.readings import (
    ACCEPTED,
    REFUSED,
    Given,
    by_card,
    by_command_line,
    by_form,
    by_json_api,
    by_observation,
    by_quantity,
)

# Kind of value, comparator, number, unit -> None, or the code of the refusal. The cut-off of AFP is 400 ng/mL.
COMPARATORS = [
    ("afp", ">", "400", "ng/mL", None),
    ("afp", ">=", "400", "ng/mL", None),
    ("afp", ">", "1210", "ng/mL", None),
    ("afp", "<", "400", "ng/mL", None),
    ("afp", "<", "2", "ng/mL", None),
    ("afp", "<=", "399.9", "ng/mL", None),
    ("afp", ">", "500", "[IU]/mL", None),
    ("afp", "<=", "400", "ng/mL", "comparator_undecided"),
    ("afp", "<", "1210", "ng/mL", "comparator_undecided"),
    ("afp", ">", "2", "ng/mL", "comparator_undecided"),
    ("afp", ">=", "331", "[IU]/mL", "unit_undecided"),
    ("neutrophils", "<", "0.5", "10*9/L", "comparator_on_count"),
    ("platelets", ">=", "145", "10*9/L", "comparator_on_count"),
]
# Spellings that a program may not send. A typed one is refused as no number.
UNKNOWN = ["~", "=", "ad", "=<", "more than"]


@pytest.mark.parametrize(("analyte", "comparator", "number", "unit", "code"), COMPARATORS)
def test_a_comparator(
    spec_client: TestClient, analyte: str, comparator: str, number: str, unit: str, code: str | None
) -> None:
    given = Given(analyte, number, unit, comparator)
    assert by_json_api(spec_client, given) == (code or {"500": "605"}.get(number, number))
    assert by_quantity(spec_client, given) == (code or ACCEPTED)
    assert by_card(spec_client, given) == (REFUSED if code else ACCEPTED)
    assert by_form(spec_client, given) == (REFUSED if code else ACCEPTED)
    assert by_command_line(spec_client, given) == (REFUSED if code else {"500": "605"}.get(number, number))


@pytest.mark.parametrize("comparator", UNKNOWN)
def test_a_comparator_that_is_not_known(spec_client: TestClient, comparator: str) -> None:
    given = Given("afp", "620", "ng/mL", comparator)
    assert by_json_api(spec_client, given) == "comparator_unknown"
    assert by_quantity(spec_client, given) == "comparator_unknown"
    assert by_observation(spec_client, given) == "comparator_unknown"
    assert {by(spec_client, given) for by in (by_card, by_form, by_command_line)} == {REFUSED}
