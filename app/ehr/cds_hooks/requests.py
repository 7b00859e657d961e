"""Read a call of the CDS service: the patient, the prefetch, and the FHIR server for further results."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any, Literal, get_args

from pydantic import AfterValidator, Field, WithJsonSchema
from pydantic.config import JsonDict

from app.ehr.cds_hooks.bodies import HooksBody, read_body
from app.ehr.fhir.operation_outcome import FhirError, Issue
from app.ehr.fhir.reading import searches
from app.ehr.fhir.reading.references import ID
from app.net.safe_url import is_safe_address

Hook = Literal["patient-view"]
(HOOK,) = get_args(Hook)
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


Address = Annotated[
    str,
    AfterValidator(_address),
    WithJsonSchema({"type": "string", "format": "uri", "pattern": "^https?://"}),
]


class ContextIn(HooksBody):
    """Who looks at whose record."""

    patient_id: str = Field(
        pattern=f"^{ID.pattern}$",
        description='The id of the FHIR Patient without "Patient/": 1 to 64 letters, digits, hyphens and full stops.',
    )
    user_id: str = Field(min_length=1, description='The reference of the user, such as "Practitioner/123".')


class AuthorizationIn(HooksBody):
    """The token for the FHIR server."""

    access_token: str = Field(
        alias="access_token",
        pattern="^[!-~]+$",
        description='The token alone, without "Bearer": printable ASCII characters without spaces.',
    )


class HooksRequestIn(HooksBody):
    """A call of the CDS service."""

    hook: Hook = Field(description='"patient-view", the only hook that this service answers.')
    hook_instance: str = Field(
        pattern=_UUID, json_schema_extra={"format": "uuid"}, description="A UUID with hyphens, new for each call."
    )
    context: ContextIn = Field(description="An object with patientId and userId.")
    prefetch: dict[str, Any] | None = Field(
        default=None,
        description="An object with a resource or null for each key of the service's prefetch templates.",
        json_schema_extra={"properties": dict.fromkeys(searches.KEYS, _RESOURCE_OR_NULL)},
    )
    fhir_server: Address | None = Field(
        default=None, description="The address of the FHIR server, without user name, password and fragment."
    )
    fhir_authorization: AuthorizationIn | None = Field(
        default=None, description="An object with the access_token for the FHIR server; it needs fhirServer."
    )


@dataclass(frozen=True, slots=True)
class HooksRequest:
    """A well-formed call. `prefetch` holds the client's prefetch, which is not read yet."""

    hook_instance: str
    patient_id: str
    prefetch: Mapping[str, Any]
    fhir_server: str | None
    access_token: str | None


def read_hooks_request(body: Any) -> HooksRequest:
    """Return the call. Raises FhirError 400 that names what is malformed."""
    sent = read_body(HooksRequestIn, body)
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
    )
