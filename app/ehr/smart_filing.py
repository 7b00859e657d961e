"""Filing a result in the record that launched the calculator: on a click, and only where the site allows it."""

from fastapi import APIRouter, Request
from starlette.responses import HTMLResponse, Response

from app.core.assessment import Assessment
from app.core.errors import InputErrors
from app.ehr.outcome import FHIR_JSON
from app.ehr.records import Records, records_of
from app.ehr.risk_assessment import Patient, risk_assessment
from app.ehr.smart_failure import log_failure
from app.ehr.smart_parts import smart_of
from app.ehr.write_backs import WriteBack
from app.outbound import OutboundError
from app.presentation.form_view import form_page
from app.presentation.json_body import dumps
from app.presentation.pages import render, site_of
from app.presentation.views import FiledPage
from app.web.direct_route import DirectRoute
from app.web.form_input import read_form
from app.web.pages import assess_form, error_response, typed_in
from app.web.problems import Problem
from app.web.state import service_of

router = APIRouter(route_class=DirectRoute, include_in_schema=False)

_TOO_LATE = Problem("smart-filing", "This result cannot be filed", 400, "")
_DEPTH = 1
_FILED = "A preliminary risk assessment was filed in the record of the patient for whom the calculator was opened: {}."
_REFUSED = "The record system refused it. Nothing was filed."
_UNCERTAIN = "The record system did not confirm it. Look in the record whether the risk assessment is there."


@router.post("/smart/file")
async def file_result(request: Request) -> Response:
    """Assess the posted values anew and create the RiskAssessment; say what was filed, or plainly that it was not."""
    service, records = service_of(request), records_of(request)
    artefact = service.artefact
    typed = await typed_in(request)
    try:
        assessment = assess_form(artefact, read_form(typed), service.clock())
    except InputErrors as wrong:
        return HTMLResponse(render(form_page(artefact, typed, wrong.errors, depth=_DEPTH)), 422)
    permission = smart_of(request).write_backs.take(typed["record"])
    if permission is None:
        detail = (
            "It was filed already, or the permission of the record system has ended. "
            "Open the calculator from the record again to file a result."
        )
        return error_response(request, _TOO_LATE, detail)
    told = await _file(request, assessment, permission, records)
    page = FiledPage(site_of(artefact, "filed", _DEPTH), is_filed=told not in (_REFUSED, _UNCERTAIN), detail=told)
    return HTMLResponse(render(page))


async def _file(request: Request, assessment: Assessment, permission: WriteBack, records: Records) -> str:
    """Create the RiskAssessment and return what to tell. It is sent once: a second one would stand in the record."""
    patient = Patient(f"Patient/{permission.patient_id}")
    resource = risk_assessment(assessment, permission.sources(assessment), patient, records.canonical)
    headers = {"content-type": FHIR_JSON, "accept": FHIR_JSON, "authorization": f"Bearer {permission.token}"}
    try:
        answer = await records.outbound.post_json(f"{permission.issuer}/RiskAssessment", dumps(resource), headers)
    except OutboundError as error:
        log_failure(request, f"filing: {error.reason}")
        return _UNCERTAIN
    if answer.status in (200, 201):
        return _FILED.format(assessment.answer.risk_group.label.lower())
    log_failure(request, f"filing: status {answer.status}")
    return _REFUSED if 400 <= answer.status < 500 else _UNCERTAIN
