"""Serve CDS Hooks 2.0.1: discovery, the services, and feedback."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from fastapi import APIRouter, Request
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from app.auth.authenticator import admit
from app.auth.caller import Caller
from app.config.addresses import CDS_HOOKS
from app.core.assessment import assess
from app.core.errors import InputErrors
from app.ehr.cds_hooks import openapi
from app.ehr.cds_hooks.card import assessment_card, missing_card
from app.ehr.cds_hooks.feedback import Feedback
from app.ehr.cds_hooks.orders import population_of, read_orders
from app.ehr.cds_hooks.outcomes import CardOutcomes, reasons_about_carcinoma, reasons_about_values
from app.ehr.cds_hooks.requests import HooksRequest, read_hooks_request
from app.ehr.cds_hooks.services import SERVICES, HookService
from app.ehr.fhir.operation_outcome import FhirError, Issue
from app.ehr.fhir.reading import searches
from app.ehr.fhir.reading.bundles import BundleError, Found, Incomplete
from app.ehr.fhir.reading.client import search
from app.ehr.fhir.reading.conditions import carcinoma_in
from app.ehr.fhir.reading.criteria import population_from, read_criteria
from app.ehr.fhir.reading.lab_results import LabReading, read_labs
from app.ehr.fhir.reading.newer_results import CONTRADICTED, NEWER_RESULT
from app.ehr.fhir.reading.references import Reference, normalised_base
from app.ehr.fhir.reading.resources import is_bundle, reference_of
from app.ehr.fhir.reading.searches import Prefetched, read_prefetch
from app.ehr.fhir.reading.subjects import is_one_server, subject_of
from app.ehr.fhir.risk_assessment import Patient
from app.ehr.fhir.state import Records, records_of
from app.net.json_client import OutboundError
from app.presentation.assessment_json import dumps
from app.presentation.rejection_messages import bundle_message, incomplete_message
from app.presentation.translation import gettext as _
from app.web.request_body import LARGE_BYTES, read_json, run_sized
from app.web.routing import DirectRoute
from app.web.state import service_of

router = APIRouter(prefix=CDS_HOOKS, route_class=DirectRoute, default_response_class=Response, tags=["cds-hooks"])


@dataclass(frozen=True, slots=True)
class _PatientData:
    """The patient's carcinoma, if there is one, otherwise why there is none; and the laboratory values."""

    carcinoma: Found | None
    why_no_carcinoma: tuple[str, ...]
    reading: LabReading


@router.get("", summary="Which CDS services there are", responses={200: {"model": openapi.ServicesOut}})
async def discover(request: Request) -> Response:
    """Return the services, each with its hook and the same prefetch templates."""
    templates = records_of(request).prefetch_templates
    return _json({"services": [service.described(templates) for service in SERVICES]})


async def feedback(request: Request) -> Response:
    """Count the outcomes. Comments are not kept."""
    await admit(request, "hooks")
    counted: Feedback = request.app.state.feedback
    await counted.take(await read_json(request))
    return _json({})


def _add_routes(service: HookService) -> None:
    """Add the routes of a service: its calls and the feedback on its cards."""

    @router.post(
        f"/{service.id}",
        summary=f"Cards for one patient ({service.hook})",
        responses={
            200: {"model": openapi.CardsOut},
            **openapi.errors(400, 403, 413, 415, 429, 503),
            **openapi.NOT_RETRIEVED,
        },
        openapi_extra=openapi.service_request(service),
    )
    async def call(request: Request) -> Response:
        """Return one card; none without a certain carcinoma, all four values and, for orders, regorafenib."""
        return await _answer(request, service)

    router.post(
        f"/{service.id}/feedback",
        summary=f"What became of a card ({service.hook})",
        responses={200: {"model": openapi.CountedOut}, **openapi.errors(400, 403, 413, 415, 429)},
        openapi_extra=openapi.FEEDBACK_REQUEST,
    )(feedback)


for _service in SERVICES:
    _add_routes(_service)


async def _answer(request: Request, called: HookService) -> Response:
    service, records = service_of(request), records_of(request)
    caller = await admit(request, "hooks")
    sent = read_hooks_request(await read_json(request), called.call)
    request.scope["state"]["hook_instance"] = sent.hook_instance
    now = service.clock()
    patient = Reference("Patient", sent.patient_id, normalised_base(sent.fhir_server))
    size = len(await request.body())
    prefetched = await run_sized(size, _read_sent, sent.prefetch, patient.base)
    orders: Sequence[Found] = ()
    if sent.orders is not None:
        orders = await run_sized(size, read_orders, sent.orders, records.medication_codes, patient)
        if not orders:
            return _withheld(request, ("no_regorafenib",))
    found = prefetched.found
    if prefetched.unsatisfied:
        found = {**found, **await _fetch(prefetched.unsatisfied, sent, caller, request, records)}
        size = LARGE_BYTES
    data = await run_sized(size, _read, found, orders, patient, records, now)
    if data.carcinoma is None:
        return _withheld(request, data.why_no_carcinoma)
    reading = data.reading
    try:
        assessment = service.metrics.assessments.counted(
            "cds_hooks",
            caller.name,
            assess,
            service.fitted,
            reading.labs,
            computed_at=now,
            population=population_from(reading.criteria, population_of(orders, reading.sampled_on, now.date())),
            sampled_on=reading.sampled_on,
            source_warnings=reading.warnings,
        )
    except InputErrors as errors:
        reasons = reasons_about_values(errors.errors, reading)
        must_be_seen = any(error.code in (NEWER_RESULT, CONTRADICTED) for error in errors.errors)
        if not (must_be_seen or records.site.tell_missing):
            return _withheld(request, reasons)
        return _withheld(request, reasons, missing_card(errors, reading, records.canonical, records.public_url))
    request.app.state.card_outcomes.shown()
    is_suggested = records.site.suggest_filing and records.may_file
    subject = Patient({"reference": f"Patient/{sent.patient_id}"}, reference_of(data.carcinoma.resource))
    card = assessment_card(
        assessment,
        reading,
        records.canonical,
        records.public_url,
        can_launch=any(server.issuer == sent.fhir_server for server in records.site.smart),
        is_short=not records.site.full_card,
        filed_for=subject if is_suggested else None,
    )
    return _json({"cards": [card]})


