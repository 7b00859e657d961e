"""The result as a PDF document: what is sent, that it says what the answer says, and what happens without the extra."""

import json
import os
import subprocess
import sys
from datetime import UTC, datetime
from io import BytesIO
from itertools import product
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from pypdf import PdfReader
from starlette.testclient import TestClient

from app.config.site import PAPERS
from app.presentation import wording
from tests.lib.assessments import UNLIKE
from tests.lib.clients import Body, client_with, site
from tests.lib.pdf import alternatives_of, fonts_of, pages_of, roles_of, sizes_of, text_of

FORM = {"content-type": "application/x-www-form-urlencoded", "accept": "text/html"}
GIGA = "10*9/L"
COUNTS = ("neutrophils", "lymphocytes", "platelets")
DAYS = {"blood_count_date": "2025-01-02", "afp_date": "2025-08-02"}
# Neutrophils, lymphocytes, platelets and AFP of each cell, with as many unusual values as it can have.
CELLS = {
    "neither": ("0.4", "21", "1", "0.1 IU/mL"),
    "sii_only": ("30", "0.15", "1500", "340 IU/mL"),
    "afp_only": ("0.4", "21", "1600", "450"),
    "both": ("30", "0.15", "1500", "450"),
}
HIGH = ("4.2", "1.1", "145", "620")


def typed(values: tuple[str, str, str, str], **more: str) -> dict[str, str]:
    *counts, afp = values
    number, _, unit = afp.partition(" ")
    units = {f"{name}_unit": GIGA for name in COUNTS} | {"afp_unit": unit or "ng/mL"}
    return {**dict(zip(COUNTS, counts, strict=True)), "afp": number, **units, **more}


def document(client: TestClient, form: dict[str, str]) -> bytes:
    answer = client.post("/report.pdf", content=urlencode(form), headers=FORM)
    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/pdf"), answer.text
    return answer.content


def answered(client: TestClient, values: tuple[str, str, str, str]) -> Body:
    """Return the answer of the JSON API for the same patient as a form with UNLIKE and DAYS."""
    *counts, afp = values
    number, _, unit = afp.partition(" ")
    body: Body = {name: {"value": float(value), "unit": GIGA} for name, value in zip(COUNTS, counts, strict=True)} | {
        "afp": {"value": float(number), "unit": unit or "ng/mL"}
    }
    body["sampled_on"] = {"blood_count": DAYS["blood_count_date"], "afp": DAYS["afp_date"]}
    said = {"no": False, "2": 2}
    body["population"] = {name: said.get(value, value) for name, value in UNLIKE.items()}
    answer = client.post("/api/v1/assessments", json=body)
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


def test_form_gives_a_document(client: TestClient) -> None:
    answer = client.post("/report.pdf", content=urlencode(typed(HIGH)), headers=FORM)
    assert answer.headers["content-type"] == "application/pdf"
    assert answer.headers["content-disposition"] == 'attachment; filename="sii-afp-result-2026-01-09.pdf"'
    assert answer.headers["cache-control"] == "no-store"
    assert answer.content.startswith(b"%PDF-1.7")


@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_reload_leads_to_the_form(client: TestClient, method: str) -> None:
    answer = client.request(method, "/report.pdf", follow_redirects=False)
    assert (answer.status_code, answer.headers["location"]) == (303, "./")


def test_unusable_values_give_the_form(client: TestClient) -> None:
    answer = client.post("/report.pdf", content=urlencode(typed(HIGH, neutrophils="", ecog="9")), headers=FORM)
    assert (answer.status_code, answer.headers["content-type"]) == (422, "text/html; charset=utf-8")
    assert "There are 2 problems" in answer.text
    assert 'value="145"' in answer.text


def test_another_type_of_body_is_refused(client: TestClient) -> None:
    assert client.post("/report.pdf", json=typed(HIGH)).status_code == 415


