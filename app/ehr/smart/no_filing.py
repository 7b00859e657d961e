"""Why a result cannot be filed: one kind each, with the words for the clinician."""

from enum import Enum


class NoFiling(Enum):
    """A kind for the log, and the sentence for the page."""

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

    def __init__(self, kind: str, told: str) -> None:
        self.kind = kind
        self.told = told

    @property
    def reason(self) -> str:
        """Return the sentence with what to do, where a new launch helps."""
        if self in (NoFiling.NOT_ALLOWED, NoFiling.UNIDENTIFIED, NoFiling.TOO_OLD, NoFiling.ALL_CHANGED):
            return self.told
        return f"{self.told} To file a result, open the calculator from the patient’s record again."
