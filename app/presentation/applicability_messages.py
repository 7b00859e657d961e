"""Put the comparison of a patient with the study's criteria into words."""

from app.core.applicability import Answer, Population, Reason, Status, compare
from app.core.fitted_model import FittedModel
from app.presentation.model_texts import in_language
from app.presentation.translation import critical, gettext, parts_with_english
from app.presentation.translation import gettext_noop as N_  # noqa: N812 - the usual name for texts translated later

_REASONS = {
    Status.NOT_STATED: N_("Not stated. In the study: {criterion}."),
    Status.MATCHES: N_("This patient: {answer}. As in the study: {criterion}."),
    Status.DIFFERS: N_("This patient: {answer}. Not as in the study: {criterion}."),
}
_APPLICABILITY = {
    Status.MATCHES: N_("This patient meets every study criterion that was asked about."),
    Status.DIFFERS: N_("This patient does not meet every study criterion. The figures may not apply."),
    Status.NOT_STATED: N_("It is not stated whether this patient meets every study criterion."),
}
# The reason why a difference in a criterion matters.
_WHY = {
    "sorafenib_failed": N_(
        "Patients who have not had sorafenib are at a different point in the course of the disease."
    ),
    "starting_regorafenib": N_(
        "The laboratory values and the survival times of the study both start with regorafenib."
    ),
    "child_pugh_class": N_("Patients with Child-Pugh class B or C live for a shorter time; the study included none."),
    "ecog": N_("Patients with a worse performance status live for a shorter time; the study included none."),
    "sorafenib_tolerated": N_("Neither the study nor the trial of regorafenib had such patients."),
}


# What was stated of the patient. A stated class or number is filled in.
_ANSWERS = {
    ("sorafenib_failed", True): N_("sorafenib failed"),
    ("sorafenib_failed", False): N_("sorafenib did not fail"),
    ("starting_regorafenib", True): N_("regorafenib starts with these values"),
    ("starting_regorafenib", False): N_("regorafenib does not start with these values"),
    ("sorafenib_tolerated", True): N_("sorafenib was tolerated"),
    ("sorafenib_tolerated", False): N_("sorafenib was not tolerated"),
}
_STATED = {"child_pugh_class": N_("Child-Pugh class {stated}"), "ecog": N_("ECOG {stated}")}


def applicability_message(status: Status) -> str:
    """Return how the patient compares with the study's criteria as a whole."""
    return critical(_APPLICABILITY[status])


def reason_message(reason: Reason) -> str:
    """Return what was stated, how it compares with one criterion of the study, and why a difference matters."""
    criterion = reason.criterion
    text = gettext(_REASONS[reason.status]).format(answer=_answer(reason), criterion=criterion.text)
    return f"{text} {gettext(_WHY[criterion.id])}" if reason.status is Status.DIFFERS else text


def reason_messages(fitted: FittedModel, population: Population) -> tuple[str, ...]:
    """Return the message of each reason, in its order, for what is stated about the patient."""
    return parts_with_english(
        lambda: tuple(map(reason_message, compare(population, in_language(fitted).population.criteria).reasons))
    )


def answer_message(criterion: str, stated: Answer) -> str:
    """Return what was stated of the patient: 'ECOG 1'."""
    if criterion in _STATED:
        return gettext(_STATED[criterion]).format(stated=stated)
    return gettext(_ANSWERS[criterion, stated is True])


def _answer(reason: Reason) -> str:
    """Return what was stated of the patient, or an empty text."""
    return "" if reason.stated is None else answer_message(reason.criterion.id, reason.stated)
