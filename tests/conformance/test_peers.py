"""The peers behave like an EHR and a CDS client, so that tests with them are meaningful."""

from collections.abc import Iterator
from typing import Any

import httpx2
import pytest
from joserfc import jwt
from joserfc.jwk import RSAKey

from tests.lib.fhir.examples import concept, observation
from tests.lib.peers import start
from tests.lib.peers.canned_site import canned_site
from tests.lib.peers.smart_app import CALLBACK, CLIENT_ID, PUBLIC_KEYS, SCOPE, STRANGERS_KEY, SmartApp
from tests.lib.peers.start import Peer, call_with_medplum, fhir_and_smart

NEUTROPHILS = "http://loinc.org|751-8,http://loinc.org|26499-4"


RESOURCES = [
    {"resourceType": "Patient", "id": "p1", "name": [{"family": "One"}]},
    {"resourceType": "Patient", "id": "p2", "name": [{"family": "Two"}]},
    observation("neutrophils", id="oldest", when="2025-12-01T08:00:00Z"),
    observation("neutrophils", id="newest", code=concept("26499-4")),
    observation("neutrophils", id="middle", when="2025-12-24T08:00:00Z"),
    observation("platelets"),
    observation("neutrophils", id="of-another", when="2026-01-03T08:00:00Z", subject={"reference": "Patient/p2"}),
]

SERVICE = {
    "hook": "patient-view",
    "id": "risk",
    "description": "A risk",
    "prefetch": {
        "neutrophils": f"Observation?patient={{{{context.patientId}}}}&code={NEUTROPHILS}&_sort=-date&_count=2",
        "patient": "Patient/{{context.patientId}}",
        "encounter": "Encounter/{{context.encounterId}}",
    },
}
BODY = {"hook": "patient-view", "context": {"userId": "Practitioner/clinician", "patientId": "p1"}}


@pytest.fixture(scope="module")
def ehr() -> Iterator[Peer]:
    with fhir_and_smart(RESOURCES, CLIENT_ID, PUBLIC_KEYS, [CALLBACK], require_token=True) as peer:
        yield peer


@pytest.fixture(scope="module")
def open_ehr() -> Iterator[Peer]:
    with fhir_and_smart(RESOURCES, CLIENT_ID, PUBLIC_KEYS, [CALLBACK], require_token=False) as peer:
        yield peer


@pytest.fixture
def app(ehr: Peer) -> SmartApp:
    return SmartApp(ehr)


@pytest.mark.parametrize("patient", ["p1", "Patient/p1"])
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_search_returns_newest_of_patient_and_codes(open_ehr: Peer, method: str, patient: str) -> None:
    query = {"patient": patient, "code": NEUTROPHILS, "_sort": "-date", "_count": "2"}
    if method == "GET":
        answer = httpx2.get(f"{open_ehr.base_url}/Observation", params=query)
    else:
        answer = httpx2.post(f"{open_ehr.base_url}/Observation/_search", data=query)
    assert answer.headers["content-type"] == "application/fhir+json"
    assert [entry["resource"]["id"] for entry in answer.json()["entry"]] == ["newest", "middle"]


def test_empty_search_is_a_bundle_without_entries(open_ehr: Peer) -> None:
    bundle = httpx2.get(f"{open_ehr.base_url}/Condition", params={"patient": "p1"}).json()
    assert (bundle["resourceType"], bundle["total"], "entry" in bundle) == ("Bundle", 0, False)


def test_unknown_resource_is_an_operation_outcome(open_ehr: Peer) -> None:
    answer = httpx2.get(f"{open_ehr.base_url}/Patient/nobody")
    assert (answer.status_code, answer.json()["resourceType"]) == (404, "OperationOutcome")


@pytest.mark.parametrize("token", [None, "invented"])
def test_request_without_valid_token_is_refused(ehr: Peer, token: str | None) -> None:
    assert _ask(ehr, token, "GET", "Observation?patient=p1").status_code == 401
    seen = ehr.log()[-1]
    assert (seen.method, seen.path, seen.status) == ("GET", "/fhir/Observation?patient=p1", 401)
    assert seen.has_token == (token is not None)


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "Patient/p1", 200),
        ("GET", "Observation?patient=p1", 200),
        ("GET", "Patient/p2", 403),
        ("GET", "Observation?patient=p2", 403),
        ("GET", "Observation", 403),
        ("GET", "Condition?patient=p1", 403),
        ("PUT", "Patient/p1", 403),
    ],
)
def test_token_is_limited_to_scopes_and_patient(ehr: Peer, method: str, path: str, status: int) -> None:
    token = ehr.issue_token("patient/Patient.r patient/Observation.rs", "p1")
    assert _ask(ehr, token, method, path).status_code == status


