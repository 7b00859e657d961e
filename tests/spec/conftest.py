"""One client for all tables, of a site that also accepts AFP in international units from records."""

from collections.abc import Iterator

import pytest
from starlette.testclient import TestClient

from tests.lib.clients import site


@pytest.fixture(scope="session")
def spec_client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    with site(tmp_path_factory.mktemp("site"), "accept_afp_units = true\n") as found:
        yield found
