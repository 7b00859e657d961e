"""A client of the whole application, and one request that is right."""

import copy
from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any

import pytest
from starlette.testclient import TestClient

from app.config.settings import Settings
from app.main import create_app
from app.web.openapi import EXAMPLE_REQUEST
from app.web.state import utc_now

HOST = "calculator.test"
Body = dict[str, Any]


def client_with(*, clock: Callable[[], datetime] = utc_now, **settings: Any) -> TestClient:
    application = create_app(Settings(allowed_hosts=(HOST,), **settings), clock=clock)
    return TestClient(application, base_url=f"http://{HOST}", raise_server_exceptions=False)


@pytest.fixture(scope="session")
def client() -> Iterator[TestClient]:
    with client_with() as found:
        yield found


@pytest.fixture
def body() -> Body:
    return copy.deepcopy(EXAMPLE_REQUEST)
