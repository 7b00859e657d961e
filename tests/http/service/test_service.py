"""The service as a whole: errors of one shape, headers on every answer, logs without values, the self-test."""

import json
import logging
import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from pydantic import TypeAdapter
from starlette.testclient import TestClient

from app.artefact.reference_vectors import read_vectors
from app.config.logs import KEYS, configure_logging
from app.config.settings import Settings, load_settings
from app.core.errors import ConfigurationError
from app.core.fitted_model import FittedModel
from app.main import create_app
from app.web.api.group_responses import GroupCurveOut, GroupsOut
from app.web.problems import PROBLEMS, ProblemOut
from tests.lib.clients import HOST, Body, client_with

JSON = {"content-type": "application/json"}
FORM = {"content-type": "application/x-www-form-urlencoded"}


@pytest.mark.parametrize(
    ("method", "path", "options", "status", "name"),
    [
        ("POST", "/api/v1/assessments", {"content": "{", "headers": JSON}, 400, "malformed"),
        ("GET", "/api/v1/model", {"headers": {"host": "elsewhere.test"}}, 400, "host"),
        ("GET", "/api/v1/model", {"headers": {"host": "a/b?c"}}, 400, "host"),
        ("GET", "/api/v1/model", {"headers": {"host": ""}}, 400, "host"),
        ("POST", "/", {"content": "", "headers": {**FORM, "sec-fetch-site": "cross-site"}}, 403, "cross-site"),
        ("POST", "/", {"content": "", "headers": {**FORM, "origin": "https://elsewhere.test"}}, 403, "cross-site"),
        ("GET", "/nothing", {}, 404, "not-found"),
        ("POST", "/api/v1/assessments/", {"content": "{}", "headers": JSON}, 404, "not-found"),
        ("GET", "/evidence/", {}, 404, "not-found"),
        ("GET", "/api/v1/groups/best/curve.json", {}, 404, "not-found"),
        ("GET", "/static/../settings.py", {}, 404, "not-found"),
        ("PUT", "/api/v1/assessments", {}, 405, "method"),
        ("POST", "/api/v1/assessments", {"content": " " * 16385, "headers": JSON}, 413, "too-large"),
        ("POST", "/api/v1/assessments", {"content": iter([b" " * 9000] * 2), "headers": JSON}, 413, "too-large"),
        ("POST", "/api/v1/assessments", {"content": "{}", "headers": {"content-type": "text/json"}}, 415, "media-type"),
        ("POST", "/api/v1/assessments", {"headers": {**JSON, "content-encoding": "gzip"}}, 415, "content-encoding"),
        ("POST", "/", {"headers": {**FORM, "content-encoding": "br"}}, 415, "content-encoding"),
        ("POST", "/api/v1/assessments", {"content": "{}", "headers": JSON}, 422, "invalid"),
    ],
)
def test_each_refusal_has_the_same_shape(
    client: TestClient, method: str, path: str, options: dict[str, Any], status: int, name: str
) -> None:
    response = client.request(method, path, **options)
    assert (response.status_code, response.headers["content-type"]) == (status, "application/problem+json")
    problem = TypeAdapter(ProblemOut).validate_python(response.json())
    assert (problem["type"], problem["status"]) == (f"/problems#{name}", status)
    assert problem["title"] in {known.title for known in PROBLEMS}
    assert "Traceback" not in response.text


def test_429_has_retry_after() -> None:
    with client_with(rate_limit_per_minute=2) as client:
        answers = [client.get("/api/v1/groups") for _ in range(3)]
        assert [answer.status_code for answer in answers] == [200, 200, 429]
        assert answers[2].json()["type"] == "/problems#rate"
        assert 1 <= int(answers[2].headers["retry-after"]) <= 61
        assert client.get("/health/live").status_code == 200


def test_checks_while_typing_have_their_own_limit() -> None:
    with client_with(rate_limit_per_minute=2) as client:
        checks = [client.post("/check", content="", headers=FORM).status_code for _ in range(21)]
        assert checks == [200] * 20 + [429]
        assert [client.get("/").status_code for _ in range(3)] == [200, 200, 429]
    with client_with(rate_limit_per_minute=2) as client:
        assert [client.get("/").status_code for _ in range(3)] == [200, 200, 429]
        assert client.post("/check", content="", headers=FORM).status_code == 200


