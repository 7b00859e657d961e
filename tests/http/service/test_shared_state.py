"""Two services with one store act as one: on one SQLite file, and on one Redis server."""

import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx2
import pytest
from redis import Redis
from starlette.testclient import TestClient

from app.cli.main import exit_code
from app.config.settings import Settings
from app.config.site import load_site_configuration
from app.config.start_checks import check_deployment
from app.core.errors import DeploymentError
from app.store.sealing import new_key
from tests.lib.cds_hooks.calls import FEEDBACK
from tests.lib.clients import client_with, site_file
from tests.lib.fhir.patient_records import OTHER_RECORD, PATIENT, RECORD
from tests.lib.interfaces import API, HOOKS, call
from tests.lib.logs import LogLines, log_lines
from tests.lib.peers.start import Peer, fhir_and_smart
from tests.lib.signing_ehr import ISSUER, bearer, client_entry, key_file, reachable_site, signed
from tests.lib.smart_site import (
    CLIENT_ID,
    TYPED,
    Site,
    address_of,
    browser,
    fields_of,
    listening,
    running,
    smart_entry,
    typed_of,
    words,
)
from tests.lib.stores import RedisServer, redis_server, sqlite_url, wait_until

PROBLEM = "/problems#no-store"


@pytest.fixture(scope="module")
def redis() -> Iterator[RedisServer]:
    with redis_server() as server:
        yield server


