"""Here every test reads the fitted model anew, so that each stands alone and says which line it holds."""

import pytest

from app.artefact.reader import load_artefact
from app.core.fitted_model import FittedModel


@pytest.fixture
def fitted() -> FittedModel:
    return load_artefact()
