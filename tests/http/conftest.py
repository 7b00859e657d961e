"""A client of the service, one right request, the log, and EHRs that launch it."""

import copy
from collections.abc import Iterator

import pytest
from starlette.testclient import TestClient

from app.web.openapi import EXAMPLE_REQUEST
from tests.lib.clients import Body, client_with
from tests.lib.logs import LogLines, log_lines
from tests.lib.peers.start import Peer
from tests.lib.smart_site import Site, launched_from
from tests.lib.validators.gate import Pyrofile


@pytest.fixture(scope="session")
def client() -> Iterator[TestClient]:
    with client_with() as found:
        yield found


@pytest.fixture(scope="session")
def own_pyrofile(client: TestClient) -> Pyrofile:
    """The validator that knows the service's own extensions, from where a client would read them."""
    names = ("hazard-ratio", "survival-interval", "applicability")
    return Pyrofile([client.get(f"/fhir/StructureDefinition/{name}").json() for name in names])


@pytest.fixture
def body() -> Body:
    """Return the documented example of a request, with samples taken a week before."""
    return {**copy.deepcopy(EXAMPLE_REQUEST), "sampled_on": {"blood_count": "2026-01-02", "afp": "2026-01-01"}}


@pytest.fixture
def log() -> Iterator[LogLines]:
    with log_lines() as found:
        yield found


@pytest.fixture(scope="module")
def readable(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Site, Peer]]:
    """The calculator and an EHR that launches it."""
    with launched_from(tmp_path_factory.mktemp("readable")) as found:
        yield found


@pytest.fixture(scope="module")
def writable(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Site, Peer]]:
    """The calculator and an EHR that launches it, and lets it file results."""
    with launched_from(tmp_path_factory.mktemp("writable"), write_back=True) as found:
        yield found
