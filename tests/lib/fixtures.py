"""Fixtures started once for all tests: a client of the service, and the validators of FHIR output and units."""

import shutil
from collections.abc import Iterator

import pytest
from starlette.testclient import TestClient

from tests.lib.clients import client_with
from tests.lib.validators.gate import INSTALL_PACKAGES, PACKAGES_ARE_INSTALLED, FhirPath, Medplum, Pyrofile, Ucum


@pytest.fixture(scope="session")
def client() -> Iterator[TestClient]:
    with client_with() as found:
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
def own_pyrofile(client: TestClient) -> Pyrofile:
    """The validator with the service's own extensions, read from the address that a client uses."""
    _check_tools()
    names = ("hazard-ratio", "survival-interval", "applicability")
    return Pyrofile([client.get(f"/fhir/StructureDefinition/{name}").json() for name in names])


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