def test_internal_failure_hides_its_cause(body: Body) -> None:
    def fail() -> datetime:
        raise RuntimeError("secret detail")

    with client_with(clock=fail) as client:
        response = client.post("/api/v1/assessments", json=body)
    assert (response.status_code, response.json()["type"]) == (500, "/problems#internal")
    assert "secret" not in response.text


def test_failed_self_test_gives_no_answers() -> None:
    right, other = read_vectors(about=2)[:2]
    with client_with(vectors=[right, {**other, "km6": "0.999"}]) as client:
        for path in ("/health/ready", "/api/v1/model", "/api/v1/groups/low/curve.png"):
            response = client.get(path)
            assert (response.status_code, response.json()["type"]) == (503, "/problems#not-ready")
        assert client.post("/api/v1/assessments", json={}).status_code == 503
        assert client.get("/").status_code == 503
        assert client.get("/health/live").status_code == 200


def test_self_test_without_vectors_fails() -> None:
    with client_with(vectors=[]) as client:
        assert [client.get(path).status_code for path in ("/health/ready", "/api/v1/model")] == [503, 503]


def test_readiness_names_model_and_vectors(client: TestClient, fitted: FittedModel) -> None:
    ready = client.get("/health/ready").json()
    assert (ready["status"], ready["digest"], ready["vectors_replayed"]) == ("ready", fitted.digest, 100)


def test_groups_and_their_curves_are_linked(client: TestClient, fitted: FittedModel) -> None:
    groups = TypeAdapter(GroupsOut).validate_python(client.get("/api/v1/groups").json())["groups"]
    assert [(group["id"], group["n"]) for group in groups] == [("low", 14), ("intermediate", 27), ("high", 17)]
    for group in groups:
        links = group["links"]
        curve = TypeAdapter(GroupCurveOut).validate_python(client.get(links["json"]).json())["curve"]
        assert tuple(curve["survival"]) == fitted.kaplan_meier[group["id"]].band.survival
        svg = client.get(links["svg"])
        assert svg.headers["content-type"].startswith("image/svg+xml")
        assert "<title" in svg.text
        png = client.get(links["png"])
        assert png.headers["content-type"] == "image/png"
        assert png.content.startswith(b"\x89PNG\r\n")


def test_picture_of_a_curve_has_a_name_and_a_cell(client: TestClient) -> None:
    for form in ("svg", "png"):
        path = f"/api/v1/groups/intermediate/curve.{form}"
        plain, first, second = (client.get(f"{path}{cell}") for cell in ("", "?cell=sii_only", "?cell=afp_only"))
        assert len({plain.content, first.content, second.content}) == 3
        start = 'inline; filename="hcc-regorafenib-after-sorafenib-sii-afp-middle-risk-group'
        assert plain.headers["content-disposition"] == f'{start}.{form}"'
        assert second.headers["content-disposition"] == f'{start}-cox-sii-low-afp-high.{form}"'
        for cell in ("both", "", "none"):
            assert client.get(f"{path}?cell={cell}").status_code == 404


def test_model_is_returned_unchanged(client: TestClient, fitted: FittedModel) -> None:
    assert client.get("/api/v1/model").json() == json.loads(fitted.text)


@pytest.mark.parametrize(
    "path",
    [
        *("/", "/report", "/evidence", "/instructions", "/api", "/problems"),
        *("/api/v1/model", "/health/ready", "/metrics", "/nothing", "/openapi.json"),
    ],
)
def test_answers_have_security_headers_and_no_store(client: TestClient, path: str) -> None:
    headers = client.get(path).headers
    policy = headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "same-origin"
    assert headers["cache-control"] == "no-store"
    assert "server" not in headers


def test_static_files_are_cached_by_digest(client: TestClient) -> None:
    addresses = re.findall(r'(?:href|src)="\./(static/[^"]+)"', client.get("/").text)
    assert addresses
    for address in addresses:
        response = client.get(f"/{address}")
        assert response.status_code == 200
        assert "immutable" in response.headers["cache-control"]


@contextmanager
def logging_as_served() -> Iterator[None]:
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    queue = configure_logging("debug")
    yield
    root.handlers[:], root.level = handlers, level
    queue.finish(10)