def test_document_is_accessible(client: TestClient) -> None:
    made = document(client, typed(CELLS["both"], **UNLIKE, **DAYS))
    reader = PdfReader(BytesIO(made))
    root: Any = reader.root_object
    assert b"<pdfuaid:part>1</pdfuaid:part>" in root["/Metadata"].get_data()
    assert (root["/Lang"], root["/MarkInfo"]["/Marked"]) == ("en", True)
    assert root["/ViewerPreferences"]["/DisplayDocTitle"]
    assert reader.metadata
    assert "Hepatocellular carcinoma" in str(reader.metadata.title)
    roles = roles_of(made)
    assert (roles.count("/Figure"), roles.count("/Table")) == (3, 4)
    assert roles.count("/TH") == 3 + 4 + 4 + 5
    assert roles[:2] == ["/Document", "/Title"]
    assert {role for role in roles if role.startswith("/H") and role != "/H1"} == set()
    scale, curve, forest = alternatives_of(made)
    assert "SII of this patient 300000" in scale
    assert "Survival at 6 months: 36 % (10 % to 64 %)" in curve
    assert "2.21 (1.09 to 4.49)" in forest


def test_document_has_all_its_fonts(client: TestClient) -> None:
    fonts = fonts_of(document(client, typed(HIGH)))
    assert fonts == {"DejaVuSansCondensed": True, "DejaVuSansCondensed-Bold": True}


@pytest.mark.parametrize(("cell", "paper"), tuple(product(CELLS, PAPERS)))
def test_two_pages_hold_every_caveat(client: TestClient, cell: str, paper: str) -> None:
    made = document(client, typed(CELLS[cell], **UNLIKE, **DAYS, paper=paper))
    first_page, second_page = map(_squeezed, pages_of(made))
    size = PdfReader(BytesIO(made)).pages[0].mediabox
    assert (round(size.width), round(size.height)) == {"a4": (595, 842), "us-letter": (612, 792)}[paper]
    assert min(sizes_of(made)) >= 7
    caveats = answered(client, CELLS[cell])["caveats"]
    assert {one["level"] for one in caveats} == {"first", "beside", "about"}
    for one in caveats:
        text = _squeezed(wording.unit(one["text"]))
        assert text in first_page if one["level"] != "about" else text in first_page + second_page, one


@pytest.mark.parametrize("cell", CELLS)
def test_document_has_the_numbers_of_the_answer(client: TestClient, cell: str) -> None:
    text = text_of(document(client, typed(CELLS[cell], **UNLIKE, **DAYS)))
    answer = answered(client, CELLS[cell])
    survival, software = answer["survival"], answer["software"]
    shown = [f"{survival['median_months'] or 'more than 12'}", answer["risk_group"]["label"], answer["cell"]["label"]]
    for at in survival["at"]:
        for name, ci in (("kaplan_meier", "ci_95"), ("cox_predicted", "cox_ci_95")):
            lower, upper = map(wording.percent, at[ci])
            shown.append(f"{wording.percent(at[name])} ({lower} to {upper})")
        shown.append(f"{wording.percent(at['reconstruction_share'])} at {at['months']} months")
    for alternative in answer["alternatives"]:
        for at in alternative["survival"]["at"]:
            lower, upper = map(wording.percent, at["ci_95"])
            shown.append(f"{wording.percent(at['survival'])} ({lower} to {upper})")
    ratios = (*answer["hazard_ratios"], *answer["external_hazard_ratios"])
    shown += [wording.ratio(ratio["hazard_ratio"]) for ratio in ratios]
    shown += [index["working"] for index in answer["indices"].values()]
    shown += ["p = 0.028", "p = 0.011"]  # as the study prints them
    shown += [answer["model"]["version"], answer["model"]["digest"], software["version"], "2026-01-09 12:00 UTC"]
    for one in shown:
        assert _squeezed(one) in _squeezed(text), one


def test_same_values_give_the_same_bytes(client: TestClient, tmp_path: Path) -> None:
    """In another process, folder and time zone too."""
    script = (
        "import sys\nfrom tests.http.pages.test_result_pdf import *\nfrom tests.lib.clients import client_with\n"
        "sys.stdout.buffer.write(document(client_with(), typed(HIGH)))"
    )
    root = Path(__file__).resolve().parents[3]
    environment = {**os.environ, "PYTHONPATH": str(root), "TZ": "Asia/Seoul", "LC_ALL": "C"}
    command = [sys.executable, "-c", script]
    other = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, check=True)
    assert document(client, typed(HIGH)) == document(client, typed(HIGH)) == other.stdout


