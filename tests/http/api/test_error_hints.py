"""The hints of errors show what to send: an example that is accepted, the body's fault, or the names that exist."""

import gzip
import json
import re
from typing import Any

import pytest
from starlette.testclient import TestClient

from app.core.fitted_model import FittedModel
from tests.lib.clients import Body

URL = "/api/v1/assessments"
CDS_SERVICE = "/cds-services/hcc-sii-afp"
JSON = {"content-type": "application/json"}
ANALYTES = ("neutrophils", "lymphocytes", "platelets", "afp")


def only_error(client: TestClient, body: Body) -> dict[str, str]:
    response = client.post(URL, content=json.dumps(body), headers=JSON)
    assert response.status_code == 422
    found: list[dict[str, str]] = response.json()["errors"]
    (error,) = found
    return error


def example_in(hint: str) -> Any:
    """Return the JSON that a hint shows."""
    shown = re.search(r'\{.*\}|".*"|[0-9.]+(?=\.)', hint)
    assert shown, hint
    return json.loads(shown[0])


@pytest.mark.parametrize("field", [*ANALYTES, "sampled_on", "population"])
@pytest.mark.parametrize("sent", [4.2, None, "4.2 10*9/L", [4.2], True], ids=str)
def test_hint_for_what_is_no_object_shows_one(client: TestClient, body: Body, field: str, sent: object) -> None:
    error = only_error(client, {**body, field: sent})
    assert (error["pointer"], error["code"]) == (f"/{field}", "model_type")
    example = {"blood_count": "2026-01-02"} if field == "sampled_on" else example_in(error["hint"])
    assert client.post(URL, json={**body, field: example}).status_code == 200


@pytest.mark.parametrize("field", ANALYTES)
def test_hint_for_absent_value_shows_one(client: TestClient, body: Body, field: str) -> None:
    error = only_error(client, {name: value for name, value in body.items() if name != field})
    assert (error["pointer"], error["code"]) == (f"/{field}", "missing")
    assert client.post(URL, json={**body, field: example_in(error["hint"])}).status_code == 200


@pytest.mark.parametrize("field", ANALYTES)
@pytest.mark.parametrize(("part", "code"), [("value", "missing"), ("unit", "unit_missing")])
def test_hint_for_absent_part_shows_one_of_the_analyte(
    client: TestClient, body: Body, field: str, part: str, code: str
) -> None:
    sent = body[field]
    error = only_error(client, {**body, field: {name: value for name, value in sent.items() if name != part}})
    assert (error["pointer"], error["code"]) == (f"/{field}/{part}", code)
    assert client.post(URL, json={**body, field: {**sent, part: example_in(error["hint"])}}).status_code == 200


def test_hint_for_unit_that_is_null_shows_one(client: TestClient, body: Body) -> None:
    error = only_error(client, {**body, "afp": {"value": 620, "unit": None}})
    assert (error["pointer"], error["code"], example_in(error["hint"])) == ("/afp/unit", "string_type", "ng/mL")


def test_value_that_is_null_is_not_called_a_text(client: TestClient, body: Body) -> None:
    null, text = (only_error(client, {**body, "afp": {"value": one, "unit": "ng/mL"}}) for one in (None, "620"))
    assert (null["pointer"], null["code"]) == (text["pointer"], text["code"]) == ("/afp/value", "not_a_number")
    assert "null" in null["message"]
    assert null["hint"] != text["hint"]


@pytest.mark.parametrize("sent", [1.0, "1", True], ids=str)
def test_hint_for_ecog_of_other_type_differs_from_range(client: TestClient, body: Body, sent: object) -> None:
    of_type, of_range = (only_error(client, {**body, "population": {"ecog": one}}) for one in (sent, 9))
    assert of_type["pointer"] == of_range["pointer"] == "/population/ecog"
    assert of_type["code"] == of_range["code"] == "out_of_range"
    assert of_type["hint"] != of_range["hint"]


def detail_of(client: TestClient, path: str, content: bytes) -> str:
    """Return what an interface says of a body that is not JSON."""
    kind = "application/fhir+json" if path.startswith("/fhir") else "application/json"
    response = client.post(path, content=content, headers={"content-type": kind})
    assert response.status_code == 400
    found = response.json()
    return str(found["issue"][0]["details"]["text"] if "issue" in found else found["detail"])


PATHS = (URL, "/fhir/$hcc-risk", CDS_SERVICE)


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("content", [b"", b" \n", b"\xef\xbb\xbf"], ids=["nothing", "blanks", "byte-order-mark"])
def test_empty_body_is_called_empty(client: TestClient, path: str, content: bytes) -> None:
    detail = detail_of(client, path, content)
    assert "empty" in detail
    assert "/openapi.json" in detail


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("start", [b"\x1f\x8b\x08\x00", b"\x1f\x8b\x08\x08"], ids=["plain", "with-a-file-name"])
def test_undeclared_gzip_is_recognised(client: TestClient, path: str, start: bytes) -> None:
    assert "gzip" in detail_of(client, path, start + gzip.compress(b"{}", mtime=1_700_000_000)[4:])


def test_unknown_cell_lists_the_cells_of_the_group(client: TestClient, fitted: FittedModel) -> None:
    for group in fitted.risk_groups:
        for kind in ("svg", "png"):
            response = client.get(f"/api/v1/groups/{group.id}/curve.{kind}", params={"cell": "x"})
            assert (response.status_code, response.json()["type"]) == (404, "/problems#not-found")
            named = re.search(r": (.*)\.$", response.json()["detail"])
            assert named
            assert named[1].split(", ") == list(group.cells)
