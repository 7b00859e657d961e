"""Every refusal has its status and an OperationOutcome, and repeats nothing that was sent."""

import json
from typing import Any

import httpx2
import pytest
from starlette.testclient import TestClient

from tests.lib.cds_hooks.calls import DISCOVERY, FEEDBACK, INSTANCE, SERVICE, Json, ask, call, without
from tests.lib.clients import client_with
from tests.lib.fhir.patient_records import PATIENT

JSON = {"content-type": "application/json"}
SECRET = "zq-secret-7781"  # noqa: S105 - of a test
CONTEXT = {"userId": "Practitioner/clinician", "patientId": PATIENT}
AUTHORIZED = {"fhirServer": "https://ehr.example/fhir"}
TOKEN = {"token_type": "Bearer", "expires_in": 300, "scope": "patient/*.rs", "subject": "calculator"}


def issue_of(answer: httpx2.Response, status: int) -> Json:
    """The one issue of a refusal."""
    assert (answer.status_code, answer.headers["content-type"]) == (status, "application/fhir+json")
    assert answer.headers["cache-control"] == "no-store"
    outcome = answer.json()
    assert set(outcome) == {"resourceType", "issue"}
    assert outcome["resourceType"] == "OperationOutcome"
    (issue,) = outcome["issue"]
    assert issue["severity"] == "error"
    return dict(issue)


@pytest.mark.parametrize("interface", [SERVICE, FEEDBACK])
@pytest.mark.parametrize(
    "text",
    ["", "{", '{"hook": "patient-view"', "[1,]", '{"a": 1, "a": 2}', "NaN", f'"{SECRET}', b"\xff\xfe", "[" * 100000],
    ids=["nothing", "cut off", "cut off later", "comma", "name twice", "not a number", "text", "no UTF-8", "too deep"],
)
def test_body_that_is_not_json_is_refused(client: TestClient, interface: str, text: str | bytes) -> None:
    answer = client.post(interface, content=text, headers=JSON)
    assert issue_of(answer, 400)["code"] == "invalid"
    assert SECRET not in answer.text


@pytest.mark.parametrize("body", [[call()], "call", 5, None, True], ids=repr)
@pytest.mark.parametrize("interface", [SERVICE, FEEDBACK])
def test_body_that_is_not_an_object_is_refused(client: TestClient, interface: str, body: Any) -> None:
    answer = client.post(interface, content=json.dumps(body), headers=JSON)
    assert issue_of(answer, 400)["code"] == "invalid"


WRONG: dict[str, tuple[Json, str]] = {
    "no hook": (call(hook=None), "hook"),
    "another hook": (call(hook=SECRET), "hook"),
    "a hook of a list": (call(hook=["patient-view"]), "hook"),
    "no instance": (call(hookInstance=None), "hookInstance"),
    "an instance that is no UUID": (call(hookInstance=SECRET), "hookInstance"),
    "an instance in braces": (call(hookInstance=f"{{{INSTANCE}}}"), "hookInstance"),
    "an instance without hyphens": (call(hookInstance=INSTANCE.replace("-", "")), "hookInstance"),
    "an instance that is a number": (call(hookInstance=5), "hookInstance"),
    "no context": (call(context=None), "context"),
    "a context of a text": (call(context=SECRET), "context"),
    "no patient": (call(context={"userId": SECRET}), "context.patientId"),
    "no user": (call(context={"patientId": SECRET}), "context.userId"),
    "an empty user": (call(context={**CONTEXT, "userId": ""}), "context.userId"),
    "a patient that is a number": (call(context={**CONTEXT, "patientId": 7781}), "context.patientId"),
    "a prefetch of a list": (call(prefetch=[SECRET]), "prefetch"),
    "a prefetch of a text": (call(prefetch=SECRET), "prefetch"),
    "a server with a password": (call(fhirServer=f"https://u:{SECRET}@ehr.example"), "fhirServer"),
    "a server that is a number": (call(fhirServer=7781), "fhirServer"),
    "authorization without token": (call(**AUTHORIZED, fhirAuthorization=TOKEN), "fhirAuthorization"),
    "authorization of a text": (call(**AUTHORIZED, fhirAuthorization=SECRET), "fhirAuthorization"),
    "an empty token": (call(**AUTHORIZED, fhirAuthorization={**TOKEN, "access_token": ""}), "fhirAuthorization"),
    "a token with a line end": (
        call(**AUTHORIZED, fhirAuthorization={**TOKEN, "access_token": f"{SECRET}\r\nX: y"}),
        "fhirAuthorization",
    ),
    "authorization without server": (call(fhirAuthorization={**TOKEN, "access_token": SECRET}), "fhirServer"),
}


