"""The configuration of nginx that is shipped, run in front of real services."""

import signal
import subprocess
import threading
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import httpx2
import pytest

from app.auth.api_keys import new_key
from app.web.openapi import EXAMPLE_REQUEST
from tests.lib.clients import site_file
from tests.lib.fhir.patient_records import PATIENT, RECORD
from tests.lib.nginx import ADDRESS, Proxy, nginx
from tests.lib.peers.start import fhir_and_smart
from tests.lib.service_process import WAIT_SECONDS, RunningService, free_port, running
from tests.lib.smart_site import CLIENT_ID, TYPED, smart_entry

ASSESSMENTS = "/api/v1/assessments"
FORM = {name: text for name, text in TYPED.items() if "date" not in name}
PER_MINUTE = 5


def behind(port: int, **settings: float | str) -> dict[str, float | str]:
    """Return the settings of a service behind nginx on this port, as docs/operations.md has them."""
    return {"public_url": f"https://{ADDRESS}:{port}", "trusted_proxies": ADDRESS, **settings}


@pytest.fixture(scope="module")
def keys(tmp_path_factory: pytest.TempPathFactory) -> tuple[str, Path]:
    key, line = new_key("ward-7")
    file = tmp_path_factory.mktemp("keys") / "keys.txt"
    file.write_text(line, "utf-8")
    return key, file


@pytest.fixture(scope="module")
def proxy(tmp_path_factory: pytest.TempPathFactory, keys: tuple[str, Path]) -> Iterator[Proxy]:
    port = free_port()
    with (
        running("httptools", **behind(port, api_keys_file=str(keys[1]))) as service,
        nginx(tmp_path_factory.mktemp("nginx"), [service.port], port) as proxy,
    ):
        yield proxy


@pytest.fixture
def browser(proxy: Proxy) -> Iterator[httpx2.Client]:
    with proxy.client() as client:
        yield client


def test_pages_have_hsts_and_the_headers_of_the_service(browser: httpx2.Client) -> None:
    page = browser.get("/")
    assert page.status_code == 200
    assert page.headers["strict-transport-security"] == "max-age=31536000; includeSubDomains"
    assert page.headers["content-security-policy"].startswith("default-src 'none'")
    assert "x-request-id" in page.headers
    assert page.headers["server"] == "nginx"


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"origin": "{url}"}, 200),
        ({"sec-fetch-site": "same-origin"}, 200),
        ({"origin": "http://127.0.0.1"}, 403),
        ({"origin": "https://elsewhere.test"}, 403),
        ({"sec-fetch-site": "cross-site"}, 403),
    ],
)
def test_form_is_answered_only_from_this_site(
    proxy: Proxy, browser: httpx2.Client, headers: dict[str, str], status: int
) -> None:
    given = {name: text.format(url=proxy.url) for name, text in headers.items()}
    assert browser.post("/", data=FORM, headers=given).status_code == status


def test_api_needs_its_key(browser: httpx2.Client, keys: tuple[str, Path]) -> None:
    assert browser.post(ASSESSMENTS, json=EXAMPLE_REQUEST).status_code == 401
    forged = {"x-forwarded-for": ADDRESS, "forwarded": f"for={ADDRESS}", "x-real-ip": ADDRESS}
    assert browser.post(ASSESSMENTS, json=EXAMPLE_REQUEST, headers=forged).status_code == 401
    assert browser.post(ASSESSMENTS, json=EXAMPLE_REQUEST, headers={"x-api-key": keys[0]}).status_code == 200


@pytest.mark.parametrize("path", ["/metrics", "//metrics", "/%6detrics", "/static/../metrics", "/metrics?a=b"])
def test_metrics_are_not_public(proxy: Proxy, path: str) -> None:
    with proxy.client() as client:
        answer = client.get(httpx2.URL(proxy.url, raw_path=path.encode()))
    assert (answer.status_code, "sii_afp_requests" in answer.text) == (404, False)


def test_health_is_public(browser: httpx2.Client) -> None:
    assert [browser.get(f"/health/{what}").status_code for what in ("live", "ready")] == [200, 200]


def test_limits_of_the_service_answer_first(browser: httpx2.Client, keys: tuple[str, Path]) -> None:
    assert browser.get("/", headers={"x-filler": "a" * 40_000}).status_code == 200
    too_many = {f"x-filler-{one}": "a" * 30_000 for one in range(3)}
    assert browser.get("/", headers=too_many).status_code == 431
    with_key = {"x-api-key": keys[0], "content-type": "application/json"}
    for path, size in ((ASSESSMENTS, 16_385), ("/fhir/$hcc-risk", 8_388_609)):
        answer = browser.post(path, content=b" " * size, headers=with_key)
        assert answer.status_code == 413
        assert answer.headers["content-type"] in ("application/problem+json", "application/fhir+json")


def test_body_above_the_limit_of_the_proxy_is_413(browser: httpx2.Client) -> None:
    answer = browser.post("/", content=b" " * 9_437_185)
    assert (answer.status_code, "strict-transport-security" in answer.headers) == (413, True)


