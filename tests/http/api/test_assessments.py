"""POST /api/v1/assessments: the contract, exact decimals, and every error at once."""

import json
import uuid
from datetime import datetime
from typing import Any

import pytest
from pydantic import TypeAdapter
from starlette.testclient import TestClient

from app.core.fitted_model import FittedModel
from app.web.api.responses import AssessmentOut
from app.web.problems import ProblemOut
from tests.lib.clients import Body

URL = "/api/v1/assessments"


def test_four_values_give_the_full_answer(client: TestClient, body: Body, fitted: FittedModel) -> None:
    response = client.post(URL, json=body)
    assert (response.status_code, response.headers["content-type"]) == (200, "application/json")
    answer = response.json()
    TypeAdapter(AssessmentOut).validate_python(answer)
    assert answer["model"]["digest"] == fitted.digest
    assert datetime.fromisoformat(answer["computed_at"]).utcoffset() is not None
    assert answer["indices"]["sii"]["working"] == "145 × 4.2 ÷ 1.1 ≈ 553.6"
    assert answer["risk_group"]["id"] == "high"
    assert answer["risk_group"]["factors"] == ["sii", "afp"]
    ratios = {row["factor"]: f"{row['hazard_ratio']:.2f}" for row in answer["hazard_ratios"]}
    assert ratios == {"sii": "2.21", "afp": "2.75", "combined": "6.08"}
    assert [row["months"] for row in answer["survival"]["at"]] == [3, 6, 12]
    assert answer["applicability"]["status"] == "matches"
    assert answer["curve"]["months"][-1] == 12
    assert answer["study"]["n"] == 58
    for link in answer["links"].values():
        assert client.get(link).status_code == 200


def test_decimals_keep_the_digits_sent(client: TestClient, body: Body) -> None:
    text = json.dumps(body).replace("4.2", "4.200").replace("620", "0.1e1")
    answer = client.post(URL, content=text, headers={"content-type": "application/json"})
    assert '"value":4.200,' in answer.text
    assert '"value":1,"unit":"ng/mL"' in answer.text


@pytest.mark.parametrize("sii_edge", ["5.1", "5.0999999999999", "5.1000000000001"])
def test_cut_off_is_compared_with_the_digits_sent(client: TestClient, body: Body, sii_edge: str) -> None:
    body["platelets"]["value"], body["lymphocytes"]["value"], body["neutrophils"]["value"] = 100, 1.5, 0
    text = json.dumps(body).replace('"value": 0,', f'"value": {sii_edge},')
    answer = client.post(URL, content=text, headers={"content-type": "application/json"}).json()
    assert answer["cell"]["sii_high"] is (sii_edge != "5.0999999999999")


def test_comparator_dates_population_are_optional(client: TestClient, body: Body) -> None:
    del body["sampled_on"], body["population"]
    body["afp"] = {"value": 1210, "unit": "ng/mL", "comparator": ">"}
    answer = client.post(URL, json=body).json()
    assert answer["inputs"]["afp"]["given"]["comparator"] == ">"
    assert answer["applicability"]["status"] == "not_stated"


def errors_of(client: TestClient, body: object) -> list[tuple[str, str]]:
    content = body if isinstance(body, str) else json.dumps(body)
    response = client.post(URL, content=content, headers={"content-type": "application/json"})
    assert (response.status_code, response.headers["content-type"]) == (422, "application/problem+json")
    TypeAdapter(ProblemOut).validate_python(response.json())
    return [(error["pointer"], error["code"]) for error in response.json()["errors"]]


