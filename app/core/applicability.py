"""Compare a patient with the study's criteria, and check what the caller states of the patient."""

from dataclasses import dataclass
from enum import StrEnum

from app.core.errors import InputError
from app.core.fitted_model import Criterion

CHILD_PUGH_CLASSES = ("A", "B", "C")
ECOG_MAXIMUM = 5
Answer = bool | str | int


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
    sorafenib_tolerated: bool | None = None


@dataclass(frozen=True, slots=True)
class Reason:
    """One criterion of the study, how the patient compares, and what was stated of the patient."""

    criterion: Criterion
    status: Status
    stated: Answer | None


@dataclass(frozen=True, slots=True, eq=False)
class Applicability:
    """The comparison as a whole: differs if any criterion does, matches only if all were stated and match.

    It is compared by identity: there are few, and each is made once.
    """

    status: Status
    reasons: tuple[Reason, ...]


def population_errors(population: Population) -> tuple[InputError, ...]:
    """Return what cannot be so: a Child-Pugh class other than A, B, C or an ECOG status outside 0 to 5."""
    errors = []
    if population.child_pugh_class not in (None, *CHILD_PUGH_CLASSES):
        errors.append(InputError("population.child_pugh_class", "not_a_class"))
    if population.ecog is not None and not 0 <= population.ecog <= ECOG_MAXIMUM:
        errors.append(InputError("population.ecog", "out_of_range", highest=ECOG_MAXIMUM))
    return tuple(errors)


def compare(population: Population, criteria: tuple[Criterion, ...]) -> Applicability:
    """Compare a patient with every criterion of the study. A criterion that no interface asks about is not stated."""
    reasons = tuple(_reason(criterion, getattr(population, criterion.id, None)) for criterion in criteria)
    found = {reason.status for reason in reasons}
    if Status.DIFFERS in found:
        return Applicability(Status.DIFFERS, reasons)
    return Applicability(Status.MATCHES if found == {Status.MATCHES} else Status.NOT_STATED, reasons)


def _reason(criterion: Criterion, stated: Answer | None) -> Reason:
    if stated is None:
        return Reason(criterion, Status.NOT_STATED, None)
    matches = stated in (criterion.values or (True,))
    return Reason(criterion, Status.MATCHES if matches else Status.DIFFERS, stated)
