"""A SMART app that shares no code with ours: it signs with joserfc, and it can break each rule on purpose."""

import base64
import hashlib
import time
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import httpx2
from joserfc import jwt
from joserfc.jwk import ECKey, Key, RSAKey

from tests.lib.peers.start import Peer

CLIENT_ID = "an-app"
CALLBACK = "http://127.0.0.1:9/smart/callback"
SCOPE = "launch openid fhirUser patient/Patient.r patient/Observation.rs patient/RiskAssessment.c"
KEYS: dict[str, Key] = {
    "ES384": ECKey.generate_key("P-384", {"kid": "ec", "use": "sig", "alg": "ES384"}),
    "RS384": RSAKey.generate_key(2048, {"kid": "rsa", "use": "sig", "alg": "RS384"}),
}
PUBLIC_KEYS = {"keys": [key.as_dict(private=False) for key in KEYS.values()]}
# It claims to be the app's own.
STRANGERS_KEY = ECKey.generate_key("P-384", {"kid": "ec", "use": "sig", "alg": "ES384"})

_VERIFIER = "a-verifier-that-is-longer-than-forty-three-characters"
_CHALLENGE = base64.urlsafe_b64encode(hashlib.sha256(_VERIFIER.encode()).digest()).decode().rstrip("=")
_ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"


@dataclass(frozen=True, slots=True)
class SmartApp:
    """The app, registered with one EHR."""

    ehr: Peer

    def authorize(self, changed: Mapping[str, str | None], browser: httpx2.Client | None = None) -> dict[str, str]:
        """Return the parameters that the authorization server sends back; a None in `changed` leaves that one out."""
        if browser is None:
            with httpx2.Client() as fresh:
                return self.authorize(changed, fresh)
        asked: dict[str, str | None] = {
            "response_type": "code",
            "client_id": CLIENT_ID,
            "redirect_uri": CALLBACK,
            "scope": SCOPE,
            "state": "a-state",
            "aud": self.ehr.base_url,
            "code_challenge": _CHALLENGE,
            "code_challenge_method": "S256",
            **changed,
        }
        answer = browser.get(f"{self.ehr.origin}/auth", params={name: text for name, text in asked.items() if text})
        while not answer.headers.get("location", CALLBACK).startswith(CALLBACK):
            answer = browser.get(answer.url.join(answer.headers["location"]))
        assert answer.is_redirect, answer.text
        returned = dict(parse_qsl(urlsplit(answer.headers["location"]).query))
        assert returned["state"] == "a-state"
        return returned

    def code(self, patient: str = "p1", browser: httpx2.Client | None = None) -> str:
        """Return the code of an EHR launch for the patient."""
        return self.authorize({"launch": self.ehr.launch(patient)}, browser)["code"]

    def assertion(
        self, algorithm: str = "ES384", key: Key | None = None, claims: Mapping[str, object] | None = None
    ) -> str:
        """Return a signed client assertion; `key` and `claims` replace the correct ones."""
        signer = key or KEYS[algorithm]
        right = {
            "iss": CLIENT_ID,
            "sub": CLIENT_ID,
            "aud": f"{self.ehr.origin}/token",
            "exp": int(time.time()) + 240,
            "jti": str(uuid.uuid4()),
        }
        return jwt.encode({"alg": algorithm, "kid": signer.kid}, {**right, **(claims or {})}, signer, [algorithm])

    def redeem(self, code: str, assertion: str | None, verifier: str = _VERIFIER) -> httpx2.Response:
        """Request a token; without an assertion the client only gives its id."""
        proof = {"client_assertion_type": _ASSERTION_TYPE, "client_assertion": assertion} if assertion else {}
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": CALLBACK,
            "code_verifier": verifier,
            "client_id": CLIENT_ID,
        }
        return httpx2.post(f"{self.ehr.origin}/token", data=form | proof)

    def token(self, code: str, algorithm: str = "ES384") -> dict[str, Any]:
        """Return the token response that a correct client gets."""
        answer = self.redeem(code, self.assertion(algorithm))
        assert answer.status_code == 200, answer.text
        token: dict[str, Any] = answer.json()
        return token
