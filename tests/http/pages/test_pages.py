"""The pages: accepted and refused forms, and no form that gives a server error."""

import json
import re
import shlex
from datetime import UTC, datetime
from functools import cache
from html import unescape
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.testclient import TestClient

from app.artefact.store import earlier_versions
from app.core.analytes import PLAUSIBLE, Analyte
from app.core.fitted_model import FittedModel
from app.web.pages.form_input import FIELDS
from tests.lib.clients import client_with, site
from tests.lib.openapi_examples import NOW

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


def test_evidence_names_whom_to_tell(client: TestClient, tmp_path: Path) -> None:
    page = client.get("/evidence").text
    assert "tell the person who runs this installation" in page
    assert "mailto:" not in page
    for contact, link in (
        ("help@hospital.example", 'href="mailto:help@hospital.example"'),
        ("https://hospital.example/help?a=1&b=2", 'href="https://hospital.example/help?a=1&amp;b=2"'),
    ):
        with site(tmp_path, f'contact = "{contact}"') as served:
            page = served.get("/evidence").text
        assert link in page
        assert "person who runs" not in page
        assert "Do not send data of a patient" in page


def test_times_for_people_are_local_and_for_programs_utc(tmp_path: Path) -> None:
    """At 16:00 UTC it is the next day in Seoul, from which the age of a sample is counted."""
    late = datetime(2026, 1, 9, 16, 0, tzinfo=UTC)
    with site(tmp_path, 'time_zone = "Asia/Seoul"', clock=lambda: late) as served:
        dated = {**HIGH, "blood_count_date": "2025-12-10", "afp_date": "2025-12-11"}
        page = served.post("/", data=dated).text
        assert page.count("2026-01-10 01:00 KST (UTC+09:00)") >= 3
        assert "UTC</" not in page
        assert "31 days old" in unescape(page)
        values = {name: HIGH[name] for name in ("neutrophils", "lymphocytes", "platelets", "afp")}
        body = {name: {"value": float(value), "unit": HIGH[f"{name}_unit"]} for name, value in values.items()}
        assert served.post("/api/v1/assessments", json=body).json()["computed_at"] == "2026-01-09T16:00:00Z"


def test_instructions_give_a_contact(client: TestClient, tmp_path: Path) -> None:
    assert "mailto:" not in client.get("/instructions").text
    with site(tmp_path, 'contact = "help@hospital.example"') as served:
        assert 'href="mailto:help@hospital.example"' in served.get("/instructions").text


def test_evidence_lists_the_versions_of_the_model(client: TestClient, fitted: FittedModel) -> None:
    page = client.get("/evidence").text
    for said in (
        f"{fitted.version} (in use)",
        *earlier_versions(),
        "36 % (10 % to 64 %)",
        fitted.digest[:19],
    ):
        assert said in page


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


@pytest.mark.parametrize(
    ("common", "before", "own", "used"),
    [
        ("/uL", "", ("", "", ""), ("/µL", "/µL", "/µL")),
        ("/uL", "", ("", "", "10*4/uL"), ("/µL", "/µL", "× 10⁴/µL")),
        ("/uL", GIGA, (GIGA, GIGA, "10*4/uL"), ("/µL", "/µL", "× 10⁴/µL")),  # the choice for all was changed
        (GIGA, GIGA, ("/uL", "/uL", GIGA), ("/µL", "/µL", "× 10⁹/L")),  # units of their own were chosen
        ("", GIGA, ("/uL", "/uL", "/uL"), ("/µL", "/µL", "/µL")),
    ],
)
def test_common_unit_is_that_of_counts_without_own(
    client: TestClient, common: str, before: str, own: tuple[str, ...], used: tuple[str, ...]
) -> None:
    numbers = {"/µL": ("4200", "1100", "145000"), "× 10⁹/L": ("4.2", "1.1", "145"), "× 10⁴/µL": ("", "", "14.5")}
    typed: dict[str, str] = {"count_unit": common, "count_unit_before": before, "afp": "620", "afp_unit": "ng/mL"}
    for at, name in enumerate(("neutrophils", "lymphocytes", "platelets")):
        typed |= {name: numbers[used[at]][at], f"{name}_unit": own[at]}
    response = client.post("/", content=urlencode(typed), headers=FORM)
    assert response.status_code == 200
    assert "145 × 4.2 ÷ 1.1 ≈ 553.6" in response.text
    assert "145 × 4.2 ÷ 1.1 ≈ 553.6" in client.post("/check", content=urlencode(typed), headers=FORM).json()["working"]


def test_no_unit_is_given_where_none_was_chosen(client: TestClient) -> None:
    typed = {name: value for name, value in HIGH.items() if not name.endswith("_unit")}
    response = client.post("/", content=urlencode({**typed, "count_unit": "", "count_unit_before": ""}), headers=FORM)
    assert response.status_code == 422
    assert "There are 4 problems" in response.text


def test_not_known_is_kept_and_counts_as_not_stated(client: TestClient) -> None:
    unknown = dict.fromkeys(
        ("sorafenib_failed", "starting_regorafenib", "child_pugh_class", "ecog", "sorafenib_tolerated"), "unknown"
    )
    answer = client.post("/", content=urlencode({**HIGH, **unknown}), headers=FORM)
    assert answer.status_code == 200
    assert 'class="fit fit-not_stated"' in answer.text
    assert answer.text.count('<li class="not_stated">') == len(unknown)
    again = client.post("/", content=urlencode({**HIGH, **unknown, "edit": "1"}), headers=FORM).text
    assert again.count('value="unknown" checked') == len(unknown)