@pytest.mark.parametrize(("body", "element"), WRONG.values(), ids=WRONG)
def test_malformed_call_names_the_element(client: TestClient, body: Json, element: str) -> None:
    answer = ask(client, body)
    issue = issue_of(answer, 400)
    assert (issue["code"], issue["expression"]) == ("invalid", [element])
    assert SECRET not in answer.text
    assert "7781" not in answer.text


@pytest.mark.parametrize("scheme", ["HTTP", "ftp", "ws", ""])
def test_server_without_http_is_always_refused(client: TestClient, scheme: str) -> None:
    answer = ask(client, call(fhirServer=f"{scheme}://{SECRET}.example/fhir"))
    issue = issue_of(answer, 400)
    assert (issue["code"], issue["expression"]) == ("invalid", ["fhirServer"])
    assert SECRET not in answer.text


@pytest.mark.parametrize(
    "patient",
    ["p1&x", "p1?x", "../", "p1/../p2", "p1,p2", "p1|p2", "p1\n", "p1 p2", "p%31", "p1#", "{{p1}}", "é", "_", "p" * 65],
    ids=repr,
)
def test_unsafe_patient_id_is_refused(client: TestClient, patient: str) -> None:
    answer = ask(client, call(context={**CONTEXT, "patientId": patient}))
    assert issue_of(answer, 400)["expression"] == ["context.patientId"]
    assert patient not in answer.text


def test_longest_patient_id_is_accepted(client: TestClient) -> None:
    assert ask(client, call(context={**CONTEXT, "patientId": "p" * 64})).status_code == 200


@pytest.mark.parametrize("instance", [INSTANCE, INSTANCE.upper()])
def test_uuid_may_be_written_in_either_case(client: TestClient, instance: str) -> None:
    assert ask(client, call(hookInstance=instance)).status_code == 200


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", f"{DISCOVERY}/{SECRET}"),
        ("GET", f"{DISCOVERY}/{SECRET}"),
        ("POST", f"{DISCOVERY}/{SECRET}/feedback"),
        ("POST", f"{SERVICE}/{SECRET}"),
        ("POST", f"{FEEDBACK}/{SECRET}"),
    ],
)
def test_unknown_service_is_404(client: TestClient, method: str, path: str) -> None:
    answer = client.request(method, path, json=call() if method == "POST" else None)
    assert issue_of(answer, 404)["code"] == "not-found"
    assert SECRET not in answer.text


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [
        ("GET", SERVICE, "POST"),
        ("PUT", SERVICE, "POST"),
        ("DELETE", FEEDBACK, "POST"),
        ("GET", FEEDBACK, "POST"),
        ("POST", DISCOVERY, "GET, HEAD"),
    ],
)
def test_wrong_method_is_405_with_allow(client: TestClient, method: str, path: str, allowed: str) -> None:
    answer = client.request(method, path)
    assert issue_of(answer, 405)["code"] == "not-supported"
    assert sorted(answer.headers["allow"].split(", ")) == sorted(allowed.split(", "))


@pytest.mark.parametrize("interface", [SERVICE, FEEDBACK])
@pytest.mark.parametrize("is_told", [True, False], ids=["length told", "length not told"])
def test_body_over_the_limit_is_413(interface: str, is_told: bool) -> None:
    text = json.dumps({"remark": SECRET * 200}).encode()
    with client_with(record_body_limit_bytes=2000) as client:
        content = text if is_told else iter([text])
        answer = client.post(interface, content=content, headers=JSON)
    assert issue_of(answer, 413)["code"] == "too-long"
    assert SECRET not in answer.text


@pytest.mark.parametrize("interface", [SERVICE, FEEDBACK])
@pytest.mark.parametrize("media", ["application/fhir+json", "text/json", "application/xml", ""])
def test_another_media_type_is_415(client: TestClient, interface: str, media: str) -> None:
    answer = client.post(interface, content=json.dumps(call()), headers={"content-type": media})
    assert issue_of(answer, 415)["code"] == "not-supported"


def test_412_does_not_name_the_patient(client: TestClient) -> None:
    answer = ask(client, call(without("afp"), context={**CONTEXT, "patientId": SECRET}))
    assert issue_of(answer, 412)["code"] == "required"
    assert SECRET not in answer.text
