"""One valid request, the log, and EHRs that launch the service."""

import copy
from collections.abc import Iterator

import pytest

from app.web.openapi import EXAMPLE_REQUEST
from tests.lib.clients import Body
from tests.lib.logs import LogLines, log_lines
from tests.lib.peers.start import Peer
from tests.lib.smart_site import Site, launched_from


@pytest.fixture
def body() -> Body:
    """Return the documented example of a request, with samples taken a week before."""
    return {**copy.deepcopy(EXAMPLE_REQUEST), "sampled_on": {"blood_count": "2026-01-02", "afp": "2026-01-01"}}


@pytest.fixture
def log() -> Iterator[LogLines]:
    with log_lines() as found:
        yield found


@pytest.fixture(scope="module")
def readable(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Site, Peer]]:
    """The calculator and an EHR that launches it."""
    with launched_from(tmp_path_factory.mktemp("readable")) as found:
        yield found


@pytest.fixture(scope="module")
def writable(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Site, Peer]]:
    """The calculator and an EHR that launches it and allows filing."""
    with launched_from(tmp_path_factory.mktemp("writable"), write_back=True) as found:
        yield found
