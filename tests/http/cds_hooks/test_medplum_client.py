"""medplum's client discovers the service, prefetches from medplum's FHIR server, calls, and receives refusals."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.lib.cds_hooks.calls import (
    DISCOVERY,
    INSTANCE,
    KEYS,
    OPTIONAL_KEY,
    SERVICE,
    Json,
    condition,
    order,
    orders_of,
)
from tests.lib.cds_hooks.inferno_checks import answer_findings, discovery_findings
from tests.lib.fhir.examples import CODES, ecog, observation
from tests.lib.fhir.patient_records import PATIENT
from tests.lib.peers.smart_app import CALLBACK, CLIENT_ID, PUBLIC_KEYS
from tests.lib.peers.start import Peer, call_with_medplum, fhir_and_smart
from tests.lib.signing_ehr import ISSUER, client_entry, key_file, signed
from tests.lib.smart_site import Site, address_of, listening, running

BODY = {
    "hook": "patient-view",
    "hookInstance": INSTANCE,
    "context": {"userId": "Practitioner/clinician", "patientId": PATIENT},
}
OLDER = "2025-12-20T08:00:00Z"
RECORD = [
    {"resourceType": "Patient", "id": PATIENT, "name": [{"family": "Quellenhaupt"}], "birthDate": "1931-07-23"},
    condition(),
    *(observation(analyte) for analyte in CODES),
    *(observation(analyte, 90, when=OLDER) for analyte in CODES),
    observation("afp", 8, when="2026-01-03T08:00:00Z", status="cancelled"),
    observation("afp", 9, when="2026-01-04T08:00:00Z", subject={"reference": "Patient/p2"}),
    ecog(),
]
SUMMARY = (
    "HCC: higher-risk group, on regorafenib after sorafenib (SII 553.6, AFP 1250 ng/mL, both 2026-01-02); "
    "one study, n = 58"
)


@pytest.fixture(scope="module")
def record() -> Iterator[Peer]:
    with fhir_and_smart(RECORD, CLIENT_ID, PUBLIC_KEYS, [CALLBACK], require_token=False) as peer:
        yield peer


@pytest.fixture(scope="module")
def calculator(record: Peer, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    settings = f'open_fhir_servers = ["{record.base_url}"]\n'
    with listening() as listener, running(listener, tmp_path_factory.mktemp("calculator"), settings) as site:
        yield site


def test_client_fills_templates_from_the_ehr(calculator: Site, record: Peer) -> None:
    said = call_with_medplum(calculator.url, BODY, fhir_base=record.base_url)
    assert discovery_findings({"services": said["services"]}) == []
    assert [service["hook"] for service in said["services"]] == ["patient-view", "order-select", "order-sign"]
    prefetched = said["request"]["prefetch"]
    assert set(prefetched) == {*KEYS, OPTIONAL_KEY}
    assert _ids(prefetched["hcc"]) == ["carcinoma"]
    assert _ids(prefetched["afp"]) == ["afp-2026-01-03", "afp", "afp-2025-12-20"]
    assert answer_findings(said["response"]) == []
    (card,) = said["response"]["cards"]
    assert card["summary"] == SUMMARY
    assert "Read from the record: ECOG 1 (2026-01-02)." in card["detail"]
    assert "Quellenhaupt" not in str(said["response"])
    assert PATIENT not in calculator.log.text


@pytest.mark.parametrize(("hook", "selections"), [("order-select", ["MedicationRequest/m1"]), ("order-sign", None)])
def test_client_calls_the_hooks_about_orders(
    calculator: Site, record: Peer, hook: str, selections: list[str] | None
) -> None:
    context = orders_of(selections=selections, patientId=PATIENT)
    body = {**BODY, "hook": hook, "context": context}
    said = call_with_medplum(calculator.url, body, fhir_base=record.base_url)
    assert set(said["request"]["prefetch"]) == {*KEYS, OPTIONAL_KEY}
    assert said["request"]["context"]["draftOrders"] == context["draftOrders"]
    assert answer_findings(said["response"]) == []
    assert said["response"]["cards"][0]["summary"] == SUMMARY
    other = {**body, "context": orders_of(order({"text": "sorafenib"}), selections=selections, patientId=PATIENT)}
    assert call_with_medplum(calculator.url, other, fhir_base=record.base_url)["response"] == {"cards": []}


def test_missing_prefetch_is_fetched(calculator: Site, record: Peer) -> None:
    before = len(record.log())
    body = BODY | {"prefetch": {"hcc": {"resourceType": "Bundle", "entry": [{"resource": condition()}]}}}
    said = call_with_medplum(calculator.url, body | {"fhirServer": record.base_url})
    assert said["response"]["cards"][0]["summary"] == SUMMARY
    asked = [seen.path.partition("?")[0] for seen in record.log()[before:]]
    assert asked == ["/fhir/Observation"] * 4


def test_refusal_is_an_operation_outcome(calculator: Site) -> None:
    said = call_with_medplum(calculator.url, BODY | {"prefetch": {}})
    assert (said["refusal"]["status"], "response" in said) == (412, False)
    (issue,) = said["refusal"]["outcome"]["issue"]
    assert issue["code"] == "required"
    assert issue["details"]["text"] == "Required results were not supplied and could not be retrieved."
    absent = [f"prefetch.{key} is absent." for key in KEYS]
    assert issue["diagnostics"] == " ".join([*absent, "No fhirServer was sent."])


def test_malformed_call_is_refused(calculator: Site) -> None:
    said = call_with_medplum(calculator.url, BODY | {"hookInstance": "x", "prefetch": {"afp": None}})
    assert said["refusal"]["status"] == 400
    assert said["refusal"]["outcome"]["issue"][0]["expression"] == ["hookInstance"]


def test_client_can_sign_its_calls(record: Peer, tmp_path: Path) -> None:
    key_file(tmp_path)
    entry = client_entry(ISSUER, 'jwks_file = "keys.json"')
    with listening() as listener, running(listener, tmp_path, entry) as site:
        once = signed(SERVICE, {"aud": address_of(listener) + SERVICE})
        first, again = (_call_signed(site, record, once) for _ in range(2))
    assert first["response"]["cards"][0]["summary"] == SUMMARY
    # A token is valid once, and the refusal gives no reason.
    assert again["refusal"]["status"] == 401


def _call_signed(site: Site, record: Peer, token: str) -> dict[str, Any]:
    discovery = signed(DISCOVERY, {"aud": site.url + DISCOVERY})
    return call_with_medplum(site.url, BODY, fhir_base=record.base_url, tokens=(discovery, token))


def _ids(bundle: Json) -> list[str]:
    return [entry["resource"]["id"] for entry in bundle["entry"]]
