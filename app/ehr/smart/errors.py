"""What can end a launch, or keep a result from being filed: kinds with their words. Never an address or a value."""

import logging
from enum import Enum

from starlette.requests import Request

from app.config.logs import logger
from app.core.errors import SiiAfpError


class _Kind(Enum):
    """A kind for the log, and the sentence for the clinician."""

    def __init__(self, kind: str, sentence: str) -> None:
        self.kind = kind
        self.sentence = sentence


class Failure(_Kind):
    """What ended a launch."""

    DISCOVERY = ("discovery", "The EHR could not be asked how to sign in.")
    DENIED = ("denied", "Access to the record was not given.")
    SIGN_IN = ("sign_in", "The EHR ended the sign-in with an error.")
    TOKEN = ("token", "The EHR did not accept this program's sign-in.")
    NO_PATIENT = ("no_patient", "The EHR did not say which patient is meant.")
    RECORD = ("record", "The EHR did not give the laboratory values, or not in time.")


class NoFiling(_Kind):
    """Why a result cannot be filed."""

    NOT_ALLOWED = ("not_allowed", "This site does not file results in the record.")
    FORGOTTEN = ("forgotten", "The server no longer knows whose record the values came from.")
    USED = ("used", "A result of this launch was sent to the record already. Look there before you file another.")
    EXPIRED = ("expired", "The time in which a result can be filed is over.")
    ANOTHER_PATIENT = ("another_patient", "The calculator was opened for another patient in this browser since then.")
    ANOTHER_BROWSER = ("another_browser", "The calculator was opened from the record in another browser.")
    UNIDENTIFIED = ("unidentified", "The record gave no name or no birth date by which to recognise the patient.")
    TOO_OLD = ("too_old", "A sample is older than this site accepts. Measure again before a result is filed.")
    ALL_CHANGED = (
        "all_changed",
        (
            "None of the four values is as in the record. They may be another patient’s: open the calculator from that "
            "patient’s record."
        ),
    )

    @property
    def reason(self) -> str:
        """Return the sentence with what to do, where a new launch helps."""
        if self in (NoFiling.NOT_ALLOWED, NoFiling.UNIDENTIFIED, NoFiling.TOO_OLD, NoFiling.ALL_CHANGED):
            return self.sentence
        return f"{self.sentence} To file a result, open the calculator from the patient’s record again."


class SmartError(SiiAfpError):
    """A launch from a known EHR ended without values. `reason` is for the log and says no more than kinds."""

    def __init__(self, failure: Failure, reason: str = "") -> None:
        super().__init__(failure.kind)
        self.failure = failure
        self.reason = reason


def log_failure(request: Request, kind: str) -> None:
    """Write the line that says that a launch or a filing failed, and how."""
    extra = {"error": kind, "request_id": request.scope["state"].get("request_id")}
    logger.log(logging.WARNING, "smart failed", extra=extra)
