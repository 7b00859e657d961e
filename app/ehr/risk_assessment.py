"""An Assessment as FHIR R4 resources: the SII as an Observation and the prognosis as a RiskAssessment.

Both are `preliminary`: filing them is the clinician's act. A probability is that of death in percent, one minus the
Kaplan-Meier survival of the risk group, with its interval beside it. A hazard ratio has an extension of its own,
because `relativeRisk` means something else.
"""

import calendar
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date
from decimal import Decimal
from typing import Any

from app.core.analytes import Analyte
from app.core.assessment import Assessment, HazardRatio, SurvivalAt
from app.core.kaplan_meier import Estimate
from app.ehr.canonical import UCUM, Canonical
from app.ehr.lab_reading import COUNTS
from app.ehr.observations import Result
from app.ehr.source_references import Sources, sources_of
from app.presentation import wording
from app.version import software

_LABORATORY = {"system": "http://terminology.hl7.org/CodeSystem/observation-category", "code": "laboratory"}


@dataclass(frozen=True, slots=True)
class Patient:
    """Whose record the resources are for: a reference, if it was given, and the Condition that was found."""

    reference: str | None = None
    condition: str | None = None

    @property
    def subject(self) -> dict[str, str]:
        """The subject that FHIR requires; without a reference it says so."""
        return {"reference": self.reference} if self.reference else {"display": "not supplied"}


def sii_observation(
    assessment: Assessment, results: Mapping[Analyte, Result], patient: Patient, canonical: Canonical
) -> dict[str, Any]:
    """Return the SII as an Observation derived from the three counts."""
    sii = assessment.indices.sii
    sources = sources_of(assessment, results, canonical)
    high = "high" if sii.high else "low"
    return {
        "resourceType": "Observation",
        **_contained(sources, COUNTS),
        "status": "preliminary",
        "category": [{"coding": [_LABORATORY]}],
        "code": canonical.concept("sii"),
        "subject": patient.subject,
        **_sampled(assessment, results),
        "issued": _when(assessment),
        "valueQuantity": {"value": _exact(sii.value), "unit": sii.unit, "system": UCUM, "code": sii.unit},
        "interpretation": [canonical.concept(f"sii-{high}", f"SII {high}: cut-off {sii.cutoff:f} {sii.unit}")],
        "note": [{"text": sii.working}],
        "referenceRange": [
            {
                "high": {"value": sii.cutoff, "unit": sii.unit, "system": UCUM, "code": sii.unit},
                "text": "Cut-off of the model, not a normal range; at or above it SII is high",
            }
        ],
        "derivedFrom": [sources.references[analyte] for analyte in COUNTS],
    }


def risk_assessment(
    assessment: Assessment, results: Mapping[Analyte, Result], patient: Patient, canonical: Canonical
) -> dict[str, Any]:
    """Return the prognosis as a RiskAssessment: one prediction of death for each time that the study supports."""
    artefact, answer = assessment.artefact, assessment.answer
    sources = sources_of(assessment, results, canonical)
    return {
        "resourceType": "RiskAssessment",
        **_contained(sources, tuple(Analyte)),
        "extension": [
            *(_hazard_ratio(ratio, canonical) for ratio in answer.hazard_ratios),
            {
                "url": canonical.extension("applicability"),
                "valueCode": assessment.applicability.status.value.replace("_", "-"),
            },
        ],
        "status": "preliminary",
        "method": canonical.concept("sii-afp-cox", artefact.title, f"{artefact.version}+{artefact.digest}"),
        "code": canonical.concept("overall-survival"),
        "subject": patient.subject,
        "occurrenceDateTime": _when(assessment),
        **({"condition": {"reference": patient.condition}} if patient.condition else {}),
        "performer": {"display": f"SII-AFP calculator {software().version}"},
        "basis": [sources.references[analyte] for analyte in Analyte],
        "prediction": [_prediction(assessment, at, canonical) for at in answer.survival],
        "note": [{"text": text} for text in (wording.study_line(assessment), *artefact.limits)],
    }


def _prediction(assessment: Assessment, at: SurvivalAt, canonical: Canonical) -> dict[str, Any]:
    group = assessment.answer.risk_group
    start = assessment.computed_at.astimezone(UTC).date()
    return {
        "extension": [
            _interval("kaplan-meier", at.kaplan_meier, canonical),
            _interval("cox-predicted", at.cox_predicted, canonical),
        ],
        "outcome": {"text": "Death from any cause"},
        "probabilityDecimal": _death_percent(at.kaplan_meier.survival),
        "qualitativeRisk": canonical.concept(group.id),
        "whenPeriod": {"start": start.isoformat(), "end": _months_after(start, at.months).isoformat()},
        "rationale": wording.readable(
            f"{at.months} months: {wording.percent_with_interval(at.kaplan_meier)} alive in the "
            f"{group.label.lower()} ({group.meaning}), Kaplan-Meier, from reconstructed cohorts."
        ),
    }


def _interval(kind: str, estimate: Estimate, canonical: Canonical) -> dict[str, Any]:
    """Return death in percent with its 95 % interval: the limits of survival change places."""
    return {
        "url": canonical.extension("survival-interval"),
        "extension": [
            {"url": "estimator", "valueCode": kind},
            {"url": "probability", "valueDecimal": _death_percent(estimate.survival)},
            {
                "url": "ci95",
                "valueRange": {
                    "low": _percent(_death_percent(estimate.upper)),
                    "high": _percent(_death_percent(estimate.lower)),
                },
            },
        ],
    }


def _hazard_ratio(ratio: HazardRatio, canonical: Canonical) -> dict[str, Any]:
    low, high = ratio.estimate.ci_95
    return {
        "url": canonical.extension("hazard-ratio"),
        "extension": [
            {"url": "factor", "valueCode": ratio.factor},
            {"url": "value", "valueDecimal": _exact(ratio.estimate.hazard_ratio)},
            {"url": "ci95", "valueRange": {"low": {"value": _exact(low)}, "high": {"value": _exact(high)}}},
            {"url": "reference", "valueString": ratio.reference},
            {"url": "present", "valueBoolean": ratio.present},
        ],
    }


def _contained(sources: Sources, used: tuple[Analyte, ...]) -> dict[str, Any]:
    names = {analyte.value for analyte in used}
    inside = [observation for observation in sources.contained if observation["id"] in names]
    return {"contained": inside} if inside else {}


def _exact(value: float) -> Decimal:
    """Return the shortest decimal that reads back as this float: the digits that every other door shows."""
    return Decimal(repr(value))


def _death_percent(survival: float) -> Decimal:
    return (1 - _exact(survival)) * 100


def _sampled(assessment: Assessment, results: Mapping[Analyte, Result]) -> dict[str, str]:
    """Return when the blood was drawn, as the record or the caller says; nothing if neither does."""
    if Analyte.NEUTROPHILS in results:
        return {"effectiveDateTime": results[Analyte.NEUTROPHILS].effective.text}
    day = assessment.sampled_on.blood_count
    return {"effectiveDateTime": day.isoformat()} if day else {}


def _percent(value: Decimal) -> dict[str, Any]:
    return {"value": value, "unit": "%", "system": UCUM, "code": "%"}


def _when(assessment: Assessment) -> str:
    return assessment.computed_at.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


def _months_after(start: date, months: int) -> date:
    """Return the same day some months later, or the last day of a shorter month."""
    years, month = divmod(start.month - 1 + months, 12)
    year, month = start.year + years, month + 1
    return date(year, month, min(start.day, calendar.monthrange(year, month)[1]))
