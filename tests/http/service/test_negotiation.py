"""Content that is negotiated: a weight of 0 refuses it, and the right digest is cached for a year."""

import re

import pytest
from starlette.testclient import TestClient

NO_STORE = "no-store"


@pytest.mark.parametrize(
    ("accepted", "encoding"),
    [
        ("gzip", "gzip"),
        ("gzip;q=0.1, identity", "gzip"),
        ("GZIP;q=0", None),
        ("gzip;q=0", None),
        ("gzip; q=0.0, deflate", None),
        ("gzip;q=0, *", None),
        ("gzip;q=x", None),
        ("identity", None),
        ("", None),
    ],
)
def test_answer_is_compressed_unless_refused(client: TestClient, accepted: str, encoding: str | None) -> None:
    response = client.get("/api/v1/model", headers={"accept-encoding": accepted})
    assert (response.status_code, response.headers.get("content-encoding")) == (200, encoding)
    assert "Accept-Encoding" in response.headers["vary"]


@pytest.mark.parametrize(
    ("accepted", "media_type"),
    [
        ("text/html,application/xhtml+xml,*/*;q=0.8", "text/html; charset=utf-8"),
        ("application/json, TEXT/HTML;charset=utf-8;q=0.1", "text/html; charset=utf-8"),
        ("text/html;q=0, */*", "application/problem+json"),
        ("text/html; q=0.000", "application/problem+json"),
        ("text/htmlx", "application/problem+json"),
        ("*/*", "application/problem+json"),
    ],
)
def test_problem_is_a_page_unless_refused(client: TestClient, accepted: str, media_type: str) -> None:
    response = client.get("/nothing", headers={"accept": accepted})
    assert (response.status_code, response.headers["content-type"]) == (404, media_type)


@pytest.mark.parametrize(
    ("accepted", "status"),
    [
        ("application/fhir+json", 200),
        ("application/fhir+json; fhirVersion=4.0;q=0.5", 200),
        ("application/json, */*;q=0", 200),
        ("application/fhir+xml, application/*;q=0.1", 200),
        ("application/fhir+json;q=0, */*", 406),
        ("application/*;q=0, text/html", 406),
        ("*/*;q=0", 406),
        ("application/fhir+xml", 406),
    ],
)
def test_fhir_json_that_is_refused_is_406(client: TestClient, accepted: str, status: int) -> None:
    assert client.get("/fhir/metadata", headers={"accept": accepted}).status_code == status


def test_only_the_right_digest_is_kept_for_a_year(client: TestClient) -> None:
    address = re.search(r'(?:href|src)="\./(static/[^"]+\?v=\w+)"', client.get("/").text)
    assert address
    path, _, digest = address[1].partition("?v=")
    for query, control in (
        (f"?v={digest}", "public, max-age=31536000, immutable"),
        (f"?v={digest[::-1]}", "no-cache"),
        (f"?v={digest}0", "no-cache"),
        (f"?v={digest}&v=1", "no-cache"),
        ("?v=", "no-cache"),
        ("", "no-cache"),
    ):
        response = client.get(f"/{path}{query}")
        assert (response.status_code, response.headers["cache-control"]) == (200, control)
    assert client.get(f"/static/nothing.css?v={digest}").headers["cache-control"] == NO_STORE
