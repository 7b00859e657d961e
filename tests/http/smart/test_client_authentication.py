"""How the service authenticates to an EHR: with its key, with a secret, or as a public client."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, get_args
from urllib.parse import parse_qsl, urlsplit

import httpx2
import pytest

from app.config.settings import Settings
from app.config.site import Authentication, SmartServer
from app.core.errors import ConfigurationError
from app.ehr.smart.discovery import smart_configuration
from app.ehr.smart.errors import SmartError
from app.main import create_app
from app.net.json_client import JsonAnswer, Outbound
from tests.lib.asynchronous import awaited
from tests.lib.clients import site_file
from tests.lib.logs import LogLines
from tests.lib.peers.start import Peer
from tests.lib.smart_site import CLIENT_ID, TYPED, fields_of, launch, launched_from, typed_of, words

SECRET = "a+b c%20:/&=~*"  # noqa: S105 - of a test; every character that form encoding changes
BASIC = 'authentication = "client_secret_basic"\nclient_secret_file = "secret.txt"'
PUBLIC = 'authentication = "none"'
HAS_SECRET = {"token_endpoint_auth_method": "client_secret_basic", "client_secret": SECRET}
IS_PUBLIC = {"token_endpoint_auth_method": "none"}


def secret_file(folder: Path, secret: str = SECRET, mode: int = 0o600) -> None:
    file = folder / "secret.txt"
    file.write_text(f"{secret}\n", "utf-8")
    file.chmod(mode)


def challenge(ehr: Peer) -> tuple[str, int]:
    """Return the method and the length of the PKCE challenge that reached the EHR."""
    asked = next(dict(parse_qsl(urlsplit(one.path).query)) for one in ehr.log() if one.path.startswith("/auth?"))
    return asked["code_challenge_method"], len(asked["code_challenge"])


def errors(log: LogLines) -> list[str]:
    return [line["error"] for line in log.of("smart failed")]


@pytest.mark.parametrize("client_id", [CLIENT_ID, "a client+1:%2F"])
def test_client_with_a_secret_reads_the_record(tmp_path: Path, client_id: str) -> None:
    secret_file(tmp_path)
    registration = HAS_SECRET | {"client_id": client_id}
    with launched_from(tmp_path, registration=registration, authentication=BASIC) as (site, ehr):
        page = launch(site, ehr)
        assert (page.status_code, typed_of(page)) == (200, TYPED)
        assert httpx2.get(site.key_set).json() == {"keys": []}
        assert site.log.of("smart failed") == []
        assert challenge(ehr) == ("S256", 43)
        assert SECRET not in page.text + site.log.text


def test_public_client_reads_the_record(tmp_path: Path) -> None:
    with launched_from(tmp_path, registration=IS_PUBLIC, authentication=PUBLIC) as (site, ehr):
        assert typed_of(launch(site, ehr)) == TYPED
        assert challenge(ehr) == ("S256", 43)
        assert httpx2.get(site.key_set).json() == {"keys": []}


def test_wrong_secret_is_shown_and_logged(tmp_path: Path) -> None:
    secret_file(tmp_path, "another-secret")
    with launched_from(tmp_path, registration=HAS_SECRET, authentication=BASIC) as (site, ehr):
        page = launch(site, ehr)
        assert (page.status_code, fields_of(page)[1]) == (200, {})
        assert "did not accept the calculator's sign-in. No values were read." in words(page)
        (error,) = errors(site.log)
        assert error.startswith(
            "token: status 401, invalid_client: check client_id, authentication (client_secret_basic)"
        )
        assert not any(seen.has_token for seen in ehr.log())
        assert "another-secret" not in page.text + site.log.text


@pytest.mark.parametrize(
    ("registration", "authentication", "expected"),
    [
        (HAS_SECRET, "", "private_key_jwt; it offers client_secret_basic"),
        (HAS_SECRET, PUBLIC, "none; it offers client_secret_basic"),
        (IS_PUBLIC, BASIC, "client_secret_basic; it offers none"),
        (None, BASIC, "client_secret_basic; it offers private_key_jwt"),
    ],
)
def test_other_kind_of_client_is_not_sent_to_sign_in(
    tmp_path: Path, registration: dict[str, str] | None, authentication: str, expected: str
) -> None:
    secret_file(tmp_path)
    with launched_from(tmp_path, registration=registration, authentication=authentication) as (site, ehr):
        page = launch(site, ehr)
        assert (page.status_code, fields_of(page)[1]) == (200, {})
        assert "The EHR does not support how the calculator signs in." in words(page)
        assert errors(site.log) == [f"authentication: the EHR does not offer authentication = {expected}"]
        assert not any(seen.path.startswith("/auth") for seen in ehr.log())


class _Says(Outbound):
    """An EHR with these members in its configuration."""

    def __init__(self, members: Mapping[str, Any]) -> None:
        super().__init__(3.0)
        self._members = members

    async def get(self, address: str, headers: Mapping[str, str] | None = None) -> JsonAnswer:
        endpoints = {"authorization_endpoint": f"{address}/authorize", "token_endpoint": f"{address}/token"}
        return JsonAnswer(200, {**endpoints, "code_challenge_methods_supported": ["S256"], **self._members})


METHODS = "token_endpoint_auth_methods_supported"
SYMMETRIC = ["client-confidential-symmetric"]


@pytest.mark.parametrize(
    ("members", "accepted"),
    [
        ({}, {"private_key_jwt", "client_secret_basic", "none"}),
        ({METHODS: "client_secret_basic", "capabilities": None}, {"private_key_jwt", "client_secret_basic", "none"}),
        ({"capabilities": ["launch-ehr"]}, {"private_key_jwt", "client_secret_basic", "none"}),
        ({"capabilities": SYMMETRIC}, {"client_secret_basic"}),
        ({METHODS: ["client_secret_post"], "capabilities": SYMMETRIC}, set()),
        ({METHODS: ["client_secret_basic", "none"]}, {"client_secret_basic", "none"}),
        ({METHODS: ["client_secret_basic"], "capabilities": ["client-public"]}, {"client_secret_basic", "none"}),
        ({METHODS: ["private_key_jwt", {}], "capabilities": [{}]}, {"private_key_jwt"}),
    ],
)
def test_ehr_metadata_limits_authentication(members: Mapping[str, Any], accepted: set[str]) -> None:
    for method in get_args(Authentication):
        file = Path("a-file") if method == "client_secret_basic" else None
        server = SmartServer(
            issuer="https://ehr.example", client_id="x", authentication=method, client_secret_file=file
        )
        if method in accepted:
            awaited(smart_configuration, _Says(members), server)
        else:
            with pytest.raises(SmartError, match="authentication"):
                awaited(smart_configuration, _Says(members), server)


@pytest.mark.parametrize(
    ("content", "mode", "expected"),
    [
        (SECRET, 0o604, "every user of this machine can open the file"),
        (SECRET, 0o602, "every user of this machine can open the file"),
        ("", 0o600, "the file must have one line"),
        ("two\nlines", 0o600, "the file must have one line"),
        (b"\xff", 0o600, r"the file cannot be read \(UnicodeDecodeError\)"),
    ],
)
def test_unusable_secret_file_stops_the_start(tmp_path: Path, content: str | bytes, mode: int, expected: str) -> None:
    (tmp_path / "secret.txt").write_bytes(content if isinstance(content, bytes) else content.encode())
    (tmp_path / "secret.txt").chmod(mode)
    entries = '[[smart]]\nissuer = "https://a.example"\nclient_id = "x"\nauthentication = "none"\n'
    entries += f'[[smart]]\nissuer = "https://b.example"\nclient_id = "x"\n{BASIC}\n'
    with pytest.raises(ConfigurationError, match=rf"^smart\.1\.client_secret_file: {expected}") as refusal:
        create_app(Settings(integration_file=site_file(tmp_path, entries)))
    assert SECRET not in str(refusal.value)


def test_byte_order_mark_before_the_secret_is_ignored(tmp_path: Path) -> None:
    secret_file(tmp_path, f"\ufeff{SECRET}")
    entry = f'[[smart]]\nissuer = "https://a.example"\nclient_id = "x"\n{BASIC}\n'
    create_app(Settings(integration_file=site_file(tmp_path, entry)))


def test_group_may_read_the_secret_file(tmp_path: Path) -> None:
    secret_file(tmp_path, mode=0o440)
    entry = f'[[smart]]\nissuer = "https://a.example"\nclient_id = "x"\n{BASIC}\n'
    create_app(Settings(integration_file=site_file(tmp_path, entry)))
