"""Clinical codes: published examples are accepted, malformed codes are refused, and the tables are valid."""

import pytest

from app.core.analytes import LOINC, Analyte
from app.core.clinical_codes import (
    AtcCode,
    ClinicalCode,
    Icd10CmCode,
    Icd10Code,
    LoincCode,
    RxNormCode,
    SnomedCode,
    UcumCode,
    system_named,
)
from app.core.units.conversion import UNITS

SLIPS = [(LoincCode, "26499-4"), (LoincCode, "777-3"), (SnomedCode, "109841003"), (SnomedCode, "1290023401004")]


def accepts(system: type[ClinicalCode], value: str) -> bool:
    try:
        return system(value).value == value
    except ValueError:
        return False


# 12345-5: the worked example of the LOINC Users' Guide, "Calculating Mod 10 Check Digits".
@pytest.mark.parametrize("value", ["12345-5", "718-7", "2160-0", "100000-9"])
def test_loinc_code_with_its_check_digit(value: str) -> None:
    assert LoincCode(value).coding == ("http://loinc.org", value)


# 11491-6 and the next two: deprecated codes that LOINC lists as having a wrong check digit.
@pytest.mark.parametrize(
    "value",
    ["11491-6", "6645-7", "6649-9", "12345-4", "123455", "-5", "0751-8", "LP7118-0", "751-8 ", "751-8\n", "٧51-8", ""],
)
def test_malformed_loinc_code_is_refused(value: str) -> None:
    with pytest.raises(ValueError, match="LoincCode"):
        LoincCode(value)


# The concepts among the examples of the SNOMED CT Release File Specification, section 6.8; 22298006 is in wide use.
@pytest.mark.parametrize(
    "value",
    [
        *("100005", "1290023401004", "11000001102", "10989121108", "1290989121103", "999999990989121104"),
        "22298006",
    ],
)
def test_snomed_concept_with_its_check_digit(value: str) -> None:
    assert SnomedCode(value).coding == ("http://snomed.info/sct", value)


# The descriptions and relationships among the same examples, then wrong check digits, lengths and characters.
@pytest.mark.parametrize(
    "value",
    [
        *("100014", "100022", "1290023401015", "9940000001029", "1290000001117", "9940000001126"),
        *("100004", "109841004", "10005", "9999999990989121104", "0109841003", "10984100A", "109841003\n", ""),
    ],
)
def test_malformed_snomed_concept_is_refused(value: str) -> None:
    with pytest.raises(ValueError, match="SnomedCode"):
        SnomedCode(value)


@pytest.mark.parametrize(("system", "value"), SLIPS)
def test_check_digit_finds_any_wrong_digit(system: type[ClinicalCode], value: str) -> None:
    wrong = {
        value[:place] + digit + value[place + 1 :]
        for place, right in enumerate(value)
        if right.isdigit()
        for digit in "0123456789"
        if digit != right
    }
    assert not [one for one in wrong if accepts(system, one)]


@pytest.mark.parametrize(("system", "value"), SLIPS)
def test_check_digit_finds_swapped_neighbours(system: type[ClinicalCode], value: str) -> None:
    pairs = [(place, value[place], value[place + 1]) for place in range(len(value) - 1)]
    swapped = {value[:place] + two + one + value[place + 2 :] for place, one, two in pairs if one != two}
    assert not [one for one in swapped if accepts(system, one)]


@pytest.mark.parametrize("value", ["C22", "C22.0", "M01.23"])
def test_icd_10_code(value: str) -> None:
    assert Icd10Code(value).coding == ("http://hl7.org/fhir/sid/icd-10", value)


@pytest.mark.parametrize(
    "value", ["C220", "c22.0", "C2.0", "C22.", "C22.A", "22.0", "C22.0 ", "C22.0\n", "C22.000", ""]
)
def test_malformed_icd_10_code_is_refused(value: str) -> None:
    with pytest.raises(ValueError, match="Icd10Code"):
        Icd10Code(value)


