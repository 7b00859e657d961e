"""Properties are about values, not about how fast a busy machine finds them."""

from collections.abc import Iterator

import pytest
from hypothesis import settings
from starlette.testclient import TestClient

from tests.lib.clients import client_with

settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")


@pytest.fixture(scope="session")
def client() -> Iterator[TestClient]:
    with client_with() as found:
        yield found
