"""Tokens with a wrong key or signature, and texts that are not tokens, get the same refusal."""

import hashlib
import hmac
import json
from base64 import urlsafe_b64encode
from collections.abc import Callable, Mapping
from typing import Any

import pytest
from joserfc.jwk import ECKey, RSAKey
from starlette.testclient import TestClient

from tests.lib.interfaces import INTERFACES, Interface, call, tells_nothing
from tests.lib.logs import LogLines
from tests.lib.signing_ehr import EC, OTHER_ISSUER, OTHER_KEY, PUBLIC_KEYS, RSA, assembled, bearer, claims, signed

EVERY = pytest.mark.parametrize("interface", INTERFACES, ids=str)
UNREADABLE = "the token is malformed"
ALGORITHM = "the algorithm is not ES384, RS384, ES256, RS256"
SIGNATURE = "the token is not valid: InvalidSignatureError"
UNKNOWN = "the key id is not known"
KEY_ADDRESS = "the token's key address (jku) is not in the site configuration"
NOT_FOR_IT = "the key is not for this algorithm"
TYPE = "the token's type (typ) is not JWT"


def by_hand(header: Mapping[str, Any], sign: Callable[[bytes], bytes]) -> Callable[[str], str]:
    full = {"kid": "ec", "typ": "JWT", **header}
    written = json.dumps({name: value for name, value in full.items() if value is not None}).encode()
    return lambda path: assembled(written, json.dumps(claims(path)).encode(), sign)


def hs256(secret: bytes) -> Callable[[bytes], bytes]:
    return lambda text: hmac.digest(secret, text, hashlib.sha256)


def without_signature(_: bytes) -> bytes:
    return b""


def with_part_of_another(path: str, place: int) -> str:
    parts = signed(path).split(".")
    parts[place] = signed(path).split(".")[place]
    return ".".join(parts)


def with_a_turned_bit(path: str) -> str:
    head, _, signature = signed(path).rpartition(".")
    return f"{head}.{'B' if signature[0] == 'A' else 'A'}{signature[1:]}"


def by_the_rsa_key(path: str, algorithm: str) -> str:
    key = RSAKey.import_key(RSA.as_dict(private=True) | {"alg": algorithm})
    return signed(path, key=key, header={"alg": algorithm})


