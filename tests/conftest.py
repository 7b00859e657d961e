"""What every kind of test shares: the fitted model, as it is committed."""

import pytest

from app.artefact.reader import load_artefact
from app.core.fitted_model import Artefact


@pytest.fixture(scope="session")
def artefact() -> Artefact:
    return load_artefact()
