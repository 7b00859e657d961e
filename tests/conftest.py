"""What every kind of test shares: the fitted model, as it is committed."""

import pytest

from app.core.artefact import Artefact, load_artefact


@pytest.fixture(scope="session")
def artefact() -> Artefact:
    return load_artefact()
