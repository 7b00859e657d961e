"""Make what the result page shows of the caveats, and of how the study fits the patient.

Most patients have only caveats that many share, and few answers to the questions on the study's criteria are possible:
what is made of these is kept for each model and language.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from app.core.applicability import Applicability, Population, compare
from app.core.assessment import Assessment
from app.core.caveats import PATIENT_DIFFERS, PATIENT_NOT_STATED, STUDY_POPULATION, Caveat, Level, usual_caveats
from app.core.cell_answers import CellAnswer
from app.core.fitted_model import FittedModel
from app.presentation import wording
from app.presentation.applicability_messages import answer_message, applicability_message, reason_messages
from app.presentation.caveat_messages import caveat_parts, has_usual_caveats
from app.presentation.model_caveats import model_caveat_parts
from app.presentation.pages.result_context import CaveatRow, ReasonRow
from app.presentation.translation import once_per_model_and_language


@dataclass(frozen=True, slots=True)
class CaveatRows:
    """The caveats of each level, except those with a place of their own: who was studied, and what is not stated."""

    first: tuple[CaveatRow, ...]
    beside: tuple[CaveatRow, ...]
    about: tuple[CaveatRow, ...]
    population: str
    not_stated: str


@dataclass(frozen=True, slots=True)
class Fit:
    """How the study fits the patient: in a word for the style of the page, in a line, and by criterion."""

    status: str
    line: str
    reasons: tuple[ReasonRow, ...]


def caveat_rows(assessment: Assessment) -> CaveatRows:
    """Return the caveats of an assessment as the page shows them."""
    if has_usual_caveats(assessment):
        return _usual_rows(assessment.fitted, assessment.answer, assessment.applicability)
    return _rows((one, caveat_parts(assessment, one, wording.unit)) for one in assessment.caveats)


@once_per_model_and_language
def fit_of(fitted: FittedModel, population: Population) -> Fit:
    """Return how the study fits a patient, from what is stated about the patient."""
    found = compare(population, fitted.population.criteria)
    return Fit(
        found.status.value,
        applicability_message(found.status),
        tuple(
            ReasonRow(
                reason.status.value,
                text,
                "" if reason.stated is None else answer_message(reason.criterion.id, reason.stated),
            )
            for reason, text in zip(found.reasons, reason_messages(fitted, population), strict=True)
        ),
    )


@once_per_model_and_language
def _usual_rows(fitted: FittedModel, answer: CellAnswer, applicability: Applicability) -> CaveatRows:
    return _rows((one, model_caveat_parts(fitted, one)) for one in usual_caveats(fitted, answer, applicability))


def _rows(worded: Iterable[tuple[Caveat, tuple[str, ...]]]) -> CaveatRows:
    levels: dict[Level, list[CaveatRow]] = {level: [] for level in Level}
    population = not_stated = ""
    for caveat, (lead, *rest) in worded:
        if caveat.code == STUDY_POPULATION:
            population = lead
        elif caveat.code == PATIENT_NOT_STATED:
            not_stated = " ".join(rest)
        elif caveat.code != PATIENT_DIFFERS:
            levels[caveat.level].append(CaveatRow(lead, " ".join(rest)))
    first, beside, about = map(tuple, levels.values())
    return CaveatRows(first, beside, about, population, not_stated)
