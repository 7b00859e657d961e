"""API keys: kept as hashes, valid for the JSON API and FHIR, replaced while the service runs."""

import os
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from app.auth.api_keys import new_key
from app.config.settings import Settings
from app.core.errors import ConfigurationError
from app.main import create_app
from tests.lib.clients import client_with
from tests.lib.interfaces import API, ASSESSMENTS, FEEDBACK, HOOKS, Interface, call, tells_nothing
from tests.lib.logs import LogLines

Sent = Callable[[str], dict[str, str]]
BOTH = pytest.mark.parametrize("interface", API, ids=str)


def as_header(key: str) -> dict[str, str]:
    return {"x-api-key": key}


def as_bearer(key: str) -> dict[str, str]:
    return {"authorization": f"Bearer {key}"}


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "keys"


@pytest.fixture
def key(file: Path) -> str:
    """The key of the tumour board, whose line is in the file."""
    made, line = new_key("tumour-board")
    file.write_text(f"# who may call\n\n{line}\n", "utf-8")
    return made


@pytest.fixture
def client(file: Path, key: str) -> TestClient:
    return client_with(api_keys_file=file)


def test_only_the_hash_of_a_key_is_kept(file: Path, key: str) -> None:
    assert re.fullmatch(r"sii-afp_[A-Za-z0-9_-]{43}", key)
    assert key not in file.read_text("utf-8")
    assert key.removeprefix("sii-afp_") not in file.read_text("utf-8")
    assert new_key("tumour-board")[0] != key


@pytest.mark.parametrize("name", ["", ".hidden", "two words", "a:b", "a\nb", "ä", "x" * 65])
def test_invalid_name_gets_no_key(name: str) -> None:
    with pytest.raises(ConfigurationError, match="1 to 64 letters"):
        new_key(name)


@BOTH
@pytest.mark.parametrize("sent", [as_header, as_bearer])
def test_known_key_opens_rest_and_fhir(
    client: TestClient, interface: Interface, sent: Sent, key: str, log: LogLines
) -> None:
    assert call(client, interface, sent(key)).status_code == 200
    assert log.of("request")[-1]["caller"] == "tumour-board"


@BOTH
@pytest.mark.parametrize("sent", [as_header, as_bearer])
@pytest.mark.parametrize(
    "changed",
    [
        lambda _: "",
        lambda _: "sii-afp_" + "A" * 43,
        lambda key: key[:-1],
        lambda key: key + "A",
        lambda key: key.upper(),
        lambda _: "x" * 20_000,
    ],
    ids=["empty", "made-up", "cut", "longer", "upper-case", "very-long"],
)
def test_unknown_key_is_refused(
    client: TestClient, interface: Interface, sent: Sent, changed: Callable[[str], str], key: str
) -> None:
    assert tells_nothing(call(client, interface, sent(changed(key))), interface)


@BOTH
def test_hash_is_not_accepted_as_key(client: TestClient, interface: Interface, file: Path) -> None:
    line = file.read_text("utf-8").splitlines()[-1]
    for stolen in (line, line.partition(":")[2]):
        assert tells_nothing(call(client, interface, as_header(stolen)), interface)


def test_key_that_is_not_ascii_is_refused(client: TestClient) -> None:
    for name, text in ((b"x-api-key", b"\xe9\xff"), (b"authorization", b"Bearer \xc3\xa9\xff")):
        assert tells_nothing(call(client, ASSESSMENTS, {name: text}), ASSESSMENTS)


@pytest.mark.parametrize(
    "headers",
    [
        {"authorization": "Basic {}"},
        {"authorization": "{}"},
        {"authorization": "Bearer"},
        {"authorization": "Bearer {} {}"},
        {"authorization": "Bearer {}", "x-api-key": "{}"},
    ],
    ids=["basic", "no-scheme", "nothing", "twice", "both-ways"],
)
def test_malformed_credentials_are_refused(client: TestClient, headers: dict[str, str], key: str) -> None:
    sent = {name: text.format(key, key) for name, text in headers.items()}
    assert tells_nothing(call(client, ASSESSMENTS, sent), ASSESSMENTS)


def test_key_counts_beside_the_password_of_a_proxy(client: TestClient, key: str) -> None:
    password = {"authorization": "Basic d2FyZDpzZWNyZXQ="}
    assert call(client, ASSESSMENTS, {**password, **as_header(key)}).status_code == 200
    assert tells_nothing(call(client, ASSESSMENTS, {**password, **as_header(f"{key}x")}), ASSESSMENTS)
    assert tells_nothing(call(client, ASSESSMENTS, password), ASSESSMENTS)


