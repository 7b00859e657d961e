"""Calls that a proxy passes on: what it says of a client is believed only from configured proxies."""

from pathlib import Path

import pytest
from starlette.testclient import TestClient

from app.auth.api_keys import new_key
from app.config.settings import load_settings
from app.core.errors import ConfigurationError
from app.main import create_app
from tests.lib.clients import HOST, client_with
from tests.lib.interfaces import ASSESSMENTS, INTERFACES, Interface, call
from tests.lib.logs import LogLines

FORM = {"content-type": "application/x-www-form-urlencoded"}
FORWARDED = [
    {"X-Forwarded-For": "203.0.113.9"},
    {"x-forwarded-host": "calculator.example"},
    {"x-forwarded-proto": "https"},
    {"x-forwarded-for": ""},
    {"forwarded": "for=203.0.113.9"},
    {"via": "1.1 proxy"},
    {"x-real-ip": "203.0.113.9"},
]


@pytest.mark.parametrize("interface", INTERFACES, ids=str)
@pytest.mark.parametrize("headers", FORWARDED, ids=str)
def test_forwarded_call_is_refused_without_set_up(
    client: TestClient, log: LogLines, interface: Interface, headers: dict[str, str]
) -> None:
    response = call(client, interface, headers)
    assert response.status_code == 403
    assert "SII_AFP_ANONYMOUS_CALLS" in response.text
    assert "sii-afp key NAME" in log.text
    if interface is ASSESSMENTS:
        assert response.json()["type"] == "/problems#forwarded"
    else:
        assert "forbidden" in response.text


def test_forwarded_call_passes_once_it_is_set_up(tmp_path: Path) -> None:
    key, line = new_key("ward-7")
    (tmp_path / "keys").write_text(line, "utf-8")
    forwarded = FORWARDED[0]
    with client_with(anonymous_calls=True) as everyone, client_with(api_keys_file=tmp_path / "keys") as keyed:
        assert call(everyone, ASSESSMENTS, forwarded).status_code == 200
        assert call(keyed, ASSESSMENTS, {**forwarded, "x-api-key": key}).status_code == 200
        assert call(keyed, ASSESSMENTS, forwarded).status_code == 401


def test_pages_answer_behind_a_proxy(client: TestClient) -> None:
    assert client.get("/", headers=FORWARDED[0]).status_code == 200


def client_at(address: str, proxies: tuple[str, ...] | None) -> TestClient:
    settings = load_settings(allowed_hosts=(HOST,), rate_limit_per_minute=1, trusted_proxies=proxies)
    return TestClient(create_app(settings), base_url=f"http://{HOST}", client=(address, 50_000))


@pytest.mark.parametrize(
    ("address", "proxies", "is_believed"),
    [
        ("10.1.2.3", ("10.1.2.3",), True),
        ("10.1.2.3", ("192.0.2.1", "10.1.0.0/16"), True),
        ("10.2.2.3", ("10.1.0.0/16",), False),
        ("127.0.0.1", ("10.1.0.0/16",), False),
        ("127.0.0.1", None, False),
    ],
)
def test_address_is_believed_only_from_its_proxy(
    address: str, proxies: tuple[str, ...] | None, *, is_believed: bool
) -> None:
    with client_at(address, proxies) as client:
        statuses = [client.get("/", headers={"x-forwarded-for": f"203.0.113.{end}"}).status_code for end in (1, 2, 1)]
    assert statuses == ([200, 200, 429] if is_believed else [200, 429, 429])


def test_made_up_address_before_the_proxy_is_ignored() -> None:
    with client_at("10.1.2.3", ("10.1.2.3",)) as client:
        chains = [f"198.51.100.{end}, 203.0.113.1" for end in range(3)]
        assert [client.get("/", headers={"x-forwarded-for": chain}).status_code for chain in chains] == [200, 429, 429]


@pytest.mark.parametrize(("proxies", "status"), [(("10.1.2.3",), 422), (None, 403)])
def test_scheme_is_believed_only_from_its_proxy(proxies: tuple[str, ...] | None, status: int) -> None:
    headers = {**FORM, "x-forwarded-proto": "https", "origin": f"https://{HOST}"}
    with client_at("10.1.2.3", proxies) as client:
        assert client.post("/", content="", headers=headers).status_code == status


@pytest.mark.parametrize("text", ["*", "proxy.example", "10.1.2.3/8", "10.1.2"])
def test_proxy_that_is_no_address_stops_the_start(monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    monkeypatch.setenv("SII_AFP_TRUSTED_PROXIES", f"192.0.2.1, {text}")
    with pytest.raises(ConfigurationError, match=r"^SII_AFP_TRUSTED_PROXIES: "):
        load_settings()
