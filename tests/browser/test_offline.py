"""Without a connection the browser says so, keeps what was typed, and calculates nothing."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import uvicorn
from playwright.sync_api import Browser, expect

from app.config.settings import Settings
from app.main import create_app
from tests.lib.visitor import FIELDS, HIGH, assess, fill


@contextmanager
def served(port: int = 0) -> Iterator[int]:
    """Serve the application and give its port; afterwards nothing listens there."""
    listener = socket.create_server(("127.0.0.1", port))
    server = uvicorn.Server(uvicorn.Config(create_app(Settings()), log_config=None))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
    thread.start()
    yield listener.getsockname()[1]
    server.should_exit = True
    thread.join()
    listener.close()


def test_lost_connection_is_shown_and_loses_nothing(browser: Browser) -> None:
    context = browser.new_context()
    page = context.new_page()
    with served() as port:
        page.goto(f"http://127.0.0.1:{port}/")
        page.evaluate("navigator.serviceWorker.ready.then(() => true)")
        fill(page, HIGH)
    page.reload()
    expect(page.locator("h1")).to_have_text("You are offline")
    assert (
        page.evaluate("getComputedStyle(document.querySelector('.bottom')).borderTopWidth") == "1px"
    )  # with its styles
    with served(port):
        page.reload()
        for name, value in zip(FIELDS, HIGH.values, strict=True):
            expect(page.locator(f"#{name}")).to_have_value(value)
    page.click("text=Show result")
    expect(page.locator(".send-problem")).to_contain_text("Nothing that you typed is lost")
    context.close()


def test_browser_keeps_no_value_and_no_result(browser: Browser, site: str) -> None:
    context = browser.new_context(base_url=site)
    page = context.new_page()
    page.goto("/")
    page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    assess(page, HIGH)
    kept = page.evaluate("""async () => {
        const cache = await caches.open("sii-afp-offline");
        return (await cache.keys()).map(request => new URL(request.url).pathname);
    }""")
    assert sorted(kept) == ["/offline", "/static/reading.css", "/static/style.css"]
    assert page.evaluate("caches.keys()") == ["sii-afp-offline"]
    context.close()
