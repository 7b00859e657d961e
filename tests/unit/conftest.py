"""Read the fitted model again for every unit test, so that each test runs alone and covers its own lines."""

import pytest

from app.artefact.reader import load_artefact
from app.core.fitted_model import FittedModel


@pytest.fixture
def fitted() -> FittedModel:
    return load_artefact()