FORGED: dict[str, tuple[Callable[[str], str], str]] = {
    "none": (by_hand({"alg": "none"}, without_signature), ALGORITHM),
    "None": (by_hand({"alg": "None"}, without_signature), ALGORITHM),
    "no-alg": (by_hand({}, without_signature), ALGORITHM),
    "alg-a-list": (by_hand({"alg": ["ES384"]}, without_signature), ALGORITHM),
    "HS256": (by_hand({"alg": "HS256"}, hs256(b"a-secret")), ALGORITHM),
    "HS256-by-the-public-PEM": (by_hand({"alg": "HS256"}, hs256(EC.as_pem(private=False))), ALGORITHM),
    "HS256-by-the-public-DER": (by_hand({"alg": "HS256"}, hs256(EC.as_der(private=False))), ALGORITHM),
    "HS256-by-the-key-set": (by_hand({"alg": "HS256"}, hs256(json.dumps(PUBLIC_KEYS).encode())), ALGORITHM),
    "ES256": (
        lambda path: signed(path, key=ECKey.generate_key("P-256", {"kid": "ec"}), header={"alg": "ES256"}),
        NOT_FOR_IT,
    ),
    "RS256": (lambda path: by_the_rsa_key(path, "RS256"), NOT_FOR_IT),
    "PS384": (lambda path: by_the_rsa_key(path, "PS384"), ALGORITHM),
    "no-signature": (by_hand({"alg": "ES384"}, without_signature), SIGNATURE),
    "zero-signature": (by_hand({"alg": "ES384"}, lambda _: bytes(96)), SIGNATURE),
    "a-strangers-key": (lambda path: signed(path, key=ECKey.generate_key("P-384", {"kid": "ec"})), SIGNATURE),
    "another-clients-key": (lambda path: signed(path, key=OTHER_KEY, header={"kid": "ec"}), SIGNATURE),
    "as-another-client": (lambda path: signed(path, {"iss": OTHER_ISSUER}, header={"kid": "other"}), SIGNATURE),
    "a-letter-more": (lambda path: f"{signed(path)}A", UNREADABLE),
    "another-payload": (lambda path: with_part_of_another(path, 1), SIGNATURE),
    "another-signature": (lambda path: with_part_of_another(path, 2), SIGNATURE),
    "a-turned-bit": (with_a_turned_bit, SIGNATURE),
    "RS384-under-the-EC-key": (lambda path: signed(path, key=RSA, header={"kid": "ec"}), NOT_FOR_IT),
    "ES384-under-the-RSA-key": (lambda path: signed(path, header={"kid": "rsa"}), NOT_FOR_IT),
    "unknown-kid": (lambda path: signed(path, header={"kid": "another"}), UNKNOWN),
    "no-kid": (lambda path: signed(path, header={"kid": None}), "the token has no key id"),
    "kid-a-number": (by_hand({"alg": "ES384", "kid": 5}, without_signature), UNREADABLE),
    "jku-elsewhere": (by_hand({"alg": "ES384", "jku": "https://evil.test/keys"}, without_signature), KEY_ADDRESS),
    "jku-empty": (by_hand({"alg": "ES384", "jku": ""}, without_signature), KEY_ADDRESS),
    "jku-a-list": (by_hand({"alg": "ES384", "jku": [{}]}, without_signature), KEY_ADDRESS),
    "an-access-token": (lambda path: signed(path, header={"typ": "at+jwt"}), TYPE),
    "a-logout-token": (lambda path: signed(path, header={"typ": "logout+jwt"}), TYPE),
    "no-typ": (by_hand({"alg": "ES384", "typ": None}, without_signature), TYPE),
    "typ-empty": (lambda path: signed(path, header={"typ": ""}), TYPE),
    "typ-a-list": (by_hand({"alg": "ES384", "typ": ["JWT"]}, without_signature), TYPE),
    "unknown-crit": (by_hand({"alg": "ES384", "crit": ["unheard-of"]}, without_signature), UNREADABLE),
}


@pytest.mark.parametrize("name", FORGED)
@EVERY
def test_forged_token_reason_is_only_in_the_log(
    two_systems: TestClient, interface: Interface, name: str, log: LogLines
) -> None:
    forge, why = FORGED[name]
    token = forge(interface.path)
    assert tells_nothing(call(two_systems, interface, bearer(token)), interface)
    assert [line["error"] for line in log.of("not admitted")] == [why]
    assert not [part for part in (token, *token.split(".")) if part and part in log.text]


NESTED = urlsafe_b64encode(b"[" * 9_000).decode().rstrip("=")
GARBAGE: dict[str, bytes] = {
    "a.b.c": b"a.b.c",
    "dots": b"..",
    "spaces": b" . . ",
    "empty-objects": b"e30.e30.",
    "lists": b"W10.W10.W10",
    "nested-header": f"{NESTED}.e30.AAAA".encode(),
    "nested-payload": f"{signed('/').partition('.')[0]}.{NESTED}.AAAA".encode(),
    "not-utf-8-inside": b"__79.__79.__79",
    "not-base64": b"!!!.!!!.!!!",
    "not-ascii": "é.é.é".encode(),
    "not-utf-8": b"\xff.\xfe.\xfd",
    "very-long": b"A" * 50_000 + b"." + b"A" * 50_000 + b".AAAA",
}


@EVERY
@pytest.mark.parametrize("garbage", GARBAGE)
def test_garbage_token_is_refused(two_systems: TestClient, interface: Interface, garbage: str) -> None:
    assert tells_nothing(call(two_systems, interface, {b"authorization": b"Bearer " + GARBAGE[garbage]}), interface)
