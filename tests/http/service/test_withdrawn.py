"""A withdrawn model gives no answers on any interface, only the reason."""

import pytest
from starlette.testclient import TestClient

from app.core.errors import ConfigurationError
from app.core.fitted_model import FittedModel
from tests.lib.cds_hooks.calls import ask
from tests.lib.clients import Body, client_with
from tests.lib.fhir.examples import FHIR

REASON = "refuted by a later study"


@pytest.fixture
def withdrawn(fitted: FittedModel) -> TestClient:
    return client_with(withdrawn=f"{fitted.id}: {REASON}")


@pytest.mark.parametrize(
    "path",
    [
        *("/", "/report", "/evidence", "/instructions", "/api", "/api/v1/model", "/api/v1/groups"),
        *("/api/v1/groups/low/curve.json", "/api/v1/groups/low/curve.svg", "/api/v1/groups/low/curve.png"),
    ],
)
def test_get_answers_503_with_the_reason(withdrawn: TestClient, path: str) -> None:
    response = withdrawn.get(path)
    assert (response.status_code, response.json()["type"]) == (503, "/problems#withdrawn")
    assert response.json()["detail"].endswith(f"was withdrawn: {REASON}")


def test_assessment_answers_503_on_every_interface(withdrawn: TestClient, body: Body) -> None:
    form = {"neutrophils": "4.2", "neutrophils_unit": "10*9/L"}
    for response in (
        withdrawn.post("/api/v1/assessments", json=body),
        withdrawn.post("/", data=form),
        withdrawn.post("/check", data=form),
        withdrawn.post("/report", data={"report": "PLT 88 K/uL"}),
        withdrawn.post("/fhir/$hcc-risk", json={"resourceType": "Parameters", "parameter": []}, headers=FHIR),
        ask(withdrawn),
    ):
        assert (response.status_code, REASON in response.text) == (503, True), response.url


def test_browser_page_shows_the_reason(withdrawn: TestClient) -> None:
    response = withdrawn.get("/", headers={"accept": "text/html"})
    assert (response.status_code, REASON in response.text) == (503, True)


def test_process_of_a_withdrawn_model_is_ready_to_say_so(withdrawn: TestClient) -> None:
    """Otherwise a proxy turns away from it, and nobody reads the reason."""
    assert withdrawn.get("/health/live").status_code == 200
    ready = withdrawn.get("/health/ready")
    assert (ready.status_code, ready.json()["status"], ready.json()["reason"]) == (200, "withdrawn", REASON)


def test_withdrawing_an_unknown_model_stops_the_start() -> None:
    with pytest.raises(ConfigurationError):
        client_with(withdrawn="another: reason")
