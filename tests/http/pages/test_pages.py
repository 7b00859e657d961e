"""The pages: accepted and refused forms, and no form that gives a server error."""

from functools import cache
from urllib.parse import urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.testclient import TestClient

from app.web.pages.form_input import FIELDS, MAXIMUM_FIELDS
from tests.lib.clients import client_with

FORM = {"content-type": "application/x-www-form-urlencoded", "accept": "text/html"}
GIGA = "10*9/L"
HIGH = {
    "neutrophils": "4.2",
    "neutrophils_unit": GIGA,
    "lymphocytes": "1.1",
    "lymphocytes_unit": GIGA,
    "platelets": "145",
    "platelets_unit": GIGA,
    "afp": "620",
    "afp_unit": "ng/mL",
}


def test_form_and_the_evidence_are_pages(client: TestClient) -> None:
    for path, title in (("/", "Enter four laboratory values"), ("/evidence", "Evidence")):
        response = client.get(path)
        assert response.status_code == 200
        assert f"<title>{title} – SII–AFP calculator</title>" in response.text


def test_form_gives_a_result(client: TestClient) -> None:
    response = client.post("/", content=urlencode(HIGH), headers=FORM)
    assert response.status_code == 200
    assert "Higher-risk group" in response.text
    assert response.headers["cache-control"] == "no-store"


def test_typed_comparator_of_afp_is_read(client: TestClient) -> None:
    response = client.post("/", content=urlencode({**HIGH, "afp": " >1210 "}), headers=FORM)
    assert "&gt; 1210 ng/mL" in response.text


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("neutrophils", "", "The value is missing."),
        ("platelets_unit", "", "The unit is missing."),
        ("afp_unit", "nmol/L", "Molar units are not accepted."),
        ("afp", ">200", "does not say on which side"),
        ("blood_count_date", "2999-01-01", "is in the future."),
        ("afp_date", "yesterday", "The date cannot be read."),
        ("sorafenib_failed", "perhaps", "The answer is not known."),
        ("child_pugh_class", "D", "The Child-Pugh class is A, B or C."),
        ("ecog", "9", "The ECOG performance status is a whole number from 0 to 5."),
        ("ecog", "one", "The ECOG performance status is a whole number from 0 to 5."),
    ],
)
def test_unusable_text_is_kept_with_its_error(client: TestClient, name: str, value: str, said: str) -> None:
    response = client.post("/", content=urlencode({**HIGH, name: value}), headers=FORM)
    assert response.status_code == 422
    assert said in response.text
    assert "There is a problem" in response.text
    assert 'value="4.2"' in response.text or name == "neutrophils"


def test_all_errors_are_reported_at_once(client: TestClient) -> None:
    wrong = {**HIGH, "neutrophils": "", "afp_date": "yesterday", "ecog": "one", "blood_count_date": "2999-01-01"}
    response = client.post("/", content=urlencode(wrong), headers=FORM)
    assert "There are 4 problems" in response.text


def test_values_can_be_changed(client: TestClient) -> None:
    response = client.post("/", content=urlencode({**HIGH, "neutrophils": "oops", "edit": "1"}), headers=FORM)
    assert response.status_code == 200
    assert 'value="oops"' in response.text
    assert "There is a problem" not in response.text


def test_another_media_type_is_refused_as_a_page(client: TestClient) -> None:
    response = client.post("/", json=HIGH, headers={"accept": "text/html"})
    assert response.status_code == 415
    assert "The form is sent as application/x-www-form-urlencoded." in response.text


def test_form_with_too_many_fields_is_refused(client: TestClient) -> None:
    many = urlencode([("neutrophils", "1")] * (MAXIMUM_FIELDS + 1))
    response = client.post("/", content=many, headers=FORM)
    assert response.status_code == 400
    assert "more fields than it should" in response.text


def test_unknown_page_is_a_404_page_with_links(client: TestClient) -> None:
    response = client.get("/no/such/page", headers={"accept": "text/html"})
    assert response.status_code == 404
    assert 'href="../../evidence"' in response.text


def test_live_check_agrees_with_the_result(client: TestClient) -> None:
    said = client.post("/check", content=urlencode(HIGH), headers=FORM).json()
    result = client.post("/", content=urlencode(HIGH), headers=FORM).text
    assert "145 × 4.2 ÷ 1.1 ≈ 553.6" in said["working"]
    assert "145 × 4.2 ÷ 1.1 ≈ 553.6" in result


_text = st.text(max_size=30) | st.sampled_from(
    ["", "4.2", ">400", "1e9", "-1", "NaN", "0", "٣", GIGA, "ng/mL", "A", "yes"]
)


@given(st.dictionaries(st.sampled_from(FIELDS) | _text, _text, max_size=20), st.sampled_from(["/", "/check"]))
def test_random_form_gives_no_server_error(typed: dict[str, str], path: str) -> None:
    body = urlencode(
        {name.encode("utf-8", "replace"): value.encode("utf-8", "replace") for name, value in typed.items()}
    )
    assert _shared_client().post(path, content=body, headers=FORM).status_code in (200, 422)


@given(st.binary(max_size=300))
def test_random_bytes_give_no_server_error(body: bytes) -> None:
    assert _shared_client().post("/", content=body, headers=FORM).status_code in (200, 400, 422)


@cache
def _shared_client() -> TestClient:
    return client_with()
