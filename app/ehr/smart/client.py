"""Act as a client of SMART App Launch 2.2: authorise, redeem the code, and read the record once."""

import asyncio
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any
from urllib.parse import quote, urlencode

from starlette.concurrency import run_in_threadpool

from app.config.addresses import SMART_CALLBACK
from app.ehr.fhir.reading import searches
from app.ehr.fhir.reading.bundles import BundleError, Found
from app.ehr.fhir.reading.client import search
from app.ehr.fhir.reading.criteria import read_criteria
from app.ehr.fhir.reading.lab_results import LabReading, read_labs
from app.ehr.fhir.reading.references import ID, Reference, normalised_base
from app.ehr.fhir.reading.resources import is_bundle
from app.ehr.fhir.state import Records
from app.ehr.smart.client_authentication import Client, refusal
from app.ehr.smart.errors import Failure, SmartError
from app.ehr.smart.launch_contexts import LONGEST_FILING_SECONDS
from app.ehr.smart.launches import Launch
from app.ehr.smart.patient_identity import PatientIdentity, patient_identity
from app.net.json_client import OutboundError

# As SMART 2 and SMART 1 write it. A scope with a condition after a question mark grants less.
_CREATES_DOCUMENTS = re.compile(r"(patient|user)/(DocumentReference|\*)\.(cr?u?d?s?|write|\*)")
_CODE = re.compile(r"[\x20-\x7e]{1,4096}")


@dataclass(frozen=True, slots=True)
class Access:
    """The access that the EHR granted: a token for one patient, its lifetime, and whether we must show the patient.

    `may_create_documents` is whether the granted scopes say so; an EHR that names no scopes has not granted it.
    """

    patient_id: str
    needs_banner: bool
    seconds: int
    may_create_documents: bool
    token: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Record:
    """The laboratory values and criteria of the patient, and the patient's identity if we must show it."""

    reading: LabReading
    patient: PatientIdentity | None


def authorization_address(
    launch: Launch, issuer: str, parameter: str | None, records: Records, *, has_pdf: bool
) -> str:
    """Return the address of the sign-in. `parameter` is the EHR's launch parameter, or None if standalone.

    `issuer` is the `iss` that the EHR sent; SMART wants it back as it was written. `has_pdf` is whether documents can
    be made.
    """
    endpoint = launch.configuration.authorization_endpoint
    parameters = {
        "response_type": "code",
        "client_id": launch.server.client_id,
        "redirect_uri": records.public_url + SMART_CALLBACK,
        "scope": _scope(launch, parameter, may_file=records.may_file, has_pdf=has_pdf),
        "state": launch.state,
        "aud": launch.server.issuer if parameter is None else issuer,
        "code_challenge": launch.challenge,
        "code_challenge_method": "S256",
        **({"launch": parameter} if parameter is not None else {}),
    }
    return f"{endpoint}{'&' if '?' in endpoint else '?'}{urlencode(parameters)}"


async def redeem(launch: Launch, code: str, client: Client, records: Records) -> Access:
    """Exchange the code for a token. Raises SmartError."""
    if not _CODE.fullmatch(code):
        raise SmartError(Failure.SIGN_IN, "the authorisation code is malformed")
    endpoint = launch.configuration.token_endpoint
    credentials = client.credentials(endpoint)
    fields = {
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": records.public_url + SMART_CALLBACK,
        "code_verifier": launch.verifier,
        **credentials.fields,
    }
    try:
        answer = await records.outbound.post_form(endpoint, fields, credentials.basic)
    except OutboundError as error:
        raise SmartError(Failure.TOKEN, error.reason) from None
    if answer.status != 200 or not isinstance(answer.body, dict):
        raise SmartError(Failure.TOKEN, refusal(answer, launch.server.authentication))
    return _access(answer.body)


