"""Make FHIR R4 laboratory results as an EHR sends them. Any element can be changed; None leaves it out."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from app.presentation.assessment_json import dumps

Resource = dict[str, Any]
Number = str | Decimal | int | float

LOINC = "http://loinc.org"
UCUM = "http://unitsofmeasure.org"
SNOMED = "http://snomed.info/sct"
SUBJECT = "Patient/p1"
TAKEN = "2026-01-02T08:00:00Z"
CODES = {"neutrophils": "751-8", "lymphocytes": "731-0", "platelets": "777-3", "afp": "1834-1"}
# SII by hand: 145 x 4.2 / 1.1 = 553.6, high from 340. AFP 1250 ng/mL, high from 400.
VALUES = {"neutrophils": 4.2, "lymphocytes": 1.1, "platelets": 145, "afp": 1250}
COUNTS = ("neutrophils", "lymphocytes", "platelets")
FHIR = {"content-type": "application/fhir+json"}


def quantity(value: Number, unit_code: str, **changes: Any) -> Resource:
    """A Quantity whose unit is declared as UCUM; a text gives an exact decimal."""
    declared = {"value": _number(value), "unit": unit_code, "system": UCUM, "code": unit_code}
    return _changed(declared, changes)


def labelled(value: Number, label: str, **changes: Any) -> Resource:
    """A Quantity with a printed unit, without a system."""
    return _changed({"value": _number(value), "unit": label}, changes)


def concept(*codes: str, system: str = LOINC) -> Resource:
    return {"coding": [{"system": system, "code": code} for code in codes]}


def observation(
    analyte: str,
    value: Number | Resource | None = None,
    unit_code: str | None = None,
    *,
    when: str = TAKEN,
    **changes: Any,
) -> Resource:
    """A final result of the patient. Its id is the analyte, with the day if it is not `TAKEN`.

    `value` is a number in the analyte's usual unit, declared as UCUM, or a Quantity. Without one it is high.
    """
    number = VALUES[analyte] if value is None else value
    unit = unit_code or ("ng/mL" if analyte == "afp" else "10*9/L")
    resource = {
        "resourceType": "Observation",
        "id": analyte if when == TAKEN else f"{analyte}-{when[:10]}",
        "status": "final",
        "code": concept(CODES[analyte]),
        "subject": {"reference": SUBJECT},
        "effectiveDateTime": when,
        "valueQuantity": number if isinstance(number, dict) else quantity(number, unit),
    }
    return _changed(resource, changes)


def ecog(score: Any = 1, *, when: str = TAKEN, **changes: Any) -> Resource:
    """A final ECOG performance status of the patient, as mCODE has it; `score` is a `valueInteger`."""
    return _assessed("ecog", concept("89247-1"), when, {"valueInteger": score, **changes})


def child_pugh(answer: str = "710065009", *, when: str = TAKEN, **changes: Any) -> Resource:
    """A final Child-Pugh class of the patient, by default A."""
    value = concept(answer, system=SNOMED)
    code = concept("3191000175106", system=SNOMED)
    return _assessed("child-pugh", code, when, {"valueCodeableConcept": value, **changes})


def blood_count(
    neutrophils: str = "4.2", lymphocytes: str = "1.1", platelets: str = "145", prefix: str = "", **changes: Any
) -> list[Resource]:
    """The three counts of one draw; by hand, SII = 145 x 4.2 / 1.1 = 553.6, which is high."""
    values = zip(COUNTS, (neutrophils, lymphocytes, platelets), strict=True)
    return [observation(analyte, value, **{"id": prefix + analyte, **changes}) for analyte, value in values]


def results(**changed: Resource) -> list[Resource]:
    """A high SII and an AFP of 620 ng/mL, one Observation each; any of the four can be replaced."""
    found = {one["id"]: one for one in (*blood_count(), observation("afp", "620"))}
    return list((found | changed).values())


def bundle(*observations: Resource) -> Resource:
    return {"resourceType": "Bundle", "type": "collection", "entry": [{"resource": one} for one in observations]}


def searchset(*resources: Resource, **changes: Any) -> Resource:
    """A page of search results; without resources it has no `entry`, which must not be empty."""
    entries = [{"resource": resource, "search": {"mode": "match"}} for resource in resources]
    return {"resourceType": "Bundle", "type": "searchset", **({"entry": entries} if entries else {}), **changes}


def parameters(*observations: Resource, **values: Any) -> Resource:
    """Parameters with Observations; a value is named by parameter and type: `subject_Reference`, `ecog_Integer`."""
    named = [{"name": "observation", "resource": one} for one in observations]
    for name, value in values.items():
        parameter, _, kind = name.partition("_")
        named.append({"name": parameter, f"value{kind}": value})
    return {"resourceType": "Parameters", "parameter": named}


def four_quantities(**changed: Resource) -> Resource:
    """Parameters with the values of `results` as Quantities; any of the four can be replaced."""
    values = {
        "neutrophils": quantity("4.2", "10*9/L"),
        "lymphocytes": quantity("1.1", "10*9/L"),
        "platelets": quantity("145", "10*9/L"),
        "afp": quantity("620", "ng/mL"),
    }
    return parameters(**{f"{name}_Quantity": value for name, value in (values | changed).items()})


def as_json(resource: Mapping[str, Any]) -> bytes:
    """Write the resource with its decimals digit for digit."""
    return dumps(resource)


def _number(value: Number) -> Decimal | int | float:
    """Keep a number as it is, because other JSON writers cannot write a Decimal."""
    return Decimal(value) if isinstance(value, str) else value


def _assessed(name: str, code: Resource, when: str, changes: Mapping[str, Any]) -> Resource:
    resource = {
        "resourceType": "Observation",
        "id": name if when == TAKEN else f"{name}-{when[:10]}",
        "status": "final",
        "code": code,
        "subject": {"reference": SUBJECT},
        "effectiveDateTime": when,
    }
    return _changed(resource, changes)


def _changed(resource: Resource, changes: Mapping[str, Any]) -> Resource:
    return {name: value for name, value in (resource | dict(changes)).items() if value is not None}
