"""Put the comparison of a patient with the study's criteria into words."""

from app.core.applicability import Reason, Status
from app.presentation.translation import gettext
from app.presentation.translation import gettext_noop as N_  # noqa: N812 - the usual name for texts translated later

_REASONS = {
    Status.NOT_STATED: N_("Not stated. In the study: {criterion}."),
    Status.MATCHES: N_("As in the study: {criterion}."),
    Status.DIFFERS: N_("Not as in the study: {criterion}."),
}
_APPLICABILITY = {
    Status.MATCHES: N_("This patient meets every study criterion that was asked about."),
    Status.DIFFERS: N_("This patient does not meet every study criterion. The figures may not apply."),
    Status.NOT_STATED: N_("It is not stated whether this patient meets every study criterion."),
}
# Why it matters that a patient differs in a criterion.
_WHY = {
    "sorafenib_failed": N_("Before or without sorafenib the disease is at another point of its course."),
    "starting_regorafenib": N_(
        "The laboratory values and the survival times of the study both start with regorafenib."
    ),
    "child_pugh_class": N_("With worse liver function survival is shorter than in any group shown here."),
    "ecog": N_("Patients with a worse performance status were not in the study; their survival is shorter."),
}


def applicability_message(status: Status) -> str:
    """Return how the patient compares with the study's criteria as a whole."""
    return gettext(_APPLICABILITY[status])


def reason_message(reason: Reason) -> str:
    """Return how the patient compares with one criterion of the study, and why a difference matters."""
    criterion = reason.criterion
    text = gettext(_REASONS[reason.status]).format(criterion=criterion.text)
    return f"{text} {gettext(_WHY[criterion.id])}" if reason.status is Status.DIFFERS else text
