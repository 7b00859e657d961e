"""Calls without credentials, the answers to refused callers, the operator's log, and the audit line."""

import json
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from app.auth.api_keys import new_key
from app.core.fitted_model import FittedModel
from tests.lib.cds_hooks.calls import INSTANCE
from tests.lib.clients import client_with
from tests.lib.fhir.patient_records import PATIENT
from tests.lib.interfaces import ASSESSMENTS, HCC_RISK, HOOKS, INTERFACES, VALUES, Interface, call, tells_nothing
from tests.lib.logs import LogLines
from tests.lib.signing_ehr import ISSUER, PUBLIC_URL, client_entry, key_file, signed

EVERY = pytest.mark.parametrize("interface", INTERFACES, ids=str)
HOW_TO = "Make a key with 'sii-afp key NAME'"


def how_to_lines(log: LogLines) -> int:
    return sum(HOW_TO in line for line in log.text.splitlines())


def site(folder: Path, scopes: list[str]) -> Path:
    key_file(folder)
    file = folder / "site.toml"
    file.write_text(client_entry(ISSUER, 'jwks_file = "keys.json"', scopes), "utf-8")
    return file


@EVERY
@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "::1"])
def test_loopback_service_needs_no_credentials(interface: Interface, host: str) -> None:
    assert call(client_with(host=host), interface).status_code == 200


@EVERY
@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.0.2.1", "calculator.example"])  # noqa: S104 - what is tested
def test_public_service_requires_credentials(interface: Interface, host: str, log: LogLines) -> None:
    assert tells_nothing(call(client_with(host=host), interface), interface)
    assert how_to_lines(log) == 1
    assert log.of("not admitted")[0]["error"] == "no credentials"


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/report",
        "/evidence",
        "/instructions",
        "/api",
        "/static/style.css",
        "/health/live",
        "/health/ready",
        "/metrics",
        "/api/v1/model",
        "/api/v1/groups",
        "/api/v1/groups/low/curve.json",
        "/openapi.json",
        "/cds-services",
        "/fhir/metadata",
        "/fhir/OperationDefinition/hcc-risk",
    ],
)
def test_paths_without_patient_data_stay_open(path: str) -> None:
    assert client_with(host="0.0.0.0").get(path).status_code == 200  # noqa: S104 - what is tested


def test_form_needs_no_credentials() -> None:
    fields = {f"{name}_unit": "10*9/L" for name in ("neutrophils", "lymphocytes", "platelets")} | {"afp_unit": "ng/mL"}
    fields |= dict(zip(("neutrophils", "lymphocytes", "platelets", "afp"), VALUES, strict=True))
    answer = client_with(host="0.0.0.0").post("/", data=fields)  # noqa: S104 - what is tested
    assert (answer.status_code, "Higher-risk group" in answer.text) == (200, True)


@EVERY
def test_setting_allows_anonymous_calls(interface: Interface, log: LogLines) -> None:
    client = client_with(host="0.0.0.0", anonymous_calls=True)  # noqa: S104 - what is tested
    assert call(client, interface).status_code == 200
    assert log.of("request")[-1]["caller"] == "anonymous"
    assert how_to_lines(log) == 0


@EVERY
@pytest.mark.parametrize("host", ["127.0.0.1", "0.0.0.0"])  # noqa: S104 - what is tested
@pytest.mark.parametrize("headers", [{"x-api-key": "wrong"}, {"authorization": "Bearer wrong"}], ids=["key", "bearer"])
def test_wrong_credentials_are_always_refused(interface: Interface, host: str, headers: dict[str, str]) -> None:
    assert tells_nothing(call(client_with(host=host, anonymous_calls=True), interface, headers), interface)


@EVERY
def test_key_file_closes_interfaces_on_loopback_too(tmp_path: Path, interface: Interface, log: LogLines) -> None:
    file = tmp_path / "keys"
    file.write_text("", "utf-8")
    assert tells_nothing(call(client_with(api_keys_file=file), interface), interface)
    assert how_to_lines(log) == 0


@EVERY
@pytest.mark.parametrize("scopes", [["hooks"], ["api"]], ids=str)
def test_one_client_closes_all_interfaces_to_others(tmp_path: Path, interface: Interface, scopes: list[str]) -> None:
    assert tells_nothing(call(client_with(integration_file=site(tmp_path, scopes)), interface), interface)


def test_discovery_needs_no_signature(tmp_path: Path) -> None:
    assert client_with(integration_file=site(tmp_path, ["hooks"])).get("/cds-services").status_code == 200


@EVERY
@pytest.mark.parametrize("kind", ["anonymous", "key", "token", "refused"])
def test_audit_line_names_caller_but_not_patient(
    tmp_path: Path, fitted: FittedModel, interface: Interface, kind: str, log: LogLines
) -> None:
    key, line = new_key("tumour-board")
    (tmp_path / "keys").write_text(line, "utf-8")
    with client_with(
        host="0.0.0.0",  # noqa: S104 - what is tested
        anonymous_calls=kind == "anonymous",
        public_url=PUBLIC_URL,
        api_keys_file=tmp_path / "keys",
        integration_file=site(tmp_path, ["hooks", "api"]),
    ) as client:
        token = signed(interface.path)  # after the start: an older one may have been used before it
        credentials = {"key": key, "token": token, "refused": f"{key}x"}.get(kind)
        answer = call(client, interface, {"authorization": f"Bearer {credentials}"} if credentials else {})
    (line_written,) = log.of("request")
    is_admitted = kind in ("anonymous", "token") or (kind == "key" and not interface.is_hooks)
    caller = {"anonymous": "anonymous", "key": "tumour-board", "token": ISSUER}.get(kind) if is_admitted else None
    assert (answer.status_code, line_written.get("caller")) == (200 if is_admitted else 401, caller)
    logged = {name: line_written[name] for name in ("method", "route", "status", "model", "level")}
    expected: dict[str, Any] = {
        "method": "POST",
        "route": interface.path,
        "status": answer.status_code,
        "level": "info",
    }
    assert logged == {**expected, "model": fitted.digest}
    assert line_written["duration_ms"] > 0
    assert line_written["request_id"] == answer.headers["x-request-id"]
    assert line_written.get("hook_instance") == (INSTANCE if interface is HOOKS and is_admitted else None)
    assert not [secret for secret in (*VALUES, "553.6", key, token, "clinician") if secret in log.text]
    assert not [secret for secret in (PATIENT, "patient-of-the-call", "a-card") if json.dumps(secret) in log.text]


@pytest.mark.parametrize("interface", [ASSESSMENTS, HCC_RISK, HOOKS], ids=str)
def test_value_errors_are_only_for_admitted_callers(interface: Interface) -> None:
    client: TestClient = client_with(host="0.0.0.0")  # noqa: S104 - what is tested
    for content in (b"{", b"[]", b"\xff", b"x" * 20_000):
        answer = client.post(interface.path, content=content, headers={"content-type": "application/json"})
        assert answer.status_code == (413 if len(content) > 16_384 and interface is ASSESSMENTS else 401)
