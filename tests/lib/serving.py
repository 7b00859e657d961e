"""Run a real server on a free port and a real Chromium. If Chromium is missing, the error says how to install it."""

import os
import shutil
import socket
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import uvicorn
from playwright.sync_api import Browser, sync_playwright

from app.artefact.reference_vectors import Vector
from app.config.settings import Settings
from app.main import create_app

_FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-dev-shm-usage"]


@contextmanager
def served(settings: Settings, vectors: Sequence[Vector] | None = None) -> Iterator[str]:
    """Serve the application; the socket listens before the server starts, so that nobody has to wait."""
    listener = socket.create_server(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(create_app(settings, vectors=vectors), log_config=None))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
    thread.start()
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join()
        listener.close()


@contextmanager
def chromium() -> Iterator[Browser]:
    """Start the Chromium of SII_AFP_TEST_CHROMIUM or of the path."""
    path = os.environ.get("SII_AFP_TEST_CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
    if not path:
        raise FileNotFoundError("Chromium is not installed. Run: sudo apt-get install -y chromium")
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=path, args=_FLAGS)
        yield launched
        launched.close()
