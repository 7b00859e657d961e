"""File a result, or its PDF document, in the record that launched the calculator: on a click, if the site allows it."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import Response

from app.config.addresses import SMART_FILE, SMART_FILE_PDF, depth
from app.core.analytes import Analyte
from app.core.assessment import Assessment
from app.core.errors import InputErrors
from app.ehr.fhir.document_reference import document_reference
from app.ehr.fhir.operation_outcome import FHIR_JSON
from app.ehr.fhir.reading.observations import Result
from app.ehr.fhir.risk_assessment import Patient, risk_assessment
from app.ehr.fhir.state import records_of
from app.ehr.smart.changed_values import ChangedValue, changed_values
from app.ehr.smart.errors import NoFiling, log_failure
from app.ehr.smart.launch_contexts import Filed, LaunchContext
from app.ehr.smart.record_pages import banner_of, no_filing, record_view
from app.ehr.smart.state import smart_of
from app.net.json_client import OutboundError
from app.presentation.assessment_json import dumps
from app.presentation.model_texts import in_language
from app.presentation.pages.contexts import FiledPage
from app.presentation.pages.form import form_page
from app.presentation.pages.record import PatientBanner, RecordView
from app.presentation.pages.result import result_page
from app.presentation.subject import local_time
from app.presentation.templating import site_of
from app.presentation.translation import gettext as _
from app.presentation.translation import gettext_noop as N_  # noqa: N812 - the usual name for texts translated later
from app.presentation.translation import in_sentence, language_tag
from app.web.pages.form_input import opened_record, read_form, warnings_of
from app.web.pages.result_pdf import make_document
from app.web.pages.routes import assess_form, page_response, typed_in
from app.web.problems import NO_PDF, ProblemError
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
    return await _on_click(request, Filed.RESULT)


@router.post(SMART_FILE_PDF)
async def file_document(request: Request) -> Response:
    """Assess the posted values again, create a DocumentReference with the PDF, and show whether it was filed."""
    return await _on_click(request, Filed.DOCUMENT)


async def _on_click(request: Request, kind: Filed) -> Response:
    service, contexts, rules = service_of(request), smart_of(request).contexts, records_of(request).rules
    fitted, typed = service.fitted, await typed_in(request)
    handle = typed["record"]
    kept = await contexts.find(handle) if handle else None
    record = record_view(kept, rules, handle) if handle else (await opened_record(request, typed))(None)
    is_confirmed = _CONFIRMED in (await request.body()).split(b"&")
    try:
        assessment = assess_form(fitted, read_form(typed, service.read_unit), service.clock(), warnings_of(record))
    except InputErrors as wrong:
        return page_response(
            form_page(fitted, typed, wrong.errors, record=record, presets=service.preset_units, depth=_DEPTH), 422
        )
    if kept is None:
        return _refused(request, NoFiling.FORGOTTEN, None)
    context = kept.context
    changed = changed_values(assessment, context.results)
    why = no_filing(kept, rules, changed, assessment, kind)
    if not kept.is_of(request.cookies):
        why = why or NoFiling.ANOTHER_BROWSER
    if why:
        return _refused(request, why, banner_of(context))
    if changed and not is_confirmed:
        view = _with_problem(record_view(kept, rules, handle, assessment), kind)
        has_pdf = service.typesetter is not None
        return page_response(result_page(assessment, typed, view, depth=_DEPTH, has_pdf=has_pdf), 422)
    resource = await _RESOURCES[kind](request, assessment, context, changed, typed)
    # Another click may have used the permission meanwhile: of several, in any process, one gets the token.
    token = await contexts.take(handle, kind)
    if isinstance(token, NoFiling):
        return _refused(request, token, banner_of(context))
    title, detail = await _file(request, kind, resource, assessment, context, token)
    return page_response(FiledPage(site_of(fitted, "filed", _DEPTH), banner_of(context), title, detail))


async def _risk_assessment(
    request: Request,
    assessment: Assessment,
    context: LaunchContext,
    changed: Mapping[Analyte, ChangedValue],
    _typed: dict[str, str],
) -> dict[str, Any]:
    return risk_assessment(
        assessment,
        _unchanged(context, changed),
        _patient(context),
        records_of(request).canonical,
        notes={analyte: value.note for analyte, value in changed.items()},
    )


async def _document_reference(
    request: Request,
    assessment: Assessment,
    context: LaunchContext,
    changed: Mapping[Analyte, ChangedValue],
    typed: dict[str, str],
) -> dict[str, Any]:
    service = service_of(request)
    if service.typesetter is None:  # a permission for documents is given only if there is one
        raise ProblemError(NO_PDF, _(NO_PDF.remedy))
    document = await make_document(request, service.typesetter, assessment, typed, service.paper)
    with service.typesetter.printable_language():
        return document_reference(assessment, document, language_tag(), _unchanged(context, changed), _patient(context))


_RESOURCES = {Filed.RESULT: _risk_assessment, Filed.DOCUMENT: _document_reference}


def _unchanged(context: LaunchContext, changed: Mapping[Analyte, ChangedValue]) -> dict[Analyte, Result]:
    return {analyte: result for analyte, result in context.results.items() if analyte not in changed}


def _patient(context: LaunchContext) -> Patient:
    return Patient({"reference": f"Patient/{context.patient_id}"})


def _with_problem(view: RecordView, kind: Filed) -> RecordView:
    """Return the record with the question that was not answered, at the button that was pressed."""
    if kind is Filed.DOCUMENT:
        return replace(view, document=view.document and replace(view.document, problem=_(NOT_CONFIRMED)))
    return replace(view, filing=view.filing and replace(view.filing, problem=_(NOT_CONFIRMED)))


async def _file(
    request: Request,
    kind: Filed,
    resource: dict[str, Any],
    assessment: Assessment,
    context: LaunchContext,
    token: str,
) -> tuple[str, str]:
    """Create the resource and return title and text of the page. It is sent once, never repeated."""
    headers = {"content-type": FHIR_JSON, "accept": FHIR_JSON, "authorization": f"Bearer {token}"}
    try:
        answer = await records_of(request).outbound.post_json(f"{context.issuer}/{kind}", dumps(resource), headers)
    except OutboundError as error:
        log_failure(request, f"filing: {error.reason}")
        return _page_text(UNCERTAIN)
    if answer.status in (200, 201):
        text = _filed_text(kind, knows_patient=context.patient is not None)
        patient = context.patient.full if context.patient else ""
        group = in_sentence(in_language(assessment).answer.risk_group.label)
        computed = _("Computed {time}").format(time=local_time(assessment.computed_at))
        return _("Filed in the record"), f"{text.format(patient=patient, group=group)} {computed}"
    log_failure(request, f"filing: status {answer.status}")
    return _page_text(REFUSED if 400 <= answer.status < 500 else UNCERTAIN)


def _filed_text(kind: Filed, *, knows_patient: bool) -> str:
    if kind is Filed.DOCUMENT:
        if knows_patient:
            return _("A preliminary PDF document was filed for {patient}: {group}.")
        return _("A preliminary PDF document was filed for the patient whose record is open: {group}.")
    if knows_patient:
        return _("A preliminary risk assessment was filed for {patient}: {group}.")
    return _("A preliminary risk assessment was filed for the patient whose record is open: {group}.")


def _page_text(texts: tuple[str, str]) -> tuple[str, str]:
    title, text = texts
    return _(title), _(text)


def _refused(request: Request, why: NoFiling, banner: PatientBanner | None) -> Response:
    log_failure(request, f"filing: {why.kind}")
    site = site_of(service_of(request).fitted, "filed", _DEPTH)
    return page_response(FiledPage(site, banner, _(_NOT_FILED), why.reason), 400)
