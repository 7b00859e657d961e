"""Open pages of a real server in a real Chromium. If a tool is missing, the error says how to install it."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page

from app.artefact.reference_vectors import read_vectors
from app.config.settings import Settings
from tests.lib.serving import chromium, served

_AXE = Path(__file__).parent / "node_modules" / "axe-core" / "axe.min.js"


@pytest.fixture(scope="session")
def site() -> Iterator[str]:
    """Serve the application."""
    with served(Settings()) as address:
        yield address


@pytest.fixture(scope="session")
def preset_site() -> Iterator[str]:
    """Serve the application of a site that has chosen the units of its reports."""
    with served(Settings(units="counts=/uL, platelets=10*4/uL, afp=ng/mL")) as address:
        yield address


@pytest.fixture(scope="session")
def broken_site() -> Iterator[str]:
    """Serve an application whose self-test failed."""
    (vector,) = read_vectors(about=1)[:1]
    with served(Settings(), [{**vector, "km6": "0.999"}]) as address:
        yield address


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with chromium() as launched:
        yield launched


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
