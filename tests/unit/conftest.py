"""Here every test reads the fitted model anew, so that each stands alone and says which line it holds."""

import pytest

from app.artefact.reader import load_artefact
from app.core.fitted_model import Artefact


@pytest.fixture
def artefact() -> Artefact:
    return load_artefact()
