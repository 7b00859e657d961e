"""Serve the pages: form, result, evidence, instructions. Values are sent by POST and are never part of an address."""

from datetime import datetime

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, JSONResponse, RedirectResponse

from app.config.addresses import CHECK, COMPARE, EVIDENCE, INSTRUCTIONS, PATIENT, depth
from app.core.analytes import Analyte
from app.core.assessment import Assessment, assess
from app.core.errors import InputErrors, InputWarning
from app.core.fitted_model import FittedModel
from app.presentation.pages.comparison import FIRST, compared_with, comparison_page
from app.presentation.pages.evidence.page import evidence_page
from app.presentation.pages.form import form_page
from app.presentation.pages.instructions import instructions_page
from app.presentation.pages.live_check import live_check
from app.presentation.pages.patient import patient_page
from app.presentation.pages.problem import Occurrence, problem_page
from app.presentation.pages.record import Origin, RecordView
from app.presentation.pages.result import result_page
from app.presentation.templating import View, render
from app.presentation.translation import gettext as _
from app.web.metrics import Interface
from app.web.pages.form_input import FormInput, filled_in, opened_record, read_form, read_pairs, read_typed, warnings_of
from app.web.problems import INTERNAL, MALFORMED, MEDIA, Problem, ProblemError
from app.web.request_body import media_type
from app.web.state import Service, service_of

router = APIRouter(include_in_schema=False)

FORM_TYPE = "application/x-www-form-urlencoded"
PAGE_METHODS = ["GET", "HEAD"]
# The buttons that show the form: as it was sent, or filled in with a confirmed report or a sample.
_EDIT = ("edit", "1")
_FILL = ("fill", "1")
# As what an assessment is counted, by what filled in the form.
_INTERFACES: dict[Origin | None, Interface] = {None: "form", Origin.EHR: "smart", Origin.REPORT: "report"}


@router.api_route("/", methods=PAGE_METHODS)
def show_form(request: Request) -> HTMLResponse:
    """Show the empty form."""
    service = service_of(request)
    return page_response(form_page(service.fitted, presets=service.preset_units))


@router.post("/")
async def show_result(request: Request) -> HTMLResponse:
    """Show the result, or the form again: with its errors, or unchanged if the reader wants to change values.

    A confirmed report, or a sample, fills in the form.
    """
    service = service_of(request)
    fitted = service.fitted
    pairs = await sent_pairs(request)
    typed = read_typed(pairs)
    if _FILL in pairs:
        typed = filled_in(typed)
    record_of = await opened_record(request, typed)
    record = record_of(None)
    if _EDIT in pairs:
        return page_response(form_page(fitted, typed, record=record, presets=service.preset_units))
    assessment = assess_typed(service, typed, record, is_first=True)
    if isinstance(assessment, HTMLResponse):
        return assessment
    return page_response(result_page(assessment, typed, record_of(assessment), has_pdf=service.typesetter is not None))


@router.api_route(COMPARE, methods=PAGE_METHODS)
@router.api_route(PATIENT, methods=PAGE_METHODS)
def lead_to_form() -> RedirectResponse:
    """Lead to the form: there is nothing to show without values, for example after a reload."""
    return RedirectResponse("./", 303)


@router.post(COMPARE)
async def show_comparison(request: Request) -> HTMLResponse:
    """Show two assessments side by side, or the form for the second one.

    The first time the form has the values of the first assessment, to be changed. The values of a record are compared
    with nothing: typed values may be of another patient.
    """
    service = service_of(request)
    fitted, now = service.fitted, service.clock()
    pairs = await sent_pairs(request)
    first, second = ({**read_typed(pairs, prefix), "record": ""} for prefix in (FIRST, ""))
    try:
        before = assess_form(fitted, read_form(first, service.read_unit), now)
    except InputErrors as wrong:
        return page_response(form_page(fitted, first, wrong.errors, presets=service.preset_units), status=422)
    compared = compared_with(before, first)
    if _EDIT in pairs:
        shown = second if any(second[analyte.value] for analyte in Analyte) else first
        return page_response(form_page(fitted, shown, compared=compared))
    try:
        form = read_form(second, service.read_unit)
        after = service.metrics.assessments.counted("form", "", assess_form, fitted, form, now)
    except InputErrors as wrong:
        return page_response(form_page(fitted, second, wrong.errors, compared=compared), status=422)
    return page_response(comparison_page((before, after), (first, second)))


