"""Calls of the CDS service about one patient: a carcinoma on the problem list, one blood draw, and AFP of that day."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import httpx2
from starlette.testclient import TestClient

from tests.clock import clock
from tests.web.conftest import client_with

Json = dict[str, Any]
DISCOVERY = "/cds-services"
SERVICE = f"{DISCOVERY}/hcc-sii-afp"
FEEDBACK = f"{SERVICE}/feedback"
INSTANCE = "4b8d1c34-6b0e-4c0f-9a3c-1f5e9a2b7d10"
PATIENT = "p1"
DRAWN = "2026-01-02T08:00:00Z"
KEYS = ("hcc", "neutrophils", "lymphocytes", "platelets", "afp")
SNOMED = "http://snomed.info/sct"
LOINC = {"neutrophils": "751-8", "lymphocytes": "731-0", "platelets": "777-3", "afp": "1834-1"}
# SII by hand: 145 x 4.2 / 1.1 = 609 / 1.1 = 553.6, high from 340. AFP 1250 ng/mL, high from 400.
VALUES = {"neutrophils": 4.2, "lymphocytes": 1.1, "platelets": 145, "afp": 1250}


def ucum(value: float, code: str, **more: Any) -> Json:
    return {"value": value, "unit": code, "system": "http://unitsofmeasure.org", "code": code, **more}


def printed(value: float, label: str) -> Json:
    """A quantity as a laboratory prints it, without saying that its unit is UCUM."""
    return {"value": value, "unit": label}


def observation(analyte: str, value: float | Json | None = None, when: str = DRAWN, **more: Any) -> Json:
    """A usable result; `value` is a number in the usual unit or a quantity, and a None in `more` leaves that out."""
    quantity = value if isinstance(value, dict) else None
    number = value if isinstance(value, int | float) else VALUES[analyte]
    made = {
        "resourceType": "Observation",
        "id": f"{analyte}-{when[:10]}",
        "status": "final",
        "code": {"coding": [{"system": "http://loinc.org", "code": LOINC[analyte]}]},
        "subject": {"reference": f"Patient/{PATIENT}"},
        "effectiveDateTime": when,
        "valueQuantity": quantity or ucum(number, "ng/mL" if analyte == "afp" else "10*9/L"),
        **more,
    }
    return {name: content for name, content in made.items() if content is not None}


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


def bundle(*resources: Json, **more: Any) -> Json:
    """A page of search results; without resources it has no `entry`, which must not be empty."""
    entries = [{"resource": resource, "search": {"mode": "match"}} for resource in resources]
    return {"resourceType": "Bundle", "type": "searchset", **({"entry": entries} if entries else {}), **more}


def prefetch(**changed: Any) -> Json:
    """What is needed, each key with its one result; `changed` replaces what stands under some keys."""
    right = {"hcc": bundle(condition()), **{analyte: bundle(observation(analyte)) for analyte in LOINC}}
    return {**right, **changed}


def without(key: str) -> Json:
    return {name: found for name, found in prefetch().items() if name != key}


def measured(**quantities: float | Json) -> Json:
    """The prefetch with other values in some results."""
    return prefetch(**{analyte: bundle(observation(analyte, value)) for analyte, value in quantities.items()})


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


def ask(client: TestClient, body: Json | None = None, headers: Mapping[str, str] | None = None) -> httpx2.Response:
    return client.post(SERVICE, json=call() if body is None else body, headers=headers)


def cards(client: TestClient, prefetched: Json | None = None, **changed: Any) -> list[Json]:
    """The cards of a call that is answered."""
    answer = ask(client, call(prefetched, **changed))
    assert answer.status_code == 200, answer.text
    found: list[Json] = answer.json()["cards"]
    return found


def card(client: TestClient, prefetched: Json | None = None, **changed: Any) -> Json:
    """The one card of a call that is answered with one."""
    (only,) = cards(client, prefetched, **changed)
    return only


def risk_assessment(found: Json) -> Json:
    """The resource that a card suggests to file."""
    (suggestion,) = found["suggestions"]
    (action,) = suggestion["actions"]
    resource: Json = action["resource"]
    return resource


def objects(node: Any) -> Iterator[Json]:
    """Every object in a JSON value, however deep."""
    if isinstance(node, dict):
        yield node
    for child in node.values() if isinstance(node, dict) else node if isinstance(node, list) else ():
        yield from objects(child)


def site(folder: Path, integration: str, **settings: Any) -> TestClient:
    """A client of a calculator with this integration file."""
    file = folder / "integration.toml"
    file.write_text(integration, "utf-8")
    return client_with(clock=clock, integration_file=file, **settings)


def _state(system: str, code: str) -> Json:
    return {"coding": [{"system": f"http://terminology.hl7.org/CodeSystem/{system}", "code": code}]}
