"""Calls to a FHIR server use no proxies from the environment, and only https with a trusted certificate."""

import ssl
from collections.abc import Iterator
from pathlib import Path

import httpx2
import pytest

from app.auth.jwks import FETCH_SECONDS
from app.ehr.fhir.reading.client import DEADLINE_SECONDS
from tests.lib.cds_hooks.calls import RECORDED, SERVICE, condition, fetching_call
from tests.lib.cds_hooks.fetching import TOKEN, calculator, diagnostics_of
from tests.lib.certificates import certificate_file
from tests.lib.fhir.examples import searchset
from tests.lib.peers.canned_site import canned_site
from tests.lib.peers.hostile_server import HostileServer, hostile_server, says_json

FAULTS = {"a": says_json(searchset(condition()))}

BROKEN = "The FHIR server could not be read (no connection or a broken answer (ConnectError))."


def fetched(folder: Path, base: str) -> httpx2.Response:
    """Return the answer to a call that lacks the carcinoma alone: one search, so that none is cancelled for another."""
    prefetch = {name: value for name, value in RECORDED.items() if name != "hcc"}
    with calculator(folder, base) as client:
        return client.post(SERVICE, json=fetching_call(base, TOKEN) | {"prefetch": prefetch})


def test_outbound_deadlines_are_a_few_seconds() -> None:
    assert (DEADLINE_SECONDS, FETCH_SECONDS) == (3.0, 5.0)


def test_environment_proxies_are_not_used(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with hostile_server(FAULTS) as server, canned_site({}) as proxy:
        for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
            monkeypatch.setenv(name, proxy.address)
            monkeypatch.setenv(name.lower(), proxy.address)
        for name in ("NO_PROXY", "no_proxy"):
            monkeypatch.delenv(name, raising=False)
        httpx2.get(f"{server.base('a')}/by-another-program")
        (others,) = proxy.asked
        assert others.path.endswith("/by-another-program")
        answer = fetched(tmp_path, server.base("a"))
        assert (answer.status_code, len(server.asked), len(proxy.asked)) == (200, 1, 1)


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file with a self-signed certificate for 127.0.0.1, and its key."""
    return certificate_file("127.0.0.1", tmp_path_factory.mktemp("tls"))


@pytest.fixture(scope="module")
def server(certificate: Path) -> Iterator[HostileServer]:
    tls = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    tls.load_cert_chain(certificate)
    with hostile_server(FAULTS, tls) as found:
        yield found


def test_untrusted_certificate_gets_no_token(server: HostileServer, tmp_path: Path) -> None:
    answer = fetched(tmp_path, server.base("a"))
    assert diagnostics_of(answer, ["hcc"]) == BROKEN
    assert server.asked == []


def test_certificate_for_another_name_is_refused(
    server: HostileServer, tmp_path: Path, certificate: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    base = server.base("a").replace("127.0.0.1", "localhost")
    answer = fetched(tmp_path, base)
    assert diagnostics_of(answer, ["hcc"]) == BROKEN
    assert server.asked == []


def test_configured_authority_is_trusted(
    server: HostileServer, tmp_path: Path, certificate: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    answer = fetched(tmp_path, server.base("a"))
    assert (answer.status_code, len(server.asked)) == (200, 1)
    assert all(f"authorization: bearer {TOKEN}" in head for head in server.asked)