def test_logs_hold_allowed_keys_and_no_value(capfd: pytest.CaptureFixture[str], body: Body) -> None:
    body["neutrophils"]["value"] = 4.7391
    body["afp"]["value"] = 620.8317
    form = "&".join(f"{name}=4.7391&{name}_unit=10*9/L" for name in ("neutrophils", "lymphocytes", "platelets"))
    with logging_as_served(), client_with(log_level="debug") as client:
        client.post("/api/v1/assessments", json=body)
        client.post("/api/v1/assessments", json={**body, "platelets": {"value": 4.7391}})
        client.post("/api/v1/assessments?afp=620.8317", content="620.8317", headers=JSON)
        client.post("/", content=form, headers=FORM)
        client.get("/4.7391")
    lines = [json.loads(line) for line in capfd.readouterr().out.splitlines()]
    requests = [line for line in lines if line["event"] == "request"]
    assert [line["status"] for line in requests] == [200, 422, 422, 422, 404]
    assert all(set(line) <= set(KEYS) for line in lines)
    assert not re.search(r"4\.7391|620\.8317", json.dumps(lines))


def test_metrics_count_by_route_and_hold_no_value(client: TestClient, body: Body) -> None:
    body["afp"]["value"] = 620.8317
    client.post("/api/v1/assessments", json=body)
    text = client.get("/metrics").text
    assert 'route="/api/v1/assessments",status="200"' in text
    assert "620.8317" not in text


def test_settings_come_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SII_AFP_PORT", "9001")
    monkeypatch.setenv("SII_AFP_ALLOWED_HOSTS", "a.test, b.test")
    settings = Settings()
    assert (settings.port, settings.allowed_hosts) == (9001, ("a.test", "b.test"))


def test_public_address_follows_the_port() -> None:
    assert Settings(port=9001).public_url == "http://127.0.0.1:9001"
    assert Settings(port=9001, public_url="https://a.test").public_url == "https://a.test"
    with pytest.raises(ConfigurationError, match=r"^SII_AFP_PORT: [^\n]*$"):
        load_settings(port="x")


def test_settings_table_matches_the_code() -> None:
    text = (Path(__file__).parents[3] / "docs" / "operations.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| `SII_AFP_(\w+)` \| `(.*?)` \| (.*?) \|$", text, re.MULTILINE)
    documented = {name: (default, said) for name, default, said in rows}
    expected = {}
    for name, field in Settings.model_fields.items():
        default = field.get_default(call_default_factory=True, validated_data={"port": "PORT"})
        text = ",".join(default) if isinstance(default, tuple) else str(default)
        expected[name.upper()] = (text if "PORT" in text else text.lower(), field.description)
    assert documented == expected


def test_openapi_describes_every_route_of_the_api() -> None:
    application = create_app(Settings(allowed_hosts=(HOST,)))
    document = application.openapi()
    assert set(document["paths"]) == {
        "/api/v1/assessments",
        "/api/v1/model",
        "/api/v1/groups",
        "/api/v1/groups/{group_id}/curve.json",
        "/api/v1/groups/{group_id}/curve.svg",
        "/api/v1/groups/{group_id}/curve.png",
        "/fhir/$hcc-risk",
        "/fhir/metadata",
        "/fhir/{resource_type}/{name}",
        "/cds-services",
        "/cds-services/hcc-sii-afp",
        "/cds-services/hcc-sii-afp/feedback",
        "/cds-services/hcc-sii-afp-order-select",
        "/cds-services/hcc-sii-afp-order-select/feedback",
        "/cds-services/hcc-sii-afp-order-sign",
        "/cds-services/hcc-sii-afp-order-sign/feedback",
        "/health/live",
        "/health/ready",
        "/metrics",
    }
    for path, operations in document["paths"].items():
        for operation in operations.values():
            for status, response in operation["responses"].items():
                if int(status) < 400:
                    continue
                if path.startswith(("/fhir", "/cds-services")):
                    is_bare = path.startswith("/cds-services") and status == "401"
                    assert is_bare or response["content"]["application/fhir+json"]["example"]["issue"], path
                else:
                    example = response["content"]["application/problem+json"]["example"]
                    TypeAdapter(ProblemOut).validate_python(example)
                    assert example["status"] == int(status), path