async def read_record(launch: Launch, access: Access, records: Records, now: datetime) -> Record:
    """Read the four analytes, the criteria, and the Patient unless the EHR shows it, at the same time.

    Raises SmartError, but not if the criteria cannot be read.
    """
    patient_id = quote(access.patient_id, safe="")
    queries = searches.queries(records.prefetch_templates, searches.RESULTS, patient_id)
    try:
        found, about, patient = await asyncio.gather(
            search(records.outbound, launch.server.issuer, queries, access.token),
            _about_criteria(launch.server.issuer, access, records),
            _identity(launch.server.issuer, access, records),
        )
    except OutboundError as error:
        raise SmartError(Failure.RECORD, error.reason) from None
    base = normalised_base(launch.server.issuer)
    try:
        prefetched = await run_in_threadpool(searches.read_prefetch, found, base, searches.RESULTS, has_all_pages=True)
    except BundleError as error:
        raise SmartError(Failure.RECORD, f"its answer is malformed: {error}") from None
    if prefetched.unsatisfied:
        reasons = (f"{key} is incomplete: {one.code}" for key, one in prefetched.unsatisfied.items())
        raise SmartError(Failure.RECORD, "; ".join(reasons))
    if not all(is_bundle(answer) for answer in found.values()):
        raise SmartError(Failure.RECORD, "it did not answer with a Bundle")
    observations = [one for results in prefetched.found.values() for one in results]
    subject = Reference("Patient", access.patient_id, base)
    reading = await run_in_threadpool(read_labs, observations, records.rules, now=now, patient=subject)
    criteria = read_criteria(about, patient=subject, oldest=records.rules.oldest, now=now)
    return Record(replace(reading, criteria=criteria), patient)


async def _about_criteria(issuer: str, access: Access, records: Records) -> tuple[Found, ...]:
    """Return the Observations about the study's criteria; none if they cannot be read: the form works without."""
    patient_id, keys = quote(access.patient_id, safe=""), (searches.CRITERIA,)
    queries = searches.queries(records.prefetch_templates, keys, patient_id)
    try:
        found = await search(records.outbound, issuer, queries, access.token)
        return searches.read_prefetch(found, normalised_base(issuer), keys, has_all_pages=True).found[searches.CRITERIA]
    except (OutboundError, BundleError):
        return ()


async def _identity(issuer: str, access: Access, records: Records) -> PatientIdentity | None:
    """Return the patient's identity, or None if the EHR shows it. Raises SmartError for another patient."""
    if not access.needs_banner:
        return None
    query = {"patient": f"Patient/{quote(access.patient_id, safe='')}"}
    try:
        patient = (await search(records.outbound, issuer, query, access.token))["patient"]
    except OutboundError:
        return PatientIdentity(is_read=False)  # the values can still be used, but no result is filed
    if patient.get("resourceType") != "Patient":
        return PatientIdentity(is_read=False)
    if patient.get("id") != access.patient_id:
        raise SmartError(Failure.RECORD, "it answered with another patient")
    return patient_identity(patient)


def _scope(launch: Launch, parameter: str | None, *, may_file: bool, has_pdf: bool) -> str:
    read, search_and_read = ("r", "rs") if launch.configuration.has_v2_scopes else ("read", "read")
    start = "launch/patient" if parameter is None else "launch"
    scope = f"{start} openid fhirUser patient/Patient.{read} patient/Observation.{search_and_read}"
    if launch.server.write_back and may_file:
        create = "c" if launch.configuration.has_v2_scopes else "write"
        scope += f" patient/RiskAssessment.{create}"
        if launch.server.write_back_pdf and has_pdf:
            scope += f" patient/DocumentReference.{create}"
    return scope


def _access(answer: Mapping[str, Any]) -> Access:
    token, kind, patient = answer.get("access_token"), answer.get("token_type"), answer.get("patient")
    if not isinstance(token, str) or not token.isascii() or not token.isprintable() or not token:
        raise SmartError(Failure.TOKEN, "it sent no usable token")
    if not isinstance(kind, str) or kind.lower() != "bearer":
        raise SmartError(Failure.TOKEN, "the token is not a bearer token")
    if not isinstance(patient, str) or not ID.fullmatch(patient):
        raise SmartError(Failure.NO_PATIENT)
    life = answer.get("expires_in")
    seconds = life if isinstance(life, int) and not isinstance(life, bool) else LONGEST_FILING_SECONDS
    scopes = granted.split(" ") if isinstance(granted := answer.get("scope"), str) else []
    return Access(
        patient,
        answer.get("need_patient_banner") is not False,
        max(seconds, 0),
        any(map(_CREATES_DOCUMENTS.fullmatch, scopes)),
        token,
    )
