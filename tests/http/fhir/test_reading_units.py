"""Units of a record's values: those that are read, and the answer to all others. No unit is guessed."""

from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from app.core.analytes import Analyte
from tests.lib.clients import site
from tests.lib.fhir.examples import (
    COUNTS,
    concept,
    four_quantities,
    labelled,
    observation,
    parameters,
    quantity,
    results,
)
from tests.lib.fhir.operation import all_of, answered, one_of, refusal, send, sii_of, unused
from tests.lib.fhir.reading import read

Resource = dict[str, Any]
NOW = datetime(2026, 2, 1, tzinfo=UTC)

GIGA = ("10*9/L", "10*3/uL", "10*3/mm3")
MEGA = ("/uL", "{cells}/uL", "/mm3", "10*6/L")
GIGA_LABELS = ("K/uL", "x10*3/uL", "10^9/L", "10^3/uL", "G/L", "Giga/L", "thou/uL", "× 10⁹/L", "x10³/µl")
MEGA_LABELS = ("cells/uL", "1/uL")
# SII by hand, from neutrophils 4, lymphocytes 1 and platelets 100 (10*9/L) with one of them replaced by the value:
# 100 x 2.5 / 1, 100 x 4 / 2.5 and 250 x 4 / 1.
REPLACED = {
    "neutrophils": ("2.5", "2500", "250"),
    "lymphocytes": ("2.5", "2500", "160"),
    "platelets": ("250", "250000", "1000"),
}
BASE = {"neutrophils": "4", "lymphocytes": "1", "platelets": "100"}


def base(**changed: Resource) -> Resource:
    return four_quantities(**({name: quantity(value, "10*9/L") for name, value in BASE.items()} | changed))


@pytest.mark.parametrize("unit", [*GIGA, *MEGA])
@pytest.mark.parametrize("analyte", COUNTS)
def test_count_is_converted_from_each_ucum_unit(client: TestClient, analyte: str, unit: str) -> None:
    giga, mega, sii = REPLACED[analyte]
    answer = answered(client, base(**{analyte: quantity(giga if unit in GIGA else mega, unit)}))
    assert sii_of(answer) == Decimal(sii)
    assert all_of(answer, "unitLabel") == []


@pytest.mark.parametrize("label", [*GIGA_LABELS, *MEGA_LABELS])
@pytest.mark.parametrize("analyte", COUNTS)
def test_count_with_a_printed_unit_is_read_and_marked(client: TestClient, analyte: str, label: str) -> None:
    giga, mega, sii = REPLACED[analyte]
    answer = answered(client, base(**{analyte: labelled(giga if label in GIGA_LABELS else mega, label)}))
    assert sii_of(answer) == Decimal(sii)
    text = f"{analyte.capitalize()}: the unit {label} was read as a printed label, not as UCUM."
    assert all_of(answer, "unitLabel") == [text]


# In ng/mL by hand: 1 ug/L is 1 ng/mL, 1 ng/L is 1 pg/mL, 1 ug/mL is 1000 ng/mL, 1 IU is 1.21 ng.
AFP_UNITS = [
    ("ng/mL", "620.5", "620.5"),
    ("ug/L", "620.5", "620.5"),
    ("pg/mL", "620500", "620.5"),
    ("ng/L", "620500", "620.5"),
    ("ug/mL", "0.6205", "620.5"),
    ("[IU]/mL", "1000", "1210"),
    ("k[IU]/L", "1000", "1210"),
    ("[iU]/mL", "1000", "1210"),
]
AFP_LABELS = [
    ("mcg/L", "620.5", "620.5"),
    ("µg/L", "620.5", "620.5"),
    ("kU/L", "1000", "1210"),
    ("IU/mL", "1000", "1210"),
    ("kIU/L", "1000", "1210"),
]


@pytest.mark.parametrize(
    ("sent", "canonical"),
    [
        *(pytest.param(quantity(given, unit), to, id=unit) for unit, given, to in AFP_UNITS),
        *(pytest.param(labelled(given, unit), to, id=f"label {unit}") for unit, given, to in AFP_LABELS),
    ],
)
def test_afp_is_converted_exactly(sent: Resource, canonical: str) -> None:
    afp = observation("afp", "0", valueQuantity=sent)
    found = read(afp, accept_afp_units=True).sources[Analyte.AFP]
    assert (found.lab.canonical, found.is_label) == (Decimal(canonical), "system" not in sent)


