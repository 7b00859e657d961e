"""Count the reported outcomes of cards, each report once. Comments may identify a patient and are never kept."""

import hashlib
from typing import Annotated, Any, Literal

from prometheus_client import CollectorRegistry, Counter
from pydantic import AfterValidator, Field, ValidationInfo, field_validator

from app.ehr.cds_hooks.bodies import HooksBody, read_body
from app.ehr.fhir.reading.times import instant
from app.presentation.translation import gettext_noop as N_  # noqa: N812 - the usual name for texts translated later
from app.store.protocol import Added, Space, Store

_REPORTS = Space("feedback", 10_000)
_REMEMBERED_SECONDS = 86_400.0


def _instant(text: str) -> str:
    if instant(text) is None:
        raise ValueError("not an instant")
    return text


class AcceptedSuggestionIn(HooksBody):
    """A suggestion that was accepted."""

    id: str = Field(description=N_("The uuid of the suggestion."))


class ReportIn(HooksBody):
    """What became of one card."""

    card: str = Field(
        pattern="^[!-~]{1,100}$",
        description=N_("The uuid of the card: 1 to 100 printable ASCII characters without spaces."),
    )
    outcome: Literal["accepted", "overridden"] = Field(description=N_('"accepted" or "overridden".'))
    outcome_timestamp: Annotated[str, AfterValidator(_instant)] = Field(
        json_schema_extra={"format": "date-time"},
        description=N_("A date and time with seconds and time zone, such as 2026-11-25T09:30:00Z."),
    )
    accepted_suggestions: list[AcceptedSuggestionIn] = Field(
        default=[],
        validate_default=True,
        description=N_("A list of objects with the id of a suggestion, at least one if the outcome is accepted."),
    )

    @field_validator("accepted_suggestions")
    @classmethod
    def _names_what_was_accepted(
        cls, suggestions: list[AcceptedSuggestionIn], info: ValidationInfo
    ) -> list[AcceptedSuggestionIn]:
        if info.data.get("outcome") == "accepted" and not suggestions:
            raise ValueError("nothing was accepted")
        return suggestions


class FeedbackIn(HooksBody):
    """The body of a feedback call."""

    feedback: list[ReportIn] = Field(
        min_length=1, max_length=100, description=N_("A list of 1 to 100 reports, each an object.")
    )


class Feedback:
    """Counts reports. Each is remembered for a day so that a repeated one is not counted again.

    While ten thousand are remembered, further ones are counted and not remembered.
    """

    def __init__(self, registry: CollectorRegistry, store: Store) -> None:
        self._store = store
        self._counter = Counter(
            "sii_afp_card_feedback", "Cards by what became of them", ("outcome",), registry=registry
        )

    async def take(self, body: Any) -> None:
        """Count every report of a body. Raises FhirError 400 if any is malformed; then none is counted.

        Raises StoreError if the store cannot be reached; the same body can be sent again.
        """
        for report in read_body(FeedbackIn, body, whole="feedback").feedback:
            key = "\n".join((report.card, report.outcome, report.outcome_timestamp))
            name = hashlib.sha256(key.encode()).hexdigest()
            if await self._store.add(_REPORTS, name, _REMEMBERED_SECONDS) is not Added.KNOWN:
                self._counter.labels(report.outcome).inc()
