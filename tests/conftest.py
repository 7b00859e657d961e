"""Fixtures that all tests share: the committed fitted model, a client, and the FHIR validators."""

import pytest

from app.artefact.reader import load_artefact
from app.core.fitted_model import FittedModel

pytest_plugins = ["tests.lib.fixtures"]


@pytest.fixture(scope="session")
def fitted() -> FittedModel:
    return load_artefact()
