"""Calls signed with a JSON Web Token: a correct token is accepted once, and any other is refused."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from joserfc.jwk import ECKey, RSAKey
from starlette.testclient import TestClient

from tests.lib.interfaces import API, HCC_RISK, HOOKS, INTERFACES, Interface, call, tells_nothing
from tests.lib.logs import LogLines
from tests.lib.signing_ehr import (
    EC,
    ISSUER,
    OTHER_ISSUER,
    OTHER_KEY,
    PUBLIC_URL,
    RSA,
    bearer,
    claims,
    client_entry,
    key_file,
    reachable_site,
    signed,
)

EVERY = pytest.mark.parametrize("interface", INTERFACES, ids=str)


@EVERY
@pytest.mark.parametrize("key", [EC, RSA], ids=["ES384", "RS384"])
@pytest.mark.parametrize(
    "audience", [str, lambda address: ["https://elsewhere.example", address]], ids=["text", "list"]
)
def test_signed_call_is_answered(
    two_systems: TestClient, interface: Interface, key: ECKey | RSAKey, audience: Callable[[str], Any], log: LogLines
) -> None:
    token = signed(interface.path, {"aud": audience(PUBLIC_URL + interface.path)}, key=key)
    assert call(two_systems, interface, bearer(token)).status_code == 200
    assert log.of("request")[-1]["caller"] == ISSUER


def test_scheme_may_be_written_in_any_case(two_systems: TestClient) -> None:
    assert call(two_systems, HOOKS, {"authorization": f"bearer {signed(HOOKS.path)}"}).status_code == 200


@pytest.mark.parametrize("typ", ["JWT", "jwt"])
def test_type_may_be_written_in_any_case(two_systems: TestClient, typ: str) -> None:
    assert call(two_systems, HOOKS, bearer(signed(HOOKS.path, header={"typ": typ}))).status_code == 200


def test_encoded_path_is_the_same_address(two_systems: TestClient) -> None:
    answer = two_systems.post("/fhir/%24hcc-risk", json=HCC_RISK.body, headers=bearer(signed(HCC_RISK.path)))
    assert answer.status_code == 200


def test_each_ehr_signs_with_its_own_key(two_systems: TestClient) -> None:
    assert call(two_systems, HOOKS, bearer(signed(HOOKS.path, {"iss": OTHER_ISSUER}, key=OTHER_KEY))).status_code == 200


def test_hooks_client_cannot_use_the_api(tmp_path: Path) -> None:
    key_file(tmp_path)
    client = reachable_site(tmp_path, client_entry(ISSUER, 'jwks_file = "keys.json"'))
    assert call(client, HOOKS, bearer(signed(HOOKS.path))).status_code == 200
    for interface in API:
        assert tells_nothing(call(client, interface, bearer(signed(interface.path))), interface)


Changed = Callable[[Interface, int], dict[str, Any]]
WRONG_CLAIMS: dict[str, tuple[Changed, str]] = {
    "aud-elsewhere": (
        lambda interface, _: {"aud": f"https://elsewhere.example{interface.path}"},
        "InvalidAudienceError",
    ),
    "aud-by-host-header": (
        lambda interface, _: {"aud": f"http://calculator.test{interface.path}"},
        "InvalidAudienceError",
    ),
    "aud-without-the-path": (lambda *_: {"aud": PUBLIC_URL}, "InvalidAudienceError"),
    "aud-longer": (lambda interface, _: {"aud": f"{PUBLIC_URL}{interface.path}/"}, "InvalidAudienceError"),
    "aud-of-discovery": (lambda *_: {"aud": f"{PUBLIC_URL}/cds-services"}, "InvalidAudienceError"),
    "aud-empty": (lambda *_: {"aud": []}, "MissingRequiredClaimError"),
    "aud-a-number": (lambda *_: {"aud": 5}, "InvalidAudienceError"),
    "expired": (lambda _, now: {"iat": now - 600, "exp": now - 60}, "ExpiredSignatureError"),
    "nbf-in-the-future": (lambda _, now: {"nbf": now + 120}, "ImmatureSignatureError"),
    "iat-in-the-future": (lambda _, now: {"iat": now + 120, "exp": now + 300}, "ImmatureSignatureError"),
    "lives-longer-than-five-minutes": (lambda _, now: {"exp": now + 302}, "valid for more than five minutes"),
    "issued-long-ago": (lambda _, now: {"iat": now - 3400}, "valid for more than five minutes"),
    "no-aud": (lambda *_: {"aud": None}, "MissingRequiredClaimError"),
    "no-exp": (lambda *_: {"exp": None}, "MissingRequiredClaimError"),
    "no-iat": (lambda *_: {"iat": None}, "MissingRequiredClaimError"),
    "no-jti": (lambda *_: {"jti": None}, "MissingRequiredClaimError"),
    "no-iss": (lambda *_: {"iss": None}, "no client in the site configuration has this issuer"),
    "iss-unknown": (
        lambda *_: {"iss": "https://stranger.example"},
        "no client in the site configuration has this issuer",
    ),
    "iss-of-another-client": (lambda *_: {"iss": OTHER_ISSUER}, "the key id is not known"),
    "iss-with-a-slash": (lambda *_: {"iss": f"{ISSUER}/"}, "no client in the site configuration has this issuer"),
    "iss-a-list": (lambda *_: {"iss": [ISSUER]}, "no client in the site configuration has this issuer"),
    "jti-empty": (lambda *_: {"jti": ""}, "the token's id (jti) is not a text of 1 to 256 characters"),
    "jti-a-number": (lambda *_: {"jti": 5}, "InvalidJTIError"),
    "jti-very-long": (lambda *_: {"jti": "x" * 257}, "the token's id (jti) is not a text of 1 to 256 characters"),
    "exp-a-text": (lambda _, now: {"exp": str(now + 300)}, "the token's times (iat, exp) are not numbers"),
    "exp-endless": (lambda *_: {"exp": float("inf")}, "DecodeError"),
    "exp-a-list": (lambda *_: {"exp": []}, "DecodeError"),
    "sub-a-number": (lambda *_: {"sub": 5}, "InvalidSubjectError"),
}


@EVERY
@pytest.mark.parametrize("mutant", WRONG_CLAIMS)
def test_token_with_a_wrong_claim_is_refused(
    two_systems: TestClient, interface: Interface, mutant: str, log: LogLines
) -> None:
    changed, why = WRONG_CLAIMS[mutant]
    token = signed(interface.path, changed(interface, claims(interface.path)["iat"]))
    assert tells_nothing(call(two_systems, interface, bearer(token)), interface)
    assert why in log.of("not admitted")[0]["error"]
    assert not [part for part in (token, *token.split(".")) if part in log.text]


@EVERY
def test_token_is_valid_once(two_systems: TestClient, interface: Interface, log: LogLines) -> None:
    headers = bearer(signed(interface.path))
    assert call(two_systems, interface, headers).status_code == 200
    assert tells_nothing(call(two_systems, interface, headers), interface)
    assert log.of("not admitted")[0]["error"] == "the token was used before"


def test_token_id_is_used_once_per_issuer(two_systems: TestClient) -> None:
    same = {"jti": "one-id-for-all"}
    assert call(two_systems, HOOKS, bearer(signed(HOOKS.path, same))).status_code == 200
    assert tells_nothing(call(two_systems, HCC_RISK, bearer(signed(HCC_RISK.path, same, key=RSA))), HCC_RISK)
    others = signed(HOOKS.path, same | {"iss": OTHER_ISSUER}, key=OTHER_KEY)
    assert call(two_systems, HOOKS, bearer(others)).status_code == 200


def test_refused_token_is_not_used_up(two_systems: TestClient) -> None:
    right = signed(HOOKS.path, {"jti": "tried-and-right"})
    for wrong in (f"{right[:-8]}AAAAAAAA", signed(HCC_RISK.path, {"jti": "tried-and-right"})):
        assert tells_nothing(call(two_systems, HOOKS, bearer(wrong)), HOOKS)
    assert call(two_systems, HOOKS, bearer(right)).status_code == 200


def test_token_for_another_address_is_refused(two_systems: TestClient) -> None:
    for interface in INTERFACES:
        for other in INTERFACES:
            if interface is not other:
                assert tells_nothing(call(two_systems, interface, bearer(signed(other.path))), interface)


def test_signed_call_needs_a_configured_client(tmp_path: Path) -> None:
    client = reachable_site(tmp_path, "", anonymous_calls=True)
    assert tells_nothing(call(client, HOOKS, bearer(signed(HOOKS.path))), HOOKS)
