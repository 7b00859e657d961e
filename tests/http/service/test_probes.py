"""Requests of load balancers, container runtimes and link checkers: by any host name, and with HEAD."""

import pytest
from starlette.routing import Route
from starlette.testclient import TestClient

from app.config.settings import Settings
from app.main import create_app
from tests.lib.clients import HOST

PROBED = ["/health/live", "/health/ready", "/metrics"]


@pytest.mark.parametrize("host", [HOST, "10.42.0.17:8000", "127.0.0.1", ""])
@pytest.mark.parametrize("path", PROBED)
def test_probe_is_answered_for_any_host(client: TestClient, path: str, host: str) -> None:
    for method in ("GET", "HEAD"):
        assert client.request(method, path, headers={"host": host}).status_code == 200


@pytest.mark.parametrize("path", ["/", "/health", "/healthy", "/metrics/", "/static/style.css"])
def test_other_paths_need_an_allowed_host(client: TestClient, path: str) -> None:
    response = client.get(path, headers={"host": "10.42.0.17:8000"})
    assert (response.status_code, response.json()["type"]) == (400, "/problems#host")


def test_every_get_route_answers_head() -> None:
    application = create_app(Settings(allowed_hosts=(HOST,)))
    routes = [route for route in application.routes if isinstance(route, Route) and "GET" in (route.methods or ())]
    assert len(routes) > 15
    assert [route.path for route in routes if "HEAD" not in (route.methods or ())] == []


@pytest.mark.parametrize(
    "path", [*PROBED, "/", "/api/v1/model", "/api/v1/groups/low/curve.png", "/fhir/metadata", "/cds-services"]
)
def test_head_has_the_headers_of_get(client: TestClient, path: str) -> None:
    asked, read = client.head(path), client.get(path)
    assert asked.status_code == read.status_code == 200
    assert asked.headers["content-type"] == read.headers["content-type"]
