"""Write an Assessment as FHIR R4 resources: the SII as an Observation and the prognosis as a RiskAssessment.

Both are `preliminary`, because a clinician decides whether they are filed.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType
from typing import Any

from app.config.version import software
from app.core.analytes import Analyte
from app.core.assessment import Assessment
from app.core.caveats import Level
from app.core.clinical_codes import UcumCode
from app.core.dates import utc_second
from app.ehr.fhir.predictions import hazard_ratios, predictions
from app.ehr.fhir.reading.blood_draws import COUNTS
from app.ehr.fhir.reading.observations import Result
from app.ehr.fhir.sources import Sources, sources_of
from app.ehr.fhir.terminology import Canonical
from app.presentation import wording
from app.presentation.caveat_messages import caveat_messages
from app.presentation.model_texts import in_language
from app.presentation.translation import gettext as _

_LABORATORY = {"system": "http://terminology.hl7.org/CodeSystem/observation-category", "code": "laboratory"}


@dataclass(frozen=True, slots=True)
class Patient:
    """The patient of the resources: a FHIR Reference, if one was given, and the Condition that was found."""

    element: Mapping[str, Any] | None = None
    condition: str | None = None

    @property
    def subject(self) -> Mapping[str, Any]:
        """The subject, which FHIR requires; without a reference a text says that it was not supplied."""
        return self.element or {"display": _("not supplied")}


def sii_observation(
    assessment: Assessment, results: Mapping[Analyte, Result], patient: Patient, canonical: Canonical
) -> dict[str, Any]:
    """Return the SII as an Observation derived from the three counts."""
    sii = assessment.indices.sii
    sources = sources_of(assessment, results, canonical, patient.element, {})
    if sii.high:
        code, text = "sii-high", _("SII high: cut-off {cutoff} {unit}")
    else:
        code, text = "sii-low", _("SII low: cut-off {cutoff} {unit}")
    interpretation = canonical.concept(code, text.format(cutoff=f"{sii.cutoff:f}", unit=sii.unit))
    not_normal = _("Cut-off of the model, not a normal range: SII is high from {cutoff} {unit}")
    return {
        "resourceType": "Observation",
        **_contained(sources, COUNTS),
        "status": "preliminary",
        "category": [{"coding": [_LABORATORY]}],
        "code": canonical.concept("sii"),
        "subject": patient.subject,
        **_sampled(assessment, results),
        "issued": utc_second(assessment.computed_at),
        "valueQuantity": {"value": sii.value, "unit": sii.unit, "system": UcumCode.system, "code": sii.unit},
        "interpretation": [interpretation],
        "note": [{"text": sii.working}],
        # Only a text: a numeric range would include the cut-off, but a value at the cut-off is high.
        "referenceRange": [{"text": not_normal.format(cutoff=f"{sii.cutoff:f}", unit=sii.unit)}],
        "derivedFrom": [sources.references[analyte] for analyte in COUNTS],
    }


def risk_assessment(
    assessment: Assessment,
    results: Mapping[Analyte, Result],
    patient: Patient,
    canonical: Canonical,
    regorafenib_start: date | None = None,
    notes: Mapping[Analyte, str] = MappingProxyType({}),
) -> dict[str, Any]:
    """Return the prognosis as a RiskAssessment: one prediction of death for each time that the study supports.

    It occurs at the time of the assessment. The days of the samples are in `basis` and in a note; `notes` tell the
    source of values that are not from the EHR.
    """
    shown = in_language(assessment)
    fitted, answer = shown.fitted, shown.answer
    sources = sources_of(assessment, results, canonical, patient.element, notes)
    days = _sample_days(assessment, results)
    return {
        "resourceType": "RiskAssessment",
        **_contained(sources, tuple(Analyte)),
        "extension": [
            *hazard_ratios(fitted, answer, canonical),
            {
                "url": canonical.extension("applicability"),
                "valueCode": assessment.applicability.status.value.replace("_", "-"),
            },
        ],
        "status": "preliminary",
        "method": canonical.concept("sii-afp-cox", fitted.title, f"{fitted.version}+{fitted.digest}"),
        "code": canonical.concept("overall-survival"),
        "subject": patient.subject,
        "occurrenceDateTime": utc_second(assessment.computed_at),
        **({"condition": {"reference": patient.condition}} if patient.condition else {}),
        "performer": {"display": f"SII-AFP calculator {software().version}"},
        "basis": [_basis(analyte, sources, days) for analyte in Analyte],
        "prediction": predictions(fitted, answer, canonical, regorafenib_start),
        "note": [{"text": text} for text in _notes(assessment, days)],
    }


def _basis(analyte: Analyte, sources: Sources, days: Mapping[Analyte, date | None]) -> dict[str, str]:
    day = days[analyte]
    if day:
        display = _("{analyte}, {day}").format(analyte=wording.analyte(analyte), day=day)
    else:
        display = _("{analyte}, day of the sample not stated").format(analyte=wording.analyte(analyte))
    return {**sources.references[analyte], "display": display}


def _notes(assessment: Assessment, days: Mapping[Analyte, date | None]) -> list[str]:
    """Return the caveats that come first, the days of the samples, the study, and the other caveats."""
    sampled = [f"{wording.analyte(analyte)} {day or _('not stated')}" for analyte, day in days.items()]
    return [
        *caveat_messages(assessment, Level.FIRST),
        _("Samples were taken on: {days}.").format(days=", ".join(sampled)),
        wording.study_line(assessment.fitted),
        *caveat_messages(assessment, Level.BESIDE, Level.ABOUT),
    ]


def _sample_days(assessment: Assessment, results: Mapping[Analyte, Result]) -> dict[Analyte, date | None]:
    """Return the day of each sample, as the EHR or the caller gives it."""
    return {
        analyte: results[analyte].effective.day if analyte in results else assessment.sampled_on.of(analyte)
        for analyte in Analyte
    }


def _contained(sources: Sources, used: tuple[Analyte, ...]) -> dict[str, Any]:
    names = {analyte.value for analyte in used}
    inside = [observation for observation in sources.contained if observation["id"] in names]
    return {"contained": inside} if inside else {}


def _sampled(assessment: Assessment, results: Mapping[Analyte, Result]) -> dict[str, str]:
    """Return when the blood was drawn, as the EHR or the caller gives it, or nothing if it is not given."""
    if Analyte.NEUTROPHILS in results:
        return {"effectiveDateTime": results[Analyte.NEUTROPHILS].effective.text}
    day = assessment.sampled_on.blood_count
    return {"effectiveDateTime": day.isoformat()} if day else {}
