"""List what can end a launch or prevent filing: a kind for the log and a sentence, without addresses or values."""

import logging
from enum import Enum

from starlette.requests import Request

from app.config.logs import logger
from app.core.errors import SiiAfpError
from app.presentation.translation import gettext as _
from app.presentation.translation import gettext_noop as N_  # noqa: N812 - the usual name for texts translated later


class _Kind(Enum):
    """A kind for the log, and a sentence for the clinician."""

    def __init__(self, kind: str, text: str) -> None:
        self.kind = kind
        self._text = text

    @property
    def sentence(self) -> str:
        """Return the sentence in the language of the answer."""
        return _(self._text)


class Failure(_Kind):
    """The reasons that end a launch."""

    DISCOVERY = ("discovery", N_("The EHR did not provide usable sign-in settings."))
    AUTHENTICATION = (
        "authentication",
        N_("The EHR does not support how the calculator signs in. Report this to the people who run the calculator."),
    )
    DENIED = ("denied", N_("The EHR denied access to the record."))
    SIGN_IN = ("sign_in", N_("The EHR ended the sign-in with an error."))
    TOKEN = ("token", N_("The EHR did not accept the calculator's sign-in."))
    NO_PATIENT = ("no_patient", N_("The EHR did not name the patient."))
    RECORD = ("record", N_("The EHR did not send usable laboratory values in time."))


class NoFiling(_Kind):
    """The reasons why a result cannot be filed."""

    NOT_ALLOWED = ("not_allowed", N_("This site does not file results in the record."))
    NO_OWN_ADDRESS = (
        "no_own_address",
        N_("The calculator is not fully set up, so it files no results. Report this to the people who run it."),
    )
    FORGOTTEN = ("forgotten", N_("The server no longer knows whose record the values came from."))
    USED = (
        "used",
        N_("A result of this launch was already sent to the record. Check the record before you file another."),
    )
    DOCUMENT_USED = (
        "document_used",
        N_("A PDF of this launch was already sent to the record. Check the record before you file another."),
    )
    EXPIRED = ("expired", N_("The time limit for filing a result has passed."))
    ANOTHER_PATIENT = (
        "another_patient",
        N_("The calculator has since been opened for another patient in this browser."),
    )
    ANOTHER_BROWSER = ("another_browser", N_("The calculator was opened from the record in another browser."))
    UNIDENTIFIED = (
        "unidentified",
        N_("The EHR did not give the patient's name and birth date, so the patient cannot be identified."),
    )
    TOO_OLD = ("too_old", N_("A sample is older than this site accepts. Measure again before you file a result."))
    ALL_CHANGED = (
        "all_changed",
        N_(
            "None of the four values matches the record. They may belong to another patient: open the calculator from "
            "that patient’s record."
        ),
    )

    @property
    def reason(self) -> str:
        """Return the sentence, with the advice to launch again if that helps."""
        if self not in _HELPED_BY_A_LAUNCH:
            return self.sentence
        return _("{reason} To file a result, open the calculator from the patient’s record again.").format(
            reason=self.sentence
        )


_HELPED_BY_A_LAUNCH = (
    *(NoFiling.FORGOTTEN, NoFiling.USED, NoFiling.DOCUMENT_USED, NoFiling.EXPIRED),
    *(NoFiling.ANOTHER_PATIENT, NoFiling.ANOTHER_BROWSER),
)


class SmartError(SiiAfpError):
    """A launch from a known EHR ended without values. `reason` is for the log and holds no address, token or value."""

    def __init__(self, failure: Failure, reason: str = "") -> None:
        super().__init__(failure.kind)
        self.failure = failure
        self.reason = reason


def log_failure(request: Request, kind: str) -> None:
    """Log the failure of a launch or a filing, with its kind."""
    extra = {"error": kind, "request_id": request.scope["state"].get("request_id")}
    logger.log(logging.WARNING, "smart failed", extra=extra)
