"""Forms: accepted from the pages of this service, refused from any other origin."""

import pytest
from starlette.testclient import TestClient

from tests.lib.clients import HOST, client_with

FORM = {"content-type": "application/x-www-form-urlencoded"}
INCOMPLETE, CROSS_SITE = 422, 403


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"origin": f"http://{HOST}"},
        {"origin": f"HTTP://{HOST.upper()}:80"},
        {"origin": f"http://{HOST}", "host": f"{HOST}:80"},
        {"origin": f"http://{HOST}:8443", "host": f"{HOST}:8443"},
        {"sec-fetch-site": "same-origin"},
        {"sec-fetch-site": "same-origin", "origin": "null"},
        {"sec-fetch-site": "none"},
    ],
)
def test_own_form_and_call_without_origin_pass(client: TestClient, headers: dict[str, str]) -> None:
    assert client.post("/", content="", headers={**FORM, **headers}).status_code == INCOMPLETE


@pytest.mark.parametrize(
    "headers",
    [
        {"origin": "https://elsewhere.test"},
        {"origin": f"https://{HOST}"},
        {"origin": f"http://{HOST}:8443"},
        {"origin": f"http://{HOST}", "host": f"{HOST}:8443"},
        {"origin": f"http://{HOST}@elsewhere.test"},
        {"origin": f"ftp://{HOST}"},
        {"origin": f"http://{HOST}:port"},
        {"origin": "null"},
        {"origin": ""},
        {"sec-fetch-site": "same-site"},
        {"sec-fetch-site": "cross-site", "origin": f"http://{HOST}"},
    ],
)
def test_form_of_another_origin_is_refused(client: TestClient, headers: dict[str, str]) -> None:
    response = client.post("/", content="", headers={**FORM, **headers})
    assert (response.status_code, response.json()["type"]) == (CROSS_SITE, "/problems#cross-site")


def test_public_address_counts_behind_a_proxy() -> None:
    with client_with(public_url=f"https://{HOST}/calculator") as client:
        statuses = [
            client.post("/", content="", headers={**FORM, "origin": origin}).status_code
            for origin in (f"https://{HOST}", f"https://{HOST}:443", f"https://{HOST}:8443", "https://elsewhere.test")
        ]
    assert statuses == [INCOMPLETE, INCOMPLETE, CROSS_SITE, CROSS_SITE]