def _read_sent(prefetch: Mapping[str, Any], base: str | None) -> Prefetched:
    """Return the prefetch that the call brought, from a server. Raises FhirError 400 if it is malformed."""
    try:
        return read_prefetch(prefetch, base)
    except BundleError as error:
        text = bundle_message(error.code, f"prefetch.{error.path}")
        raise FhirError(400, [Issue("invalid", text, expression="prefetch")]) from None


async def _fetch(
    lacking: Mapping[str, Incomplete], sent: HooksRequest, caller: Caller, request: Request, records: Records
) -> Mapping[str, tuple[Found, ...]]:
    """Return the complete answers to the queries that lack one, from the FHIR server. Raises FhirError 412."""
    client = request.app.state.admission.tokens.client(caller.name) if caller.kind == "token" else None
    allowed = client.fhir_servers if client else records.site.open_fhir_servers
    if sent.fhir_server is None or sent.fhir_server not in allowed:
        if sent.fhir_server is None:
            raise _not_retrieved(lacking, _("No fhirServer was sent."))
        raise _not_retrieved(lacking, _("fhirServer is not on this site's list of servers."))
    base = normalised_base(sent.fhir_server)
    queries = searches.queries(records.prefetch_templates, tuple(lacking), sent.patient_id)
    try:
        answers = await search(records.outbound, sent.fhir_server, queries, sent.access_token)
        fetched = await run_in_threadpool(read_prefetch, answers, base, tuple(lacking), has_all_pages=True)
    except OutboundError as error:
        reason = _(error.text).format(**error.parameters)
        why = _("The FHIR server could not be read ({reason}).").format(reason=reason)
        raise _not_retrieved(lacking, why) from None
    except BundleError as error:
        why = _("The FHIR server's answer is malformed. {reason}")
        reason = bundle_message(error.code, f"prefetch.{error.path}")
        raise _not_retrieved(lacking, why.format(reason=reason)) from None
    if fetched.unsatisfied:
        raise _not_retrieved(fetched.unsatisfied, _("The FHIR server gave this answer."))
    if not all(is_bundle(answer) for answer in answers.values()):
        raise _not_retrieved(lacking, _("The FHIR server did not answer with a Bundle."))
    return fetched.found


def _read(
    found: Mapping[str, tuple[Found, ...]], orders: Sequence[Found], patient: Reference, records: Records, now: datetime
) -> _PatientData:
    observations = [one for key in searches.RESULTS for one in found[key]]
    carcinoma = carcinoma_in(found[searches.CONDITIONS], records.condition_codes, patient)
    reading = read_labs(observations, records.rules, now=now, patient=patient)
    criteria = read_criteria(found[searches.CRITERIA], patient=patient, oldest=records.rules.oldest, now=now)
    if criteria:
        reading = replace(reading, criteria=criteria)
    if carcinoma:
        subjects = [subject_of(one) for one in (carcinoma, *orders, *(one.found for one in criteria))]
        subjects += [one.subject for one in reading.sources.values()]
        if not is_one_server([patient, *subjects]):
            return _PatientData(None, ("several_servers",), reading)
    why = () if carcinoma else reasons_about_carcinoma(found[searches.CONDITIONS], records.condition_codes)
    return _PatientData(carcinoma, why, reading)


def _withheld(request: Request, reasons: tuple[str, ...], *cards: dict[str, Any]) -> Response:
    """Answer without a risk group; the reasons go to the log and the metrics."""
    outcomes: CardOutcomes = request.app.state.card_outcomes
    outcomes.withheld(reasons)
    request.scope["state"]["no_card"] = ",".join(reasons)
    return _json({"cards": cards})


def _not_retrieved(unsatisfied: Mapping[str, Incomplete], why: str) -> FhirError:
    text = _("Required results were not supplied and could not be retrieved.")
    reasons = [incomplete_message(one.code, one.parameters, f"prefetch.{key}") for key, one in unsatisfied.items()]
    return FhirError(412, [Issue("required", text, diagnostics=" ".join([*reasons, why]))])


def _json(body: dict[str, Any]) -> Response:
    return Response(dumps(body), media_type="application/json")