def test_created_assessment_is_stored_for_its_patient(ehr: Peer) -> None:
    token = ehr.issue_token("patient/RiskAssessment.c", "p1")
    written = {"resourceType": "RiskAssessment", "status": "preliminary", "subject": {"reference": "Patient/p1"}}
    answer = _ask(ehr, token, "POST", "RiskAssessment", written)
    of_another = written | {"subject": {"reference": "Patient/p2"}}
    assert _ask(ehr, token, "POST", "RiskAssessment", of_another).status_code == 403
    (stored,) = ehr.stored("RiskAssessment")
    assert stored.items() > written.items()
    assert (answer.status_code, answer.headers["location"]) == (
        201,
        f"{ehr.base_url}/RiskAssessment/{stored['id']}",
    )


def test_configuration_suits_confidential_pkce_client(ehr: Peer) -> None:
    configuration = httpx2.get(f"{ehr.base_url}/.well-known/smart-configuration").json()
    assert configuration["issuer"] == ehr.origin
    assert configuration["code_challenge_methods_supported"] == ["S256"]
    assert configuration["token_endpoint_auth_signing_alg_values_supported"] == ["ES384", "RS384"]
    needed = {"launch-ehr", "launch-standalone", "client-confidential-asymmetric", "permission-v2"}
    assert needed <= set(configuration["capabilities"])
    (key,) = httpx2.get(configuration["jwks_uri"]).json()["keys"]
    assert (key["kty"], "d" in key) == ("RSA", False)


@pytest.mark.parametrize("algorithm", ["ES384", "RS384"])
def test_ehr_launch_token_is_for_patient_in_context(ehr: Peer, app: SmartApp, algorithm: str) -> None:
    token = app.token(app.code("p2"), algorithm)
    assert (token["patient"], token["need_patient_banner"], token["token_type"]) == ("p2", True, "Bearer")
    assert set(token["scope"].split()) == set(SCOPE.split())
    assert token["expires_in"] == 300
    assert _ask(ehr, token["access_token"], "GET", "Patient/p2").json()["name"] == [{"family": "Two"}]


def test_identity_token_names_the_clinician(ehr: Peer, app: SmartApp) -> None:
    (key,) = httpx2.get(f"{ehr.origin}/jwks").json()["keys"]
    token = app.token(app.code())["id_token"]
    claims = jwt.decode(token, RSAKey.import_key(key), algorithms=["RS256"]).claims
    assert (claims["iss"], claims["aud"]) == (ehr.origin, CLIENT_ID)
    assert claims["fhirUser"] == f"{ehr.base_url}/Practitioner/clinician"


def test_standalone_token_is_for_the_chosen_patient(app: SmartApp) -> None:
    returned = app.authorize({"scope": "launch/patient openid patient/Observation.rs"})
    assert app.token(returned["code"])["patient"] == "p1"


def test_one_browser_can_launch_for_several_patients(app: SmartApp) -> None:
    with httpx2.Client() as browser:
        codes = [app.code(patient, browser) for patient in ("p1", "p2")]
    assert [app.token(code)["patient"] for code in codes] == ["p1", "p2"]


def test_client_keys_can_be_published() -> None:
    with (
        canned_site({"/jwks.json": PUBLIC_KEYS}) as site,
        fhir_and_smart(RESOURCES, CLIENT_ID, f"{site.address}/jwks.json", [CALLBACK], require_token=True) as ehr,
    ):
        app = SmartApp(ehr)
        assert app.token(app.code())["patient"] == "p1"
    assert [asked.path for asked in site.asked] == ["/jwks.json"]


