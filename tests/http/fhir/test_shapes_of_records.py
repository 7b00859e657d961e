"""Records in the shapes that public files and products have, with values of our own, are read.

Sources of the shapes: Synthea R4 bundles; US Core 6.1 laboratory results; mCODE 3.0 tumour marker tests; the laboratory
module of the German Medical Informatics Initiative; results as the FHIR servers of two large EHR vendors send them; and
results converted from HL7 version 2 messages of a laboratory chain.
"""

from collections.abc import Callable
from typing import Any

import pytest
from starlette.testclient import TestClient

from tests.lib.fhir.examples import CODES, LOINC, UCUM, Resource, bundle
from tests.lib.fhir.operation import all_of, answered, one_of, sii_of, unused

PATIENT_UUID = "urn:uuid:8c1f5b0e-51d5-4f1c-9a53-0d4f6a2f7b11"
CATEGORY = [
    {
        "coding": [
            {
                "system": "http://terminology.hl7.org/CodeSystem/observation-category",
                "code": "laboratory",
                "display": "Laboratory",
            }
        ],
        "text": "Laboratory",
    }
]
DISPLAY = {
    "neutrophils": "Neutrophils [#/volume] in Blood by Automated count",
    "lymphocytes": "Lymphocytes [#/volume] in Blood by Automated count",
    "platelets": "Platelets [#/volume] in Blood by Automated count",
    "afp": "Alpha-1-Fetoprotein [Mass/volume] in Serum or Plasma",
}
# SII by hand: 200 x 4 / 2 = 400, which is high; AFP of 620 ng/mL is high.
VALUES = {"neutrophils": 4.0, "lymphocytes": 2.0, "platelets": 200, "afp": 620}


def result(analyte: str, quantity: dict[str, Any], **changes: Any) -> Resource:
    """Return a result with what every shape has."""
    return {
        "resourceType": "Observation",
        "id": analyte,
        "status": "final",
        "category": CATEGORY,
        "code": {
            "coding": [{"system": LOINC, "code": CODES[analyte], "display": DISPLAY[analyte]}],
            "text": DISPLAY[analyte],
        },
        "subject": {"reference": "Patient/p1"},
        "effectiveDateTime": "2026-01-02T08:00:00Z",
        "valueQuantity": {"value": VALUES[analyte], **quantity},
    } | changes


def ucum(code: str, unit: str | None = None) -> dict[str, Any]:
    return {"unit": unit or code, "system": UCUM, "code": code}


def synthea() -> Resource:
    """A whole record: references by UUID, times with offset and fraction, results of other kinds beside them."""
    entries: list[Resource] = [
        {"fullUrl": PATIENT_UUID, "resource": {"resourceType": "Patient", "id": PATIENT_UUID.removeprefix("urn:uuid:")}}
    ]
    of_all = [*VALUES, "weight"]
    for place, name in enumerate(of_all):
        uuid = f"3f6b0a52-0000-4000-8000-00000000000{place}"
        about = {
            "id": uuid,
            "subject": {"reference": PATIENT_UUID},
            "encounter": {"reference": "urn:uuid:77777777-0000-4000-8000-000000000000"},
            "effectiveDateTime": "2026-01-02T03:15:32-05:00",
            "issued": "2026-01-02T03:15:32.546-05:00",
        }
        if name == "weight":
            resource = result("afp", ucum("kg"), code={"coding": [{"system": LOINC, "code": "29463-7"}]}) | about
        else:
            resource = result(name, ucum("ng/mL" if name == "afp" else "10*3/uL")) | about
        request = {"method": "POST", "url": "Observation"}
        entries.append({"fullUrl": f"urn:uuid:{uuid}", "resource": resource, "request": request})
    return {"resourceType": "Bundle", "type": "transaction", "entry": entries}


def us_core() -> Resource:
    """Days without a time, a narrative, interpretation and reference range."""
    more = {
        "text": {"status": "generated", "div": '<div xmlns="http://www.w3.org/1999/xhtml">4.0</div>'},
        "effectiveDateTime": "2026-01-02",
        "interpretation": [{"text": "H"}],
        "referenceRange": [{"low": {"value": 1.8}, "high": {"value": 7.7}, "text": "1.8-7.7"}],
        "performer": [{"reference": "Organization/lab", "display": "Lab"}],
    }
    return bundle(*(result(name, ucum("ng/mL" if name == "afp" else "10*3/uL"), **more) for name in VALUES))


