"""Hold the service's own key, which signs the assertions that identify the service to EHRs."""

import base64
import hashlib
import json
import time
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from app.config.logs import logger
from app.core.errors import KeyFileError

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey

ASSERTION_SECONDS = 240  # at most 300 are allowed; the difference allows for clock skew
_SHORTEST_RSA_BITS = 2048
_THUMBPRINT = {"EC": ("crv", "kty", "x", "y"), "RSA": ("e", "kty", "n")}


@dataclass(frozen=True, slots=True)
class SigningKey:
    """A private key with its algorithm and its public JWK, whose key id is the thumbprint of RFC 7638."""

    algorithm: str
    public_jwk: Mapping[str, str]
    private: "EllipticCurvePrivateKey | RSAPrivateKey" = field(repr=False)

    def assertion(self, client_id: str, audience: str) -> str:
        """Return a client assertion (RFC 7523) for one use at one token endpoint within four minutes."""
        import jwt  # noqa: PLC0415 - only a site with SMART launches needs it

        now = int(time.time())
        claims = {
            "iss": client_id,
            "sub": client_id,
            "aud": audience,
            "jti": str(uuid.uuid4()),
            "iat": now,
            "exp": now + ASSERTION_SECONDS,
        }
        return jwt.encode(claims, self.private, self.algorithm, headers={"kid": self.public_jwk["kid"]})


def new_key() -> SigningKey:
    """Return a new key, and warn that it is lost at the next start."""
    from cryptography.hazmat.primitives.asymmetric import ec  # noqa: PLC0415 - as above

    logger.warning(
        "signing_key_file is not set. The service made a key that is valid until the next start: EHRs must fetch the "
        "key set from its address, and launches fail with more than one process"
    )
    return _with_public(ec.generate_private_key(ec.SECP384R1()))


def read_key(path: Path) -> SigningKey:
    """Return the key of the site from its file. Raises KeyFileError if the file does not hold a usable key."""
    from cryptography.exceptions import UnsupportedAlgorithm  # noqa: PLC0415 - as above
    from cryptography.hazmat.primitives.asymmetric import ec, rsa  # noqa: PLC0415
    from cryptography.hazmat.primitives.serialization import load_pem_private_key  # noqa: PLC0415

    try:
        key = load_pem_private_key(path.read_bytes(), password=None)
    except OSError as error:
        raise KeyFileError(f"signing_key_file: the service cannot read {path} ({type(error).__name__})") from None
    except (ValueError, TypeError, UnsupportedAlgorithm) as error:
        raise KeyFileError(
            f"signing_key_file: the file is not a private key in PEM without a password ({type(error).__name__})"
        ) from None
    if isinstance(key, ec.EllipticCurvePrivateKey) and isinstance(key.curve, ec.SECP384R1):
        return _with_public(key)
    if isinstance(key, rsa.RSAPrivateKey) and key.key_size >= _SHORTEST_RSA_BITS:
        return _with_public(key)
    raise KeyFileError("signing_key_file: the key must be EC P-384 or RSA of at least 2048 bits")


def _with_public(key: "EllipticCurvePrivateKey | RSAPrivateKey") -> SigningKey:
    from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey  # noqa: PLC0415 - as above
    from jwt.algorithms import ECAlgorithm, RSAAlgorithm  # noqa: PLC0415

    if isinstance(key, EllipticCurvePrivateKey):
        algorithm, found = "ES384", ECAlgorithm.to_jwk(key.public_key(), as_dict=True)
    else:
        algorithm, found = "RS384", RSAAlgorithm.to_jwk(key.public_key(), as_dict=True)
    members = {name: found[name] for name in _THUMBPRINT[found["kty"]]}
    digest = hashlib.sha256(json.dumps(members, sort_keys=True, separators=(",", ":")).encode()).digest()
    kid = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
    return SigningKey(algorithm, {**members, "kid": kid, "use": "sig", "alg": algorithm}, key)
