"""A client of the whole application, and one request that is right."""

import copy
from collections.abc import Iterator
from typing import Any

import pytest
from starlette.testclient import TestClient

from app.main import create_app
from app.settings import Settings
from app.web.openapi import EXAMPLE_REQUEST

HOST = "calculator.test"
Body = dict[str, Any]


def client_with(**settings: Any) -> TestClient:
    application = create_app(Settings(allowed_hosts=(HOST,), **settings))
    return TestClient(application, base_url=f"http://{HOST}", raise_server_exceptions=False)


@pytest.fixture(scope="session")
def client() -> Iterator[TestClient]:
    with client_with() as found:
        yield found


@pytest.fixture
def body() -> Body:
    return copy.deepcopy(EXAMPLE_REQUEST)
