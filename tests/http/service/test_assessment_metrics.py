"""Assessments are counted by interface, group, caveat and band, once each, and without a value."""

from collections.abc import Iterator
from urllib.parse import urlencode

import pytest
from prometheus_client.parser import text_string_to_metric_families
from starlette.testclient import TestClient

from app.core.analytes import Analyte
from app.core.fitted_model import FittedModel
from app.web.metrics import BANDS, bands
from tests.lib.cds_hooks.calls import ask, call, prefetch
from tests.lib.clients import Body, client_with
from tests.lib.fhir.examples import four_quantities
from tests.lib.fhir.operation import OPERATION, answered

FORM = {"content-type": "application/x-www-form-urlencoded"}
VALUES = {"neutrophils": "4.2", "lymphocytes": "1.1", "platelets": "145", "afp": "620"}
TYPED = VALUES | {f"{name}_unit": "10*9/L" for name in VALUES} | {"afp_unit": "ng/mL"}
Labels = frozenset[tuple[str, str]]


@pytest.fixture
def fresh() -> Iterator[TestClient]:
    """A service that has counted nothing yet."""
    with client_with() as found:
        yield found


def counted(client: TestClient, name: str, *shown: str) -> dict[tuple[str, ...], float]:
    """Return what was counted of a metric, by the values of these labels; zeros are left out."""
    found: dict[tuple[str, ...], float] = {}
    for family in text_string_to_metric_families(client.get("/metrics").text):
        for sample in family.samples:
            if sample.name == name and sample.value:
                key = tuple(sample.labels[label] for label in shown)
                found[key] = found.get(key, 0) + sample.value
    return found


def posted(client: TestClient, path: str, **changed: str) -> int:
    return client.post(path, content=urlencode(TYPED | changed), headers=FORM).status_code


def test_json_assessment_has_group_and_levels(fresh: TestClient, body: Body, fitted: FittedModel) -> None:
    assert fresh.post("/api/v1/assessments", json=body).status_code == 200
    labels = ("interface", "caller", "model", "risk_group", "sii", "afp")
    found = counted(fresh, "sii_afp_assessments_total", *labels)
    assert found == {("api", "anonymous", fitted.id, "high", "high", "high"): 1}
    assert counted(fresh, "sii_afp_applicability_total", "interface", "status") == {("api", "matches"): 1}


def test_fhir_and_cds_hooks_are_counted(fresh: TestClient) -> None:
    answered(fresh, four_quantities())
    assert len(ask(fresh, call(prefetch())).json()["cards"]) == 1
    found = counted(fresh, "sii_afp_assessments_total", "interface")
    assert found == {("fhir",): 1, ("cds_hooks",): 1}


def test_form_counts_once_and_not_while_typing(fresh: TestClient) -> None:
    assert posted(fresh, "/check") == 200
    assert counted(fresh, "sii_afp_assessments_total", "interface") == {}
    assert posted(fresh, "/") == 200
    assert [posted(fresh, path) for path in ("/patient", "/report.pdf")] == [200, 200]
    assert counted(fresh, "sii_afp_assessments_total", "interface") == {("form",): 1}


def test_form_of_a_record_or_a_sample_is_no_typed_form(fresh: TestClient) -> None:
    assert [posted(fresh, "/", record="forgotten"), posted(fresh, "/", sample="1")] == [200, 200]
    assert counted(fresh, "sii_afp_assessments_total", "interface") == {("smart",): 1}


@pytest.mark.parametrize(
    ("analyte", "value", "band"),
    [
        ("neutrophils", 0.499, "below_0.5"),
        ("neutrophils", 0.5, "0.5_to_2"),
        ("neutrophils", 7.499, "2_to_7.5"),
        ("neutrophils", 20, "from_20"),
        ("lymphocytes", 0.9, "0.2_to_1"),
        ("platelets", 14.5, "below_20"),
        ("platelets", 1450, "from_1000"),
        ("afp", 620, "100_to_1000"),
    ],
)
def test_value_is_counted_in_its_band(fresh: TestClient, body: Body, analyte: str, value: float, band: str) -> None:
    body[analyte]["value"] = value
    assert fresh.post("/api/v1/assessments", json=body).status_code == 200
    found = counted(fresh, "sii_afp_input_values_total", "analyte", "band")
    assert len(found) == len(Analyte)
    assert found[analyte, band] == 1


