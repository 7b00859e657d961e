"""A calculator that two EHRs may call."""

import pytest
from starlette.testclient import TestClient

from tests.lib.signing_ehr import ISSUER, OTHER_ISSUER, OTHER_KEY, client_entry, key_file, reachable_site


@pytest.fixture(scope="session")
def two_systems(tmp_path_factory: pytest.TempPathFactory) -> TestClient:
    """A client of a calculator that knows the keys of two EHRs."""
    folder, other = tmp_path_factory.mktemp("site"), tmp_path_factory.mktemp("other")
    key_file(folder)
    others = key_file(other, {"keys": [OTHER_KEY.as_dict(private=False)]})
    both = ["hooks", "api"]
    entries = client_entry(ISSUER, 'jwks_file = "keys.json"', both)
    return reachable_site(folder, entries + client_entry(OTHER_ISSUER, f'jwks_file = "{others}"', both))
