"""Keys fetched from the one address in the site configuration: fetched seldom, and refused if anything is wrong."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from app.net.json_client import Outbound
from tests.lib.interfaces import HOOKS, call, is_admitted, tells_nothing
from tests.lib.logs import LogLines
from tests.lib.peers.canned_site import CannedSite, canned_site
from tests.lib.peers.hostile_server import FAULTS, MARK, HostileServer, hostile_server, says_slowly
from tests.lib.signing_ehr import (
    EC,
    ISSUER,
    NEW,
    PUBLIC_KEYS,
    RSA,
    bearer,
    client_entry,
    public,
    reachable_site,
    signed,
)


@dataclass
class Clock:
    """A clock in seconds that a test sets."""

    now: float = 0.0

    def __call__(self) -> float:
        return self.now


@dataclass
class Fetching:
    """A calculator with a fixed clock, and the site from which it fetches the keys."""

    client: TestClient
    site: CannedSite
    clock: Clock
    answers: dict[str, Any] = field(default_factory=dict)

    @property
    def asked(self) -> int:
        return len(self.site.asked)


@pytest.fixture
def fetching(tmp_path: Path) -> Iterator[Fetching]:
    answers: dict[str, Any] = {"/keys": PUBLIC_KEYS}
    with canned_site(answers) as site:
        clock = Clock()
        entry = client_entry(ISSUER, f'jwks_url = "{site.address}/keys"')
        client = reachable_site(tmp_path, entry, monotonic=clock)
        yield Fetching(client, site, clock, answers)


def test_fetched_keys_are_cached(fetching: Fetching) -> None:
    assert fetching.asked == 0
    assert all(is_admitted(fetching.client, key) for key in (EC, RSA, EC))
    (asked,) = fetching.site.asked
    assert (asked.method, asked.path, asked.headers["accept"]) == ("GET", "/keys", "application/json")
    assert "authorization" not in asked.headers
    fetching.clock.now = 3599
    assert (is_admitted(fetching.client), fetching.asked) == (True, 1)
    fetching.clock.now = 3600
    assert (is_admitted(fetching.client), fetching.asked) == (True, 2)


def test_unknown_key_id_refetches_once_a_minute(fetching: Fetching) -> None:
    assert is_admitted(fetching.client)
    fetching.answers["/keys"] = {"keys": [public(NEW)]}
    fetching.clock.now = 59
    assert (is_admitted(fetching.client, NEW), fetching.asked) == (False, 1)
    fetching.clock.now = 60
    assert (is_admitted(fetching.client, NEW), fetching.asked) == (True, 2)
    assert (is_admitted(fetching.client, EC), fetching.asked) == (False, 2)


def test_failed_fetch_is_retried_after_seconds(fetching: Fetching) -> None:
    assert is_admitted(fetching.client)
    del fetching.answers["/keys"]
    fetching.clock.now = 60
    for _ in range(3):
        assert not is_admitted(fetching.client, NEW)
        assert is_admitted(fetching.client, EC)
    assert fetching.asked == 2
    fetching.answers["/keys"] = {"keys": [public(NEW)]}
    fetching.clock.now = 64
    assert (is_admitted(fetching.client, NEW), fetching.asked) == (False, 2)
    fetching.clock.now = 65
    assert (is_admitted(fetching.client, NEW), fetching.asked) == (True, 3)


@pytest.mark.parametrize("answer", [None, {"error": "maintenance"}, {"keys": "none"}])
def test_last_keys_are_used_for_a_day_if_fetching_fails(
    fetching: Fetching, answer: dict[str, str] | None, log: LogLines
) -> None:
    day = 86_400
    assert is_admitted(fetching.client)
    if answer is None:
        del fetching.answers["/keys"]
    else:
        fetching.answers["/keys"] = answer
    fetching.clock.now = 3600
    assert [is_admitted(fetching.client) for _ in range(3)] == [True] * 3
    assert fetching.asked == 2
    assert "key set" in log.of("an old key set is used")[0]["error"]
    fetching.clock.now = day - 1
    assert (is_admitted(fetching.client), fetching.asked) == (True, 3)
    fetching.clock.now = day
    assert (is_admitted(fetching.client), fetching.asked) == (False, 3)
    fetching.answers["/keys"] = PUBLIC_KEYS
    fetching.clock.now = day + 5
    assert (is_admitted(fetching.client), fetching.asked) == (True, 4)


def test_withdrawn_key_is_not_used_after_a_good_fetch(fetching: Fetching) -> None:
    assert is_admitted(fetching.client)
    fetching.answers["/keys"] = {"keys": []}
    fetching.clock.now = 3600
    assert not is_admitted(fetching.client)


def test_wrong_token_causes_no_key_fetch(fetching: Fetching) -> None:
    wrong: list[Callable[[], str]] = [
        lambda: signed(HOOKS.path, {"iss": "https://stranger.example"}),
        lambda: signed(HOOKS.path, header={"kid": None}),
        lambda: signed(HOOKS.path, header={"jku": "https://stranger.example/keys"}),
        lambda: "a.b.c",
    ]
    for token in wrong:
        assert tells_nothing(call(fetching.client, HOOKS, bearer(token())), HOOKS)
    assert fetching.asked == 0


def test_slow_key_set_is_refused(tmp_path: Path) -> None:
    with hostile_server({"slow": says_slowly(PUBLIC_KEYS)}) as server:
        entry = client_entry(ISSUER, f'jwks_url = "{server.base("slow")}/keys"')
        assert not is_admitted(reachable_site(tmp_path, entry, http=Outbound(0.3)))
        assert is_admitted(reachable_site(tmp_path, entry, http=Outbound(30.0)))


@pytest.fixture(scope="module")
def hostile() -> Iterator[HostileServer]:
    with hostile_server() as server:
        yield server


@pytest.mark.parametrize("fault", FAULTS)
def test_failed_key_fetch_admits_and_leaks_nothing(
    hostile: HostileServer, tmp_path: Path, fault: str, log: LogLines
) -> None:
    is_slow = fault.startswith(("never", "trickles"))
    entry = client_entry(ISSUER, f'jwks_url = "{hostile.base(fault)}/keys"')
    client = reachable_site(tmp_path, entry, http=Outbound(0.3 if is_slow else 30.0))
    before = len(hostile.asked)
    assert not is_admitted(client)
    assert is_slow or len(hostile.asked) == before + 1
    assert not any("redirected" in head or "meta-data" in head for head in hostile.asked)
    for secret in (MARK, hostile.address.removeprefix("http://"), "Traceback"):
        assert secret not in log.text
    (line,) = log.of("not admitted")
    assert "key" in line["error"]
