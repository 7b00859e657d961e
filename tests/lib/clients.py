"""Clients of the whole application, in this process and at a fixed time."""

import time
from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from starlette.testclient import TestClient

from app.artefact.reference_vectors import Vector
from app.artefact.store import ModelStore
from app.config.settings import Settings
from app.main import create_app
from app.net.json_client import Outbound
from tests.lib.times import clock as fixed_clock

HOST = "calculator.test"
Body = dict[str, Any]


def client_with(
    *,
    models: ModelStore | None = None,
    vectors: Sequence[Vector] | None = None,
    http: Outbound | None = None,
    clock: Callable[[], datetime] = fixed_clock,
    monotonic: Callable[[], float] = time.monotonic,
    **settings: Any,
) -> TestClient:
    """Return a client of an application with these settings and parts."""
    application = create_app(
        Settings(allowed_hosts=(HOST,), **settings),
        models=models,
        vectors=vectors,
        http=http,
        clock=clock,
        monotonic=monotonic,
    )
    return TestClient(application, base_url=f"http://{HOST}", raise_server_exceptions=False)


def site(folder: Path, configuration: str, **parts: Any) -> TestClient:
    """Return a client of an application with this site configuration; `parts` are those of `client_with`."""
    return client_with(integration_file=site_file(folder, configuration), **parts)


def site_file(folder: Path, configuration: str) -> Path:
    """Write a site configuration."""
    file = folder / "site.toml"
    file.write_text(configuration, "utf-8")
    return file
