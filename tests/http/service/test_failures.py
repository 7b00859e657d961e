"""Whose fault a request is that gets no answer: the client's or the service's, in answer, log and metrics."""

import re
from datetime import datetime
from pathlib import Path

import pytest
from starlette.testclient import TestClient
from starlette.types import Message

import app
from tests.lib.clients import Body, client_with
from tests.lib.logs import LogLines
from tests.lib.raw_requests import sent_messages

PATHS = ["/api/v1/assessments", "/fhir/$hcc-risk", "/cds-services/hcc-sii-afp"]
HALF_A_BODY: list[Message] = [
    {"type": "http.request", "body": b'{"neutrophils":', "more_body": True},
    {"type": "http.disconnect"},
]


@pytest.mark.parametrize("path", PATHS)
def test_hang_up_is_499_and_no_failure(client: TestClient, log: LogLines, path: str) -> None:
    sent_messages(client, "POST", path, HALF_A_BODY)
    assert not log.of("failed")
    (line,) = log.of("request")
    assert (line["level"], line["status"], line["route"]) == ("info", 499, path)
    counts = client.get("/metrics").text
    assert f'sii_afp_requests_total{{method="POST",route="{path}",status="499"}}' in counts
    assert 'status="500"' not in counts


def test_failure_names_its_place_and_no_value(log: LogLines, body: Body) -> None:
    def fail() -> datetime:
        raise RuntimeError("secret detail")

    body["afp"]["value"] = 620.8317
    with client_with(clock=fail) as failing:
        assert failing.post("/api/v1/assessments", json=body).status_code == 500
    (line,) = log.of("failed")
    assert (line["level"], line["error"]) == ("error", "RuntimeError")
    found = re.fullmatch(r"(app/[a-z_/]+\.py):(\d+)", line["where"])
    assert found
    code = (Path(app.__file__).parents[1] / found[1]).read_text("utf-8").splitlines()[int(found[2]) - 1]
    assert "clock()" in code
    assert not re.search(r"secret|620\.8317", log.text)