def test_page_on_http_moves_to_https(proxy: Proxy) -> None:
    for method in ("GET", "HEAD"):
        answer = httpx2.request(method, f"{proxy.plain_url}/evidence?lang=de")
        assert (answer.status_code, answer.headers["location"]) == (301, f"https://{ADDRESS}/evidence?lang=de")


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "/"),
        ("POST", ASSESSMENTS),
        ("GET", "/api/v1/model"),
        ("POST", "/fhir/$hcc-risk"),
        ("GET", "/cds-services"),
    ],
)
def test_values_sent_in_clear_are_refused(proxy: Proxy, method: str, path: str) -> None:
    assert httpx2.request(method, proxy.plain_url + path).status_code == 403


def test_http_2_is_offered(proxy: Proxy) -> None:
    certificate = str(proxy.folder / "site" / "certificate.pem")
    command = [
        "curl",
        "-s",
        "-o",
        "/dev/null",
        "-w",
        "%{http_version} %{http_code}",
        "--cacert",
        certificate,
        proxy.url,
    ]
    assert subprocess.run(command, capture_output=True, text=True, check=True).stdout == "2 200"


def test_old_tls_is_refused() -> None:
    """Only the text can be checked: the client of this machine has no TLS 1.1 either."""
    text = (Path(__file__).parents[2] / "deploy" / "nginx" / "nginx.conf").read_text("utf-8")
    assert "ssl_protocols TLSv1.2 TLSv1.3;" in text


def test_address_of_the_client_counts_and_cannot_be_forged(tmp_path: Path) -> None:
    port = free_port()
    settings = behind(port, rate_limit_per_minute=PER_MINUTE)
    with running("httptools", **settings) as service, nginx(tmp_path, [service.port], port) as proxy:
        with proxy.client() as one:
            statuses = [
                one.get("/", headers={"x-forwarded-for": f"203.0.113.{end}"}).status_code
                for end in range(PER_MINUTE + 1)
            ]
        with proxy.client("127.0.0.2") as other:
            assert other.get("/").status_code == 200
    assert statuses == [200] * PER_MINUTE + [429]


def test_launch_works_over_https(tmp_path: Path) -> None:
    port = free_port()
    callback = f"https://{ADDRESS}:{port}/smart/callback"
    with ExitStack() as stack:
        ehr = stack.enter_context(
            fhir_and_smart(
                RECORD,
                CLIENT_ID,
                None,
                [callback],
                require_token=True,
                registration={"token_endpoint_auth_method": "none"},
            )
        )
        file = site_file(tmp_path, smart_entry(ehr.base_url, more='authentication = "none"'))
        service = stack.enter_context(running("httptools", **behind(port, integration_file=str(file))))
        folder = tmp_path / "nginx"
        folder.mkdir()
        proxy = stack.enter_context(nginx(folder, [service.port], port))
        client = stack.enter_context(proxy.client())
        handed = {"iss": ehr.base_url, "launch": ehr.launch(PATIENT)}
        sent = client.get("/smart/launch", params=handed)
        assert sent.status_code == 302
        assert httpx2.URL(sent.headers["location"]).params["redirect_uri"] == callback
        assert "Secure" in sent.headers["set-cookie"]
        page = client.get("/smart/launch", params=handed, follow_redirects=True)
        assert (page.status_code, "Maria A." in page.text) == (200, True)  # the patient of the record
        assert all("?" not in line["path"] and "state" not in str(line) for line in proxy.log())


def test_no_log_has_a_query(tmp_path: Path) -> None:
    with nginx(tmp_path, [free_port()]) as proxy, proxy.client() as client:
        assert client.get("/smart/callback?code=a-secret&state=a-secret").status_code == 502
        (line,) = proxy.log()
    assert (line["path"], line["status"]) == ("/smart/callback", 502)
    assert "a-secret" not in str(line) + (tmp_path / "error.log").read_text("utf-8")


def test_no_request_is_lost_in_a_rolling_restart(tmp_path: Path) -> None:
    """Each of two services is stopped by SIGTERM and started again, one after the other, under load."""
    port = free_port()
    lost: list[str] = []
    answered = threading.Semaphore(0)
    is_over = threading.Event()
    settings = behind(port, anonymous_calls="true")

    def call(proxy: Proxy) -> None:
        with proxy.client() as client:
            while not is_over.is_set():
                try:
                    answer = client.post(ASSESSMENTS, json=EXAMPLE_REQUEST)
                except httpx2.HTTPError as error:
                    lost.append(repr(error))
                    return
                answered.release()
                if answer.status_code != 200:
                    lost.append(str(answer.status_code))

    def answer_some() -> None:
        for _ in range(50):
            assert answered.acquire(timeout=WAIT_SECONDS)

    def stop(service: RunningService) -> None:
        service.process.send_signal(signal.SIGTERM)
        assert service.wait_for_end() == 0

    with ExitStack() as stack:
        services = [stack.enter_context(running("httptools", **settings)) for _ in range(2)]
        proxy = stack.enter_context(nginx(tmp_path, [one.port for one in services], port))
        callers = [threading.Thread(target=call, args=(proxy,)) for _ in range(8)]
        stack.callback(is_over.set)  # also if a check fails, or the callers would go on for ever
        for caller in callers:
            caller.start()
        answer_some()
        for service in services:
            stop(service)
            answer_some()
            again = stack.enter_context(running("httptools", **(settings | {"port": service.port})))
            again.wait_for_line(lambda line: line["event"] == "request")
        is_over.set()
        for caller in callers:
            caller.join()
    assert lost == []
