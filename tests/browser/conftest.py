"""Run a real server on a free port and a real Chromium. If a tool is missing, the error says how to install it."""

import os
import shutil
import socket
import threading
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
import uvicorn
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from app.artefact.reference_vectors import Vector, read_vectors
from app.config.settings import Settings
from app.main import create_app

_FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-dev-shm-usage"]
_AXE = Path(__file__).parent / "node_modules" / "axe-core" / "axe.min.js"


@pytest.fixture(scope="session")
def site() -> Iterator[str]:
    """Serve the application."""
    yield from _served(Settings())


@pytest.fixture(scope="session")
def preset_site() -> Iterator[str]:
    """Serve the application of a site that has chosen the units of its reports."""
    yield from _served(Settings(units="counts=/uL, platelets=10*4/uL, afp=ng/mL"))


@pytest.fixture(scope="session")
def broken_site() -> Iterator[str]:
    """Serve an application whose self-test failed."""
    (vector,) = read_vectors(about=1)[:1]
    yield from _served(Settings(), [{**vector, "km6": "0.999"}])


def _served(settings: Settings, vectors: Sequence[Vector] | None = None) -> Iterator[str]:
    """Serve the application; the socket listens before the server starts, so that no test has to wait."""
    listener = socket.create_server(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(create_app(settings, vectors=vectors), log_config=None))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
    thread.start()
    yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    server.should_exit = True
    thread.join()
    listener.close()


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    path = os.environ.get("SII_AFP_TEST_CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
    if not path:
        pytest.fail("Chromium is not installed. Run: sudo apt-get install -y chromium")
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=path, args=_FLAGS)
        yield launched
        launched.close()


@pytest.fixture
def page(browser: Browser, site: str) -> Iterator[Page]:
    """Open the form in a page with scripts; an error of a script fails the test."""
    yield from _opened(browser.new_context(base_url=site, service_workers="block"))


@pytest.fixture
def plain_page(browser: Browser, site: str) -> Iterator[Page]:
    """Open the form in a page without scripts."""
    yield from _opened(browser.new_context(base_url=site, service_workers="block", java_script_enabled=False))


@pytest.fixture(params=["scripts", "no scripts"])
def any_page(request: pytest.FixtureRequest, browser: Browser, site: str) -> Iterator[Page]:
    """Open the form twice: with scripts and without."""
    yield from _opened(
        browser.new_context(base_url=site, service_workers="block", java_script_enabled=request.param == "scripts")
    )


@pytest.fixture(scope="session")
def axe() -> str:
    if not _AXE.exists():
        pytest.fail("axe-core is not installed. Run: npm ci --prefix tests/browser")
    return _AXE.read_text("utf-8")


def _opened(context: BrowserContext) -> Iterator[Page]:
    context.set_default_timeout(10_000)
    page = context.new_page()
    failures: list[str] = []
    page.on("pageerror", lambda error: failures.append(str(error)))
    page.on("console", lambda said: failures.append(said.text) if "Content Security Policy" in said.text else None)
    page.goto("/")
    yield page
    context.close()
    assert failures == []