def test_shape_and_value_errors_come_together(client: TestClient, body: Body) -> None:
    body["neutrophils"] = {"value": 3000, "unit": "10*3/uL"}
    del body["platelets"]["unit"]
    body["afp"]["comparator"] = "~"
    body["population"] = {"ecog": 9, "child_pugh_class": "a", "sorafenib_failed": "yes"}
    body["sampled_on"]["afp"] = "yesterday"
    body["weight"] = 70
    assert sorted(errors_of(client, body)) == [
        ("/afp", "comparator_unknown"),
        ("/neutrophils", "implausible"),
        ("/platelets/unit", "unit_missing"),
        ("/population/child_pugh_class", "not_a_class"),
        ("/population/ecog", "out_of_range"),
        ("/population/sorafenib_failed", "bool_type"),
        ("/sampled_on/afp", "not_a_date"),
        ("/weight", "extra_forbidden"),
    ]


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"neutrophils": {"value": 55, "unit": "%"}}, [("/neutrophils", "unit_percent")]),
        ({"neutrophils": {"value": 4.2}}, [("/neutrophils/unit", "unit_missing")]),
        ({"neutrophils": {"unit": "10*9/L"}}, [("/neutrophils/value", "missing")]),
        ({"neutrophils": 4.2}, [("/neutrophils", "model_type")]),
        ({"neutrophils": {"value": "4.2", "unit": "10*9/L"}}, [("/neutrophils/value", "not_a_number")]),
        ({"neutrophils": {"value": True, "unit": "10*9/L"}}, [("/neutrophils/value", "not_a_number")]),
        ({"neutrophils": {"value": None, "unit": "10*9/L"}}, [("/neutrophils/value", "not_a_number")]),
        ({"neutrophils": {"value": 4.2, "unit": ""}}, [("/neutrophils", "unit_missing")]),
        ({"neutrophils": {"value": 4.2, "unit": "  "}}, [("/neutrophils", "unit_missing")]),
        ({"neutrophils": {"value": 4.2, "unit": "10*9/L", "x/y~": 1}}, [("/neutrophils/x~1y~0", "extra_forbidden")]),
        ({"lymphocytes": {"value": 0, "unit": "10*9/L"}}, [("/lymphocytes", "zero")]),
        ({"lymphocytes": {"value": -1, "unit": "10*9/L"}}, [("/lymphocytes", "negative")]),
        ({"afp": {"value": 400, "unit": "ng/mL", "comparator": "<="}}, [("/afp", "comparator_undecided")]),
        ({"afp": {"value": 320, "unit": "[IU]/mL"}}, [("/afp", "unit_undecided")]),
        (
            {"platelets": {"value": 145, "unit": "10*9/L", "comparator": "<"}},
            [("/platelets", "comparator_on_count")],
        ),
        ({"sampled_on": {"afp": "2999-01-01"}}, [("/sampled_on/afp", "in_the_future")]),
        ({"sampled_on": {"afp": "0026-11-20"}}, [("/sampled_on/afp", "too_long_ago")]),
        ({"sampled_on": {"blood_count": 0}}, [("/sampled_on/blood_count", "not_a_date")]),
        ({"sampled_on": {"blood_count": "2026-02-30"}}, [("/sampled_on/blood_count", "not_a_date")]),
        ({"sampled_on": {"blood_count": "2026-11-02T08:00"}}, [("/sampled_on/blood_count", "not_a_date")]),
        ({"sampled_on": None}, [("/sampled_on", "model_type")]),
    ],
)
def test_unusable_value_is_named(client: TestClient, body: Body, change: Body, expected: list[tuple[str, str]]) -> None:
    assert errors_of(client, {**body, **change}) == expected


@pytest.mark.parametrize("number", ["1e400", "1e-400", "9" * 400, "0." + "1" * 400])
def test_absurd_number_is_refused(client: TestClient, body: Body, number: str) -> None:
    text = json.dumps(body).replace("4.2", number)
    assert errors_of(client, text) == [("/neutrophils", "too_long")]


def test_body_that_is_not_an_object_is_refused(client: TestClient) -> None:
    for text in ("[]", "3", "null", '"x"'):
        assert errors_of(client, text) == [("", "not_an_object")]
    assert len(errors_of(client, {})) == 4


@pytest.mark.parametrize(
    ("content", "detail"),
    [
        ("{", "The body ends before its JSON is complete (line 1 column 1)."),
        ('{"afp": NaN}', "Expected value (line 1 column 9)."),
        ('{"afp": -Infinity}', "Invalid number (line 1 column 10)."),
        ('{"afp": 1, "afp": 2}', "A name appears twice in one object (line 1 column 18)."),
        (b'"\xff"', "The body is not valid UTF-8 (line 1 column 2)."),
        ('"\\ud800"', "An escape in a text is not a character (line 1 column 8)."),
        ("[" * 9000, "Recursion limit exceeded (line 1 column 202)."),
    ],
)
def test_malformed_json_is_refused_with_the_reason(client: TestClient, content: str | bytes, detail: str) -> None:
    response = client.post(URL, content=content, headers={"content-type": "application/json"})
    problem: dict[str, Any] = response.json()
    assert (response.status_code, problem["type"], problem["detail"]) == (400, "/problems#malformed", detail)
    assert uuid.UUID(problem["instance"].removeprefix("urn:uuid:"))
    assert problem["instance"].endswith(response.headers["x-request-id"])


def test_byte_order_mark_is_ignored(client: TestClient, body: dict[str, Any]) -> None:
    content = b"\xef\xbb\xbf" + json.dumps(body).encode()
    assert client.post(URL, content=content, headers={"content-type": "application/json"}).status_code == 200


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be", "latin-1"])
def test_encoding_other_than_utf_8_is_named(client: TestClient, body: dict[str, Any], encoding: str) -> None:
    content = json.dumps(body | {"µ": 1}, ensure_ascii=False).encode(encoding)
    response = client.post(URL, content=content, headers={"content-type": "application/json"})
    assert response.status_code == 400
    assert ("UTF-16" in response.json()["detail"]) == encoding.startswith("utf-16")
