"""Every sentence of pages, texts and problems is in the catalogue: in a marked language, all of it is marked."""

import json
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from starlette.testclient import TestClient

from app.core.fitted_model import FittedModel
from app.core.risk_groups import RISK_GROUP_IDS
from app.presentation.translation import using
from tests.lib.assessments import LIKE, UNLIKE
from tests.lib.clients import client_with
from tests.lib.pdf import text_of
from tests.lib.translation import Marked, strings_in, unmarked, unmarked_in_html

MODEL = Path(__file__).resolve().parents[3] / "model" / "hong2021"
FORM = {"content-type": "application/x-www-form-urlencoded", "accept": "text/html"}
HTML = {"accept": "text/html"}
GIGA = "10*9/L"
WORDED = ("message", "hint", "text", "title", "detail", "data")


@pytest.fixture
def client() -> Iterator[TestClient]:
    """Answer in the marked language. The application is new, so that no cache holds an answer in English."""
    client = client_with()
    client.get("/openapi.json")  # it is in English, and written once
    with using(Marked()):
        yield client


@pytest.fixture(scope="module")
def data(fitted: FittedModel) -> set[str]:
    """Return the texts that are data: those of the study's files and of the model."""
    files = [tomllib.loads(file.read_text("utf-8")) for file in MODEL.glob("*.toml")]
    files += [json.loads(file.read_text("utf-8")) for file in MODEL.glob("*.json")]
    found = set(strings_in(files))
    for group in fitted.risk_groups:
        found |= {group.label, group.label.upper(), *group.label.split(), group.meaning, group.meaning.capitalize()}
    found.add(f"{fitted.provenance.citation} doi:{fitted.provenance.doi}")
    made_with = json.loads((MODEL / "made_with.json").read_text("utf-8"))
    versions = {"Python": made_with["python"], **made_with["libraries"]}
    found |= {f"{name} {number}" for name, number in versions.items()}
    found |= {f"{text[:1].lower()}{text[1:]}" for text in found if " " in text}
    return {" ".join(printed.split()) for text in found for printed in (text, text.replace(">=", "≥"))}


@pytest.fixture(scope="module")
def cited(fitted: FittedModel) -> set[str]:
    """Return the citation: the only data that form, result and drawing show as text."""
    return {fitted.provenance.citation, f"{fitted.provenance.citation} doi:{fitted.provenance.doi}"}


@pytest.fixture(scope="module")
def documented() -> set[str]:
    """Return the texts of the OpenAPI document, which is in English."""
    document = client_with().get("/openapi.json").json()
    values = {
        ", ".join(parameter["schema"].get("enum", ()))
        for operations in document["paths"].values()
        for operation in operations.values()
        for parameter in operation.get("parameters", ())
    }
    return {*strings_in(document), *values}


def typed(neutrophils: str, afp: str, unit: str = GIGA, **more: str) -> str:
    counts = {"neutrophils": neutrophils, "lymphocytes": "1.1", "platelets": "145"}
    units = {f"{name}_unit": unit for name in counts}
    return urlencode({**counts, **units, "afp": afp, "afp_unit": "ng/mL", **more})


@pytest.mark.parametrize(
    "form",
    [
        typed("4.2", "620"),
        typed("1.1", "620", **UNLIKE),
        typed("4.2", "12", **LIKE),
        typed("1.1", "12"),
        typed("2.6", "430"),  # near both cut-offs
        typed("150", "10000000", blood_count_date="2025-01-01", afp_date="2025-09-01"),
        typed("4.2", "620", afp_unit="IU/mL"),
        typed("", "x", ecog="9", afp_date="2999-01-01", blood_count_date="x", sorafenib_failed="perhaps"),
        typed("4,2", ">200", unit=""),
        typed("4200", "620", afp_unit="nmol/L", child_pugh_class="D"),
    ],
)
def test_form_and_result_are_translatable(client: TestClient, cited: set[str], form: str) -> None:
    page = client.post("/", content=form, headers=FORM)
    assert page.status_code in (200, 422)
    assert unmarked_in_html(page.text, cited) == []
    for_patient = client.post("/patient", content=form, headers=FORM)
    assert for_patient.status_code == page.status_code
    assert unmarked_in_html(for_patient.text, cited) == []
    check = client.post("/check", content=form, headers=FORM).json()
    assert [word for text in check.values() for word in unmarked(text)] == []


@pytest.mark.parametrize("form", [typed("4.2", "620"), typed("1.1", "430", **UNLIKE), typed("150", "12", **LIKE)])
def test_document_is_translatable(client: TestClient, cited: set[str], form: str) -> None:
    answer = client.post("/report.pdf", content=form, headers=FORM)
    assert answer.status_code == 200
    assert unmarked(text_of(answer.content), cited) == []


REPORT = """ANC 3.4
PLT 97 K/uL 2026-01-02
AFP 40 {unit} 2025-12-04
LYM 20 %
{more}"""


