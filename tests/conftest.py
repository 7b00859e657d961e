"""What every kind of test shares: the fitted model as it is committed, a client, and the judges of FHIR output."""

import pytest

from app.artefact.reader import load_artefact
from app.core.fitted_model import FittedModel

pytest_plugins = ["tests.lib.fixtures"]


@pytest.fixture(scope="session")
def fitted() -> FittedModel:
    return load_artefact()