@router.post(PATIENT)
async def show_patient_page(request: Request) -> HTMLResponse:
    """Show the page that a clinician may show to the patient, or the form with its errors."""
    service = service_of(request)
    typed = await typed_in(request)
    record_of = await opened_record(request, typed)
    assessment = assess_typed(service, typed, record_of(None))
    if isinstance(assessment, HTMLResponse):
        return assessment
    return page_response(patient_page(assessment, typed, record_of(assessment), service.contact))


@router.post(CHECK)
async def check_values(request: Request) -> JSONResponse:
    """Return the working and messages for the values typed so far, while the form is being filled in."""
    service = service_of(request)
    form = read_form(await typed_in(request), service.read_unit)
    return JSONResponse(live_check(service.fitted, form.labs))


@router.api_route(EVIDENCE, methods=PAGE_METHODS)
def show_evidence(request: Request) -> HTMLResponse:
    """Show the evidence behind the results."""
    service = service_of(request)
    return page_response(evidence_page(service.models.default, service.contact))


@router.api_route(INSTRUCTIONS, methods=PAGE_METHODS)
def show_instructions(request: Request) -> HTMLResponse:
    """Show the instructions for use."""
    service = service_of(request)
    return page_response(instructions_page(service.models.default, service.contact))


def error_response(
    request: Request, problem: Problem, detail: str, headers: dict[str, str] | None = None
) -> HTMLResponse:
    """Return a problem as a page, for browsers."""
    service = request.app.state.service
    wait = (headers or {}).get("Retry-After", "0")
    what = Occurrence(
        problem.name,
        problem.status,
        _(problem.title),
        detail,
        depth(request.url.path),
        int(wait),
        request.scope.get("state", {}).get("request_id", "") if problem is INTERNAL else "",
        contact=service.contact,
    )
    return HTMLResponse(render(problem_page(service.fitted, what)), problem.status, headers)


async def typed_in(request: Request) -> dict[str, str]:
    """Return the fields of a form as typed. Raises ProblemError."""
    return read_typed(await sent_pairs(request))


async def sent_pairs(request: Request) -> list[tuple[str, str]]:
    """Return names and values of a form that was sent, in its order. Raises ProblemError."""
    if media_type(request.headers.get("content-type", "")) != FORM_TYPE:
        raise ProblemError(MEDIA, _("The form is sent as {media_type}.").format(media_type=FORM_TYPE))
    try:
        return read_pairs(await request.body())
    except ValueError:
        raise ProblemError(MALFORMED, _("The form has more fields than it should.")) from None


def assess_typed(
    service: Service, typed: dict[str, str], record: RecordView | None, *, is_first: bool = False
) -> Assessment | HTMLResponse:
    """Return the assessment of what was typed, or the form again with its errors.

    Only the first assessment of a form is counted, not those that repeat it for another page, and none of a sample.
    """
    try:
        form = read_form(typed, service.read_unit)
        given = (service.fitted, form, service.clock(), warnings_of(record))
        origin = record.origin if record else None
        if not is_first or origin is Origin.SAMPLE:
            return assess_form(*given)
        return service.metrics.assessments.counted(_INTERFACES[origin], "", assess_form, *given)
    except InputErrors as wrong:
        page = form_page(service.fitted, typed, wrong.errors, record=record, presets=service.preset_units)
        return page_response(page, status=422)


def assess_form(
    fitted: FittedModel, form: FormInput, now: datetime, source_warnings: tuple[InputWarning, ...] = ()
) -> Assessment:
    """Assess the values of the form. `now` is aware; `source_warnings` are warnings about the source of the values.

    Raises InputErrors with all errors, in reading or in meaning.
    """
    return assess(
        fitted,
        form.labs,
        computed_at=now,
        population=form.population,
        sampled_on=form.sampled_on,
        source_warnings=source_warnings,
        errors=form.errors,
    )


def page_response(page: View, status: int = 200) -> HTMLResponse:
    """Return the response that shows a page."""
    return HTMLResponse(render(page), status)
