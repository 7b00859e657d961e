"""File a result in the record that launched the calculator, on a click and only if the site allows it."""

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
from app.presentation.model_texts import in_language
from app.presentation.pages.contexts import FiledPage, FormPage, ResultPage
from app.presentation.pages.form import form_page
from app.presentation.pages.record import PatientBanner
from app.presentation.pages.result import result_page
from app.presentation.subject import local_time
from app.presentation.templating import render, site_of
from app.presentation.translation import gettext as _
from app.presentation.translation import gettext_noop as N_  # noqa: N812 - the usual name for texts translated later
from app.presentation.translation import in_sentence
from app.web.pages.form_input import opened_record, read_form, warnings_of
from app.web.pages.routes import assess_form, typed_in
from app.web.routing import DirectRoute
from app.web.state import service_of

router = APIRouter(route_class=DirectRoute, include_in_schema=False)

_CONFIRMED = b"confirmed=yes"
_DEPTH = depth(SMART_FILE)
_NOT_FILED = N_("Not filed")
REFUSED = (_NOT_FILED, N_("The EHR refused the result. Nothing was filed."))
UNCERTAIN = (
    N_("Filing was not confirmed"),
    N_("The EHR did not confirm that the result was saved. Check the patient’s record before trying again."),
)
NOT_CONFIRMED = N_(
    "Tick the box if the changed values belong to this patient. "
    "Otherwise open the calculator from the other patient’s record."
)


@router.post(SMART_FILE)
async def file_result(request: Request) -> Response:
    """Assess the posted values again, create the RiskAssessment, and show whether it was filed."""
    service, contexts, rules = service_of(request), smart_of(request).contexts, records_of(request).rules
    fitted, typed = service.fitted, await typed_in(request)
    record = opened_record(request, typed)
    is_confirmed = _CONFIRMED in (await request.body()).split(b"&")
    try:
        assessment = assess_form(fitted, read_form(typed, service.read_unit), service.clock(), warnings_of(record))
    except InputErrors as wrong:
        return _html(
            form_page(fitted, typed, wrong.errors, record=record, presets=service.preset_units, depth=_DEPTH), 422
        )
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
        filing = replace(view.filing, problem=_(NOT_CONFIRMED)) if view.filing else None
        return _html(result_page(assessment, typed, replace(view, filing=filing), depth=_DEPTH), 422)
    # There is no await between the check of the permission and its use, so that a second click cannot use it again.
    token = contexts.take(handle)
    title, detail = await _file(request, assessment, context, changed, token)
    return _html(FiledPage(site_of(fitted, "filed", _DEPTH), banner_of(context), title, detail))


async def _file(
    request: Request,
    assessment: Assessment,
    context: LaunchContext,
    changed: Mapping[Analyte, ChangedValue],
    token: str,
) -> tuple[str, str]:
    """Create the RiskAssessment and return title and text of the page. It is sent once, never repeated."""
    records = records_of(request)
    resource = risk_assessment(
        assessment,
        {analyte: result for analyte, result in context.results.items() if analyte not in changed},
        Patient({"reference": f"Patient/{context.patient_id}"}),
        records.canonical,
        notes={analyte: value.note for analyte, value in changed.items()},
    )
    headers = {"content-type": FHIR_JSON, "accept": FHIR_JSON, "authorization": f"Bearer {token}"}
    try:
        answer = await records.outbound.post_json(f"{context.issuer}/RiskAssessment", dumps(resource), headers)
    except OutboundError as error:
        log_failure(request, f"filing: {error.reason}")
        return _page_text(UNCERTAIN)
    if answer.status in (200, 201):
        if context.patient:
            text = _("A preliminary risk assessment was filed for {patient}: {group}.")
        else:
            text = _("A preliminary risk assessment was filed for the patient whose record is open: {group}.")
        patient = context.patient.full if context.patient else ""
        group = in_sentence(in_language(assessment).answer.risk_group.label)
        computed = _("Computed {time}").format(time=local_time(assessment.computed_at))
        return _("Filed in the record"), f"{text.format(patient=patient, group=group)} {computed}"
    log_failure(request, f"filing: status {answer.status}")
    return _page_text(REFUSED if 400 <= answer.status < 500 else UNCERTAIN)


def _page_text(texts: tuple[str, str]) -> tuple[str, str]:
    title, text = texts
    return _(title), _(text)


def _refused(request: Request, why: NoFiling, banner: PatientBanner | None) -> Response:
    log_failure(request, f"filing: {why.kind}")
    site = site_of(service_of(request).fitted, "filed", _DEPTH)
    return _html(FiledPage(site, banner, _(_NOT_FILED), why.reason), 400)


def _html(page: FormPage | ResultPage | FiledPage, status: int = 200) -> Response:
    return HTMLResponse(render(page), status)
