"""Word what is of one patient alone: the laboratory values, and each factor of the model beside its cut-off.

Page, plain text and letter show the same texts, which are worded once for all three and never kept.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from app.core.analytes import Analyte
from app.core.assessment import Assessment
from app.presentation import wording
from app.presentation.subject import local_time


@dataclass(frozen=True, slots=True)
class LabTexts:
    """A laboratory value: the name of the analyte, the value as it was given, and as it is used."""

    name: str
    given: str
    used: str


@dataclass(frozen=True, slots=True)
class FactorTexts:
    """A factor of the model in this patient: its value with its unit, and its cut-off.

    `working` is that of an index, and empty otherwise; `given` is the value of an analyte as it was given, and empty
    unless it was converted.
    """

    id: str
    label: str
    value: str
    working: str
    given: str
    cutoff: str
    is_high: bool


@dataclass(frozen=True, slots=True)
class PatientTexts:
    """The texts of a patient's values, and the local time of the assessment.

    `firmness` is empty where a caveat says the same.
    """

    labs: Mapping[Analyte, LabTexts]
    factors: tuple[FactorTexts, ...]
    firmness: str
    computed_at: str


def patient_texts(assessment: Assessment) -> PatientTexts:
    """Return the texts of an assessment in the language of the answer."""
    labs = {
        analyte: LabTexts(wording.analyte(analyte), wording.given(lab), wording.canonical(lab))
        for analyte, lab in assessment.labs.items()
    }
    indices = {index.id: index for index in assessment.indices}
    factors = []
    for factor in assessment.fitted.factors:
        if index := indices.get(factor.id):
            value, working, given = wording.quantity(index.shown, index.unit), index.working, ""
        else:
            lab = labs[Analyte(factor.id)]
            value, working, given = lab.used, "", lab.given if lab.given != lab.used else ""
        cutoff, is_high = wording.cutoff_quantity(factor.cutoff), factor.id in assessment.answer.cell.factors
        factors.append(FactorTexts(factor.id, factor.label, value, working, given, cutoff, is_high))
    return PatientTexts(labs, tuple(factors), wording.firmness(assessment), local_time(assessment.computed_at))
