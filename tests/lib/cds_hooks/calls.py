"""Make CDS Hooks calls about one patient: a carcinoma on the problem list, one blood draw, and AFP of that day."""

from collections.abc import Iterator, Mapping
from typing import Any

import httpx2
from starlette.testclient import TestClient

from tests.lib.fhir.examples import CODES, observation, searchset
from tests.lib.fhir.patient_records import PATIENT, RECORD

Json = dict[str, Any]
DISCOVERY = "/cds-services"
SERVICE = f"{DISCOVERY}/hcc-sii-afp"
ORDER_SELECT, ORDER_SIGN = f"{SERVICE}-order-select", f"{SERVICE}-order-sign"
SERVICES = {"patient-view": SERVICE, "order-select": ORDER_SELECT, "order-sign": ORDER_SIGN}
FEEDBACK = f"{SERVICE}/feedback"
INSTANCE = "4b8d1c34-6b0e-4c0f-9a3c-1f5e9a2b7d10"
KEYS = ("hcc", "neutrophils", "lymphocytes", "platelets", "afp")
OPTIONAL_KEY = "criteria"
SNOMED = "http://snomed.info/sct"
RXNORM, ATC = "http://www.nlm.nih.gov/research/umls/rxnorm", "http://www.whocc.no/atc"
REGORAFENIB = {"coding": [{"system": RXNORM, "code": "1312397"}]}


def condition(system: str = SNOMED, code: str = "109841003", /, **more: Any) -> Json:
    return {
        "resourceType": "Condition",
        "id": "carcinoma",
        "clinicalStatus": _state("condition-clinical", "active"),
        "verificationStatus": _state("condition-ver-status", "confirmed"),
        "code": {"coding": [{"system": system, "code": code}]},
        "subject": {"reference": f"Patient/{PATIENT}"},
        **more,
    }


def clinical(code: str) -> Json:
    return {"clinicalStatus": _state("condition-clinical", code)}


def verification(code: str) -> Json:
    return {"verificationStatus": _state("condition-ver-status", code)}


def outcome(severity: str = "error") -> Json:
    return {"resourceType": "OperationOutcome", "issue": [{"severity": severity, "code": "processing"}]}


def prefetch(**changed: Any) -> Json:
    """The prefetch, each key with its one result; `changed` replaces the content of some keys."""
    right = {"hcc": searchset(condition()), **{analyte: searchset(observation(analyte)) for analyte in CODES}}
    return {**right, **changed}


def without(key: str) -> Json:
    return {name: found for name, found in prefetch().items() if name != key}


def measured(**quantities: float | Json) -> Json:
    """The prefetch with other values in some results."""
    return prefetch(**{analyte: searchset(observation(analyte, value)) for analyte, value in quantities.items()})


def call(prefetched: Any = None, **changed: Any) -> Json:
    """The body of a call; a None in `changed` leaves that field out."""
    body = {
        "hook": "patient-view",
        "hookInstance": INSTANCE,
        "context": {"userId": "Practitioner/clinician", "patientId": PATIENT},
        "prefetch": prefetch() if prefetched is None else prefetched,
        **changed,
    }
    return {name: content for name, content in body.items() if content is not None}


def order(medication: Any = REGORAFENIB, /, **changed: Any) -> Json:
    """A draft order for regorafenib; a None in `changed` leaves that field out."""
    body = {
        "resourceType": "MedicationRequest",
        "id": "m1",
        "status": "draft",
        "intent": "order",
        "medicationCodeableConcept": medication,
        "subject": {"reference": f"Patient/{PATIENT}"},
        **changed,
    }
    return {name: content for name, content in body.items() if content is not None}


def orders_of(*drafts: Json, selections: list[Any] | None = None, **context: Any) -> Json:
    """The context of a call about draft orders, by default one for regorafenib; with `selections` if they are given."""
    entries = [{"resource": one} for one in drafts or (order(),)]
    return {
        "userId": "Practitioner/clinician",
        "patientId": PATIENT,
        "draftOrders": {"resourceType": "Bundle", "type": "collection", "entry": entries},
        **({} if selections is None else {"selections": selections}),
        **context,
    }


def sign_call(*drafts: Json, prefetched: Json | None = None, **changed: Any) -> Json:
    """The body of a call when these orders are about to be signed."""
    return call(prefetched, **{"hook": "order-sign", "context": orders_of(*drafts), **changed})


def select_call(*drafts: Json, selections: list[Any] | None = None, **changed: Any) -> Json:
    """The body of a call when orders are selected, by default the one with the id m1."""
    context = orders_of(*drafts, selections=["MedicationRequest/m1"] if selections is None else selections)
    return call(**{"hook": "order-select", "context": context, **changed})


def fetching_call(server: object, token: str | None = None) -> Json:
    """The body of a call without prefetch that names the FHIR server, and a token for it."""
    authorization = {"access_token": token, "token_type": "Bearer", "expires_in": 300, "subject": "calculator"}
    given = {"fhirAuthorization": authorization} if token else {}
    return call(prefetch=None, fhirServer=server, **given)


def ask(client: TestClient, body: Json | None = None, headers: Mapping[str, str] | None = None) -> httpx2.Response:
    """Send a body to the service of its hook, by default to the one for patient-view."""
    sent = call() if body is None else body
    return client.post(SERVICES.get(str(sent.get("hook")), SERVICE), json=sent, headers=headers)


def cards(client: TestClient, prefetched: Json | None = None, **changed: Any) -> list[Json]:
    """The cards in the answer to a call."""
    answer = ask(client, call(prefetched, **changed))
    assert answer.status_code == 200, answer.text
    found: list[Json] = answer.json()["cards"]
    return found


def card(client: TestClient, prefetched: Json | None = None, **changed: Any) -> Json:
    """The only card in the answer to a call."""
    (only,) = cards(client, prefetched, **changed)
    return only


def risk_assessment(found: Json) -> Json:
    """The resource that a card suggests to file."""
    (suggestion,) = found["suggestions"]
    (action,) = suggestion["actions"]
    resource: Json = action["resource"]
    return resource


def objects(node: Any) -> Iterator[Json]:
    """Every object in a JSON value, at every depth."""
    if isinstance(node, dict):
        yield node
    for child in node.values() if isinstance(node, dict) else node if isinstance(node, list) else ():
        yield from objects(child)


def _state(system: str, code: str) -> Json:
    return {"coding": [{"system": f"http://terminology.hl7.org/CodeSystem/{system}", "code": code}]}


def _recorded(analyte: str) -> Json:
    results = (one for one in RECORD if one["resourceType"] == "Observation")
    return searchset(*(one for one in results if one["code"]["coding"][0]["code"] == CODES[analyte]))


# The results of the first patient's record, and the summary of its card.
RECORDED = {"hcc": searchset(condition()), **{analyte: _recorded(analyte) for analyte in CODES}}
SUMMARY = (
    "HCC: higher-risk group, on regorafenib after sorafenib (SII 553.6 on 2026-01-02, AFP > 1210 ng/mL on 2026-01-05); "
    "one study, n = 58"
)
