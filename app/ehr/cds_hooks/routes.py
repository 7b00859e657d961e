"""CDS Hooks 2.0.1: discovery, the service `hcc-sii-afp` on patient-view, and feedback."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from fastapi import APIRouter, Request
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from app.auth.authenticator import admit
from app.auth.caller import Caller
from app.config.addresses import CDS_HOOKS, SMART_LAUNCH
from app.core.assessment import assess
from app.core.errors import InputErrors
from app.ehr.cds_hooks import openapi
from app.ehr.cds_hooks.card import assessment_card, missing_card, without_suggestion
from app.ehr.cds_hooks.feedback import Feedback
from app.ehr.cds_hooks.requests import HOOK, HooksRequest, read_hooks_request
from app.ehr.fhir.operation_outcome import FhirError, Issue
from app.ehr.fhir.reading import searches
from app.ehr.fhir.reading.bundles import BundleError, Found
from app.ehr.fhir.reading.client import search
from app.ehr.fhir.reading.conditions import carcinoma_in
from app.ehr.fhir.reading.lab_results import LabReading, read_labs
from app.ehr.fhir.reading.newer_results import NEWER_RESULT
from app.ehr.fhir.reading.references import Reference, normalised_base
from app.ehr.fhir.reading.resources import is_bundle, reference_of
from app.ehr.fhir.reading.searches import read_prefetch
from app.ehr.fhir.reading.subjects import is_one_server, references_of
from app.ehr.fhir.risk_assessment import Patient
from app.ehr.fhir.state import Records, records_of
from app.net.json_client import OutboundError
from app.presentation.assessment_json import dumps
from app.web.off_loop import LARGE_BYTES, run_sized
from app.web.request_body import read_json
from app.web.routing import DirectRoute
from app.web.state import service_of

SERVICE = "hcc-sii-afp"
VERSION = "2.0.1"
router = APIRouter(prefix=CDS_HOOKS, route_class=DirectRoute, default_response_class=Response, tags=["cds-hooks"])


@dataclass(frozen=True, slots=True)
class _Complete:
    """The whole answer to every query, by key; and whether the call itself brought all of it."""

    found: Mapping[str, tuple[Found, ...]]
    is_sent: bool


@dataclass(frozen=True, slots=True)
class _Record:
    """What is known of the patient: the carcinoma, and the laboratory values."""

    carcinoma: Found | None
    reading: LabReading


@router.get("", summary="Which CDS services there are", responses={200: {"model": openapi.ServicesOut}})
async def discover(request: Request) -> Response:
    """Return the one service with its prefetch templates."""
    records = records_of(request)
    service = {
        "hook": HOOK,
        "id": SERVICE,
        "title": "HCC risk group (SII, AFP)",
        "version": VERSION,
        "description": (
            "Risk group, survival and hazard ratios with intervals from the latest blood count and AFP, "
            "from one study of patients who started regorafenib after sorafenib failed"
        ),
        "usageRequirements": "Adults with hepatocellular carcinoma; needs neutrophils, lymphocytes, platelets, AFP",
        "prefetch": records.prefetch_templates,
    }
    return _json({"services": [service]})


@router.post(
    f"/{SERVICE}",
    summary="Cards for one patient",
    responses={
        200: {"model": openapi.CardsOut},
        **openapi.errors(400, 413, 415, 429, 503),
        **openapi.NOT_RETRIEVED,
    },
    openapi_extra=openapi.SERVICE_REQUEST,
)
async def call(request: Request) -> Response:
    """Return one card, or none if the patient has no carcinoma on the problem list or lacks a value."""
    service, records = service_of(request), records_of(request)
    caller = await admit(request, "hooks")
    sent = read_hooks_request(await read_json(request))
    request.scope["state"]["hook_instance"] = sent.hook_instance
    now = service.clock()
    prefetched = await _complete(sent, caller, request, records)
    size = len(await request.body()) if prefetched.is_sent else LARGE_BYTES
    record = await run_sized(size, _read, prefetched.found, sent, records, now)
    if record.carcinoma is None:
        return _json({"cards": []})
    reading = record.reading
    try:
        assessment = assess(
            service.artefact,
            reading.labs,
            computed_at=now,
            sampled_on=reading.sampled_on,
            source_warnings=reading.warnings,
        )
    except InputErrors as errors:
        is_shown = records.integration.tell_missing or any(error.code == NEWER_RESULT for error in errors.errors)
        if not is_shown:
            return _json({"cards": []})
        return _json({"cards": [missing_card(errors, reading, records.canonical, records.public_url)]})
    patient = Patient(f"Patient/{sent.patient_id}", reference_of(record.carcinoma.resource))
    card = assessment_card(assessment, reading, patient, records.canonical, records.public_url)
    card["links"] = [*_smart_link(sent, records), *card["links"]]
    return _json({"cards": [card if records.integration.suggest_filing else without_suggestion(card)]})


@router.post(
    f"/{SERVICE}/feedback",
    summary="What became of a card",
    responses={200: {"model": openapi.CountedOut}, **openapi.errors(400, 413, 415, 429)},
    openapi_extra=openapi.FEEDBACK_REQUEST,
)
async def feedback(request: Request) -> Response:
    """Count the outcomes. Comments are not kept."""
    await admit(request, "hooks")
    counted: Feedback = request.app.state.feedback
    counted.take(await read_json(request))
    return _json({})


async def _complete(sent: HooksRequest, caller: Caller, request: Request, records: Records) -> _Complete:
    """Return the prefetch, with what was not whole fetched. Raises FhirError: 400 if malformed, 412 if impossible."""
    base = normalised_base(sent.fhir_server)
    try:
        prefetched = await run_sized(len(await request.body()), read_prefetch, sent.prefetch, base)
    except BundleError as error:
        raise FhirError(400, [Issue("invalid", f"prefetch.{error}.", expression="prefetch")]) from None
    lacking = prefetched.unsatisfied
    if not lacking:
        return _Complete(prefetched.found, is_sent=True)
    client = request.app.state.admission.tokens.client(caller.name) if caller.kind == "token" else None
    allowed = client.fhir_servers if client else records.integration.open_fhir_servers
    if sent.fhir_server is None or sent.fhir_server not in allowed:
        why = "no fhirServer was sent" if sent.fhir_server is None else "fhirServer is not on this site's list"
        raise _not_retrieved(lacking, why)
    queries = searches.queries(records.prefetch_templates, tuple(lacking), sent.patient_id)
    try:
        answers = await search(records.outbound, sent.fhir_server, queries, sent.access_token)
        fetched = await run_in_threadpool(read_prefetch, answers, base, tuple(lacking), has_all_pages=True)
    except OutboundError as error:
        raise _not_retrieved(lacking, f"the FHIR server: {error.reason}") from None
    except BundleError as error:
        raise _not_retrieved(lacking, f"the FHIR server's answer is malformed: {error}") from None
    if fetched.unsatisfied:
        raise _not_retrieved(fetched.unsatisfied, "this is the FHIR server's own answer")
    if not all(is_bundle(answer) for answer in answers.values()):
        raise _not_retrieved(lacking, "the FHIR server did not answer with a Bundle")
    return _Complete({**prefetched.found, **fetched.found}, is_sent=False)


def _read(found: Mapping[str, tuple[Found, ...]], sent: HooksRequest, records: Records, now: datetime) -> _Record:
    patient = Reference("Patient", sent.patient_id, normalised_base(sent.fhir_server))
    observations = (one for key in searches.RESULTS for one in found[key])
    carcinoma = carcinoma_in(found[searches.CONDITIONS], records.condition_codes, patient)
    reading = read_labs(observations, records.rules, now=now, patient=patient)
    if carcinoma and not is_one_server(
        [patient, *references_of(carcinoma, *(one.found for one in reading.sources.values()))]
    ):
        carcinoma = None
    return _Record(carcinoma, reading)


def _smart_link(sent: HooksRequest, records: Records) -> list[dict[str, str]]:
    if not any(server.issuer == sent.fhir_server for server in records.integration.smart):
        return []
    url = records.public_url + SMART_LAUNCH
    return [{"label": "Survival curve and details", "type": "smart", "url": url}]


def _not_retrieved(unsatisfied: Mapping[str, str], why: str) -> FhirError:
    text = "Required results were not supplied and could not be retrieved."
    keys = "; ".join(f"prefetch.{key}: {reason}" for key, reason in unsatisfied.items())
    return FhirError(412, [Issue("required", text, diagnostics=f"{keys}; {why}")])


def _json(body: dict[str, Any]) -> Response:
    return Response(dumps(body), media_type="application/json")