def test_document_has_the_time_of_the_site(tmp_path: Path) -> None:
    now = datetime(2026, 1, 9, 15, 30, 0, 123456, tzinfo=UTC)
    with site(tmp_path, 'time_zone = "Asia/Seoul"', clock=lambda: now) as client:
        answer = client.post("/report.pdf", content=urlencode(typed(HIGH)), headers=FORM)
    assert "2026-01-10 00:30 KST (UTC+09:00)" in text_of(answer.content)
    assert "sii-afp-result-2026-01-10.pdf" in answer.headers["content-disposition"]
    created = PdfReader(BytesIO(answer.content)).metadata
    assert created
    assert created.creation_date == datetime(2026, 1, 9, 15, 30, tzinfo=UTC)


def test_paper_is_that_of_the_form_or_the_site(tmp_path: Path) -> None:
    with site(tmp_path, 'paper = "us-letter"') as client:
        for asked, width in ({}, 612), ({"paper": "a4"}, 595), ({"paper": "<b>"}, 612):
            made = document(client, typed(HIGH, **asked))
            assert round(PdfReader(BytesIO(made)).pages[0].mediabox.width) == width


def test_blanks_to_write_on_and_the_source(client: TestClient) -> None:
    first_page, second_page = pages_of(document(client, typed(HIGH)))
    assert first_page.startswith(
        "Hepatocellular carcinoma on regorafenib after sorafenib: group by SII and AFP (Hong 2021, n = 58) "
        "Patient: Date of birth: Read by: "
    )
    assert "never validated" in first_page
    assert second_page.endswith(
        "Research software, not a medical device. It does not predict one person’s survival or who benefits from a "
        "treatment."
    )


def test_sample_is_called_fictional(client: TestClient) -> None:
    assert "Fictional sample patient." in pages_of(document(client, typed(HIGH, sample="4")))[0]


def test_result_offers_the_document(client: TestClient) -> None:
    page = client.post("/", content=urlencode(typed(HIGH)), headers=FORM).text
    assert '<form method="post" action="./report.pdf">' in page


@pytest.fixture
def without_extra() -> TestClient:
    return client_with(find_typesetter=lambda _: None)


def test_without_extra_programs_get_a_problem(without_extra: TestClient) -> None:
    answer = without_extra.post("/report.pdf", content=urlencode(typed(HIGH)), headers=FORM | {"accept": "*/*"})
    assert (answer.status_code, answer.headers["content-type"]) == (501, "application/problem+json")
    problem = answer.json()
    assert problem["type"] == "/problems#no-pdf"
    assert "sii-afp[pdf]" in problem["detail"]


def test_without_extra_people_get_a_page(without_extra: TestClient) -> None:
    answer = without_extra.post("/report.pdf", content=urlencode(typed(HIGH)), headers=FORM)
    assert (answer.status_code, answer.headers["content-type"]) == (501, "text/html; charset=utf-8")
    assert "extra “pdf”" in answer.text


def test_without_extra_no_document_is_offered(without_extra: TestClient) -> None:
    page = without_extra.post("/", content=urlencode(typed(HIGH)), headers=FORM)
    assert (page.status_code, "report.pdf" in page.text) == (200, False)


def test_service_runs_without_the_packages() -> None:
    script = (
        "import sys\nsys.modules['typst'] = sys.modules['fontTools'] = None\n"
        "from tests.http.pages.test_result_pdf import *\n"
        "client = client_with()\nform = urlencode(typed(HIGH))\n"
        "print([client.post(path, content=form, headers=FORM).status_code for path in ('/', '/report.pdf')])"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, check=True, text=True)
    assert json.loads(done.stdout) == [200, 501]


def test_packages_are_imported_with_the_first_document() -> None:
    script = (
        "import sys\nfrom tests.lib.clients import client_with\nclient = client_with()\n"
        "for path in '/', '/report.pdf':\n"
        f"    client.post(path, content={urlencode(typed(HIGH))!r}, headers={FORM!r})\n"
        "    print([name in sys.modules for name in ('typst', 'fontTools')], end=' ')"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, check=True, text=True)
    assert done.stdout == "[False, False] [True, True] "


def _squeezed(text: str) -> str:
    """Return a text without white space, which differs where lines end."""
    return "".join(text.split())
