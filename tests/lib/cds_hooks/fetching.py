"""Run a calculator that fetches missing prefetch, and read its answer if that fails."""

from pathlib import Path

import httpx2
from starlette.testclient import TestClient

from app.net.json_client import Outbound
from tests.lib.clients import site

TOKEN = "a-token-that-nobody-may-see"  # noqa: S105 - of a test
KEYS = ["hcc", "neutrophils", "lymphocytes", "platelets", "afp"]


def calculator(folder: Path, *servers: str, deadline_seconds: float = 30.0, more: str = "") -> TestClient:
    """Return a client of a calculator that may fetch from these servers; its deadline suits a busy machine."""
    return site(folder, f"open_fhir_servers = {list(servers)}\n{more}", http=Outbound(deadline_seconds))


def diagnostics_of(answer: httpx2.Response, keys: list[str]) -> str:
    """Return why these keys could not be fetched, and check the rest of the answer."""
    assert (answer.status_code, answer.headers["content-type"]) == (412, "application/fhir+json")
    outcome = answer.json()
    assert outcome["resourceType"] == "OperationOutcome"
    (issue,) = outcome["issue"]
    text = "Required results were not supplied and could not be retrieved."
    assert (issue["severity"], issue["code"], issue["details"]) == ("error", "required", {"text": text})
    *reasons, why = issue["diagnostics"].split(". ", len(keys))
    assert [one.partition(" ")[0] for one in reasons] == [f"prefetch.{key}" for key in keys]
    return str(why)
