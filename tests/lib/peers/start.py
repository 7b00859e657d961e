"""Start independent implementations as peers: an EHR (FHIR and authorization server) and a CDS Hooks client.

All run in Node and speak over loopback. The FHIR server and the CDS Hooks client are medplum's; the authorization
server is oidc-provider.
"""

import base64
import json
import shutil
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx2

_HERE = Path(__file__).parent
INSTALL_PACKAGES = "npm ci --prefix tests/lib/peers"


@dataclass(frozen=True, slots=True)
class Seen:
    """One request that reached the EHR: `path` with its query, and whether a bearer token came with it."""

    method: str
    path: str
    has_token: bool
    status: int | None = None


@dataclass(frozen=True, slots=True)
class Peer:
    """A running EHR. `origin` is the issuer of its authorization server."""

    origin: str

    @property
    def base_url(self) -> str:
        """The base of the FHIR server, which is the `iss` of a SMART launch and the `aud` of its authorization."""
        return f"{self.origin}/fhir"

    def launch(self, patient: str, *, need_patient_banner: object = True) -> str:
        """Return the EHR's `launch` parameter for this patient's id; None leaves the id out."""
        context: dict[str, object] = {"patient": patient}
        if need_patient_banner is not None:
            context["need_patient_banner"] = need_patient_banner
        return base64.urlsafe_b64encode(json.dumps(context).encode()).decode().rstrip("=")

    def issue_token(self, scope: str, patient: str) -> str:
        """Return an access token without a launch, as an EHR puts one into `fhirAuthorization`."""
        answer = httpx2.post(f"{self.origin}/__token", json={"scope": scope, "patient": patient})
        return str(answer.raise_for_status().json()["access_token"])

    def log(self) -> list[Seen]:
        """Return every request so far, oldest first, including those to the authorization server."""
        return [Seen(**entry) for entry in httpx2.get(f"{self.origin}/__log").raise_for_status().json()]

    def stored(self, resource_type: str) -> list[dict[str, Any]]:
        """Return the resources of this type on the FHIR server, including those written to it."""
        bundle = (
            httpx2.get(f"{self.origin}/__stored/{resource_type}", params={"_count": 1000}).raise_for_status().json()
        )
        return [entry["resource"] for entry in bundle.get("entry", [])]


@contextmanager
def fhir_and_smart(
    resources: Sequence[Mapping[str, Any]],
    client_id: str,
    client_jwks: Mapping[str, Any] | str | None,
    redirect_uris: Sequence[str],
    *,
    require_token: bool,
    collapse_slashes: bool = False,
    registration: Mapping[str, str] | None = None,
) -> Iterator[Peer]:
    """Run an EHR that holds the resources (each with its id) and knows one client.

    `client_jwks` are the client's public keys, or the address where it publishes them. A client without keys has a
    `registration` with its `token_endpoint_auth_method` and its `client_secret`, if any. In a standalone launch the
    clinician picks the first Patient. With `require_token`, FHIR requests need a token that permits them: its scopes
    must name the resource type and the interaction. A search must name the token's patient, and a read of a Patient
    or a write may name only that patient; reads of an Observation by id are not checked. With `collapse_slashes`, it
    joins `//` anywhere in the requested address, as the proxy of the official SMART launcher does.
    """
    keys = {"jwks_uri": client_jwks} if isinstance(client_jwks, str) else {"jwks": client_jwks} if client_jwks else {}
    client = {"client_id": client_id, "redirect_uris": list(redirect_uris), **keys, **(registration or {})}
    process = subprocess.Popen(
        _node("fhir-server.mjs"), stdin=subprocess.PIPE, stdout=subprocess.PIPE, encoding="utf-8"
    )
    assert process.stdin is not None
    assert process.stdout is not None
    try:
        settings = {"resources": list(resources), "client": client, "require_token": require_token}
        settings["collapse_slashes"] = collapse_slashes
        process.stdin.write(json.dumps(settings) + "\n")
        process.stdin.flush()
        ready = process.stdout.readline()
        if not ready:
            raise RuntimeError("The EHR ended before it listened; its reason is on stderr.")
        yield Peer(f"http://127.0.0.1:{json.loads(ready)['port']}")
    finally:
        process.communicate()


def call_with_medplum(
    base_url: str,
    hook_body: Mapping[str, Any],
    *,
    fhir_base: str | None = None,
    tokens: tuple[str, str] | None = None,
) -> dict[str, Any]:
    """Discover the CDS services under `base_url` and call the first one for the hook, as medplum's client does.

    Without `prefetch` in the body, the client expands the discovered templates and searches in `fhir_base`. The
    `tokens` are the bearer tokens of discovery and of the call. Returns `services`, `request` (what was sent) and
    `response`; after a refusal `refusal` with its `status` and `outcome`.
    """
    question = {"base_url": base_url, "request": hook_body, "fhir_base": fhir_base, "tokens": tokens}
    done = subprocess.run(
        _node("hooks-client.mjs"), input=json.dumps(question), stdout=subprocess.PIPE, encoding="utf-8", check=True
    )
    said: dict[str, Any] = json.loads(done.stdout)
    return said


def _node(script: str) -> list[str]:
    node = shutil.which("node")
    if node is None:
        raise RuntimeError(f"Node.js 20 or later is not installed. Install it, then run: {INSTALL_PACKAGES}")
    if not (_HERE / "node_modules" / ".package-lock.json").exists():
        raise RuntimeError(f"The EHR peers are not installed. Run: {INSTALL_PACKAGES}")
    return [node, str(_HERE / script)]
