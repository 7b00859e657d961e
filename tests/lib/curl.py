"""Send a curl command from a document as it is written."""

import shlex

from httpx2 import Response
from starlette.testclient import TestClient

from app.config.settings import Settings
from app.main import create_app
from app.web.state import utc_now

BASE = "http://127.0.0.1:8000"


def send(command: str, settings: Settings | None = None) -> Response:
    """Send the command to a new service, with default settings unless others are given."""
    program, silent, url, *options = shlex.split(command.replace("$TODAY", utc_now().date().isoformat()))
    assert (program, silent, url[: len(BASE)]) == ("curl", "-s", BASE)
    given = dict(zip(options[::2], options[1::2], strict=True))
    assert set(given) <= {"-H", "-d"}
    name, _, value = given.get("-H", "").partition(": ")
    with TestClient(create_app(settings or Settings()), base_url=BASE) as client:
        method = "POST" if "-d" in given else "GET"
        return client.request(method, url, content=given.get("-d"), headers={name: value} if name else {})
