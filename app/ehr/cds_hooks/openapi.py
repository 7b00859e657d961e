"""Describe the CDS Hooks interface in the OpenAPI document: example requests, schemas of answers, errors."""

from pathlib import Path
from typing import Annotated, Any, Literal, NotRequired

from pydantic import Field
from typing_extensions import TypedDict

from app.core.clinical_codes import RxNormCode
from app.ehr.cds_hooks.card import SUMMARY_CHARACTERS
from app.ehr.cds_hooks.feedback import FeedbackIn
from app.ehr.cds_hooks.services import SERVICES, HookService
from app.ehr.fhir.openapi import outcome_response, outcomes
from app.ehr.fhir.reading import searches
from app.web.openapi import Described, reference, request_body
from app.web.routing import Responses

DESCRIBED = Described((*(one.call for one in SERVICES), FeedbackIn), Path(__file__).with_name("examples.json"))
_EXAMPLE_ORDER: dict[str, Any] = {
    "resourceType": "MedicationRequest",
    "id": "m1",
    "status": "draft",
    "intent": "order",
    "medicationCodeableConcept": {"coding": [{"system": RxNormCode.system, "code": "1312397"}]},
    "subject": {"reference": "Patient/p1"},
}
_EXAMPLE_ORDERS: dict[str, Any] = {
    "draftOrders": {"resourceType": "Bundle", "type": "collection", "entry": [{"resource": _EXAMPLE_ORDER}]}
}
_EXAMPLE_CONTEXTS: dict[str, dict[str, Any]] = {
    "patient-view": {},
    "order-select": {"selections": ["MedicationRequest/m1"], **_EXAMPLE_ORDERS},
    "order-sign": _EXAMPLE_ORDERS,
}
EXAMPLE_FEEDBACK: dict[str, Any] = {
    "feedback": [
        {
            "card": "4b8d1c34-6b0e-4c0f-9a3c-1f5e9a2b7d10",
            "outcome": "overridden",
            "outcomeTimestamp": "2026-11-25T09:30:00Z",
        }
    ]
}
FEEDBACK_REQUEST = request_body(reference(FeedbackIn), EXAMPLE_FEEDBACK)


def service_request(service: HookService) -> dict[str, Any]:
    """Return the description of the calls of a service, with an example."""
    example = {
        "hook": service.hook,
        "hookInstance": "6f1c3a52-9d6a-4a55-8a2e-2f0c6b2f6a0e",
        "context": {"patientId": "p1", "userId": "Practitioner/d1", **_EXAMPLE_CONTEXTS[service.hook]},
        # An empty Bundle, not null: FastAPI drops a null from the example of a body.
        "prefetch": {key: {"resourceType": "Bundle", "type": "searchset"} for key in searches.KEYS},
    }
    return request_body(reference(service.call), example)


class ServiceOut(TypedDict, closed=True):
    """A CDS service; `prefetch` holds the searches whose results it needs, by key."""

    hook: str
    id: str
    title: str
    version: str
    description: str
    usageRequirements: str
    prefetch: dict[str, str]


class ServicesOut(TypedDict, closed=True):
    """The CDS services."""

    services: list[ServiceOut]


class SourceOut(TypedDict, closed=True):
    """Who made the card, and what it is about."""

    label: str
    url: str
    topic: dict[str, str]


class LinkOut(TypedDict, closed=True):
    """A link of a card: to a page, or to a SMART launch."""

    label: str
    type: Literal["absolute", "smart"]
    url: str


class ActionOut(TypedDict, closed=True):
    """What is done when a suggestion is accepted."""

    type: Literal["create"]
    description: str
    resource: dict[str, Any]


class SuggestionOut(TypedDict, closed=True):
    """Something that the clinician may accept."""

    label: str
    uuid: str
    actions: list[ActionOut]


class CardOut(TypedDict, closed=True):
    """A card; one that only says what is missing has no suggestions and no reasons to override it."""

    uuid: str
    summary: Annotated[str, Field(max_length=SUMMARY_CHARACTERS)]
    indicator: Literal["info"]
    source: SourceOut
    detail: str
    links: list[LinkOut]
    selectionBehavior: NotRequired[Literal["at-most-one"]]
    suggestions: NotRequired[list[SuggestionOut]]
    overrideReasons: NotRequired[list[dict[str, str]]]


class CardsOut(TypedDict, closed=True):
    """At most one card."""

    cards: Annotated[list[CardOut], Field(max_length=1)]


class CountedOut(TypedDict, closed=True):
    """An empty object: the reports were counted."""


def errors(*statuses: int) -> Responses:
    """Return the responses 401, which has no body, and the given ones, which are OperationOutcomes."""
    return {401: {"description": "Credentials are needed. The response has no body."}, **outcomes(*statuses)}


NOT_RETRIEVED: Responses = {412: outcome_response("Required results were not in the request and could not be fetched.")}
