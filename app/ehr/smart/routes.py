"""Serve SMART App Launch: an EHR opens the form with its values filled in, for a person to confirm.

The values are kept for an hour; the token is kept for one request, unless the site allows filing of results.
Nothing is calculated here.
"""

from fastapi import APIRouter, Request
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response

from app.config.addresses import SMART_CALLBACK, SMART_LAUNCH, depth
from app.config.site import SmartServer
from app.core.fitted_model import FittedModel
from app.ehr.fhir.state import records_of
from app.ehr.smart.client import Access, authorization_address, read_record, redeem
from app.ehr.smart.errors import Failure, NoFiling, SmartError, log_failure
from app.ehr.smart.launch_contexts import Filed, LaunchContext, Permission
from app.ehr.smart.launches import Launch
from app.ehr.smart.prefill import failed_prefill, prefill, typed_values
from app.ehr.smart.record_pages import banner_of
from app.ehr.smart.state import smart_of
from app.presentation.pages.form import form_page
from app.presentation.pages.record import RecordView
from app.presentation.templating import render
from app.presentation.translation import gettext as _
from app.web.pages.routes import error_response
from app.web.problems import Problem
from app.web.routing import DirectRoute
from app.web.state import service_of

router = APIRouter(route_class=DirectRoute, include_in_schema=False)

_LONGEST_LAUNCH = 4096


@router.get(SMART_LAUNCH)
async def launch(request: Request) -> Response:
    """Send the browser to the EHR to sign in. An EHR that is not on the site's list is not contacted."""
    fitted, smart, records = service_of(request).fitted, smart_of(request), records_of(request)
    issuer = request.query_params.get("iss", "")
    server = smart.server_of(issuer)
    parameter = request.query_params.get("launch")
    if server is None or len(parameter or "") > _LONGEST_LAUNCH:
        why = "launch parameter too long" if server else "unknown issuer"
        log_failure(request, why if "iss" in request.query_params else "no issuer (iss)")
        problem = Problem("smart-issuer", _("This EHR is not known here"), 400, "")
        detail = _("The calculator is not set up to be opened from this EHR. You can open it and enter the values.")
        return error_response(request, problem, detail)
    try:
        begun = smart.launches.begin(server, await smart.configurations.of(records.outbound, server))
    except SmartError as error:
        return _without_values(request, fitted, error)
    has_pdf = service_of(request).typesetter is not None
    response = RedirectResponse(authorization_address(begun, issuer, parameter, records, has_pdf=has_pdf), 302)
    response.headers.append("set-cookie", smart.launches.cookie(begun))
    return response


@router.get(SMART_CALLBACK)
async def callback(request: Request) -> Response:
    """Show the form with the record's values, or empty with the reason. A launch that did not begin here is refused."""
    fitted, smart = service_of(request).fitted, smart_of(request)
    begun = await smart.launches.finish(request.query_params.get("state", ""), request.cookies)
    if begun is None:
        log_failure(request, "unknown launch")
        problem = Problem("smart-state", _("This launch cannot be continued"), 400, "")
        detail = _(
            "The launch was already used, is older than ten minutes, or began in another browser. "
            "Open the calculator from the record again, or enter the values by hand."
        )
        return error_response(request, problem, detail)
    try:
        response: Response = await _filled_in(request, fitted, begun)
    except SmartError as error:
        response = _without_values(request, fitted, error)
    response.headers.append("set-cookie", smart.launches.end_of_cookie(begun))
    return response


@router.get("/.well-known/jwks.json")
async def key_set(request: Request) -> Response:
    """Publish the public key with which EHRs check our signature."""
    key = smart_of(request).key
    return JSONResponse({"keys": [key.public_jwk] if key else []})


async def _filled_in(request: Request, fitted: FittedModel, begun: Launch) -> Response:
    records, smart = records_of(request), smart_of(request)
    begun.configuration.check_issuer(request.query_params.getlist("iss"))
    error, code = (request.query_params.get(name) for name in ("error", "code"))
    if error is not None or code is None:
        raise SmartError(Failure.DENIED if error == "access_denied" else Failure.SIGN_IN)
    issuer, contexts = begun.server.issuer, smart.contexts
    access = await redeem(begun, code, smart.clients[issuer], records)
    browser = await contexts.browser(request.cookies)
    # Done before the record is read, because the clinician now works on this patient.
    await contexts.show(browser, (issuer, access.patient_id))
    record = await read_record(begun, access, records, service_of(request).clock())
    shown = prefill(record.reading)
    context = LaunchContext(issuer, access.patient_id, record.patient, record.reading)
    has_pdf = service_of(request).typesetter is not None
    permission = _permission(begun.server, access, may_file=records.may_file, has_pdf=has_pdf)
    view = RecordView(await contexts.keep(context, browser, permission), banner_of(context), shown)
    presets, typed = service_of(request).preset_units, typed_values(record.reading)
    page = form_page(fitted, typed, record=view, presets=presets, depth=depth(SMART_CALLBACK))
    response = HTMLResponse(render(page))
    response.headers.append("set-cookie", contexts.cookie(browser))
    return response


def _permission(server: SmartServer, access: Access, *, may_file: bool, has_pdf: bool) -> Permission | NoFiling:
    """Return the right to file, or why there is none."""
    if not server.write_back:
        return NoFiling.NOT_ALLOWED
    if not may_file:
        return NoFiling.NO_OWN_ADDRESS
    documents = {Filed.DOCUMENT} if server.write_back_pdf and has_pdf and access.may_create_documents else set()
    return Permission(access.seconds, access.token, frozenset({Filed.RESULT, *documents}))


def _without_values(request: Request, fitted: FittedModel, error: SmartError) -> Response:
    """Show the empty form with the reason, so that a person can still enter the values."""
    log_failure(request, f"{error.failure.kind}: {error.reason}".removesuffix(": "))
    view = RecordView(prefill=failed_prefill(error.failure))
    presets = service_of(request).preset_units
    return HTMLResponse(render(form_page(fitted, record=view, presets=presets, depth=depth(SMART_CALLBACK))))