@pytest.mark.parametrize(
    ("unit", "high", "low"),
    [
        ("ng/mL", "400", "399.99"),
        ("ug/L", "400", "399.99"),
        ("pg/mL", "400000", "399999"),
        ("ng/L", "400000", "399999"),
        ("ug/mL", "0.4", "0.39999"),
        ("[IU]/mL", "332", "311"),
        ("k[IU]/L", "332", "311"),
    ],
)
def test_afp_is_high_from_400_ng_per_ml_in_each_unit(client: TestClient, unit: str, high: str, low: str) -> None:
    # SII by hand: 100 x 4 / 1 = 400, which is high, so that AFP decides between both factors and one.
    for value, group in ((high, "high"), (low, "intermediate")):
        assert one_of(answered(client, base(afp=quantity(value, unit))), "riskGroup") == group


@pytest.mark.parametrize("value", ["312", "320", "330.57", "331"])
@pytest.mark.parametrize("sent", [quantity("1", "[IU]/mL"), labelled("1", "kU/L")], ids=["UCUM", "label"])
def test_afp_in_units_near_the_cut_off_is_refused(tmp_path: Path, sent: Resource, value: str) -> None:
    afp = sent | {"value": Decimal(value)}
    with site(tmp_path, "accept_afp_units = true") as client:
        for body in (base(afp=afp), parameters(*results(afp=observation("afp", "0", valueQuantity=afp)))):
            refusals = refusal(client, body)
            assert list(refusals) == ["unit_undecided"]
            assert refusals["unit_undecided"].endswith("Confirm in ng/mL with the laboratory.")


# The unit decides, whatever the code: 1834-1 is the mass concentration, 19176-7 counts units in a volume.
@pytest.mark.parametrize("code", ["1834-1", "19176-7"])
@pytest.mark.parametrize("sent", [quantity("1000", "[IU]/mL"), labelled("1000", "kU/L"), quantity("1210", "ng/mL")])
def test_site_decides_whether_afp_in_units_is_read(tmp_path: Path, sent: Resource, code: str) -> None:
    body = parameters(*results(afp=observation("afp", "0", valueQuantity=sent, code=concept(code))))
    with site(tmp_path, "accept_afp_units = true") as accepting:
        assert one_of(answered(accepting, body), "riskGroup") == "high"
    is_mass = code == "1834-1" and sent["unit"] == "ng/mL"
    with site(tmp_path, "") as usual:
        expected = 200 if is_mass else 422
        status, answer = send(usual, body)
    assert status == expected
    if not is_mass:
        why = "unit_refused" if code == "1834-1" else "code_refused"
        assert [issue["diagnostics"] for issue in answer["issue"]] == ["missing", why]


@pytest.mark.parametrize(
    ("unit", "high", "undecided", "low"),
    [("[IU]/L", "332000", "331000", "311999"), ("[IU]/uL", "0.332", "0.312", "0.311"), ("U/mL", "332", "312", "311")],
)
def test_every_international_unit_has_one_undecided_range(
    client: TestClient, unit: str, high: str, undecided: str, low: str
) -> None:
    sent = {value: labelled(value, unit) for value in (high, undecided, low)}
    assert one_of(answered(client, base(afp=sent[high])), "riskGroup") == "high"
    assert one_of(answered(client, base(afp=sent[low])), "riskGroup") == "intermediate"
    refusals = refusal(client, base(afp=sent[undecided]))
    assert "From 312 to 331 IU/mL" in refusals["unit_undecided"]
    (warning,) = [text for text in all_of(answered(client, base(afp=sent[high])), "warning") if "1 IU" in text]
    assert warning == "AFP was converted with 1 IU = 1.21 ng; laboratories differ."


def test_unit_of_two_meanings_is_refused_with_both(client: TestClient) -> None:
    refusals = refusal(client, base(platelets=labelled("250", "mil/mm³")))
    assert "10*3/mm3" in refusals["unit_unknown"]
    assert "10*6/mm3" in refusals["unit_unknown"]


@pytest.mark.parametrize("unit", ["10*9/L", "{Cells}/uL"])
def test_ucum_may_be_declared_by_its_oid(client: TestClient, unit: str) -> None:
    sent = quantity("250" if unit == "10*9/L" else "250000", unit, system="urn:oid:2.16.840.1.113883.6.8")
    answer = answered(client, base(platelets=sent))
    assert sii_of(answer) == 1000
    assert all_of(answer, "unitLabel") == []
    refusals = refusal(client, base(platelets=sent | {"code": "K/uL", "unit": "K/uL"}))
    assert list(refusals) == [NOT_UCUM]


def test_printed_unit_is_marked_in_observations_too(tmp_path: Path) -> None:
    body = parameters(*results(afp=observation("afp", "0", valueQuantity=labelled("900", "kU/L"))))
    with site(tmp_path, "accept_afp_units = true") as client:
        answer = answered(client, body)
    assert all_of(answer, "unitLabel") == ["AFP: the unit kU/L was read as a printed label, not as UCUM."]