def mcode() -> Resource:
    """AFP as a tumour marker test, with its specimen; the counts beside it."""
    afp = result(
        "afp",
        ucum("ng/mL"),
        meta={"profile": ["http://hl7.org/fhir/us/mcode/StructureDefinition/mcode-tumor-marker-test"]},
        specimen={"reference": "Specimen/s1", "display": "Serum"},
    )
    specimen = {"resourceType": "Specimen", "id": "s1", "subject": {"reference": "Patient/p1"}}
    return bundle(*(result(name, ucum("10*3/uL")) for name in VALUES if name != "afp"), afp, specimen)


def german() -> Resource:
    """The printed unit is German, the declared one UCUM; an identifier of the laboratory; local and LOINC codes."""

    def of(name: str) -> Resource:
        quantity = ucum("ug/L", "µg/l") if name == "afp" else ucum("10*9/L", "Gpt/l")
        local = {"system": "https://labor.example/codes", "code": name.upper()}
        return result(
            name,
            quantity,
            identifier=[{"system": "https://labor.example/analysen", "value": f"59826-8_{name}"}],
            category=[{"coding": [{"system": LOINC, "code": "26436-6"}, *CATEGORY[0]["coding"]]}],
            code={"coding": [local, {"system": LOINC, "code": CODES[name]}]},
            effectiveDateTime="2026-01-02T09:00:00+01:00",
            _effectiveDateTime={"extension": [{"url": "urn:quelle", "valueCode": "probe"}]},
            issued="2026-01-02T10:41:00+01:00",
        )

    return bundle(*map(of, VALUES))


def first_vendor() -> Resource:
    """A vendor's own code set first, printed units beside declared ones, an encounter and an issued time."""

    def of(name: str) -> Resource:
        own = {"system": "https://fhir.vendor.example/tenant/codeSet/72", "code": "2805", "userSelected": True}
        quantity = ucum("ng/mL") if name == "afp" else ucum("10*3/uL", "x10(3)/mcL")
        return result(
            name,
            quantity,
            code={"coding": [own, {"system": LOINC, "code": CODES[name]}], "text": name},
            encounter={"reference": "Encounter/97953477"},
            issued="2026-01-02T09:02:11.000Z",
            interpretation=[{"coding": [{"code": "N"}], "text": "Normal"}],
        )

    return bundle(*map(of, VALUES))


def second_vendor() -> Resource:
    """Codes by OIDs of the installation, a specimen that is only named, and labels without a system."""

    def of(name: str) -> Resource:
        own = {"system": "urn:oid:1.2.840.114350.1.13.0.1.7.5.737384.0", "code": "NEUTROPHILS"}
        return result(
            name,
            {"unit": "ng/mL" if name == "afp" else "K/uL"},
            code={"coding": [own, {"system": LOINC, "code": CODES[name]}]},
            specimen={"display": "Specimen 1"},
            basedOn=[{"reference": "ServiceRequest/eX", "display": "CBC with differential"}],
        )

    return bundle(*map(of, VALUES))


def converted_from_v2() -> Resource:
    """Labels of a laboratory chain, code systems by OID, the day and time of the sample to the minute with a zone."""

    def of(name: str) -> Resource:
        return result(
            name,
            {"unit": "ng/mL" if name == "afp" else "x10E3/uL"},
            code={"coding": [{"system": "urn:oid:2.16.840.1.113883.6.1", "code": CODES[name]}]},
            effectiveDateTime="2026-01-02T08:00:00-06:00",
        )

    return bundle(*map(of, VALUES))


SHAPES = (synthea, us_core, mcode, german, first_vendor, second_vendor, converted_from_v2)


@pytest.mark.parametrize("shape", SHAPES, ids=lambda shape: shape.__name__)
def test_record_is_read_whole(client: TestClient, shape: Callable[[], Resource]) -> None:
    answer = answered(client, shape())
    assert one_of(answer, "riskGroup") == "high"
    assert sii_of(answer) == 400
    assert unused(client, shape()) == {}
    assert len(all_of(answer, "unitLabel")) == (4 if shape in (second_vendor, converted_from_v2) else 0)