def test_band_is_of_the_converted_value(fresh: TestClient, body: Body) -> None:
    body["platelets"] = {"value": 145000, "unit": "/uL"}
    assert fresh.post("/api/v1/assessments", json=body).status_code == 200
    assert counted(fresh, "sii_afp_input_values_total", "analyte", "band")["platelets", "100_to_450"] == 1


def test_every_band_is_shown_from_the_first_value_on(fresh: TestClient, body: Body) -> None:
    """Prometheus misses the first count of a series that begins above zero."""
    fresh.post("/api/v1/assessments", json=body)
    text = fresh.get("/metrics").text
    for analyte in BANDS:
        for band in bands(analyte):
            labels = f'analyte="{analyte.value}",band="{band}",caller="anonymous",interface="api"'
            assert f"sii_afp_input_values_total{{{labels}}}" in text
    assert text.count("sii_afp_assessments_total{") == 4


def test_warnings_and_first_caveats_are_counted(fresh: TestClient, body: Body) -> None:
    body["neutrophils"]["value"], body["afp"] = 25, {"value": 600, "unit": "[IU]/mL"}
    assert fresh.post("/api/v1/assessments", json=body).status_code == 200
    warnings = counted(fresh, "sii_afp_input_warnings_total", "interface", "field", "code")
    assert warnings["api", "neutrophils", "unusual"] == warnings["api", "afp", "afp_converted"] == 1
    caveats = counted(fresh, "sii_afp_caveats_total", "interface", "code")
    assert caveats == {("api", "unusual"): 1}


def test_refused_values_are_counted_by_field_and_code(fresh: TestClient, body: Body) -> None:
    body["platelets"]["value"] = 145000
    body["afp"]["unit"] = "furlong"
    body["4.7391"] = 4.7391
    assert fresh.post("/api/v1/assessments", json=body).status_code == 422
    assert posted(fresh, "/", afp="") == 422
    found = counted(fresh, "sii_afp_refused_values_total", "interface", "field", "code")
    assert found == {
        ("api", "platelets", "implausible"): 1,
        ("api", "afp", "unit_unknown"): 1,
        ("api", "other", "extra_forbidden"): 1,
        ("form", "afp", "missing"): 1,
    }
    assert "4.7391" not in fresh.get("/metrics").text
    assert counted(fresh, "sii_afp_problems_total", "problem") == {("invalid",): 1}


def test_problems_of_every_interface_are_counted(fresh: TestClient) -> None:
    fresh.get("/nothing")
    fresh.get("/api/v1/model", headers={"host": "elsewhere.test"})
    fresh.post(OPERATION, content="{}", headers={"content-type": "text/plain"})
    fresh.post("/cds-services/hcc-sii-afp", json={}, headers={"authorization": "Bearer a.b.c"})
    found = counted(fresh, "sii_afp_problems_total", "problem")
    assert found == {("not-found",): 1, ("host",): 1, ("media-type",): 1, ("unauthorised",): 1}


def test_gauges_name_the_build_and_readiness(fresh: TestClient, fitted: FittedModel) -> None:
    labels = ("model", "model_version", "digest")
    assert counted(fresh, "sii_afp_build_info", *labels) == {(fitted.id, fitted.version, fitted.digest): 1}
    assert counted(fresh, "sii_afp_ready") == {(): 1}
    assert counted(fresh, "sii_afp_model_withdrawn") == {}


def test_withdrawn_model_is_counted_by_a_ready_service(fitted: FittedModel) -> None:
    with client_with(withdrawn=f"{fitted.id}: refuted") as client:
        assert counted(client, "sii_afp_ready") == {(): 1}
        assert counted(client, "sii_afp_model_withdrawn", "model") == {(fitted.id,): 1}
