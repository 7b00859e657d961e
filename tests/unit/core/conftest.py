"""Here every test reads the fitted model anew, so that each stands alone and says which line it holds."""

import pytest

from app.core.artefact import Artefact, load_artefact


@pytest.fixture
def artefact() -> Artefact:
    return load_artefact()
