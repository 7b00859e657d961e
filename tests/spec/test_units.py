"""Which units are read, with what factor, and which are refused by name, at every interface."""

import pytest
from starlette.testclient import TestClient

from app.core.analytes import Analyte
from app.core.units.conversion import UNITS
from app.core.units.printed import AFP_UNITS, CELLS, MULTIPLES, POWERS, VOLUMES, normalised
from tests.lib.readings import (
    ACCEPTED,
    REFUSED,
    Given,
    by_card,
    by_command_line,
    by_form,
    by_json_api,
    by_label,
    by_observation,
    by_printed_unit,
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
    (COUNT, "10^9/L", "145", "145"),
    (COUNT, "10^3/uL", "145", "145"),
    (COUNT, "10^3/mm3", "145", "145"),
    (COUNT, "10^6/L", "145000", "145"),
    (COUNT, "1/uL", "145000", "145"),
    (COUNT, "/nL", "145", "145"),
    (COUNT, "10*9/l", "145", "145"),
    (COUNT, "10*4/uL", "14.5", "145"),
    (COUNT, "10*3.uL-1", "145", "145"),
    (COUNT, "10*3{cells}/uL", "145", "145"),
    (COUNT, "{Cells}/uL", "145000", "145"),
    (COUNT, "10*3{PLT}/uL", "145", "145"),
    (COUNT, "{platelets}/uL", "145000", "145"),
    (COUNT, "10*3/(mm3)", "145", "145"),
    (COUNT, "10*6/mL", "145", "145"),
    (COUNT, "10*-3/pL", "145", "145"),
    (COUNT, "1000/uL", "145", "145"),
    (COUNT, "10*12/L", "0.145", "145"),
    (COUNT, "/L", "145000000000", "145"),
    (AFP, "ng/dL", "62000", "620"),
    (AFP, "fg/uL", "620000", "620"),
    (AFP, "ug/dL", "62", "620"),
    (AFP, "ng.mL-1", "620", "620"),
    (AFP, "g/m3", "0.62", "620"),
    (AFP, "k[iU]/L", "500", "605"),
    (AFP, "[IU]/L", "500000", "605"),
    (AFP, "m[IU]/mL", "500000", "605"),
]
# Labels that laboratories print; app/core/units/printed.py names where each is seen. Declared as UCUM they mean
# something else or nothing.
LABELS = [
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
    (COUNT, "x10^3/uL", "145", "145"),
    (COUNT, "x10*3/uL", "145", "145"),
    (COUNT, "x10*9/L", "145", "145"),
    (COUNT, "10E3/uL", "145", "145"),
    (COUNT, "10e3/uL", "145", "145"),
    (COUNT, "x10^3/mm3", "145", "145"),
    (COUNT, "k/uL", "145", "145"),
    (COUNT, "K/mm3", "145", "145"),
    (COUNT, "Giga/L", "145", "145"),
    (COUNT, "Thousand/uL", "145", "145"),
    (COUNT, "cells/mm3", "145000", "145"),
    (COUNT, "x10^6/L", "145000", "145"),
    (AFP, "mcg/mL", "0.62", "620"),
    (AFP, "IU/ml", "500", "605"),
    (AFP, "kIU/L", "500", "605"),
    (COUNT, "x10E3/uL", "145", "145"),
    (COUNT, "X10E3/UL", "145", "145"),
    (COUNT, "E9/l", "145", "145"),
    (COUNT, "xE9/l", "145", "145"),
    (COUNT, "*10^9/L", "145", "145"),
    (COUNT, "x10(3)/mcL", "145", "145"),
    (COUNT, "10+3/ul", "145", "145"),
    (COUNT, "10x3/µl", "145", "145"),
    (COUNT, "10*3/mm^3", "145", "145"),
    (COUNT, "x10^9 cells/L", "145", "145"),
    (COUNT, "１０＾３／μＬ", "145", "145"),
    (COUNT, "10³/㎕", "145", "145"),
    (COUNT, "10\\S\\9/L", "145", "145"),
    (COUNT, "X1000/mcL", "145", "145"),
    (COUNT, "10^4/μL", "14.5", "145"),
    (COUNT, "×10⁴/μL", "14.5", "145"),
    (COUNT, "万/μL", "14.5", "145"),
    (COUNT, "×万/μl", "14.5", "145"),
    (COUNT, "千/µL", "145", "145"),
    (COUNT, "個/μl", "145000", "145"),
    (COUNT, "K/mcL", "145", "145"),
    (COUNT, "K/UL", "145", "145"),
    (COUNT, "K/cumm", "145", "145"),
    (COUNT, "k/cmm", "145", "145"),
    (COUNT, "thou/mm3", "145", "145"),
    (COUNT, "TH/MM3", "145", "145"),
    (COUNT, "Thous/mcL", "145", "145"),
    (COUNT, "bil/L", "145", "145"),
    (COUNT, "Gpt/l", "145", "145"),
    (COUNT, "Tsd./µl", "145", "145"),
    (COUNT, "Mila/microL", "145", "145"),
    (COUNT, "mila/mmc", "145", "145"),
    (COUNT, "lakhs/cumm", "1.45", "145"),
    (COUNT, "lakh/µL", "1.45", "145"),
    (COUNT, "Lac/cumm", "1.45", "145"),
    (COUNT, "/cumm", "145000", "145"),
    (COUNT, "/cmm", "145000", "145"),
    (COUNT, "Cells/cumm", "145000", "145"),
    (COUNT, "cells/mcL", "145000", "145"),
    (COUNT, "cells/cu.mm", "145000", "145"),
    (COUNT, "Lakhs/cu.mm", "1.45", "145"),
    (COUNT, "#/uL", "145000", "145"),
    (COUNT, "kpl/µl", "145000", "145"),
    (COUNT, "cells/nl", "145", "145"),
    (COUNT, "/µL{cells}", "145000", "145"),
    (COUNT, "10*4/µL", "14.5", "145"),
    (AFP, "µg/dL", "62", "620"),
    (AFP, "ｎｇ／ｍＬ", "620", "620"),
    (AFP, "ng/㎖", "620", "620"),
    (AFP, "нг/мл", "620", "620"),
    (AFP, "UI/mL", "500", "605"),
    (AFP, "UI/ml", "500", "605"),
    (AFP, "U/mL", "500", "605"),
    (AFP, "IE/ml", "500", "605"),
    (AFP, "МЕ/мл", "500", "605"),
    (AFP, "kUI/L", "500", "605"),
    (AFP, "kIE/L", "500", "605"),
    (AFP, "ku/l", "500", "605"),
]
# Kind of value, unit -> code of the refusal.
REFUSALS = [
    (COUNT, "%", "unit_percent"),
    (COUNT, "mmol/L", "unit_molar"),
    (COUNT, "ng/mL", "unit_of_another_analyte"),
    (COUNT, "T/L", "unit_unknown"),
    (COUNT, "million/uL", "unit_unknown"),
    (COUNT, "10*3/hpf", "unit_unknown"),
    (COUNT, "10*3{lymphocytes}/uL", "unit_unknown"),
    (COUNT, "10*3{WBC}/uL", "unit_unknown"),
    (COUNT, "/100{WBCs}", "unit_unknown"),
    (COUNT, "10*3/uL/{cells}", "unit_unknown"),
    (COUNT, "10*/uL", "unit_unknown"),
    (COUNT, "3/uL", "unit_unknown"),
    (COUNT, "m/uL", "unit_unknown"),
    (COUNT, "M/uL", "unit_unknown"),
    (COUNT, "mil/mm3", "unit_unknown"),
    (COUNT, "Mil/uL", "unit_unknown"),
    (COUNT, "mill/mm3", "unit_unknown"),
    (COUNT, "{10*3}/uL", "unit_unknown"),
    (COUNT, "10·9/L", "unit_unknown"),
    (COUNT, "x109/L", "unit_unknown"),
    (COUNT, "[IU]/mL", "unit_of_another_analyte"),
    (COUNT, "g/L", "unit_of_another_analyte"),
    (COUNT, "", "unit_missing"),
    (AFP, "nmol/L", "unit_molar"),
    (AFP, "10*9/L", "unit_of_another_analyte"),
    (AFP, "万/μL", "unit_of_another_analyte"),
    (AFP, "mIU/mL", "unit_unknown"),
    (AFP, "IU/L", "unit_unknown"),
    (AFP, "MU/L", "unit_unknown"),
    (AFP, "ng/mL{AFP}", "unit_unknown"),
    (AFP, "NG/ML", "unit_unknown"),
    (AFP, "", "unit_missing"),
]
NUMBER = {COUNT: "145", AFP: "620"}