@pytest.fixture(params=["sqlite", "redis"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    if request.param == "sqlite":
        yield sqlite_url(tmp_path)
    else:
        with redis_server() as server:
            yield server.url


@contextmanager
def two(*clients: TestClient) -> Iterator[tuple[TestClient, ...]]:
    """Start applications, each with its own event loop, and end them."""
    with ExitStack() as stack:
        yield tuple(stack.enter_context(client) for client in clients)


def signed_sites(folder: Path, url: str) -> list[TestClient]:
    key_file(folder)
    entry = client_entry(ISSUER, 'jwks_file = "keys.json"', ("hooks", "api"))
    return [reachable_site(folder, entry, store=url) for _ in range(2)]


def test_token_used_at_one_service_is_refused_at_the_other(
    tmp_path: Path,
    url: str,
) -> None:
    with two(*signed_sites(tmp_path, url)) as (first, second), log_lines() as log:
        headers = bearer(signed(HOOKS.path))
        assert [call(one, HOOKS, headers).status_code for one in (first, second, first)] == [200, 401, 401]
    assert [line["error"] for line in log.of("not admitted")] == ["the token was used before"] * 2


def test_requests_at_both_services_are_counted_together(url: str) -> None:
    services = [client_with(store=url, rate_limit_per_minute=3) for _ in range(2)]
    with two(*services) as (first, second):
        found = [one.get("/evidence").status_code for one in (first, second, first, second, first)]
        assert found == [200, 200, 200, 429, 429]
        assert 1 <= int(first.get("/evidence").headers["retry-after"]) <= 60


def test_report_sent_to_both_services_is_counted_once(url: str) -> None:
    report = {"card": "c1", "outcome": "overridden", "outcomeTimestamp": "2026-01-02T09:30:00Z"}
    with two(*(client_with(store=url) for _ in range(2))) as services:
        for one in services * 2:
            assert one.post(FEEDBACK, json={"feedback": [report]}).status_code == 200
        counted = [
            re.findall(r"^sii_afp_card_feedback_total\{.*\} (\S+)$", one.get("/metrics").text, re.MULTILINE)
            for one in services
        ]
    assert sorted(counted) == [[], ["1.0"]]


@dataclass(frozen=True)
class TwoSites:
    """Two services of one public address, and an EHR that launches them."""

    first: Site
    second: Site
    ehr: Peer


@pytest.fixture
def sites(tmp_path: Path, url: str) -> Iterator[TwoSites]:
    with ExitStack() as stack:
        listeners = [stack.enter_context(listening()) for _ in range(2)]
        public = address_of(listeners[0])
        ehr = stack.enter_context(
            fhir_and_smart(
                RECORD + OTHER_RECORD,
                CLIENT_ID,
                None,
                [f"{public}/smart/callback"],
                require_token=True,
                registration={"token_endpoint_auth_method": "none"},
            )
        )
        entry = smart_entry(ehr.base_url, write_back=True, more='authentication = "none"')
        key = new_key()
        first, second = (
            stack.enter_context(running(listener, tmp_path, entry, public_url=public, store=url, secret_key=key))
            for listener in listeners
        )
        yield TwoSites(first, second, ehr)


def test_launch_begun_at_one_service_ends_at_the_other(sites: TwoSites) -> None:
    handed = {"iss": sites.ehr.base_url, "launch": sites.ehr.launch(PATIENT)}
    with browser() as user:
        begun = user.get(f"{sites.second.url}/smart/launch", params=handed, follow_redirects=False)
        cookies = dict(user.cookies)
        page = user.get(begun.headers["location"])
        assert str(page.url).startswith(sites.first.callback)
        assert typed_of(page) == TYPED
        user.cookies.update(cookies)
        again = user.get(str(page.url).replace(sites.first.url, sites.second.url))
        assert (again.status_code, "cannot be continued" in words(again)) == (400, True)


def test_result_is_filed_once_by_clicks_at_both_services(sites: TwoSites) -> None:
    handed = {"iss": sites.ehr.base_url, "launch": sites.ehr.launch(PATIENT, need_patient_banner=True)}
    with browser() as user:
        form = fields_of(user.get(f"{sites.first.url}/smart/launch", params=handed))[1]
        result = user.post(f"{sites.second.url}/", data=form)
        assert "File for Maria A. <Test> (1961)" in words(result)

        def click(site: Site) -> int:
            return httpx2.post(f"{site.url}/smart/file", data=form, cookies=dict(user.cookies), timeout=60).status_code

        with ThreadPoolExecutor(8) as clicks:
            found = list(clicks.map(click, [sites.first, sites.second] * 4))
        assert sorted(found) == [200] + [400] * 7
        assert len(sites.ehr.stored("RiskAssessment")) == 1
        assert "was already sent to the record" in words(user.post(f"{sites.first.url}/", data=form))


def test_names_results_and_tokens_are_sealed(sites: TwoSites, tmp_path: Path, url: str) -> None:
    handed = {"iss": sites.ehr.base_url, "launch": sites.ehr.launch(PATIENT, need_patient_banner=True)}
    with browser() as user:
        page = user.get(f"{sites.first.url}/smart/launch", params=handed)
        assert "Maria" in page.text
    if url.startswith("sqlite"):
        kept = b"".join(file.read_bytes() for file in tmp_path.glob("store-*"))
    else:
        with Redis.from_url(url) as client:
            kept = b"".join(b"".join(client.hvals(key)) for key in client.keys("*:values"))
    assert len(kept) > 1000
    assert not [secret for secret in (b"Maria", b"1961", b"neut", b"1210") if secret in kept]


def test_answers_without_state_outlive_the_database(tmp_path: Path, redis: RedisServer, log: LogLines) -> None:
    key_file(tmp_path)
    entry = client_entry(ISSUER, 'jwks_file = "keys.json"', ("hooks", "api"))
    service = reachable_site(
        tmp_path, entry, store=redis.url, rate_limit_per_minute=100, anonymous_calls=True, secret_key=new_key()
    )
    with service as client:
        redis.stop()
        try:
            for path in ("/", "/evidence", "/health/ready", "/metrics"):
                assert client.get(path).status_code == 200
            calculate = API[0]
            for interface in (HOOKS, calculate):
                for _ in range(3):
                    assert call(client, interface, {}).status_code == 200
                refused = call(client, interface, bearer(signed(interface.path)))
                assert refused.status_code == 503
            assert call(client, calculate, bearer(signed(calculate.path))).json()["type"] == PROBLEM
            form = {"content-type": "application/x-www-form-urlencoded", "accept": "text/html"}
            page = client.post("/", content="record=a-guess", headers=form)
            assert (page.status_code, page.headers["content-type"]) == (503, "text/html; charset=utf-8")
        finally:
            redis.start()
        assert len(log.of("the store of shared state cannot be reached")) == 1
        assert log.of("failed") == []

        wait_until(lambda: call(client, calculate, bearer(signed(calculate.path))).status_code == 200)
        assert len(log.of("the store of shared state can be reached again")) == 1


def test_launches_of_several_processes_need_one_key(tmp_path: Path) -> None:
    file = site_file(tmp_path, smart_entry("https://ehr.example/fhir"))
    site, store = load_site_configuration(file), sqlite_url(tmp_path)
    with pytest.raises(DeploymentError) as caught:
        check_deployment(Settings(store=store, host="0.0.0.0"), site)  # noqa: S104 - never listened on
    assert exit_code(caught.value) == 7
    (tmp_path / "keys").write_text(new_key(), "ascii")
    check_deployment(Settings(store=store, host="0.0.0.0", secret_keys_file=tmp_path / "keys"), site)  # noqa: S104
