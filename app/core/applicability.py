"""Does this patient look like the patients of the study? Which criteria differ, and why that matters."""

from dataclasses import dataclass
from enum import StrEnum

from app.core.errors import InputError
from app.core.fitted_model import Criterion

CHILD_PUGH_CLASSES = ("A", "B", "C")
ECOG_MAXIMUM = 5

# Why a difference matters, per criterion of the artefact. The questions asked are exactly these.
_WHY = {
    "sorafenib_failed": "Before or without sorafenib the disease is at another point of its course.",
    "starting_regorafenib": "The laboratory values and the survival times of the study both start with regorafenib.",
    "child_pugh_class": "With worse liver function survival is shorter than in any group shown here.",
    "ecog": "Patients with a worse performance status were not in the study; their survival is shorter.",
}


class Status(StrEnum):
    """Whether the patient, or one criterion, is as in the study."""

    MATCHES = "matches"
    DIFFERS = "differs"
    NOT_STATED = "not_stated"


@dataclass(frozen=True, slots=True)
class Population:
    """What is known of the patient beyond the laboratory values; None is not stated."""

    sorafenib_failed: bool | None = None
    starting_regorafenib: bool | None = None
    child_pugh_class: str | None = None
    ecog: int | None = None


@dataclass(frozen=True, slots=True)
class Reason:
    """One criterion: its id, how the patient compares, and a sentence for the reader."""

    code: str
    status: Status
    text: str


@dataclass(frozen=True, slots=True)
class Applicability:
    """The comparison as a whole: differs if any criterion does, matches only if all were stated and match."""

    status: Status
    reasons: tuple[Reason, ...]


def population_errors(population: Population) -> tuple[InputError, ...]:
    """Return what cannot be so: a Child-Pugh class other than A, B, C or an ECOG status outside 0 to 5."""
    errors = []
    if population.child_pugh_class not in (None, *CHILD_PUGH_CLASSES):
        errors.append(
            InputError(
                "population.child_pugh_class",
                "not_a_class",
                "The Child-Pugh class is A, B or C.",
                "Give the class letter, not the score, or leave it out.",
            )
        )
    if population.ecog is not None and not 0 <= population.ecog <= ECOG_MAXIMUM:
        errors.append(
            InputError(
                "population.ecog",
                "out_of_range",
                f"The ECOG performance status is a whole number from 0 to {ECOG_MAXIMUM}.",
                "Check the number, or leave it out.",
            )
        )
    return tuple(errors)


def compare(population: Population, criteria: tuple[Criterion, ...]) -> Applicability:
    """Compare a patient with the study's criteria."""
    reasons = tuple(_compare_one(population, criterion) for criterion in criteria if criterion.id in _WHY)
    found = {reason.status for reason in reasons}
    if Status.DIFFERS in found:
        return Applicability(Status.DIFFERS, reasons)
    return Applicability(Status.MATCHES if found == {Status.MATCHES} else Status.NOT_STATED, reasons)


def _compare_one(population: Population, criterion: Criterion) -> Reason:
    stated: bool | str | int | None = getattr(population, criterion.id)
    if stated is None:
        return Reason(criterion.id, Status.NOT_STATED, f"Not stated. In the study: {criterion.text}.")
    if stated in (criterion.values or (True,)):
        return Reason(criterion.id, Status.MATCHES, f"As in the study: {criterion.text}.")
    return Reason(criterion.id, Status.DIFFERS, f"Not as in the study: {criterion.text}. {_WHY[criterion.id]}")