@pytest.mark.parametrize(
    "more", ["", "PLT 103 K/uL 2026-01-02\nALC 1.1", "PLT 91 K/uL 2025-12-01\n" + "PLT 9 %\n" * 20]
)
@pytest.mark.parametrize("unit", ["ng/mL", "XX/L", ""])
def test_pages_of_a_report_are_translatable(client: TestClient, cited: set[str], unit: str, more: str) -> None:
    text = REPORT.format(unit=unit, more=more)
    page = client.post("/report", content=urlencode({"report": text}), headers=FORM)
    assert page.status_code == 200
    assert unmarked_in_html(page.text, cited) == []
    chosen = {f"{name}_report": "3.4\tK/uL\t2026-01-02" for name in ("neutrophils", "platelets")}
    for filled in (chosen | {"afp_report": f"40\t{unit}\t"}, {"sample": "5"}):
        form = client.post("/", content=urlencode({"edit": "1", "fill": "1", **filled}), headers=FORM)
        assert unmarked_in_html(form.text, cited) == []


@pytest.mark.parametrize("text", ["", "PLT 8\n" * 401, "MRN 1\nMRN 2", "PLT\nANC\n88\n3.4"])
def test_refused_report_is_translatable(client: TestClient, cited: set[str], text: str) -> None:
    page = client.post("/report", content=urlencode({"report": text}), headers=FORM)
    assert page.status_code == 422
    assert unmarked_in_html(page.text, cited) == []


@pytest.mark.parametrize("path", ["/", "/report", "/evidence", "/instructions", "/problems", "/no/such/page"])
def test_page_is_translatable(client: TestClient, data: set[str], path: str) -> None:
    page = client.get(path, headers=HTML)
    assert "[" in page.text
    assert unmarked_in_html(page.text, data) == []


def test_api_page_is_translatable(client: TestClient, data: set[str], documented: set[str]) -> None:
    assert unmarked_in_html(client.get("/api", headers=HTML).text, data | documented) == []


def test_drawing_is_translatable(client: TestClient, cited: set[str]) -> None:
    for group in RISK_GROUP_IDS:
        assert unmarked_in_html(client.get(f"/api/v1/groups/{group}/curve.svg").text, cited) == []


BODY: dict[str, Any] = {
    "neutrophils": {"value": 4.2, "unit": GIGA},
    "lymphocytes": {"value": 1.1, "unit": GIGA},
    "platelets": {"value": 145, "unit": GIGA},
    "afp": {"value": 430, "unit": "ng/mL"},
}


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (BODY, 200),
        ({**BODY, "population": {"child_pugh_class": "B"}, "sampled_on": {"afp": "2025-01-01"}}, 200),
        ({**BODY, "afp": 3, "neutrophils": {"value": "a", "unit": ""}, "more": 1}, 422),
        ({**BODY, "platelets": {"value": 9999, "unit": 3}, "population": {"ecog": 9, "sorafenib_failed": "x"}}, 422),
        ({"sampled_on": {"afp": 3}, "afp": {}, "neutrophils": {"value": 1, "unit": "x" * 50}}, 422),
        ([], 422),
    ],
)
def test_json_sentences_are_translatable(client: TestClient, cited: set[str], body: object, status: int) -> None:
    answer = client.post("/api/v1/assessments", json=body)
    assert answer.status_code == status
    sentences = list(_worded(answer.json()))
    assert len(sentences) > 1
    assert [word for text in sentences for word in unmarked(text, cited)] == []


@pytest.mark.parametrize(
    ("content", "headers", "status"),
    [
        (b"{}", {"content-type": "text/plain"}, 415),
        (b"{}", {"content-type": "application/json", "content-encoding": "gzip"}, 415),
        (b"{}", {"content-type": "application/json", "host": "elsewhere.test"}, 400),
        (b"{}", {"content-type": "text/plain", "sec-fetch-site": "cross-site"}, 403),
        (b'{"a": 1, "a": 2}', {"content-type": "application/json"}, 400),
        (b"\xff\xfe{}", {"content-type": "application/json"}, 400),
        (b" " * 20_000, {"content-type": "application/json"}, 413),
    ],
)
def test_problem_is_translatable(client: TestClient, content: bytes, headers: dict[str, str], status: int) -> None:
    answer = client.post("/api/v1/assessments", content=content, headers=headers)
    assert answer.status_code == status
    body = answer.json()
    assert (unmarked(body["title"]), unmarked(body["detail"])) == ([], [])


def _worded(value: object) -> Iterator[str]:
    """Yield the texts of a body that are sentences: those under certain names."""
    if isinstance(value, dict):
        for name, part in value.items():
            if isinstance(part, str):
                if name in WORDED and part != value.get("id"):
                    yield part
            else:
                yield from _worded(part)
    elif isinstance(value, list):
        for part in value:
            yield from _worded(part)
