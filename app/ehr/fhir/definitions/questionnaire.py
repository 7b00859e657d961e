"""The four values as an SDC Questionnaire that shows the index while they are typed.

A form filler computes with binary fractions, so the questionnaire shows the index and decides nothing: the side of the
cut-off and the risk group are the operation's.
"""

from typing import Any

from app.core.analytes import LOINC, Analyte
from app.core.clinical_codes import UcumCode
from app.ehr.fhir.definitions.code_systems import Definition

_SDC = "http://hl7.org/fhir/uv/sdc/StructureDefinition"
_UNIT = "http://hl7.org/fhir/StructureDefinition/questionnaire-unit"
_LOOK_BACK = {"value": 90, "unit": "days", "system": UcumCode.system, "code": "d"}


def questionnaire() -> Definition:
    """Return type, id and content."""
    platelets, neutrophils, lymphocytes = (
        f"%resource.item.where(linkId='{analyte.value}').answer.value"
        for analyte in (Analyte.PLATELETS, Analyte.NEUTROPHILS, Analyte.LYMPHOCYTES)
    )
    index = {
        "linkId": "sii",
        "text": "Systemic immune-inflammation index, 10*9/L: platelets × neutrophils ÷ lymphocytes",
        "type": "decimal",
        "readOnly": True,
        "extension": [
            _unit("10*9/L"),
            {
                "url": f"{_SDC}/sdc-questionnaire-calculatedExpression",
                "valueExpression": {
                    "language": "text/fhirpath",
                    "expression": f"{platelets} * {neutrophils} / {lymphocytes}",
                },
            },
        ],
    }
    note = {
        "linkId": "note",
        "text": "The risk group is not computed here: send the values to the operation hcc-risk.",
        "type": "display",
    }
    content = {
        "name": "SiiAfpInputs",
        "title": "Neutrophils, lymphocytes, platelets and AFP at the start of regorafenib",
        "subjectType": ["Patient"],
        "item": [*(_item(analyte) for analyte in Analyte), index, note],
    }
    return "Questionnaire", "sii-afp", content


def _item(analyte: Analyte) -> dict[str, Any]:
    return {
        "linkId": analyte.value,
        "code": [{"system": code.system, "code": code.value} for code in LOINC[analyte]],
        "text": f"{analyte.label}, {analyte.canonical_unit}",
        "type": "decimal",
        "required": True,
        "extension": [
            _unit(analyte.canonical_unit),
            {"url": f"{_SDC}/sdc-questionnaire-observationLinkPeriod", "valueDuration": _LOOK_BACK},
        ],
    }


def _unit(code: str) -> dict[str, Any]:
    return {"url": _UNIT, "valueCoding": {"system": UcumCode.system, "code": code, "display": code}}
