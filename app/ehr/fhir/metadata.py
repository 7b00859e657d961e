"""Serve the CapabilityStatement and every definition that this server's FHIR resources refer to."""

from fastapi import APIRouter, Request
from starlette.responses import Response

from app.config.addresses import FHIR
from app.ehr.fhir import openapi
from app.ehr.fhir.http import check_accept, fhir_response
from app.ehr.fhir.operation_outcome import FhirError, Issue
from app.ehr.fhir.state import records_of
from app.presentation.translation import gettext as _
from app.web.openapi import path_parameters
from app.web.routing import DirectRoute

router = APIRouter(prefix=FHIR, route_class=DirectRoute, default_response_class=Response, tags=["fhir"])


@router.get(
    "/metadata",
    summary="What this FHIR server can do",
    responses={**openapi.resource("A CapabilityStatement"), **openapi.outcomes(406, 429)},
)
async def metadata(request: Request) -> Response:
    """Return the CapabilityStatement."""
    check_accept(request)
    return fhir_response(records_of(request).capability_statement)


@router.get(
    "/{resource_type}/{name}",
    summary="One definition",
    responses={**openapi.resource("The definition"), **openapi.outcomes(404, 406, 429)},
    openapi_extra=path_parameters(
        resource_type={"enum": ["CodeSystem", "OperationDefinition", "Questionnaire", "StructureDefinition"]},
        name={"type": "string", "pattern": "^[a-z-]+$"},
    ),
)
async def definition(request: Request) -> Response:
    """Return a definition by its type and id."""
    check_accept(request)
    found = records_of(request).definitions.get((request.path_params["resource_type"], request.path_params["name"]))
    if found is None:
        text = _("There is no such definition. The CapabilityStatement at /fhir/metadata lists all definitions.")
        raise FhirError(404, [Issue("not-found", text)])
    return fhir_response(found)
