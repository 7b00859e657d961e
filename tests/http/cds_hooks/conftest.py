"""A calculator whose site asks for cards about missing values."""

from collections.abc import Iterator

import pytest
from starlette.testclient import TestClient

from tests.lib.clients import site


@pytest.fixture(scope="session")
def telling(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    with site(tmp_path_factory.mktemp("telling"), "tell_missing = true\n") as found:
        yield found
