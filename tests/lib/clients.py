"""Clients of the whole application, in this process and at a fixed time."""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

from starlette.testclient import TestClient

from app.config.settings import Settings
from app.main import create_app
from tests.lib.times import clock as fixed_clock

HOST = "calculator.test"
Body = dict[str, Any]


def client_with(*, clock: Callable[[], datetime] = fixed_clock, **settings: Any) -> TestClient:
    """Return a client of an application with these settings."""
    application = create_app(Settings(allowed_hosts=(HOST,), **settings), clock=clock)
    return TestClient(application, base_url=f"http://{HOST}", raise_server_exceptions=False)


def site(folder: Path, configuration: str, **settings: Any) -> TestClient:
    """Return a client of an application with this site configuration."""
    return client_with(integration_file=site_file(folder, configuration), **settings)


def site_file(folder: Path, configuration: str) -> Path:
    """Write a site configuration."""
    file = folder / "site.toml"
    file.write_text(configuration, "utf-8")
    return file
