"""Filing a result in the record that launched the calculator: on a click, and only where the site allows it."""

from collections.abc import Mapping
from dataclasses import replace

from fastapi import APIRouter, Request
from starlette.responses import HTMLResponse, Response

from app.config.addresses import SMART_FILE, depth
from app.core.analytes import Analyte
from app.core.assessment import Assessment
from app.core.errors import InputErrors
from app.ehr.fhir.operation_outcome import FHIR_JSON
from app.ehr.fhir.risk_assessment import Patient, risk_assessment
from app.ehr.fhir.state import records_of
from app.ehr.smart.changed_values import ChangedValue, changed_values
from app.ehr.smart.errors import NoFiling, log_failure
from app.ehr.smart.launch_contexts import LaunchContext
from app.ehr.smart.record_pages import banner_of, no_filing, record_view
from app.ehr.smart.state import smart_of
from app.net.json_client import OutboundError
from app.presentation.assessment_json import dumps
from app.presentation.pages.contexts import FiledPage, FormPage, ResultPage
from app.presentation.pages.form import form_page
from app.presentation.pages.record import PatientBanner
from app.presentation.pages.result import result_page
from app.presentation.templating import render, site_of
from app.web.pages.form_input import read_form
from app.web.pages.opened_record import opened_record, warnings_of
from app.web.pages.routes import assess_form, typed_in
from app.web.routing import DirectRoute
from app.web.state import service_of

router = APIRouter(route_class=DirectRoute, include_in_schema=False)

_CONFIRMED = b"confirmed=yes"
_DEPTH = depth(SMART_FILE)
_NOT_FILED = "Not filed"
_REFUSED = (_NOT_FILED, "The EHR refused it. Nothing was filed.")
_UNCERTAIN = (
    "Filing was not confirmed",
    "The EHR did not confirm it. Look in the record whether the risk assessment is there.",
)
_NOT_CONFIRMED = "Tick the box if they are. If not, open the calculator from the other patient’s record."


@router.post(SMART_FILE)
async def file_result(request: Request) -> Response:
    """Assess the posted values anew and create the RiskAssessment; say what was filed, or plainly that it was not."""
    service, contexts, rules = service_of(request), smart_of(request).contexts, records_of(request).rules
    artefact, typed = service.artefact, await typed_in(request)
    record = opened_record(request, typed)
    is_confirmed = _CONFIRMED in (await request.body()).split(b"&")
    try:
        assessment = assess_form(artefact, read_form(typed), service.clock(), warnings_of(record))
    except InputErrors as wrong:
        return _html(form_page(artefact, typed, wrong.errors, record=record, depth=_DEPTH), 422)
    handle = typed["record"]
    context = contexts.find(handle)
    if context is None:
        return _refused(request, NoFiling.FORGOTTEN, None)
    changed = changed_values(assessment, context.results)
    why = no_filing(contexts, rules, handle, context, changed, assessment)
    if not contexts.is_of(handle, request.cookies):
        why = why or NoFiling.ANOTHER_BROWSER
    if why:
        return _refused(request, why, banner_of(context))
    if changed and not is_confirmed:
        view = record_view(contexts, rules, handle, assessment)
        filing = replace(view.filing, problem=_NOT_CONFIRMED) if view.filing else None
        return _html(result_page(assessment, typed, replace(view, filing=filing), depth=_DEPTH), 422)
    # Nothing is awaited since the permission was looked at, so that no second click finds it.
    token = contexts.take(handle)
    title, detail = await _file(request, assessment, context, changed, token)
    return _html(FiledPage(site_of(artefact, "filed", _DEPTH), banner_of(context), title, detail))


async def _file(
    request: Request,
    assessment: Assessment,
    context: LaunchContext,
    changed: Mapping[Analyte, ChangedValue],
    token: str,
) -> tuple[str, str]:
    """Create the RiskAssessment and return what to say. It is sent once: a second one would stand in the record."""
    records = records_of(request)
    resource = risk_assessment(
        assessment,
        {analyte: result for analyte, result in context.results.items() if analyte not in changed},
        Patient(f"Patient/{context.patient_id}"),
        records.canonical,
        notes={analyte: value.note for analyte, value in changed.items()},
    )
    headers = {"content-type": FHIR_JSON, "accept": FHIR_JSON, "authorization": f"Bearer {token}"}
    try:
        answer = await records.outbound.post_json(f"{context.issuer}/RiskAssessment", dumps(resource), headers)
    except OutboundError as error:
        log_failure(request, f"filing: {error.reason}")
        return _UNCERTAIN
    if answer.status in (200, 201):
        whose = context.patient.full if context.patient else "the patient for whom the EHR opened the calculator"
        group = assessment.answer.risk_group.label.lower()
        return "Filed in the record", f"A preliminary risk assessment was filed for {whose}: {group}."
    log_failure(request, f"filing: status {answer.status}")
    return _REFUSED if 400 <= answer.status < 500 else _UNCERTAIN


def _refused(request: Request, why: NoFiling, banner: PatientBanner | None) -> Response:
    log_failure(request, f"filing: {why.kind}")
    site = site_of(service_of(request).artefact, "filed", _DEPTH)
    return _html(FiledPage(site, banner, _NOT_FILED, why.reason), 400)


def _html(page: FormPage | ResultPage | FiledPage, status: int = 200) -> Response:
    return HTMLResponse(render(page), status)
