"""One process for each protocol, with limits that are quickly reached."""

from collections.abc import Iterator

import pytest

from tests.lib.service_process import RunningService, running


@pytest.fixture(scope="session", params=["httptools", "h11"])
def limited(request: pytest.FixtureRequest) -> Iterator[RunningService]:
    seconds = {f"{what}_seconds": 0.3 for what in ("header", "body", "idle")}
    with running(request.param, header_limit_bytes=16_384, **seconds) as service:
        yield service


@pytest.fixture(scope="session", params=["httptools", "h11"])
def roomy(request: pytest.FixtureRequest) -> Iterator[RunningService]:
    with running(request.param, header_seconds=60, body_seconds=60, idle_seconds=60) as service:
        yield service