def test_code_without_system_is_a_printed_unit(client: TestClient) -> None:
    answer = answered(client, base(platelets={"value": 250, "code": "K/uL"}))
    assert sii_of(answer) == 1000
    assert all_of(answer, "unitLabel") == ["Platelets: the unit K/uL was read as a printed label, not as UCUM."]


COUNT = "neutrophils"
NOT_UCUM = "unit_not_ucum"
REFUSED = [
    *((COUNT, quantity("4.2", label), NOT_UCUM) for label in ("K/uL", "G/L", "Giga/L", "thou/uL", "10⁹/L", "10^3/µL")),
    *(("afp", quantity("620", label), NOT_UCUM) for label in ("kU/L", "IU/mL", "kIU/L", "mcg/L")),
    (COUNT, quantity("62", "%"), "unit_percent"),
    (COUNT, labelled("62", "%"), "unit_percent"),
    (COUNT, quantity("62", "%{WBCs}"), "unit_percent"),
    (COUNT, quantity("4.2", "10*12/L"), "implausible"),
    (COUNT, quantity("4.2", "UL"), "unit_unknown"),
    (COUNT, quantity("4.2", "10*3/UL"), "unit_not_ucum"),
    (COUNT, quantity("4.2", "10*3{lymphocytes}/uL"), "unit_unknown"),
    (COUNT, quantity("4.2", "m/uL"), "unit_unknown"),
    (COUNT, quantity("4.2", "ng/mL"), "unit_of_another_analyte"),
    (COUNT, quantity("4.2", "1"), "unit_unknown"),
    ("afp", quantity("8.8", "nmol/L"), "unit_molar"),
    ("afp", labelled("8.8", "nmol/L"), "unit_molar"),
    ("afp", quantity("620", "mIU/mL"), "unit_unknown"),
    ("afp", quantity("620", "u/mL"), "unit_unknown"),
    ("afp", quantity("620", "NG/ML"), "unit_unknown"),
    ("afp", quantity("620", "10*9/L"), "unit_of_another_analyte"),
    ("afp", {"value": 620}, "unit_missing"),
    (COUNT, labelled("4.2", " "), "unit_missing"),
    (COUNT, quantity("4.2", "10*9/L", code=None), "unit_missing"),
    (COUNT, quantity("4.2", "10*9/L", system="http://snomed.info/sct"), "unit_system"),
    (COUNT, quantity("4.2", "10*9/L", system="http://unitsofmeasure.org/"), "unit_system"),
    (COUNT, quantity("4200", "10*6/L", code="10*9/L"), "unit_contradiction"),
    (COUNT, quantity("4.2", "%", code="10*9/L"), "unit_contradiction"),
    ("afp", quantity("620", "nmol/L", code="ng/mL"), "unit_contradiction"),
    ("afp", labelled("620", "IU/mL", code="ng/mL"), "unit_contradiction"),
    ("afp", quantity("620", "UI/ml", code="ng/mL"), "unit_contradiction"),
    (COUNT, quantity("4.2", "lakhs/cumm", code="10*9/L"), "unit_contradiction"),
    (COUNT, quantity("4.2", "10*9/L", unit=9), "not_a_text"),
]


@pytest.mark.parametrize(
    ("analyte", "sent", "code"),
    [
        pytest.param(*row, id=f"{row[2]} {' '.join(str(row[1].get(key)) for key in ('system', 'code', 'unit'))}")
        for row in REFUSED
    ],
)
def test_unsupported_unit_is_refused_by_name(client: TestClient, analyte: str, sent: Resource, code: str) -> None:
    assert list(refusal(client, base(**{analyte: sent}))) == [code]
    reasons = unused(client, parameters(*results(**{analyte: observation(analyte, "0", valueQuantity=sent)})))
    assert reasons[f"Observation/{analyte}"][0] == code


def test_unknown_printed_unit_is_no_contradiction(client: TestClient) -> None:
    assert sii_of(answered(client, base(platelets=quantity("250", "Tausend pro µL", code="10*3/uL")))) == 1000


def test_hl7_example_is_refused_with_likely_unit(client: TestClient) -> None:
    # HL7's mCODE guide says 3000 10*3/uL: three thousand times too much, meant as 3000 /uL.
    sent = quantity("3000", "10*3/uL")
    (text,) = refusal(client, base(neutrophils=sent)).values()
    assert "3000 10*3/uL is above what is possible for Neutrophils (0.01 to 200 10*9/L)." in text
    assert text.endswith("It would be usual in /uL: check the unit that the laboratory printed.")
    reasons = unused(client, parameters(*results(neutrophils=observation("neutrophils", "0", valueQuantity=sent))))
    assert reasons["Observation/neutrophils"][0] == "implausible"
