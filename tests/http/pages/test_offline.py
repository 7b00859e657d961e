"""What a browser gets to install the calculator and to say that it is offline."""

import re
from collections.abc import Iterator

import pytest
from starlette.testclient import TestClient

from tests.lib.clients import client_with


@pytest.fixture(scope="module")
def client() -> Iterator[TestClient]:
    with client_with() as found:
        yield found


def test_manifest_names_the_start_below_its_address(client: TestClient) -> None:
    answer = client.get("/manifest.webmanifest")
    assert answer.headers["content-type"].startswith("application/manifest+json")
    manifest = answer.json()
    assert (manifest["start_url"], manifest["scope"]) == ("./", "./")
    assert client.get(f"/{manifest['icons'][0]['src']}").status_code == 200
    assert 'rel="manifest" href="./manifest.webmanifest"' in client.get("/").text


def test_service_worker_is_asked_for_each_time(client: TestClient) -> None:
    answer = client.get("/service-worker.js")
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("text/javascript")
    assert answer.headers["cache-control"] == "no-cache"


def test_offline_page_holds_no_result_and_few_links(client: TestClient) -> None:
    answer = client.get("/offline")
    assert answer.status_code == 200
    assert "You are offline" in answer.text
    links = re.findall(r'<a [^>]*href="([^"]+)"', answer.text)
    assert [link for link in links if not link.startswith(("#", "https://doi.org"))] == ["./"]
    assert answer.headers["cache-control"] == "no-store"


def test_policy_lets_the_manifest_in(client: TestClient) -> None:
    assert "manifest-src 'self'" in client.get("/").headers["content-security-policy"]
