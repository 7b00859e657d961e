"""Answer the FHIR operation `$hcc-risk`: values in, risk group, SII and RiskAssessment out. Nothing is stored."""

from collections.abc import Iterator
from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import Response

from app.auth.authenticator import admit
from app.config.addresses import FHIR
from app.core.analytes import Analyte
from app.core.assessment import Assessment, assess
from app.core.caveats import Caveat
from app.core.errors import InputErrors
from app.ehr.fhir import openapi
from app.ehr.fhir.http import fhir_response, read_fhir
from app.ehr.fhir.operation_input import OperationInput, read_operation
from app.ehr.fhir.operation_issues import issues_of
from app.ehr.fhir.operation_outcome import FhirError
from app.ehr.fhir.reading.criteria import StatedCriterion
from app.ehr.fhir.reading.observations import Rejection
from app.ehr.fhir.reading.resources import reference_of
from app.ehr.fhir.risk_assessment import risk_assessment, sii_observation
from app.ehr.fhir.state import records_of
from app.ehr.fhir.terminology import Canonical
from app.presentation import wording
from app.presentation.applicability_messages import answer_message
from app.presentation.caveat_messages import caveat_message
from app.presentation.messages import rejection_message, warning_message
from app.presentation.translation import gettext as _
from app.web.request_body import run_sized
from app.web.routing import DirectRoute
from app.web.state import service_of

router = APIRouter(prefix=FHIR, route_class=DirectRoute, default_response_class=Response)


@router.post(
    "/$hcc-risk",
    summary="Assess one patient, in FHIR R4",
    tags=["fhir"],
    responses={
        **openapi.resource("Parameters with risk group, SII and RiskAssessment"),
        **openapi.outcomes(400, 401, 403, 406, 413, 415, 422, 429, 503),
    },
    openapi_extra=openapi.operation_request(),
)
async def hcc_risk(request: Request) -> Response:
    """Take Parameters or a Bundle; return Parameters with risk group, SII Observation and RiskAssessment."""
    service, records = service_of(request), records_of(request)
    caller = await admit(request, "api")
    now = service.clock()
    body = await read_fhir(request)
    sent = await run_sized(len(await request.body()), read_operation, body, records.rules, now)
    try:
        assessment = service.metrics.assessments.counted(
            "fhir",
            caller.name,
            assess,
            service.fitted,
            sent.reading.labs,
            computed_at=now,
            population=sent.population,
            sampled_on=sent.reading.sampled_on,
            source_warnings=sent.reading.warnings,
        )
    except InputErrors as error:
        raise FhirError(422, issues_of(error, sent.reading, body)) from None
    return fhir_response(_answer(assessment, sent, records.canonical))


def _answer(assessment: Assessment, sent: OperationInput, canonical: Canonical) -> dict[str, Any]:
    results, fitted, start = sent.reading.sources, assessment.fitted, sent.regorafenib_start
    return {
        "resourceType": "Parameters",
        "parameter": [
            {"name": "riskGroup", "valueCode": assessment.answer.risk_group.id},
            {"name": "sii", "resource": sii_observation(assessment, results, sent.patient, canonical)},
            {
                "name": "riskAssessment",
                "resource": risk_assessment(assessment, results, sent.patient, canonical, start),
            },
            {"name": "applicability", "valueCode": assessment.applicability.status.value.replace("_", "-")},
            *(_criterion(one) for one in sent.reading.criteria),
            *({"name": "warning", "valueString": warning_message(one)} for one in assessment.warnings),
            *(_caveat(one, caveat_message(assessment, one)) for one in assessment.caveats),
            *_labels(assessment, sent.reading.labelled),
            *(_rejected(one) for one in sent.reading.rejected),
            *(_counted(code, number) for code, number in sent.reading.counted.items()),
            {"name": "model", "valueString": f"{fitted.id} {fitted.version} {fitted.digest}"},
        ],
    }


def _labels(assessment: Assessment, labelled: tuple[Analyte, ...]) -> Iterator[dict[str, Any]]:
    """Yield a parameter for each unit that was read as a printed label, because it was not declared as UCUM."""
    for analyte in labelled:
        text = _("{analyte}: the unit {unit} was read as a printed label, not as UCUM.")
        shown = text.format(analyte=wording.analyte(analyte), unit=assessment.labs[analyte].given.unit_text)
        yield {"name": "unitLabel", "valueString": shown}


def _criterion(one: StatedCriterion) -> dict[str, Any]:
    reference = reference_of(one.found.resource)
    return {
        "name": "criterion",
        "part": [
            *([{"name": "observation", "valueString": reference}] if reference else []),
            {"name": "code", "valueCode": one.id.replace("_", "-")},
            {"name": "text", "valueString": answer_message(one.id, one.value)},
            {"name": "date", "valueDate": one.effective.day.isoformat()},
        ],
    }


def _caveat(one: Caveat, text: str) -> dict[str, Any]:
    return {
        "name": "caveat",
        "part": [
            {"name": "code", "valueCode": one.code.replace("_", "-")},
            {"name": "level", "valueCode": one.level.value},
            {"name": "text", "valueString": text},
        ],
    }


def _rejected(one: Rejection) -> dict[str, Any]:
    return {
        "name": "rejected",
        "part": [
            *([{"name": "observation", "valueString": one.reference}] if one.reference else []),
            {"name": "code", "valueCode": one.code.replace("_", "-")},
            {"name": "reason", "valueString": rejection_message(one)},
        ],
    }


def _counted(code: str, number: int) -> dict[str, Any]:
    parts = [{"name": "code", "valueCode": code.replace("_", "-")}, {"name": "count", "valueInteger": number}]
    return {"name": "counted", "part": parts}
