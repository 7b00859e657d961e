"""An EHR that signs its calls. It shares no code with the service: it signs with joserfc."""

import json
import time
import uuid
from base64 import urlsafe_b64encode
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from joserfc import jwt
from joserfc.jwk import ECKey, Key, RSAKey
from starlette.testclient import TestClient

from tests.lib.clients import site

PUBLIC_URL = "https://calculator.example/sii"
ISSUER = "https://ehr.example/fhir"
EC = ECKey.generate_key("P-384", {"kid": "ec", "use": "sig", "alg": "ES384"})
RSA = RSAKey.generate_key(2048, {"kid": "rsa", "use": "sig", "alg": "RS384"})
PUBLIC_KEYS = {"keys": [EC.as_dict(private=False), RSA.as_dict(private=False)]}

NEW = ECKey.generate_key("P-384", {"kid": "new", "use": "sig", "alg": "ES384"})  # replaces the old key
ES256 = ECKey.generate_key("P-256", {"kid": "ec", "use": "sig", "alg": "ES256"})
RS256 = RSAKey.generate_key(2048, {"kid": "rsa", "use": "sig", "alg": "RS256"})
# A second EHR, with its own key.
OTHER_ISSUER = "https://other-ehr.example/fhir"
OTHER_KEY = ECKey.generate_key("P-384", {"kid": "other", "use": "sig", "alg": "ES384"})


def public(key: ECKey | RSAKey, **changed: Any) -> dict[str, Any]:
    """Return the entry of a key set; a None in `changed` leaves that one out."""
    entry = {**key.as_dict(private=False), **changed}
    return {name: value for name, value in entry.items() if value is not None}


def claims(path: str, changed: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """Return the claims of a call of this path; a None in `changed` leaves that one out."""
    now = int(time.time())
    right = {
        "iss": ISSUER,
        "sub": "a-client",
        "aud": PUBLIC_URL + path,
        "iat": now,
        "nbf": now - 300,
        "exp": now + 300,
        "jti": str(uuid.uuid4()),
    }
    return {name: value for name, value in (right | dict(changed or {})).items() if value is not None}


def signed(
    path: str, changed: Mapping[str, Any] | None = None, *, key: Key = EC, header: Mapping[str, Any] | None = None
) -> str:
    """Return a token for one call of this path; `header` changes the correct header, and a None leaves a field out."""
    algorithm = key.alg or ("RS384" if isinstance(key, RSAKey) else "ES384")
    right = {"alg": algorithm, "kid": key.kid, "typ": "JWT", **(header or {})}
    sent = {name: value for name, value in right.items() if value is not None}
    return jwt.encode(sent, claims(path, changed), key, [sent["alg"]])


def assembled(header: bytes, payload: bytes, sign: Callable[[bytes], bytes]) -> str:
    """Return a token made by hand, which no library would sign."""
    signing_input = b".".join(urlsafe_b64encode(part).rstrip(b"=") for part in (header, payload))
    return b".".join([signing_input, urlsafe_b64encode(sign(signing_input)).rstrip(b"=")]).decode()


def client_entry(issuer: str, key_set: str, scopes: Sequence[str] = ("hooks",), more: str = "") -> str:
    """Return the entry of an EHR in the integration file."""
    return f'[[client]]\nissuer = "{issuer}"\n{key_set}\nscopes = {json.dumps(list(scopes))}\n{more}\n'


def key_file(folder: Path, keys: Mapping[str, Any] = PUBLIC_KEYS) -> Path:
    file = folder / "keys.json"
    file.write_text(json.dumps(keys), "utf-8")
    return file


def reachable_site(folder: Path, entries: str, **parts: Any) -> TestClient:
    """Return a client of a calculator that everyone can reach, with these entries in its site configuration."""
    everywhere = "0.0.0.0"  # noqa: S104 - never listened on
    return site(folder, entries, host=everywhere, public_url=PUBLIC_URL, **parts)


def bearer(token: str) -> dict[str, str]:
    return {"authorization": f"Bearer {token}"}
