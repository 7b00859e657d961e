"""The validators find faults: a sound RiskAssessment passes, and each broken one is refused."""

import copy
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

import pytest

from tests.lib.validators.gate import Medplum, Pyrofile

_HAZARD_RATIO = "https://calculator.example.net/fhir/StructureDefinition/hazard-ratio"
_UCUM = "http://unitsofmeasure.org"
# Placeholders: no figure here is a result.
_SOUND: dict[str, Any] = {
    "resourceType": "RiskAssessment",
    "status": "preliminary",
    "code": {"text": "Overall survival"},
    "method": {"coding": [{"system": "https://calculator.example.net/fhir/CodeSystem/own", "code": "cox"}]},
    "subject": {"reference": "Patient/p1"},
    "occurrenceDateTime": "2026-01-02T09:00:00Z",
    "performer": {"display": "calculator"},
    "basis": [{"reference": "Observation/neutrophils"}, {"reference": "Observation/afp"}],
    "prediction": [
        {
            "extension": [
                {
                    "url": _HAZARD_RATIO,
                    "extension": [
                        {"url": "value", "valueDecimal": Decimal("2.5")},
                        {"url": "ci95", "valueRange": {"low": {"value": 1.5}, "high": {"value": 3.5}}},
                    ],
                }
            ],
            "outcome": {"text": "Death from any cause"},
            "probabilityDecimal": Decimal("62.5"),
            "whenPeriod": {"start": "2026-01-02", "end": "2027-01-02"},
            "qualitativeRisk": {
                "coding": [{"system": "http://terminology.hl7.org/CodeSystem/risk-probability", "code": "high"}]
            },
            "rationale": "Both factors are high",
        }
    ],
}


@dataclass(frozen=True, slots=True)
class Break:
    """A change (None leaves the element out) and the rule by which pyrofile refuses it."""

    name: str
    rule: str
    changed: dict[str, Any] = field(default_factory=dict)
    changed_in_prediction: dict[str, Any] = field(default_factory=dict)

    def applied(self) -> dict[str, Any]:
        broken = copy.deepcopy(_SOUND)
        broken["prediction"][0] = _without_none(broken["prediction"][0] | self.changed_in_prediction)
        return _without_none(broken | self.changed)


def _without_none(element: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in element.items() if value is not None}


def _range(unit: str) -> dict[str, Any]:
    return {end: {"value": value, "system": _UCUM, "code": unit} for end, value in (("low", 50), ("high", 60))}


_BOTH_REFUSE = (
    Break("no subject", "cardinality.min", {"subject": None}),
    Break("no status", "cardinality.min", {"status": None}),
    Break("an element that does not exist", "element.unknown", {"prognosis": "poor"}),
    Break("a subject of another type", "reference.type", {"subject": {"reference": "Practitioner/p1"}}),
    Break("a string for a decimal", "datatype.invalid", {}, {"probabilityDecimal": "62.5"}),
    Break("a probability over 100", "invariant.ras-2", {}, {"probabilityDecimal": Decimal("100.5")}),
    Break(
        "a probability in a unit other than %",
        "invariant.ras-1",
        {},
        {"probabilityDecimal": None, "probabilityRange": _range("mg")},
    ),
    Break("two values of one choice", "cardinality.max", {}, {"probabilityRange": _range("%")}),
)
_PYROFILE_REFUSES = (
    *_BOTH_REFUSE,
    Break("a status that is no code of the value set", "terminology.required", {"status": "prelim"}),
    Break("a time without a time zone", "datatype.invalid", {"occurrenceDateTime": "2026-01-02T09:00:00"}),
    Break("an empty array", "structure.empty-array", {"basis": []}),
    Break(
        "a period that ends before it starts",
        "invariant.per-1",
        {},
        {"whenPeriod": {"start": "2027-01-02", "end": "2026-01-02"}},
    ),
)


def test_sound_resource_passes_both_validators(pyrofile: Pyrofile, medplum: Medplum) -> None:
    assert pyrofile.issues(_SOUND) == []
    assert medplum.issues(_SOUND) == []


def test_percent_range_passes_both_validators(pyrofile: Pyrofile, medplum: Medplum) -> None:
    sound = Break("none", "none", {}, {"probabilityDecimal": None, "probabilityRange": _range("%")}).applied()
    assert pyrofile.issues(sound) == []
    assert medplum.issues(sound) == []


@pytest.mark.parametrize("broken", _PYROFILE_REFUSES, ids=lambda broken: broken.name)
def test_pyrofile_names_the_broken_rule(broken: Break, pyrofile: Pyrofile) -> None:
    errors = [issue.text for issue in pyrofile.issues(broken.applied()) if issue.is_error]
    assert any(broken.rule in text for text in errors), errors


# It reports a doubled choice and a reference of the wrong type as warnings, so a warning counts as a refusal too.
@pytest.mark.parametrize("broken", _BOTH_REFUSE, ids=lambda broken: broken.name)
def test_medplum_refuses_a_broken_resource(broken: Break, medplum: Medplum) -> None:
    assert medplum.issues(broken.applied()) != []


def test_medplum_checks_extensions_of_a_prediction(medplum: Medplum) -> None:
    broken = Break("text", "", {}, {"extension": [{"url": _HAZARD_RATIO, "valueDecimal": "2.5"}]}).applied()
    assert [issue.severity for issue in medplum.issues(broken)] == ["error"]


def test_extension_must_follow_its_definition(pyrofile: Pyrofile) -> None:
    nested = {"extension": [{"url": _HAZARD_RATIO, "extension": [{"url": "value", "valueDecimal": Decimal("2.5")}]}]}
    simple = {"extension": [{"url": _HAZARD_RATIO, "valueDecimal": Decimal("2.5")}]}
    knowing = Pyrofile(extra=[_hazard_ratio_definition()])

    assert [issue.text.split(":")[0] for issue in pyrofile.issues(_SOUND | nested)] == ["extension.unknown"]
    assert knowing.issues(_SOUND | nested) == []
    assert [issue.text.split(":")[0] for issue in knowing.issues(_SOUND | simple)] == ["extension.value.max"]


def _hazard_ratio_definition() -> dict[str, Any]:
    return {
        "resourceType": "StructureDefinition",
        "url": _HAZARD_RATIO,
        "name": "HazardRatio",
        "status": "active",
        "kind": "complex-type",
        "abstract": False,
        "context": [{"type": "element", "expression": "RiskAssessment"}],
        "type": "Extension",
        "baseDefinition": "http://hl7.org/fhir/StructureDefinition/Extension",
        "derivation": "constraint",
        "differential": {
            "element": [
                {"id": "Extension", "path": "Extension"},
                {"id": "Extension.url", "path": "Extension.url", "fixedUri": _HAZARD_RATIO},
                {"id": "Extension.value[x]", "path": "Extension.value[x]", "max": "0"},
            ]
        },
    }
