"""List the interfaces for programs that take a patient's values, each with one valid call."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import httpx2
from joserfc.jwk import ECKey, RSAKey
from starlette.testclient import TestClient

from tests.lib.cds_hooks.calls import RECORDED, SERVICE
from tests.lib.cds_hooks.calls import call as hooks_call
from tests.lib.fhir.examples import parameters, quantity
from tests.lib.signing_ehr import EC, bearer, signed


@dataclass(frozen=True, slots=True)
class Interface:
    """One address, and a body that it answers with 200."""

    name: str
    path: str
    body: Mapping[str, Any]
    is_hooks: bool = False

    def __str__(self) -> str:
        return self.name


# Values that occur nowhere else, so that a test can find them in a log.
VALUES = ("4.2173", "1.1391", "145.77", "1210.53")
_UNITS = {"neutrophils": "10*9/L", "lymphocytes": "10*9/L", "platelets": "10*9/L", "afp": "ng/mL"}
_GIVEN = {name: float(value) for name, value in zip(_UNITS, VALUES, strict=True)}

ASSESSMENTS = Interface(
    "assessments",
    "/api/v1/assessments",
    {name: {"value": value, "unit": _UNITS[name]} for name, value in _GIVEN.items()},
)
HCC_RISK = Interface(
    "$hcc-risk",
    "/fhir/$hcc-risk",
    parameters(
        subject_Reference={"reference": "Patient/patient-of-the-call"},
        **{f"{name}_Quantity": quantity(value, _UNITS[name]) for name, value in _GIVEN.items()},
    ),
)
HOOKS = Interface("hooks", SERVICE, hooks_call(RECORDED), is_hooks=True)
FEEDBACK = Interface(
    "feedback",
    f"{SERVICE}/feedback",
    {"feedback": [{"card": "a-card", "outcome": "overridden", "outcomeTimestamp": "2026-01-02T08:00:00Z"}]},
    is_hooks=True,
)
API = (ASSESSMENTS, HCC_RISK)
INTERFACES = (*API, HOOKS, FEEDBACK)


def call(
    client: TestClient, interface: Interface, headers: Mapping[str, str] | Mapping[bytes, bytes] | None = None
) -> httpx2.Response:
    return client.post(interface.path, json=interface.body, headers=headers)


def tells_nothing(answer: httpx2.Response, interface: Interface) -> bool:
    """Return whether this is the interface's 401: without body for CDS Hooks, otherwise always the same body."""
    if (answer.status_code, answer.headers.get("www-authenticate")) != (401, "Bearer"):
        return False
    if interface.is_hooks:
        return answer.content == b""
    if interface is HCC_RISK:
        (issue,) = answer.json()["issue"]
        text = "Credentials are needed. Send an API key or a signed token."
        return bool(issue == {"severity": "error", "code": "login", "details": {"text": text}})
    problem = answer.json()
    assert answer.headers["content-type"] == "application/problem+json"
    members = [problem.get(name) for name in ("type", "title", "detail", "errors")]
    return members == [
        "/problems#unauthorised",
        "Credentials are needed",
        "Send an API key or a signed token.",
        [],
    ]


def is_admitted(client: TestClient, key: ECKey | RSAKey = EC, **header: Any) -> bool:
    """Whether a call that this key signed is answered; otherwise check that the refusal gives no reason."""
    answer = call(client, HOOKS, bearer(signed(HOOKS.path, key=key, header=header)))
    assert answer.status_code == 200 or tells_nothing(answer, HOOKS)
    return answer.status_code == 200
