"""Every kind of store, for the tests that all of them must pass."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from app.store.memory import MemoryStore
from tests.lib.stores import MakeStore, RedisServer, opened, redis_server, sqlite_url


@pytest.fixture(scope="session")
def redis() -> Iterator[RedisServer]:
    with redis_server() as server:
        yield server


@pytest.fixture(params=["memory", "sqlite", "redis"])
def make_store(request: pytest.FixtureRequest, tmp_path: Path) -> MakeStore:
    """Return what makes one more store with the same entries; in memory there is only one."""
    if request.param == "memory":
        only = MemoryStore()
        return lambda: only
    if request.param == "sqlite":
        return lambda: opened(sqlite_url(tmp_path))
    url = request.getfixturevalue("redis").url
    return lambda: opened(url)
