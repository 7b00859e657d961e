"""The setting chooses the store, and one that cannot be used is refused at start."""

import asyncio
import multiprocessing
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from app.cli.main import exit_code
from app.config.settings import Settings, load_settings
from app.core.errors import ConfigurationError, KeyFileError, MissingPackageError
from app.store.memory import MemoryStore
from app.store.opening import open_store
from app.store.protocol import Added, Space, StoreError, StoreStartError
from app.store.sealing import new_key, new_sealer
from tests.lib.asynchronous import awaited
from tests.lib.certificates import certificate_file
from tests.lib.logs import log_lines
from tests.lib.service_process import free_port
from tests.lib.stores import opened, redis_server, sqlite_url

SPACE = Space("test", 1000)


@pytest.mark.parametrize(
    "url", ["", "memory", "sqlite:", "sqlite:///", "sqlite://host/file", "redis://", "redis://h:x/0", "http://h/0"]
)
def test_other_setting_is_refused(url: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        opened(url)
    assert exit_code(caught.value) == 2


def test_empty_variable_chooses_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SII_AFP_STORE", "")
    assert isinstance(open_store(load_settings(), lambda: 0.0), MemoryStore)


def test_unreachable_store_is_refused_without_its_password(tmp_path: Path) -> None:
    (tmp_path / "text").write_text("no database, but long enough to be read as one" * 9, "utf-8")
    server = f"redis://user:pass-word@127.0.0.1:{free_port()}/0"
    for url in (server, f"sqlite://{tmp_path}/none/store", f"sqlite://{tmp_path}/text"):
        with pytest.raises(StoreStartError) as caught:
            opened(url)
        assert exit_code(caught.value) == 9
        assert "pass-word" not in str(caught.value) + repr(Settings(store=url))


def test_server_that_refuses_the_password_is_refused() -> None:
    with redis_server("--requirepass", "right") as server:
        with pytest.raises(StoreStartError):
            opened(server.url)
        assert opened(server.url.replace("//", "//:right@")).is_shared


def test_tls_server_needs_a_trusted_certificate_for_its_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    certificate = certificate_file("localhost", tmp_path)
    with redis_server(certificate=certificate) as server:
        with pytest.raises(StoreStartError):
            opened(server.url)
        monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
        assert _add_all(server.url) == [Added.NEW] * 200
        for url in (server.url.replace("localhost", "127.0.0.1"), server.url.replace("rediss:", "redis:")):
            with pytest.raises(StoreStartError):
                opened(url)


def test_server_that_may_delete_entries_is_named_in_the_log() -> None:
    with redis_server("--maxmemory", "10mb", "--maxmemory-policy", "allkeys-lru") as server, log_lines() as log:
        opened(server.url)
    assert "noeviction" in log.text


def test_missing_package_is_named() -> None:
    code = (
        "import sys; sys.modules['redis'] = None\n"
        "from app.config.settings import Settings; from app.store.opening import open_store\n"
        "open_store(Settings(store='redis://127.0.0.1/0'), lambda: 0.0)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert MissingPackageError.__name__ in done.stderr
    assert "pip install 'sii-afp[redis]'" in done.stderr


def _add_all(url: str) -> list[Added]:
    async def add_all() -> list[Added]:
        store = opened(url)
        found = [await store.add(SPACE, str(number), 100) for number in range(200)]
        await store.close()
        return found

    return awaited(add_all)


def test_two_processes_share_a_new_file(tmp_path: Path) -> None:
    url = sqlite_url(tmp_path)
    with multiprocessing.get_context("spawn").Pool(2) as pool:
        found = pool.map(_add_all, [url, url], chunksize=1)
    assert Counter(added for one in found for added in one) == {Added.NEW: 200, Added.KNOWN: 200}
    assert [set(pair) for pair in zip(*found, strict=True)] == [{Added.NEW, Added.KNOWN}] * 200


def test_store_recovers_when_the_server_is_back() -> None:
    with redis_server() as server, log_lines() as log:

        async def use() -> None:
            store = opened(server.url)
            assert await store.add(SPACE, "a", 100) is Added.NEW
            server.stop()
            for _ in range(5):
                with pytest.raises(StoreError):
                    await store.count(SPACE, "a", 100)
            server.start()
            found: list[Added] = []
            while not found:
                try:
                    found.append(await store.add(SPACE, "b", 100, since=0))
                except StoreError:
                    continue
            # The server has no persistence: what was added before may be lost, and is not accepted again.
            assert found == [Added.FORGOTTEN]
            await store.close()

        awaited(use)
    assert len(log.of("the store of shared state cannot be reached")) == 1
    assert len(log.of("the store of shared state can be reached again")) == 1


def test_store_recovers_when_the_file_can_be_written_again(tmp_path: Path) -> None:
    url, hidden = sqlite_url(tmp_path), tmp_path.with_name(f"{tmp_path.name}-hidden")

    async def use() -> None:
        store = opened(url)
        tmp_path.rename(hidden)
        with pytest.raises(StoreError):
            await store.add(SPACE, "a", 100)
        hidden.rename(tmp_path)
        found: list[Added] = []
        while not found:
            try:
                found.append(await store.add(SPACE, "a", 100))
            except StoreError:
                continue
        assert found == [Added.NEW]
        await store.close()

    awaited(use)


def test_value_in_memory_is_deleted_without_a_further_call() -> None:
    async def use() -> None:
        store = MemoryStore()
        await store.put(SPACE, "a", b"x", 0.05)
        assert len(store) == 1
        while len(store):
            await asyncio.sleep(0.01)

    awaited(use)


def test_sealed_content_opens_with_an_older_key(tmp_path: Path) -> None:
    file, old, new = tmp_path / "keys", new_key(), new_key()
    file.write_text(f"{old}\n", "ascii")
    sealed = new_sealer(Settings(secret_keys_file=file)).seal(b"content", "purpose")
    file.write_text(f"{new}\n{old}\n", "ascii")
    rotated = new_sealer(Settings(secret_keys_file=file))
    assert rotated.open(sealed, "purpose") == b"content"
    assert [rotated.open(one, of) for one, of in ((sealed, "other"), (sealed[:-1], "purpose"), (b"", "purpose"))] == [
        None
    ] * 3
    assert new_sealer(load_settings(secret_key=new)).open(rotated.seal(b"content", "purpose"), "purpose") == b"content"
    assert new_sealer(Settings()).open(sealed, "purpose") is None


def test_byte_order_mark_of_a_key_file_is_ignored(tmp_path: Path) -> None:
    key = new_key()
    (tmp_path / "keys").write_text(key, "utf-8-sig")
    sealed = new_sealer(Settings(secret_keys_file=tmp_path / "keys")).seal(b"content", "purpose")
    assert new_sealer(load_settings(secret_key=key)).open(sealed, "purpose") == b"content"


@pytest.mark.parametrize(
    "content", ["", "short", "äöü", f"{new_key()}\nno key"], ids=["empty", "short", "letters", "line"]
)
def test_unusable_key_file_is_refused(tmp_path: Path, content: str) -> None:
    (tmp_path / "keys").write_text(content, "utf-8")
    with pytest.raises(KeyFileError):
        new_sealer(Settings(secret_keys_file=tmp_path / "keys"))
    with pytest.raises(KeyFileError):
        new_sealer(Settings(secret_keys_file=tmp_path / "none"))
    with pytest.raises(ConfigurationError):
        new_sealer(load_settings(secret_key=content or "short"))
