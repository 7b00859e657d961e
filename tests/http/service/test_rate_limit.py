"""Limits of requests in a minute: whose requests are counted, which ones, and how long to wait."""

from collections.abc import Iterable
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from app.auth.api_keys import new_key
from app.config.settings import Settings
from app.main import create_app
from app.store.memory import MemoryStore
from app.web.middleware.rate_limit import RateLimit
from tests.lib.asynchronous import awaited
from tests.lib.clients import HOST, client_with

FORM = {"content-type": "application/x-www-form-urlencoded"}
PNG = "/api/v1/groups/low/curve.png"


class Clock:
    """A clock that a test sets."""

    def __init__(self) -> None:
        self.seconds = 1000.0

    def __call__(self) -> float:
        return self.seconds


def statuses(client: TestClient, paths: Iterable[str], **headers: str) -> list[int]:
    return [client.get(path, headers=headers).status_code for path in paths]


def test_wait_ends_a_minute_after_the_first_request() -> None:
    clock = Clock()
    with client_with(rate_limit_per_minute=2, monotonic=clock) as client:
        assert statuses(client, ["/evidence"]) == [200]
        clock.seconds += 20.5
        assert statuses(client, ["/evidence"]) == [200]
        refused = client.get("/evidence")
        assert (refused.status_code, refused.headers["retry-after"]) == (429, "40")
        clock.seconds += 39
        assert client.get("/evidence").headers["retry-after"] == "1"
        clock.seconds += 0.5
        assert statuses(client, ["/evidence"] * 3) == [200, 200, 429]


def test_static_files_and_health_checks_do_not_count() -> None:
    with client_with(rate_limit_per_minute=1, expensive_limit_per_minute=1) as client:
        assert statuses(client, ["/static/style.css", "/health/live", "/health/ready"] * 3) == [200] * 9
        assert statuses(client, ["/", "/", "/static/style.css"]) == [200, 429, 200]


def test_expensive_answers_have_a_limit_of_their_own() -> None:
    with client_with(expensive_limit_per_minute=2) as client:
        posted = [client.post(path, content="", headers=FORM).status_code for path in ("/report", "/report.pdf")]
        assert 429 not in posted
        assert statuses(client, [PNG, "/smart/file-pdf", "/api/v1/groups/low/curve.svg", "/"]) == [429, 429, 200, 200]


def test_expensive_answers_count_as_requests_too() -> None:
    with client_with(rate_limit_per_minute=2, expensive_limit_per_minute=5) as client:
        assert statuses(client, [PNG, PNG, PNG, "/"]) == [200, 200, 429, 429]


def keys_of(folder: Path, *names: str) -> tuple[Path, list[str]]:
    made = [new_key(name) for name in names]
    file = folder / "keys"
    file.write_text("\n".join(line for _, line in made), "utf-8")
    return file, [key for key, _ in made]


def test_each_key_has_its_own_count(tmp_path: Path) -> None:
    file, (first, second) = keys_of(tmp_path, "ward-7", "ward-8")
    with client_with(rate_limit_per_minute=1, api_keys_file=file) as client:
        assert statuses(client, ["/", "/"], **{"x-api-key": first}) == [200, 429]
        assert statuses(client, ["/"], authorization=f"Bearer {first}") == [429]
        assert statuses(client, ["/", "/"], **{"x-api-key": second}) == [200, 429]
        assert statuses(client, ["/", "/"]) == [200, 429]


def test_unknown_keys_count_for_their_address(tmp_path: Path) -> None:
    file, _ = keys_of(tmp_path, "ward-7")
    with client_with(rate_limit_per_minute=2, api_keys_file=file) as client:
        made_up = [{"x-api-key": "a"}, {"authorization": "Bearer b"}, {"x-api-key": "c"}, {}]
        assert [client.get("/", headers=headers).status_code for headers in made_up] == [200, 200, 429, 429]


@pytest.mark.parametrize(
    ("first", "second", "is_one"),
    [
        ("2001:db8:1:2::1", "2001:db8:1:2:ffff::9", True),
        ("2001:db8:1:2::1", "2001:db8:1:3::1", False),
        ("::ffff:192.0.2.1", "192.0.2.1", True),
        ("192.0.2.1", "192.0.2.2", False),
        ("unix:", "unix:", True),
    ],
)
def test_network_of_ipv6_counts_as_one_client(first: str, second: str, *, is_one: bool) -> None:
    settings = Settings(allowed_hosts=(HOST,), rate_limit_per_minute=1)
    application = create_app(settings)
    found = [
        TestClient(application, base_url=f"http://{HOST}", client=(address, 50_000)).get("/evidence").status_code
        for address in (first, second)
    ]
    assert found == [200, 429 if is_one else 200]


def test_many_addresses_cannot_flush_the_table() -> None:
    clock, most_clients = Clock(), 100
    store = MemoryStore(clock)
    table = RateLimit(store, most_clients)

    async def count() -> None:
        assert [await table.wait_seconds(("patient",), 1) for _ in range(2)] == [0, 60]
        for number in range(50 * most_clients):
            await table.wait_seconds((f"address {number}",), 1)
        assert len(store) <= 2 * most_clients
        assert await table.wait_seconds(("patient",), 1) == 60
        assert await table.wait_seconds(("one more address",), 1) == 60
        clock.seconds += 60
        assert await table.wait_seconds(("one more address",), 1) == 0
        assert len(store) == 1

    awaited(count)