@pytest.mark.parametrize(
    "wrong",
    [
        {"key": STRANGERS_KEY},
        {"claims": {"aud": "http://127.0.0.1:1/token"}},
        {"claims": {"exp": 1}},
        {"claims": {"iss": "another"}},
    ],
    ids=["key", "audience", "expiry", "issuer"],
)
def test_wrong_assertion_is_refused(app: SmartApp, wrong: dict[str, Any]) -> None:
    assert _refusal(app.redeem(app.code(), app.assertion(**wrong))) == (401, "invalid_client")


def test_absent_assertion_is_refused(app: SmartApp) -> None:
    assert _refusal(app.redeem(app.code(), None)) == (401, "invalid_client")


def test_assertion_is_valid_once(app: SmartApp) -> None:
    assertion = app.assertion()
    assert app.redeem(app.code(), assertion).status_code == 200
    assert _refusal(app.redeem(app.code(), assertion)) == (401, "invalid_client")


def test_code_is_valid_once(app: SmartApp) -> None:
    code = app.code()
    app.token(code)
    assert _refusal(app.redeem(code, app.assertion())) == (400, "invalid_grant")


def test_wrong_verifier_is_refused(app: SmartApp) -> None:
    answer = app.redeem(app.code(), app.assertion(), verifier="another-verifier-that-is-longer-than-43-characters")
    assert _refusal(answer) == (400, "invalid_grant")


@pytest.mark.parametrize(
    "changed",
    [
        {"code_challenge": None, "code_challenge_method": None},
        {"code_challenge_method": "plain"},
        {"aud": "http://127.0.0.1:1/fhir"},
        {"aud": None},
        {"launch": "unknown"},
        {"launch": None},
    ],
    ids=["no PKCE", "plain PKCE", "wrong aud", "no aud", "unknown launch", "no launch"],
)
def test_authorization_that_is_not_smart_is_refused(ehr: Peer, app: SmartApp, changed: dict[str, str | None]) -> None:
    returned = app.authorize({"launch": ehr.launch("p1")} | changed)
    assert (returned["error"], "code" in returned) == ("invalid_request", False)


def test_hooks_client_fills_templates_and_calls(open_ehr: Peer) -> None:
    answers = {"/cds-services": {"services": [SERVICE]}, "/cds-services/risk": {"cards": []}}
    with canned_site(answers) as site:
        said = call_with_medplum(site.address, BODY, fhir_base=open_ehr.base_url, tokens=("one", "two"))
    assert (said["services"], said["response"]) == ([SERVICE], {"cards": []})
    discovery, call = site.asked
    assert (discovery.method, discovery.headers["authorization"]) == ("GET", "Bearer one")
    assert (call.method, call.headers["authorization"]) == ("POST", "Bearer two")
    assert call.headers["content-type"] == "application/json"
    assert call.body == said["request"]
    prefetch = call.body["prefetch"]
    assert [entry["resource"]["id"] for entry in prefetch["neutrophils"]["entry"]] == ["newest", "middle"]
    assert (prefetch["patient"]["id"], prefetch["encounter"]) == ("p1", None)


def test_hooks_client_sends_given_prefetch_unchanged() -> None:
    body = BODY | {"hookInstance": "a9e5e5c0-6b0e-4c0f-9a3c-1f5e9a2b7d10", "prefetch": {"patient": None}}
    answers = {"/cds-services": {"services": [SERVICE]}, "/cds-services/risk": {"cards": []}}
    with canned_site(answers) as site:
        call_with_medplum(site.address, body)
    assert site.asked[-1].body == body


def test_hooks_client_reports_a_refusal() -> None:
    with canned_site({"/cds-services": {"services": [SERVICE]}}) as site:
        said = call_with_medplum(site.address, BODY | {"prefetch": {}})
    assert (said["refusal"]["status"], "response" in said) == (404, False)


def test_missing_packages_error_names_the_command(monkeypatch: pytest.MonkeyPatch, tmp_path: Any) -> None:
    monkeypatch.setattr(start, "_HERE", tmp_path)
    with pytest.raises(RuntimeError, match="npm ci --prefix tests/lib/peers"):
        call_with_medplum("http://127.0.0.1:1", {})


def _ask(ehr: Peer, token: str | None, method: str, path: str, body: Any = None) -> httpx2.Response:
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    return httpx2.request(method, f"{ehr.base_url}/{path}", headers=headers, json=body)


def _refusal(answer: httpx2.Response) -> tuple[int, str]:
    return answer.status_code, answer.json()["error"]
