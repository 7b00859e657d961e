"""A start that fails says why, with an exit code of its own."""

import socket
from pathlib import Path

import pytest

from app.config.settings import Settings, load_settings
from app.core.errors import ConfigurationError, DeploymentError, KeyFileError
from app.main import create_app
from app.net.listener import ListenError, bind
from app.server import serve
from tests.lib.service_process import free_port

OTHERS = [{"public_url": "https://calculator.hospital.test"}, {"allowed_hosts": ("calculator.hospital.test",)}]


@pytest.mark.parametrize("others", OTHERS)
def test_open_service_behind_a_proxy_does_not_start(others: dict[str, object]) -> None:
    with pytest.raises(DeploymentError):
        serve(Settings.model_validate(others))


@pytest.mark.parametrize(("given", "workers"), [({}, 3), ({"SII_AFP_WORKERS": "2"}, 2)])
def test_web_concurrency_counts_workers(given: dict[str, str], workers: int, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in ({"WEB_CONCURRENCY": "3"} | given).items():
        monkeypatch.setenv(name, value)
    assert Settings().workers == workers


@pytest.mark.parametrize("text", ["two", "0", "65"])
def test_wrong_web_concurrency_is_refused(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WEB_CONCURRENCY", text)
    with pytest.raises(ConfigurationError, match="WORKERS"):
        load_settings()


@pytest.mark.parametrize(
    ("variable", "meant"),
    [
        ("SII_AFP_WITHDRAWM", "SII_AFP_WITHDRAWN"),
        ("SII_AFP_RATE_LIMIT", "SII_AFP_RATE_LIMIT_PER_MINUTE"),
        ("sii_afp_allowed_host", "SII_AFP_ALLOWED_HOSTS"),
    ],
)
def test_misspelt_setting_is_refused(variable: str, meant: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(variable, "x")
    with pytest.raises(ConfigurationError, match=meant):
        load_settings()


@pytest.mark.parametrize("variable", ["SII_AFP_SERVICE_HOST", "SII_AFP_PROXY_BIND", "SII_AFP_COMMIT", "sii_afp_port"])
def test_variable_of_another_program_is_left_alone(variable: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(variable, "8000")
    assert load_settings().port == 8000


def test_workers_need_fork(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr("os.fork")
    with pytest.raises(DeploymentError, match="SII_AFP_WORKERS"):
        serve(Settings(workers=2))


@pytest.mark.parametrize(
    ("host", "reason"), [("203.0.113.9", "not one of this machine"), ("no.such.host.invalid", "no address")]
)
def test_address_of_another_machine_is_named(host: str, reason: str) -> None:
    with pytest.raises(ListenError, match=reason):
        serve(Settings(host=host))


def test_port_in_use_is_named() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken, pytest.raises(ListenError, match="another program"):
        bind("127.0.0.1", taken.getsockname()[1])


def test_every_address_of_a_host_is_bound() -> None:
    port = free_port()
    found = bind("localhost", port)
    assert {one.getsockname()[1] for one in found} == {port}
    for one in found:
        one.close()


@pytest.mark.parametrize(
    "content", [None, "", "{", "[]", "{}", '{"keys": "nonsense"}', '{"keys": []}', '{"keys": [1]}']
)
def test_unusable_key_set_stops_the_start(tmp_path: Path, content: str | None) -> None:
    keys = tmp_path / "keys.json"
    keys.write_text(content or "", "utf-8")
    (tmp_path / "site.toml").write_text('[[client]]\nissuer = "https://ehr.test"\njwks_file = "keys.json"\n', "utf-8")
    if content is None:
        keys.unlink()
        keys.mkdir()
    with pytest.raises(KeyFileError, match="jwks_file"):
        create_app(Settings(integration_file=tmp_path / "site.toml"))


@pytest.mark.parametrize("content", [None, "not a key"])
def test_unusable_signing_key_stops_the_start(tmp_path: Path, content: str | None) -> None:
    key = tmp_path / "key.pem"
    if content is None:
        key.mkdir()
    else:
        key.write_text(content, "utf-8")
    (tmp_path / "site.toml").write_text('signing_key_file = "key.pem"\n', "utf-8")
    with pytest.raises(KeyFileError, match="signing_key_file"):
        create_app(Settings(integration_file=tmp_path / "site.toml"))


def test_unreadable_api_keys_stop_the_start(tmp_path: Path) -> None:
    with pytest.raises(KeyFileError, match="SII_AFP_API_KEYS_FILE"):
        create_app(Settings(api_keys_file=tmp_path))
