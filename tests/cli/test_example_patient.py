"""The script that writes a synthetic patient to a FHIR test server."""

import subprocess
import sys
from pathlib import Path

from starlette.testclient import TestClient

from app.config.settings import Settings
from app.main import create_app
from tests.lib.cds_hooks.calls import SERVICE
from tests.lib.fhir.examples import searchset
from tests.lib.peers.start import fhir_and_smart

SCRIPT = Path(__file__).parents[2] / "scripts" / "example-patient"
KEYS = {"neutrophils": "751-8", "lymphocytes": "731-0", "platelets": "777-3", "afp": "1834-1"}


def run(address: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, SCRIPT, address], capture_output=True, text=True, check=False)


def test_patient_on_a_test_server_gives_a_card() -> None:
    with fhir_and_smart([], "x", None, [], require_token=False) as ehr:
        for _ in range(2):  # a second run replaces the first
            assert run(ehr.base_url).returncode == 0
        (patient,) = ehr.stored("Patient")
        conditions, observations = ehr.stored("Condition"), ehr.stored("Observation")
    prefetch = {
        "hcc": searchset(*conditions),
        **{
            name: searchset(*(one for one in observations if one["code"]["coding"][0]["code"] == code))
            for name, code in KEYS.items()
        },
    }
    client = TestClient(create_app(Settings(allowed_hosts=("testserver",), anonymous_calls=True)))
    body = {
        "hook": "patient-view",
        "hookInstance": "6f1c3a52-9d6a-4a55-8a2e-2f0c6b2f6a0e",
        "context": {"patientId": patient["id"], "userId": "Practitioner/d1"},
        "prefetch": prefetch,
    }
    (card,) = client.post(SERVICE, json=body).json()["cards"]
    assert card["summary"].startswith("HCC: higher-risk group")


def test_server_that_refuses_is_named() -> None:
    for address in ("http://127.0.0.1:9/fhir", "ftp://server/fhir"):
        done = run(address)
        assert (done.returncode, done.stdout) == (1, "")
        assert "fhir" in done.stderr.lower()
        assert "Traceback" not in done.stderr
