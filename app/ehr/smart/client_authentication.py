"""Authenticate to the token endpoint of an EHR: with a signed assertion, with a secret, or as a public client."""

import stat
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote_plus

from app.config.site import Authentication, SiteConfiguration
from app.core.errors import KeyFileError
from app.ehr.smart.signing_key import SigningKey, new_key, read_key
from app.net.json_client import JsonAnswer

_ASSERTION = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
# The errors of RFC 6749, 5.2. No other text of an EHR is logged.
_ERRORS = (
    *("invalid_request", "invalid_client", "invalid_grant"),
    *("unauthorized_client", "unsupported_grant_type", "invalid_scope"),
)
_PROOF = {"private_key_jwt": "our key set", "client_secret_basic": "the secret", "none": "the kind of client"}


@dataclass(frozen=True, slots=True)
class Credentials:
    """What a token request carries: fields of the form, and user name and password of HTTP Basic, if it is used."""

    fields: Mapping[str, str] = field(repr=False)
    basic: tuple[str, str] | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class Client:
    """This service as a client of one EHR, with its key or its secret; a public client has neither."""

    client_id: str
    proof: SigningKey | str | None = field(default=None, repr=False)

    def credentials(self, token_endpoint: str) -> Credentials:
        """Return what authenticates one token request."""
        match self.proof:
            case SigningKey() as key:
                assertion = key.assertion(self.client_id, token_endpoint)
                return Credentials({"client_assertion_type": _ASSERTION, "client_assertion": assertion})
            case str() as secret:
                # RFC 6749, 2.3.1: both parts are form-encoded before HTTP Basic joins them.
                return Credentials({}, (quote_plus(self.client_id), quote_plus(secret)))
            case None:
                return Credentials({"client_id": self.client_id})


def clients_of(site: SiteConfiguration) -> tuple[dict[str, Client], SigningKey | None]:
    """Return the client of each EHR by the `issuer` of its entry, and the service's key if there is one.

    Without `signing_key_file` a key is made if an entry needs one. Raises KeyFileError that names the entry.
    """
    key = read_key(site.signing_key_file) if site.signing_key_file else None
    clients = {}
    for at, server in enumerate(site.smart):
        proof: SigningKey | str | None = None
        if server.client_secret_file:
            proof = _read_secret(server.client_secret_file, f"smart.{at}.client_secret_file")
        elif server.authentication == "private_key_jwt":
            proof = key = key or new_key()
        clients[server.issuer] = Client(server.client_id, proof)
    return clients, key


def refusal(answer: JsonAnswer, method: Authentication) -> str:
    """Return why a token endpoint refused, for the log: the status, the error if it is a known one, what to check."""
    error = answer.body.get("error") if isinstance(answer.body, dict) else None
    if error not in _ERRORS:
        return f"status {answer.status}"
    if error != "invalid_client":
        return f"status {answer.status}, {error}"
    return (
        f"status {answer.status}, {error}: check client_id, authentication ({method}) and {_PROOF[method]} at the EHR"
    )


def _read_secret(path: Path, entry: str) -> str:
    """Return the secret from a file of one line that not everybody on the machine may open."""
    try:
        if path.stat().st_mode & stat.S_IRWXO:
            raise KeyFileError(
                f"{entry}: every user of this machine can open the file. Allow only the service to read it: chmod 600"
            )
        secret = path.read_text(encoding="utf-8-sig").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise KeyFileError(f"{entry}: the file cannot be read ({type(error).__name__})") from None
    if not secret or not secret.isprintable():
        raise KeyFileError(f"{entry}: the file must have one line, the secret")
    return secret
