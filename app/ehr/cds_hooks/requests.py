"""Read a call of a CDS service: the patient, draft orders, the prefetch, and the FHIR server for further results."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field, WithJsonSchema
from pydantic.config import JsonDict

from app.ehr.cds_hooks.bodies import HooksBody, read_body
from app.ehr.cds_hooks.orders import DraftOrders
from app.ehr.fhir.operation_outcome import FhirError, Issue
from app.ehr.fhir.reading import searches
from app.ehr.fhir.reading.references import ID
from app.ehr.fhir.reading.resources import is_bundle
from app.net.safe_url import is_safe_address
from app.presentation.translation import gettext_noop as N_  # noqa: N812 - the usual name for texts translated later

_RESOURCE_OR_NULL: JsonDict = {
    "type": ["object", "null"],
    "required": ["resourceType"],
    "properties": {"resourceType": {"type": "string"}},
}
_UUID = r"^[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}$"


def _address(text: str) -> str:
    # An address with plain http is accepted as the name of the server. Only a server that the site names is called.
    if not is_safe_address(re.sub(r"^http://", "https://", text)):
        raise ValueError("not the address of a server")
    return text.rstrip("/")


def _bundle(resource: dict[str, Any]) -> dict[str, Any]:
    if not is_bundle(resource):
        raise ValueError("not a Bundle")
    return resource


Address = Annotated[
    str,
    AfterValidator(_address),
    WithJsonSchema({"type": "string", "format": "uri", "pattern": "^https?://"}),
]


class ContextIn(HooksBody):
    """Who looks at whose record."""

    patient_id: str = Field(
        pattern=f"^{ID.pattern}$",
        description=N_(
            'The id of the FHIR Patient without "Patient/": 1 to 64 letters, digits, hyphens and full stops.'
        ),
    )
    user_id: str = Field(min_length=1, description=N_('The reference of the user, such as "Practitioner/123".'))


class OrderSignContextIn(ContextIn):
    """Who is about to sign orders, and the orders."""

    draft_orders: Annotated[dict[str, Any], AfterValidator(_bundle)] = Field(
        description=N_("A Bundle with the orders that are not signed yet."),
        json_schema_extra={"required": ["resourceType"], "properties": {"resourceType": {"const": "Bundle"}}},
    )


class OrderSelectContextIn(OrderSignContextIn):
    """Who selects orders, which of them are new, and all orders that are not signed yet."""

    selections: list[Annotated[str, Field(min_length=1)]] = Field(
        min_length=1,
        description=N_('A list of references to the new orders in draftOrders, such as "MedicationRequest/103".'),
    )


class AuthorizationIn(HooksBody):
    """The token for the FHIR server."""

    access_token: str = Field(
        alias="access_token",
        pattern="^[!-~]+$",
        description=N_('The token alone, without "Bearer": printable ASCII characters without spaces.'),
    )


class HooksRequestIn(HooksBody):
    """A call of a CDS service. Each service answers one hook."""

    hook: str
    hook_instance: str = Field(
        pattern=_UUID, json_schema_extra={"format": "uuid"}, description=N_("A UUID with hyphens, new for each call.")
    )
    context: ContextIn = Field(description=N_("An object with patientId and userId."))
    prefetch: dict[str, Any] | None = Field(
        default=None,
        description=N_("An object with a resource or null for each key of the service's prefetch templates."),
        json_schema_extra={"properties": dict.fromkeys(searches.KEYS, _RESOURCE_OR_NULL)},
    )
    fhir_server: Address | None = Field(
        default=None, description=N_("The address of the FHIR server, without user name, password and fragment.")
    )
    fhir_authorization: AuthorizationIn | None = Field(
        default=None, description=N_("An object with the access_token for the FHIR server; it needs fhirServer.")
    )


class PatientViewIn(HooksRequestIn):
    """A call when a record is opened."""

    hook: Literal["patient-view"] = Field(description=N_('"patient-view", as GET /cds-services says of this service.'))


class OrderSelectIn(HooksRequestIn):
    """A call when orders are selected."""

    hook: Literal["order-select"] = Field(description=N_('"order-select", as GET /cds-services says of this service.'))
    context: OrderSelectContextIn = Field(
        description=N_("An object with patientId, userId, selections and draftOrders.")
    )


class OrderSignIn(HooksRequestIn):
    """A call when orders are about to be signed."""

    hook: Literal["order-sign"] = Field(description=N_('"order-sign", as GET /cds-services says of this service.'))
    context: OrderSignContextIn = Field(description=N_("An object with patientId, userId and draftOrders."))


@dataclass(frozen=True, slots=True)
class HooksRequest:
    """A well-formed call. `prefetch` holds the client's prefetch, which is not read yet.

    `orders` is None for a hook without orders.
    """

    hook_instance: str
    patient_id: str
    prefetch: Mapping[str, Any]
    fhir_server: str | None
    access_token: str | None
    orders: DraftOrders | None = None


def read_hooks_request(body: Any, model: type[HooksRequestIn]) -> HooksRequest:
    """Return the call of the service whose calls have this model. Raises FhirError 400 that names what is malformed."""
    sent = read_body(model, body)
    authorization = sent.fhir_authorization
    if authorization and sent.fhir_server is None:
        text = "fhirServer is missing. Send the address of the FHIR server that fhirAuthorization is for."
        raise FhirError(400, [Issue("invalid", text, expression="fhirServer")])
    return HooksRequest(
        sent.hook_instance,
        sent.context.patient_id,
        sent.prefetch or {},
        sent.fhir_server,
        authorization.access_token if authorization else None,
        _draft_orders(sent.context),
    )


def _draft_orders(context: ContextIn) -> DraftOrders | None:
    match context:
        case OrderSelectContextIn():
            return DraftOrders(context.draft_orders, tuple(context.selections))
        case OrderSignContextIn():
            return DraftOrders(context.draft_orders, None)
        case _:
            return None
