"""Clients in a browser: only origins in the site configuration may read the answers, and only of these paths."""

from collections.abc import Iterator, Mapping

import httpx2
import pytest
from starlette.testclient import TestClient

from tests.lib.cds_hooks.calls import DISCOVERY, FEEDBACK, SERVICE, ask, call, without
from tests.lib.clients import client_with, site

ORIGIN = "https://ehr.example"
SECOND = "https://sandbox.example:8443"
ORIGINS = f'cors_origins = ["{ORIGIN}", "{SECOND}"]\n'
FOREIGN = ["https://elsewhere.example", "http://ehr.example", "https://ehr.example.evil.example", "null"]
PATHS = {DISCOVERY: "GET", SERVICE: "POST", FEEDBACK: "POST"}
PREFIX = "access-control-"
ALLOWED = f"{PREFIX}allow-origin"


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    with site(tmp_path_factory.mktemp("shared"), ORIGINS) as found:
        yield found


def granted(answer: httpx2.Response) -> dict[str, str]:
    """The permissions that an answer gives a browser."""
    return {name: value for name, value in answer.headers.items() if name.startswith(PREFIX)}


def preflight(
    client: TestClient, path: str, origin: str | None, method: str = "POST", headers: str = "authorization,content-type"
) -> httpx2.Response:
    asked = {f"{PREFIX}request-method": method, f"{PREFIX}request-headers": headers}
    return client.options(path, headers={**asked, **({"origin": origin} if origin else {})})


@pytest.mark.parametrize("origin", [ORIGIN, SECOND])
@pytest.mark.parametrize(("path", "method"), PATHS.items())
def test_browser_of_a_listed_origin_may_call(shared: TestClient, path: str, method: str, origin: str) -> None:
    answer = preflight(shared, path, origin, method)
    assert answer.status_code == 200
    found = granted(answer)
    assert found.pop(ALLOWED) == origin
    assert _words(found.pop(f"{PREFIX}allow-methods")) == {"get", "post"}
    # Those that any page may send, and the two that were asked for.
    simple = {"accept", "accept-language", "content-language"}
    assert _words(found.pop(f"{PREFIX}allow-headers")) == {"authorization", "content-type"} | simple
    assert set(found) <= {f"{PREFIX}max-age"}
    assert "origin" in _words(answer.headers["vary"])


@pytest.mark.parametrize("origin", FOREIGN)
@pytest.mark.parametrize(("path", "method"), PATHS.items())
def test_browser_of_another_origin_may_not_call(shared: TestClient, path: str, method: str, origin: str) -> None:
    answer = preflight(shared, path, origin, method)
    assert answer.status_code == 400
    assert ALLOWED not in answer.headers


@pytest.mark.parametrize(
    ("method", "headers"), [("DELETE", "content-type"), ("PUT", ""), ("POST", "x-api-key"), ("POST", "cookie")]
)
def test_other_methods_and_headers_are_not_allowed(shared: TestClient, method: str, headers: str) -> None:
    assert preflight(shared, SERVICE, ORIGIN, method, headers).status_code == 400


def test_options_without_origin_is_no_preflight(shared: TestClient) -> None:
    answer = preflight(shared, SERVICE, None)
    assert (answer.status_code, granted(answer)) == (405, {})


def test_cors_allows_no_cookies_or_other_headers(shared: TestClient) -> None:
    for answer in (
        shared.get(DISCOVERY, headers={"origin": ORIGIN}),
        ask(shared, headers={"origin": ORIGIN}),
        shared.post(FEEDBACK, json={}, headers={"origin": ORIGIN}),
    ):
        assert granted(answer) == {ALLOWED: ORIGIN}
        assert "origin" in _words(answer.headers["vary"])
    assert answer.status_code == 400


def test_refusals_have_cors_headers(shared: TestClient) -> None:
    here = {"origin": ORIGIN}
    answers = {
        401: ask(shared, headers={**here, "authorization": "Bearer unknown"}),
        403: shared.post(SERVICE, content="{}", headers={**here, "content-type": "text/plain"}),
        404: shared.post(f"{DISCOVERY}/other", json=call(), headers=here),
        412: ask(shared, call(without("afp")), here),
        415: shared.post(SERVICE, content="{}", headers={**here, "content-type": "application/xml"}),
    }
    assert [answer.status_code for answer in answers.values()] == list(answers)
    assert [granted(answer) for answer in answers.values()] == [{ALLOWED: ORIGIN}] * len(answers)


@pytest.mark.parametrize("headers", [{}, *({"origin": origin} for origin in FOREIGN)], ids=str)
def test_cors_headers_absent_for_other_origins(shared: TestClient, headers: Mapping[str, str]) -> None:
    answer = ask(shared, headers=headers)
    assert (answer.status_code, ALLOWED in answer.headers) == (200, False)


OTHER_PATHS = ["/", "/api/v1/model", "/fhir/metadata", "/health/live", "/openapi.json", "/metrics", "/smart/launch"]


@pytest.mark.parametrize("path", OTHER_PATHS)
def test_other_paths_have_no_cors_headers(shared: TestClient, path: str) -> None:
    assert granted(shared.get(path, headers={"origin": ORIGIN})) == {}
    assert granted(preflight(shared, path, ORIGIN, "GET")) == {}


@pytest.mark.parametrize(("path", "method"), PATHS.items())
def test_no_cors_headers_without_configuration(path: str, method: str) -> None:
    with client_with() as client:
        assert preflight(client, path, ORIGIN, method).status_code == 405
        answer = client.request(method, path, json={} if method == "POST" else None, headers={"origin": ORIGIN})
        assert granted(answer) == {}


def _words(text: str) -> set[str]:
    return {word.strip().lower() for word in text.split(",")}