@pytest.mark.parametrize("interface", [HOOKS, FEEDBACK], ids=str)
@pytest.mark.parametrize("sent", [as_header, as_bearer])
def test_api_key_does_not_open_cds_hooks(client: TestClient, interface: Interface, sent: Sent, key: str) -> None:
    assert tells_nothing(call(client, interface, sent(key)), interface)


@BOTH
def test_key_can_be_replaced_while_running(client: TestClient, interface: Interface, file: Path, key: str) -> None:
    assert call(client, interface, as_header(key)).status_code == 200
    successor, line = new_key("tumour-board")
    file.write_text(line, "utf-8")
    assert tells_nothing(call(client, interface, as_header(key)), interface)
    assert call(client, interface, as_header(successor)).status_code == 200
    file.write_text("# nobody\n", "utf-8")
    assert tells_nothing(call(client, interface, as_header(successor)), interface)


def test_new_file_of_same_size_and_time_is_read(client: TestClient, file: Path, key: str) -> None:
    successor, line = new_key("tumour-board")
    beside = file.with_suffix(".new")
    beside.write_text(f"# who may call\n\n{line}\n", "utf-8")
    old = file.stat()
    os.utime(beside, ns=(old.st_atime_ns, old.st_mtime_ns))
    beside.replace(file)
    assert file.stat().st_size == old.st_size
    assert tells_nothing(call(client, ASSESSMENTS, as_header(key)), ASSESSMENTS)
    assert call(client, ASSESSMENTS, as_header(successor)).status_code == 200


def test_key_file_with_same_mtime_is_reread(
    client: TestClient, file: Path, key: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Some systems keep one time for a file, that of its creation, however often it is written."""
    before = file.stat()
    monkeypatch.setattr(Path, "stat", lambda *_, **__: before)
    successor, line = new_key("tumour-board")
    file.write_text(f"# who may call\n\n{line}\n", "utf-8")
    assert tells_nothing(call(client, ASSESSMENTS, as_header(key)), ASSESSMENTS)
    assert call(client, ASSESSMENTS, as_header(successor)).status_code == 200


def test_byte_order_mark_of_the_file_is_ignored(client: TestClient, file: Path, key: str) -> None:
    file.write_text(file.read_text("utf-8"), "utf-8-sig")
    assert call(client, ASSESSMENTS, as_header(key)).status_code == 200


@pytest.mark.parametrize("break_it", ["vanish", "garble", "not-utf-8", "folder"])
def test_broken_key_file_refuses_all_and_logs_why(
    client: TestClient, file: Path, key: str, break_it: str, log: LogLines
) -> None:
    before = file.read_bytes()
    file.unlink()
    if break_it == "garble":
        file.write_bytes(before + b"not a line\n")
    elif break_it == "not-utf-8":
        file.write_bytes(before + b"\xff\n")
    elif break_it == "folder":
        file.mkdir()
    for interface in API:
        for headers in (as_header(key), as_bearer(key), {}):
            assert tells_nothing(call(client, interface, headers), interface)
    why = log.of("not admitted")[0]["error"]
    assert why.startswith("SII_AFP_API_KEYS_FILE: ")
    assert ("line 4 of" in why) is (break_it == "garble")
    assert str(file) in why
    if break_it == "folder":
        file.rmdir()
    file.write_bytes(before)
    assert call(client, ASSESSMENTS, as_header(key)).status_code == 200


HASH = "0" * 64


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("tumour-board", 1),
        (f"# a comment\n{HASH}", 2),
        (f"a:{HASH}\nb:{HASH[1:]}", 2),
        (f"a:{HASH}\n\nb:{'G' * 64}", 3),
        (f"a:{HASH}\na:{'1' * 64}", 2),
        (f"a b:{HASH}", 1),
        (f"a:{HASH}:more", 1),
    ],
    ids=["no-hash", "no-name", "short", "not-hexadecimal", "name-twice", "name-with-space", "three-parts"],
)
def test_malformed_line_stops_the_start(file: Path, text: str, line: int) -> None:
    file.write_text(text, "utf-8")
    with pytest.raises(ConfigurationError, match=rf"^SII_AFP_API_KEYS_FILE: line {line} of {re.escape(str(file))} "):
        create_app(Settings(api_keys_file=file))


def test_missing_key_file_stops_the_start(file: Path) -> None:
    with pytest.raises(ConfigurationError, match=rf"^SII_AFP_API_KEYS_FILE: .* {re.escape(str(file))}\."):
        create_app(Settings(api_keys_file=file))
