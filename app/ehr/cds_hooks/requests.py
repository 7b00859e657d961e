"""A call of the CDS service: who it is about, what was prefetched, and where more could be had."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from app.ehr.fhir.operation_outcome import FhirError, Issue
from app.ehr.fhir.reading.references import ID
from app.net.safe_url import is_safe_address

HOOK = "patient-view"


@dataclass(frozen=True, slots=True)
class HooksRequest:
    """A well-formed call. `prefetch` holds what the client sent, unread."""

    hook_instance: str
    patient_id: str
    prefetch: Mapping[str, Any]
    fhir_server: str | None
    access_token: str | None


def read_hooks_request(body: Any) -> HooksRequest:
    """Return the call. Raises FhirError 400 that names what is malformed."""
    if not isinstance(body, dict):
        raise _refusal("The body is not an object.")
    if body.get("hook") != HOOK:
        raise _refusal(f"The hook is not {HOOK}, the one that this service answers.", "hook")
    instance = body.get("hookInstance")
    if not isinstance(instance, str) or not _is_uuid(instance):
        raise _refusal("hookInstance is not a UUID.", "hookInstance")
    context = body.get("context")
    if not isinstance(context, dict):
        raise _refusal("The context is missing.", "context")
    for name in ("patientId", "userId"):
        if not isinstance(context.get(name), str) or not context[name]:
            raise _refusal(f"context.{name} is missing.", f"context.{name}")
    patient = context["patientId"]
    if not ID.fullmatch(patient):
        raise _refusal("context.patientId is not the id of a FHIR resource.", "context.patientId")
    prefetch = body.get("prefetch")
    if not isinstance(prefetch, Mapping | None):
        raise _refusal("prefetch is not an object.", "prefetch")
    return HooksRequest(instance, patient, prefetch or {}, _server(body), _token(body))


def _server(body: Mapping[str, Any]) -> str | None:
    server = body.get("fhirServer")
    if server is None:
        return None
    if not isinstance(server, str) or not is_safe_address(server):
        raise _refusal("fhirServer is not an https address.", "fhirServer")
    return server.rstrip("/")


def _token(body: Mapping[str, Any]) -> str | None:
    authorization = body.get("fhirAuthorization")
    if authorization is None:
        return None
    token = authorization.get("access_token") if isinstance(authorization, dict) else None
    if not isinstance(token, str) or not token or not token.isascii() or not token.isprintable() or " " in token:
        raise _refusal("fhirAuthorization has no usable access_token.", "fhirAuthorization")
    if body.get("fhirServer") is None:
        raise _refusal("fhirAuthorization needs fhirServer.", "fhirServer")
    return token


def _is_uuid(text: str) -> bool:
    try:
        return str(uuid.UUID(text)) == text.lower()
    except ValueError:
        return False


def _refusal(text: str, expression: str | None = None) -> FhirError:
    return FhirError(400, [Issue("invalid", text, expression=expression)])
