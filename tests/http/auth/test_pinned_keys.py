"""Keys pinned in a file, replaced while the service runs and limited to their use; the key address in a token."""

from pathlib import Path
from typing import Any

import pytest
from joserfc.errors import SecurityWarning
from joserfc.jwk import ECKey, RSAKey

from tests.lib.interfaces import is_admitted
from tests.lib.logs import LogLines
from tests.lib.peers.canned_site import canned_site
from tests.lib.signing_ehr import (
    EC,
    ES256,
    ISSUER,
    NEW,
    PUBLIC_KEYS,
    RS256,
    RSA,
    client_entry,
    key_file,
    public,
    reachable_site,
)

PINNED = client_entry(ISSUER, 'jwks_file = "keys.json"')


def test_pinned_keys_can_be_replaced_while_running(tmp_path: Path) -> None:
    key_file(tmp_path)
    client = reachable_site(tmp_path, PINNED)
    assert (is_admitted(client, EC), is_admitted(client, NEW)) == (True, False)
    key_file(tmp_path, {"keys": [public(NEW)]})
    assert (is_admitted(client, EC), is_admitted(client, NEW)) == (False, True)
    key_file(tmp_path, {"keys": []})
    assert not is_admitted(client, NEW)


@pytest.mark.parametrize("text", [None, "", "{", "[]", "null", '{"keys": {}}', '{"keys": [5, null]}', "\ufeff{}"])
def test_broken_pinned_file_refuses_all(tmp_path: Path, text: str | None) -> None:
    file = key_file(tmp_path)
    client = reachable_site(tmp_path, PINNED)
    if text is None:
        file.unlink()
    else:
        file.write_text(text, "utf-8")
    assert not is_admitted(client)


def test_byte_order_mark_of_a_pinned_file_is_ignored(tmp_path: Path) -> None:
    file = key_file(tmp_path)
    file.write_text(file.read_text("utf-8"), "utf-8-sig")
    assert is_admitted(reachable_site(tmp_path, PINNED))


P256 = ECKey.generate_key("P-256", {"kid": "ec"})
UNUSABLE: dict[str, list[dict[str, Any]]] = {
    "two-with-one-id": [public(EC), public(NEW, kid="ec")],
    "the-same-twice": [public(EC), public(EC)],
    "no-id": [public(EC, kid=None)],
    "for-encryption": [public(EC, use="enc", alg=None)],
    "for-another-algorithm": [public(EC, alg="ES256")],
    "of-another-curve": [public(P256)],
    "of-another-curve-by-name": [public(P256, crv="P-384")],
    "of-another-kind": [public(RSA, kid="ec", alg=None)],
    "a-secret": [{"kty": "oct", "kid": "ec", "k": "AAAA"}],
    "private": [EC.as_dict(private=True)],
    "without-a-point": [public(EC, x=None)],
    "off-the-curve": [public(EC, x=NEW.as_dict(private=False)["x"])],
    "numbers-for-texts": [public(EC, x=5, y=5)],
    "not-base64": [public(EC, x="!!!")],
}


# The CDS Hooks sandbox publishes its key for ES256 with the use "enc".
@pytest.mark.parametrize(("key", "use"), [(ES256, "sig"), (ES256, "enc"), (RS256, "sig")])
def test_algorithms_of_256_bits_are_accepted(tmp_path: Path, key: ECKey | RSAKey, use: str) -> None:
    key_file(tmp_path, {"keys": [public(key, use=use)]})
    assert is_admitted(reachable_site(tmp_path, PINNED), key)


@pytest.mark.parametrize("name", UNUSABLE)
def test_key_for_another_use_is_refused(tmp_path: Path, name: str) -> None:
    key_file(tmp_path, {"keys": UNUSABLE[name]})
    assert not is_admitted(reachable_site(tmp_path, PINNED))


def test_key_needs_neither_use_nor_algorithm(tmp_path: Path) -> None:
    key_file(tmp_path, {"keys": [public(EC, use=None, alg=None)]})
    assert is_admitted(reachable_site(tmp_path, PINNED))


def test_private_rsa_key_verifies_nothing(tmp_path: Path) -> None:
    key_file(tmp_path, {"keys": [RSA.as_dict(private=True)]})
    assert not is_admitted(reachable_site(tmp_path, PINNED), RSA)


def test_short_rsa_key_verifies_nothing(tmp_path: Path, log: LogLines) -> None:
    with pytest.warns(SecurityWarning, match="2048"):
        short = RSAKey.generate_key(1024, {"kid": "short"})
    key_file(tmp_path, {"keys": [public(short)]})
    assert not is_admitted(reachable_site(tmp_path, PINNED), short)
    assert [line["error"] for line in log.of("not admitted")] == ["the RSA key has fewer than 2048 bits"]


def test_extra_members_of_a_key_set_are_ignored(tmp_path: Path) -> None:
    more = [{"kty": "unheard-of", "kid": "x"}, {}, public(EC, x5c=["AAAA"], ext=True)]
    key_file(tmp_path, {"keys": more, "more": 1.5})
    assert is_admitted(reachable_site(tmp_path, PINNED))


@pytest.mark.parametrize("listed", [True, False], ids=["on-the-list", "off-the-list"])
@pytest.mark.parametrize("signer", [EC, NEW], ids=["known-key", "key-that-is-served-there"])
def test_jku_is_compared_and_never_fetched(tmp_path: Path, listed: bool, signer: ECKey) -> None:
    key_file(tmp_path)
    with canned_site({"/jwks.json": {"keys": [public(EC), public(NEW)]}}) as site:
        address = f"{site.address}/jwks.json"
        entry = client_entry(ISSUER, 'jwks_file = "keys.json"', more=f'jku = ["{address}"]' if listed else "")
        assert is_admitted(reachable_site(tmp_path, entry), signer, jku=address) == (listed and signer is EC)
        assert site.asked == []


@pytest.mark.parametrize("jku", ["https://ehr.example", "{address}/", "{address}/../keys", "{address}?x", "{address}#"])
def test_jku_is_compared_exactly(tmp_path: Path, jku: str) -> None:
    with canned_site({"/keys": PUBLIC_KEYS}) as site:
        address = f"{site.address}/keys"
        client = reachable_site(tmp_path, client_entry(ISSUER, f'jwks_url = "{address}"'))
        assert is_admitted(client, jku=address)
        assert not is_admitted(client, jku=jku.format(address=address))
