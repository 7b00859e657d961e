"""Which units are read, with what factor, and which are refused by name, at every interface."""

import pytest
from starlette.testclient import TestClient

from app.core.analytes import Analyte
from app.core.units import UNITS
from tests.lib.readings import (
    ACCEPTED,
    REFUSED,
    Given,
    by_command_line,
    by_form,
    by_json_api,
    by_label,
    by_observation,
    by_quantity,
)

COUNT, AFP = "platelets", "afp"
# Kind of value, unit, number given -> number in 10*9/L or ng/mL. UCUM codes: declared or printed.
UCUM = [
    (COUNT, "10*9/L", "145", "145"),
    (COUNT, "10*3/uL", "145", "145"),
    (COUNT, "10*3/mm3", "145", "145"),
    (COUNT, "/uL", "145000", "145"),
    (COUNT, "{cells}/uL", "145000", "145"),
    (COUNT, "/mm3", "145000", "145"),
    (COUNT, "10*6/L", "145000", "145"),
    (AFP, "ng/mL", "620", "620"),
    (AFP, "ng/ml", "620", "620"),
    (AFP, "ug/L", "620", "620"),
    (AFP, "pg/mL", "620000", "620"),
    (AFP, "pg/ml", "620000", "620"),
    (AFP, "ng/L", "620000", "620"),
    (AFP, "ug/mL", "0.62", "620"),
    (AFP, "mg/L", "0.62", "620"),
    (AFP, "[IU]/mL", "500", "605"),
    (AFP, "[iU]/mL", "500", "605"),
    (AFP, "k[IU]/L", "500", "605"),
]
# Labels that laboratories print. Declared as UCUM they mean something else or nothing.
LABELS = [
    (COUNT, "10^9/L", "145", "145"),
    (COUNT, "x10^9/L", "145", "145"),
    (COUNT, "× 10⁹/L", "145", "145"),
    (COUNT, "10E9/L", "145", "145"),
    (COUNT, "10^3/µL", "145", "145"),
    (COUNT, "K/uL", "145", "145"),
    (COUNT, "G/L", "145", "145"),
    (COUNT, "thou/uL", "145", "145"),
    (COUNT, "cells/uL", "145000", "145"),
    (COUNT, "cells/mm³", "145000", "145"),
    (AFP, "mcg/L", "620", "620"),
    (AFP, "IU/mL", "500", "605"),
    (AFP, "kU/L", "500", "605"),
    (COUNT, "10e9/L", "145", "145"),
    (COUNT, "10^3/uL", "145", "145"),
    (COUNT, "x10^3/uL", "145", "145"),
    (COUNT, "x10*3/uL", "145", "145"),
    (COUNT, "x10*9/L", "145", "145"),
    (COUNT, "10E3/uL", "145", "145"),
    (COUNT, "10e3/uL", "145", "145"),
    (COUNT, "10^3/mm3", "145", "145"),
    (COUNT, "x10^3/mm3", "145", "145"),
    (COUNT, "k/uL", "145", "145"),
    (COUNT, "K/mm3", "145", "145"),
    (COUNT, "Giga/L", "145", "145"),
    (COUNT, "Thousand/uL", "145", "145"),
    (COUNT, "cells/mm3", "145000", "145"),
    (COUNT, "10^6/L", "145000", "145"),
    (COUNT, "x10^6/L", "145000", "145"),
    (COUNT, "1/uL", "145000", "145"),
    (AFP, "mcg/mL", "0.62", "620"),
    (AFP, "IU/ml", "500", "605"),
    (AFP, "kIU/L", "500", "605"),
]
# Kind of value, unit -> code of the refusal.
REFUSALS = [
    (COUNT, "%", "unit_percent"),
    (COUNT, "mmol/L", "unit_molar"),
    (COUNT, "ng/mL", "unit_of_another_analyte"),
    (COUNT, "10*12/L", "unit_unknown"),
    (COUNT, "m/uL", "unit_unknown"),
    (COUNT, "", "unit_missing"),
    (AFP, "nmol/L", "unit_molar"),
    (AFP, "10*9/L", "unit_of_another_analyte"),
    (AFP, "mIU/mL", "unit_unknown"),
    (AFP, "NG/ML", "unit_unknown"),
    (AFP, "", "unit_missing"),
]
NUMBER = {COUNT: "145", AFP: "620"}


def test_every_unit_has_a_row() -> None:
    rows = {(analyte, unit) for analyte, unit, *_ in UCUM + LABELS}
    known = {(str(analyte), unit.code) for analyte in (Analyte.PLATELETS, Analyte.AFP) for unit in UNITS[analyte]}
    assert known - rows == set()


@pytest.mark.parametrize(("analyte", "unit", "number", "canonical"), UCUM + LABELS)
def test_a_unit_is_read_with_its_factor(
    spec_client: TestClient, analyte: str, unit: str, number: str, canonical: str
) -> None:
    given = Given(analyte, number, unit)
    assert by_json_api(spec_client, given) == canonical
    assert by_command_line(spec_client, given) == canonical
    assert by_form(spec_client, given) == ACCEPTED
    assert by_label(spec_client, given) == ACCEPTED


@pytest.mark.parametrize(("analyte", "unit", "number", "canonical"), UCUM)
def test_a_ucum_code_may_be_declared(
    spec_client: TestClient, analyte: str, unit: str, number: str, canonical: str
) -> None:
    given = Given(analyte, number, unit)
    assert (by_quantity(spec_client, given), by_observation(spec_client, given)) == (ACCEPTED, ACCEPTED)


@pytest.mark.parametrize(("analyte", "unit", "number", "canonical"), LABELS)
def test_a_label_declared_as_ucum_is_refused(
    spec_client: TestClient, analyte: str, unit: str, number: str, canonical: str
) -> None:
    given = Given(analyte, number, unit)
    assert by_quantity(spec_client, given) == "unit_not_ucum"
    assert by_observation(spec_client, given) == "unit_not_ucum"


@pytest.mark.parametrize(("analyte", "unit", "code"), REFUSALS)
def test_a_unit_is_refused_by_code(spec_client: TestClient, analyte: str, unit: str, code: str) -> None:
    given = Given(analyte, NUMBER[analyte], unit)
    assert by_json_api(spec_client, given) == code
    assert by_quantity(spec_client, given) == code
    assert by_label(spec_client, given) == code
    assert by_observation(spec_client, given) == code
    assert (by_form(spec_client, given), by_command_line(spec_client, given)) == (REFUSED, REFUSED)