def test_units_of_the_site_are_chosen_for_empty_values() -> None:
    with client_with(units="counts=/uL, afp=IU/mL") as client:
        for page in (client.get("/"), client.post("/", content="", headers=FORM)):
            assert page.text.count('<option value="/uL" selected>') == 4  # for all, and beside each
            assert page.text.count('<option value="IU/mL" selected>') == 1
        typed = client.post("/", content=urlencode({"platelets": "145", "afp": "620"}), headers=FORM)
        assert typed.text.count('<option value="/uL" selected>') == 2
        assert '<option value="IU/mL" selected>' not in typed.text
        assert client.post("/api/v1/assessments", json={"afp": {"value": 620, "unit": ""}}).status_code == 422


def example_of_api(page: str) -> tuple[str, str, Any]:
    """Return address, body and answer of the example on the API page."""
    call, answer = (unescape(text) for text in re.findall(r"<pre[^>]*><code>(.*?)</code></pre>", page, re.DOTALL))
    words = shlex.split(call.replace("\\\n", ""))
    return next(word for word in words if "://" in word), words[words.index("-d") + 1], json.loads(answer)


def test_example_of_the_api_page_has_a_real_answer() -> None:
    """Sent as written, the call gives every part of the answer that is shown."""
    client = client_with(clock=lambda: NOW)
    address, body, shown = example_of_api(client.get("/api").text)
    answer = client.post(address, content=body, headers={"content-type": "application/json"}).json()
    assert set(shown) == {"model", "indices", "risk_group", "hazard_ratios", "survival"}
    assert shown["risk_group"] == answer["risk_group"]
    assert shown["indices"]["sii"] == answer["indices"]["sii"]
    assert shown["model"].items() <= answer["model"].items()
    for part, whole in zip(shown["hazard_ratios"], answer["hazard_ratios"], strict=True):
        assert part.items() <= whole.items()
    assert shown["survival"]["at"] == [at for at in answer["survival"]["at"] if at["months"] == 6]


@pytest.mark.parametrize(
    ("settings", "root", "host", "address"),
    [
        ({}, "", "calculator.test", "http://calculator.test"),
        ({}, "/tools/sii", "calculator.test", "http://calculator.test/tools/sii"),
        ({"allowed_hosts": ("*",)}, "", "calculator.test:8443", "http://calculator.test:8443"),
        ({"allowed_hosts": ("*",)}, "", "$(reboot)", "http://127.0.0.1:8000"),
        ({"public_url": "https://risk.hospital.example"}, "", "calculator.test", "https://risk.hospital.example"),
    ],
)
def test_example_call_has_the_address_of_the_reader(
    settings: dict[str, Any], root: str, host: str, address: str
) -> None:
    with client_with(**settings) as plain:
        client = TestClient(plain.app, base_url="http://calculator.test", root_path=root)
        page = client.get("/api", headers={"host": host})
    assert page.status_code == 200
    assert example_of_api(page.text)[0] == f"{address}/api/v1/assessments"


def test_api_page_explains_each_error_once(client: TestClient) -> None:
    page = client.get("/api").text
    assert page.count("Wait for the seconds that Retry-After names.") == 2  # among the errors and the problem types
    assert page.count("<table>") == 1


def test_integrators_are_led_from_the_footer(client: TestClient) -> None:
    page = client.get("/").text
    header, footer = (page.partition(f"<{part}")[2].partition(f"</{part}>")[0] for part in ("header", "footer"))
    assert 'href="./api"' not in header
    assert 'href="./api"' in footer


def test_live_check_agrees_with_the_result(client: TestClient) -> None:
    said = client.post("/check", content=urlencode(HIGH), headers=FORM).json()
    result = client.post("/", content=urlencode(HIGH), headers=FORM).text
    assert "145 × 4.2 ÷ 1.1 ≈ 553.6" in said["working"]
    assert "145 × 4.2 ÷ 1.1 ≈ 553.6" in result


@pytest.mark.parametrize(
    ("typed", "unit"), [("312", "[IU]/mL"), ("<400.1", "ng/mL"), (">399", "ng/mL"), ("abc", "ng/mL"), ("-1", "ng/mL")]
)
def test_live_check_says_what_the_form_will_refuse(client: TestClient, typed: str, unit: str) -> None:
    values = {**HIGH, "afp": typed, "afp_unit": unit}
    answer = client.post("/", content=urlencode(values), headers=FORM)
    said = client.post("/check", content=urlencode(values), headers=FORM).json()["afp"]
    assert answer.status_code == 422
    assert said.split(". ")[0] in unescape(answer.text)


@pytest.mark.parametrize(("printed", "chosen"), [("/uL", GIGA), (GIGA, "/uL")])
@pytest.mark.parametrize("name", ["neutrophils", "lymphocytes", "platelets"])
def test_slip_by_a_thousand_is_refused_or_questioned(client: TestClient, name: str, printed: str, chosen: str) -> None:
    """Any usual count, in the other of the two scales than the chosen one: what a remembered unit can cause."""
    low, high = PLAUSIBLE[Analyte(name)].usual
    for value in (low, (low + high) / 2, high):
        number = value * 1000 if printed == "/uL" else value
        typed = {name: f"{number:f}", f"{name}_unit": chosen}
        assert client.post("/check", content=urlencode(typed), headers=FORM).json()[name]


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