def test_every_usual_code_has_a_row() -> None:
    rows = {(analyte, unit) for analyte, unit, *_ in UCUM}
    known = {(str(analyte), unit.code) for analyte in (Analyte.PLATELETS, Analyte.AFP) for unit in UNITS[analyte]}
    assert known - rows == set()


def test_every_row_of_the_printed_units_is_in_a_label() -> None:
    labels = [normalised(unit) for _, unit, *_ in LABELS]
    numbers, volumes = ({label.split("/")[part] for label in labels} for part in (0, 1))
    counted = {word for number in numbers for word in (number, number.lower())}
    assert not [row for row in MULTIPLES if not set(row.spellings) & {word.removeprefix("x") for word in counted}]
    assert not [row for row in CELLS if not any(word.endswith(row.spellings) for word in counted)]
    assert not [row for row in VOLUMES if not set(row.spellings) & volumes]
    patterns = [row.spellings[0].replace("n", digit) for row in POWERS for digit in "3"]
    assert not [text for text in patterns if not any(text in number.replace("9", "3") for number in numbers)]
    assert not [row for row in AFP_UNITS if not set(row.spellings) & set(labels)]


@pytest.mark.parametrize(("analyte", "unit", "number", "canonical"), UCUM + LABELS)
def test_a_unit_is_read_with_its_factor(
    spec_client: TestClient, analyte: str, unit: str, number: str, canonical: str
) -> None:
    given = Given(analyte, number, unit)
    assert by_printed_unit(spec_client, given) == (canonical, canonical, ACCEPTED, ACCEPTED)


@pytest.mark.parametrize(("analyte", "unit", "number", "canonical"), UCUM)
def test_a_ucum_code_may_be_declared(
    spec_client: TestClient, analyte: str, unit: str, number: str, canonical: str
) -> None:
    given = Given(analyte, number, unit)
    assert {by(spec_client, given) for by in (by_quantity, by_observation, by_card)} == {ACCEPTED}


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