@pytest.mark.parametrize("value", ["C22.0", "C7A.00", "S72.001A"])
def test_icd_10_cm_code(value: str) -> None:
    assert Icd10CmCode(value).coding == ("http://hl7.org/fhir/sid/icd-10-cm", value)


@pytest.mark.parametrize("value", ["C220", "CA2.0", "c22.0", "C22.", "S72.001AB", ""])
def test_malformed_icd_10_cm_code_is_refused(value: str) -> None:
    with pytest.raises(ValueError, match="Icd10CmCode"):
        Icd10CmCode(value)


@pytest.mark.parametrize("value", ["1191", "857001", "1312397", "99999999"])
def test_rxnorm_code(value: str) -> None:
    assert RxNormCode(value).coding == ("http://www.nlm.nih.gov/research/umls/rxnorm", value)


@pytest.mark.parametrize("value", ["", "0", "01191", "123456789", "1191 ", "1191\n", "-1191", "RX1191", "١191"])
def test_malformed_rxnorm_code_is_refused(value: str) -> None:
    with pytest.raises(ValueError, match="RxNormCode"):
        RxNormCode(value)


# The five levels of one medicine: the WHO's guidelines explain them with metformin, A10BA02.
@pytest.mark.parametrize("value", ["A", "A10", "A10B", "A10BA", "A10BA02", "L01EX05", "L01XE21"])
def test_atc_code_of_each_level(value: str) -> None:
    assert AtcCode(value).coding == ("http://www.whocc.no/atc", value)


@pytest.mark.parametrize(
    "value", ["", "A1", "A10BA0", "A10BA021", "E10BA02", "a10ba02", "L01 EX05", "A10BA02\n", "QA10"]
)
def test_malformed_atc_code_is_refused(value: str) -> None:
    with pytest.raises(ValueError, match="AtcCode"):
        AtcCode(value)


@pytest.mark.parametrize(
    ("oid", "system"),
    [
        ("1", LoincCode),
        ("3", Icd10Code),
        ("8", UcumCode),
        ("73", AtcCode),
        ("88", RxNormCode),
        ("90", Icd10CmCode),
        ("96", SnomedCode),
    ],
)
def test_system_by_its_oid(oid: str, system: type[ClinicalCode]) -> None:
    assert system_named(f"urn:oid:2.16.840.1.113883.6.{oid}") == system.system


def test_other_system_keeps_its_name() -> None:
    assert system_named("urn:oid:1.2.3") == "urn:oid:1.2.3"


@pytest.mark.parametrize(
    "value", ["%", "1", "d", "m/s2", "kg.m-2", "{cells}/uL", "[IU]/mL", "mm[Hg]", "10*-6.L", "10^9/L"]
)
def test_ucum_code(value: str) -> None:
    assert UcumCode(value).coding == ("http://unitsofmeasure.org", value)


@pytest.mark.parametrize(
    "value", ["", "µg/L", "ng / mL", "10*9/", "x10^3/uL", "ng//mL", "[IU/mL", "{cells/uL", "m2m", "ng/mL\n", "10E9/L"]
)
def test_malformed_ucum_code_is_refused(value: str) -> None:
    with pytest.raises(ValueError, match="UcumCode"):
        UcumCode(value)


def test_ucum_codes_of_the_unit_tables_are_valid() -> None:
    codes = {unit.code for units in UNITS.values() for unit in units if not unit.is_label}
    assert {analyte.canonical_unit for analyte in Analyte} < codes
    assert {UcumCode(code).value for code in codes} == codes


def test_no_loinc_code_is_in_the_table_twice() -> None:
    codes = [code for codes in LOINC.values() for code in codes]
    assert len(set(codes)) == len(codes)


def test_same_code_in_two_systems_differs() -> None:
    assert len({Icd10Code("C22.0"), Icd10CmCode("C22.0")}) == 2
