"""One client for all tables."""

from collections.abc import Iterator

import pytest
from starlette.testclient import TestClient

from tests.lib.clients import client_with


@pytest.fixture(scope="session")
def spec_client() -> Iterator[TestClient]:
    with client_with() as found:
        yield found
