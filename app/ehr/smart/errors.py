"""What can end a launch: one kind each, with the words for the clinician. Never an address, a token or a value."""

import logging
from enum import Enum

from starlette.requests import Request

from app.config.logs import logger


class Failure(Enum):
    """A kind for the log, and the sentence for the page."""

    DISCOVERY = ("discovery", "The EHR could not be asked how to sign in.")
    DENIED = ("denied", "Access to the record was not given.")
    SIGN_IN = ("sign_in", "The EHR ended the sign-in with an error.")
    TOKEN = ("token", "The EHR did not accept this program's sign-in.")
    NO_PATIENT = ("no_patient", "The EHR did not say which patient is meant.")
    RECORD = ("record", "The EHR did not give the laboratory values, or not in time.")

    def __init__(self, kind: str, told: str) -> None:
        self.kind = kind
        self.told = told


class SmartError(Exception):
    """A launch from a known EHR ended without values. `reason` is for the log and says no more than kinds."""

    def __init__(self, failure: Failure, reason: str = "") -> None:
        super().__init__(failure.kind)
        self.failure = failure
        self.reason = reason


def log_failure(request: Request, kind: str) -> None:
    """Write the line that says that a launch or a filing failed, and how."""
    extra = {"error": kind, "request_id": request.scope["state"].get("request_id")}
    logger.log(logging.WARNING, "smart failed", extra=extra)
