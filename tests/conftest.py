"""Fixtures that all tests share: the committed fitted model, a client, and the FHIR validators."""

import pytest
from hypothesis import settings

from app.artefact.reader import load_artefact
from app.core.fitted_model import FittedModel

# The same examples in every run, so that a change is never blamed for what a new example finds. scripts/contract and
# `pytest --hypothesis-profile=random` look for new ones. No deadline: these tests check values, not speed.
settings.register_profile("fixed", derandomize=True, deadline=None)
settings.register_profile("random", deadline=None)
settings.load_profile("fixed")

pytest_plugins = ["tests.lib.fixtures"]


@pytest.fixture(scope="session")
def fitted() -> FittedModel:
    return load_artefact()
