"""Make clients of the whole application, in this process and at a fixed time."""

import time
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import httpx2
from starlette.testclient import TestClient

from app.artefact.reference_vectors import Vector
from app.artefact.store import ModelStore
from app.config.settings import Settings
from app.main import create_app
from app.net.json_client import Outbound
from app.presentation.pdf.typesetter import Typesetter, installed_typesetter
from tests.lib.asynchronous import awaited
from tests.lib.times import clock as fixed_clock

HOST = "calculator.test"
# Nothing is filed with the default, which is an example.
CANONICAL = f"https://{HOST}/fhir"
Body = dict[str, Any]


def client_with(
    *,
    models: ModelStore | None = None,
    vectors: Sequence[Vector] | None = None,
    http: Outbound | None = None,
    clock: Callable[[], datetime] = fixed_clock,
    monotonic: Callable[[], float] = time.monotonic,
    find_typesetter: Callable[[Path | None], Typesetter | None] = installed_typesetter,
    **settings: Any,
) -> TestClient:
    """Return a client of an application with these settings and parts."""
    application = create_app(
        Settings(**{"allowed_hosts": (HOST,), "canonical_url": CANONICAL, **settings}),
        models=models,
        vectors=vectors,
        http=http,
        clock=clock,
        monotonic=monotonic,
        find_typesetter=find_typesetter,
    )
    return TestClient(application, base_url=f"http://{HOST}", raise_server_exceptions=False)


def posted(client: TestClient, path: str, bodies: Iterable[str]) -> list[httpx2.Response]:
    """Post JSON texts one after the other in one event loop; a client's own threads are slower than the answers."""
    transport = httpx2.ASGITransport(app=client.app)
    headers = {"content-type": "application/json", "accept-encoding": "identity"}

    async def post_all() -> list[httpx2.Response]:
        async with httpx2.AsyncClient(transport=transport, base_url=client.base_url, headers=headers) as session:
            return [await session.post(path, content=body) for body in bodies]

    return awaited(post_all)


def site(folder: Path, configuration: str, **parts: Any) -> TestClient:
    """Return a client of an application with this site configuration; `parts` are those of `client_with`."""
    return client_with(integration_file=site_file(folder, configuration), **parts)


def site_file(folder: Path, configuration: str) -> Path:
    """Write a site configuration."""
    file = folder / "site.toml"
    file.write_text(configuration, "utf-8")
    return file
