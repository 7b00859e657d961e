"""Compare CDS Hooks with prefetch at twenty callers with a bare FastAPI app that answers with a constant card.

`this` runs without authentication; `signed` verifies an ES384 token, valid once, for every call.
"""

import json
import statistics
import sys
import tempfile
import time
import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

from benchmarks.checks import Check, median_ratio
from benchmarks.servers import HOST, Server, answer_of, free_port, load, post, this_service
from joserfc import jwt
from joserfc.jwk import ECKey

CALLERS = 20
ROUNDS = 5
# Twenty new connections are accepted one by one, between the answers to those before; they must be few of all answers.
SECONDS = 8
TOKENS = 8000  # more than the loads of a round need, because each can be used once
PATH = "/cds-services/hcc-sii-afp"
ISSUER = "https://ehr.example/fhir"
LOINC = {"neutrophils": "751-8", "lymphocytes": "731-0", "platelets": "777-3", "afp": "1834-1"}
VALUES = {"neutrophils": 4.2, "lymphocytes": 1.1, "platelets": 145, "afp": 620}

BARE = """
import json
from typing import Any, Literal
from uuid import UUID
import uvicorn
from fastapi import FastAPI
from pydantic import BaseModel
class Context(BaseModel):
    userId: str
    patientId: str
class Call(BaseModel):
    hook: Literal["patient-view"]
    hookInstance: UUID
    context: Context
    fhirServer: str | None = None
    prefetch: dict[str, Any] | None = None
application = FastAPI()
CARD = json.load(open({answer!r}))
@application.get("/health/ready")
async def ready(): return {{}}
@application.post({path!r})
async def call(call: Call) -> dict[str, Any]: return CARD
uvicorn.run(application, host="127.0.0.1", port={port}, log_level="warning", access_log=False)
"""


def measure() -> list[Check]:
    """Print the figures for a prefetch of one draw and of ten; return the checks."""
    return [check for draws in (1, 10) for check in _measure(draws)]


def _measure(draws: int) -> list[Check]:
    body = json.dumps(_call(draws)).encode()
    figures: dict[str, list[tuple[float, float]]] = {"this": [], "signed": [], "bare": []}
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        key = ECKey.generate_key("P-384", {"kid": "k1"})
        (folder / "keys.json").write_text(json.dumps({"keys": [key.as_dict(private=False)]}))
        (folder / "site.toml").write_text(f'[[client]]\nissuer = "{ISSUER}"\njwks_file = "keys.json"\n')
        with _serving("this", folder) as server:
            card = answer_of(server.port, post(PATH, body))
            if b"HCC: higher-risk group" not in card:
                raise SystemExit(f"The call gives no card: {card.decode()[:500]}")
            (folder / "card.json").write_bytes(card)
        for _ in range(ROUNDS):
            for app, found in figures.items():
                with _serving(app, folder) as server:
                    first = requests = [post(PATH, body)]
                    if app == "signed":
                        calls = [_signed(body, key, server.port) for _ in range(TOKENS)]
                        first, requests = calls[: TOKENS // 5], calls[TOKENS // 5 :]
                    load(server.port, first, CALLERS, 1)
                    sent = load(server.port, requests, CALLERS, SECONDS)
                    found.append((sent.rate, sent.p95))
    print(f"CDS Hooks: {draws} draws, call of {len(body)} bytes, {CALLERS} callers, median of {ROUNDS} rounds")
    print(f"{'':<12}{'requests/s':>12}{'p95 ms':>10}")
    rates, p95 = {}, {}
    for app, rounds in figures.items():
        rates[app] = [rate for rate, _ in rounds]
        p95[app] = statistics.median(latency for _, latency in rounds)
        print(f"{app:<12}{statistics.median(rates[app]):>12.0f}{p95[app]:>10.1f}")
    each = zip(rates["signed"], rates["this"], strict=True)
    return [
        Check(f"hooks p95, ms, {draws} draws", p95["this"], at_most=150),
        Check("with ES384", p95["signed"], at_most=150),
        Check(
            "throughput against bare", median_ratio(rates["this"], rates["bare"]), at_least=0.6 if draws == 1 else 0.4
        ),
        Check("ES384 verification, ms a call", statistics.median(1000 / signed - 1000 / this for signed, this in each)),
    ]


@contextmanager
def _serving(app: str, folder: Path) -> Iterator[Server]:
    port = free_port()
    settings = {"SII_AFP_PUBLIC_URL": _url(port), "SII_AFP_CANONICAL_URL": "https://calculator.test/fhir"}
    if app == "signed":
        settings["SII_AFP_INTEGRATION_FILE"] = str(folder / "site.toml")
    command = this_service(port)
    if app == "bare":
        command = [sys.executable, "-c", BARE.format(answer=str(folder / "card.json"), path=PATH, port=port)]
    server = Server(command, port, settings)
    try:
        yield server
    finally:
        server.stop()


def _url(port: int) -> str:
    return f"http://{HOST}:{port}"


def _signed(body: bytes, key: ECKey, port: int) -> bytes:
    """Return the call with a token of its own."""
    return post(PATH, body, {"Authorization": f"Bearer {_token(key, port)}"})


def _token(key: ECKey, port: int) -> str:
    now = int(time.time())
    claims = {"iss": ISSUER, "aud": _url(port) + PATH, "iat": now, "exp": now + 240, "jti": str(uuid.uuid4())}
    return jwt.encode({"alg": "ES384", "kid": "k1", "typ": "JWT"}, claims, key, algorithms=["ES384"])


def _call(draws: int) -> dict[str, object]:
    condition = {
        "resourceType": "Condition",
        "id": "hcc",
        "subject": {"reference": "Patient/p1"},
        "code": {"coding": [{"system": "http://snomed.info/sct", "code": "109841003"}]},
    }
    prefetch = {name: _bundle([_observation(name, day) for day in range(draws, 0, -1)]) for name in LOINC}
    return {
        "hook": "patient-view",
        "hookInstance": str(uuid.uuid4()),
        "context": {"patientId": "p1", "userId": "Practitioner/d1"},
        "prefetch": {"hcc": _bundle([condition]), **prefetch},
    }


def _bundle(resources: Sequence[dict[str, object]]) -> dict[str, object]:
    return {"resourceType": "Bundle", "type": "searchset", "entry": [{"resource": one} for one in resources]}


def _observation(analyte: str, day: int) -> dict[str, object]:
    """Return a result of one of the last days; a higher `day` is newer."""
    taken = datetime.now(UTC) - timedelta(days=20 - day)
    unit = "ng/mL" if analyte == "afp" else "10*9/L"
    return {
        "resourceType": "Observation",
        "id": f"{analyte}-{day}",
        "status": "final",
        "code": {"coding": [{"system": "http://loinc.org", "code": LOINC[analyte]}]},
        "subject": {"reference": "Patient/p1"},
        "effectiveDateTime": f"{taken:%Y-%m-%d}T08:30:00Z",
        "valueQuantity": {"value": VALUES[analyte], "unit": unit, "system": "http://unitsofmeasure.org", "code": unit},
    }
