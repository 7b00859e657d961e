"""A client of the service, and the judges of FHIR output and units, started once; an absent judge is an error."""

import shutil
from collections.abc import Iterator

import pytest
from starlette.testclient import TestClient

from tests.clock import clock
from tests.ehr.peers.start import Peer
from tests.ehr.smart_site import Site, launched_from
from tests.ehr.validation.gate import INSTALL_PACKAGES, PACKAGES_ARE_INSTALLED, FhirPath, Medplum, Pyrofile, Ucum
from tests.web.conftest import client_with


@pytest.fixture(scope="session")
def client() -> Iterator[TestClient]:
    with client_with(clock=clock) as found:
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


@pytest.fixture(scope="session")
def medplum() -> Iterator[Medplum]:
    _check_tools()
    validator = Medplum()
    yield validator
    validator.close()


@pytest.fixture(scope="session")
def pyrofile() -> Pyrofile:
    _check_tools()
    return Pyrofile()


@pytest.fixture(scope="session")
def ucum() -> Iterator[Ucum]:
    _check_tools()
    converter = Ucum()
    yield converter
    converter.close()


@pytest.fixture(scope="session")
def fhirpath() -> Iterator[FhirPath]:
    _check_tools()
    engine = FhirPath()
    yield engine
    engine.close()


def _check_tools() -> None:
    if not shutil.which("node"):
        pytest.fail(f"Node.js 20 or later is not installed. Install it, then run: {INSTALL_PACKAGES}")
    if not PACKAGES_ARE_INSTALLED:
        pytest.fail(f"The FHIR validators are not installed. Run: {INSTALL_PACKAGES}")
