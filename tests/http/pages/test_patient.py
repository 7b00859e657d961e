"""The page for the patient: the numbers of the JSON answer, no number where it may mislead, and the way back."""

import re
from collections.abc import Iterator
from html import unescape
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from starlette.testclient import TestClient

from app.web.pages.form_input import FIELDS
from tests.lib.clients import client_with, site
from tests.lib.fhir.examples import observation
from tests.lib.fhir.patient_records import RECORD
from tests.lib.peers.start import Peer
from tests.lib.smart_site import Site, browser, fields_of, launch, launched_from, words

FORM = {"content-type": "application/x-www-form-urlencoded", "accept": "text/html"}
COUNTS = ("neutrophils", "lymphocytes", "platelets")
ANALYTES = (*COUNTS, "afp")
UNITS = {f"{name}_unit": "10*9/L" for name in COUNTS} | {"afp_unit": "ng/mL"}
# SII by hand: 145 x 4.2 / 1.1 = 553.6, high; 110 x 1.5 / 1.1 = 150, low.
CELLS = {
    "both": ("4.2", "1.1", "145", "620"),
    "sii_only": ("4.2", "1.1", "145", "12"),
    "afp_only": ("1.5", "1.1", "110", "620"),
    "neither": ("1.5", "1.1", "110", "12"),
}
NEAR_BOTH = ("3.39999", "1.0", "100", "399.99")
BANNER = "Patient: Maria A. <Test>, born 5 April 1961"
_AFTER = r'<th scope="row" role="rowheader">(\d+) months</th>'
_CELL = r'<td role="cell"><span class="column" aria-hidden="true">[\w ]+</span> <span>([\w ]+)</span></td>'
_ROW = re.compile(_AFTER + 3 * _CELL)
_NO_ROW = re.compile(_AFTER + r'<td role="cell" colspan="3">')
_SENTENCE = re.compile(r"Of 100 people in this group, about (\d+) would be alive after (\d+) months and about (\d+)")
_SPAN = re.compile(r"The true number alive could be as few as (\d+), or as many as (\d+)\.")


@pytest.fixture
def client() -> Iterator[TestClient]:
    with client_with() as found:
        yield found


def typed(values: tuple[str, ...], **more: str) -> dict[str, str]:
    return dict(zip(ANALYTES, values, strict=True)) | UNITS | more


def page_of(client: TestClient, values: tuple[str, ...], **more: str) -> str:
    answer = client.post("/patient", content=urlencode(typed(values, **more)), headers=FORM)
    assert answer.status_code == 200
    assert answer.headers["cache-control"] == "no-store"
    return answer.text


def main_of(page: str) -> str:
    return page.partition("<main")[2].partition("</main>")[0]


def text_of(page: str) -> str:
    """Return what a patient can read, without the part for the care team."""
    shown = re.sub(r'<details class="team">.*?</details>', "", main_of(page), flags=re.DOTALL)
    return " ".join(unescape(re.sub(r"<[^>]*>", " ", f"<main{shown}")).split())


def has_numbers(page: str) -> bool:
    return bool(_SENTENCE.search(page) or 'class="people"' in page or "lived for a shorter time" in page)


def assessed(client: TestClient, values: tuple[str, ...]) -> Any:
    body = {
        name: {"value": float(text), "unit": UNITS[f"{name}_unit"]} for name, text in zip(ANALYTES, values, strict=True)
    }
    return client.post("/api/v1/assessments", json=body).json()


def of_hundred(limit: float) -> str:
    """Return a limit as the page shows it: 0.9963 is not all of a hundred."""
    number = round(100 * limit)
    return {0: "fewer than 1", 100: "more than 99"}.get(number, str(number))


@pytest.mark.parametrize("cell", CELLS)
def test_numbers_are_those_of_the_json_answer(client: TestClient, cell: str) -> None:
    answer = assessed(client, CELLS[cell])
    assert answer["cell"]["id"] == cell
    page = page_of(client, CELLS[cell])
    ((alive, months, died),) = _SENTENCE.findall(page)
    (span,) = _SPAN.findall(page)
    shown = {int(months): (int(alive), int(died), " to ".join(span))}
    shown |= {int(after): (int(one), int(other), limits) for after, one, other, limits in _ROW.findall(page)}
    thin = {
        month
        for one in answer["caveats"]
        if one["code"] == "hardly_any_at_risk"
        for month in one["parameters"]["months"]
    }
    expected = {
        at["months"]: (
            alive := round(100 * at["kaplan_meier"]),
            100 - alive,
            " to ".join(map(of_hundred, at["ci_95"])),
        )
        for at in answer["survival"]["at"]
        if at["months"] not in thin
    }
    assert shown == expected
    assert {int(after) for after in _NO_ROW.findall(page)} == thin
    assert f"{answer['study']['group_n']} of the {answer['study']['n']} people" in page


@pytest.mark.parametrize("cell", CELLS)
def test_icons_are_as_many_as_the_numbers(client: TestClient, cell: str) -> None:
    page = page_of(client, CELLS[cell])
    ((alive, _, died),) = _SENTENCE.findall(page)
    array = page.partition('viewBox="0 0 100 100"')[2].partition("</svg>")[0]
    drawn = {name: path.count("M") for name, path in re.findall(r'<path class="(\w+)" d="([^"]*)"', array)}
    assert (drawn["alive"], drawn["died"]) == (int(alive), int(died))
    (span,) = _SPAN.findall(page)
    assert drawn["open"] == 3 * (int(span[1]) - int(span[0]))


def test_values_near_both_limits_show_every_group(client: TestClient) -> None:
    (near, _) = [one for one in assessed(client, NEAR_BOTH)["caveats"] if one["code"] == "near_cut_off"]
    page = page_of(client, NEAR_BOTH)
    neighbours = {one["risk_group"]: one for one in near["parameters"]["neighbours"]}
    alive = [int(one) for one, _, _ in _SENTENCE.findall(page)]
    assert len(alive) == 3
    assert {round(100 * one["survival"]) for one in neighbours.values()} <= set(alive)
    low, high = (str(round(100 * limit)) for limit in near["parameters"]["range"])
    assert _SPAN.findall(page)[-1] == (low, high)
    assert page.count("close to the limit") == 2


@pytest.mark.parametrize("values", [*CELLS.values(), NEAR_BOTH])
def test_nothing_is_said_of_one_person(client: TestClient, values: tuple[str, ...]) -> None:
    page = text_of(page_of(client, values)).lower()
    for word in (
        "sii",
        "hazard",
        "ratio",
        "risk",
        "you will",
        "your survival",
        "times as",
        "95 %",
        "interval",
        "median",
    ):
        assert not re.search(rf"\b{word}", page), word
    assert not re.search(r"\bp\s*[<=]", page)
    assert "prognosis" not in page
    assert "SII" not in page_of(client, values).partition("<title>")[2].partition("</title>")[0]


def test_numbers_are_folded(client: TestClient) -> None:
    page = page_of(client, CELLS["both"])
    before, _, after = main_of(page).partition('<details class="numbers">')
    assert not re.search(r"\d", re.sub(r"<[^>]*>", " ", f"<main{before}"))
    assert 'class="people"' in after.partition("</details>")[0]
    assert " open>" not in page


@pytest.mark.parametrize(
    ("values", "more"),
    [
        (CELLS["both"], {"child_pugh_class": "B"}),
        (CELLS["both"], {"sorafenib_failed": "no"}),
        (("4.2", "1.1", "10", "620"), {}),
        (("1", "5", "100", "12"), {}),
        (("15", "1", "900", "12"), {}),
        (NEAR_BOTH, {"ecog": "2"}),
    ],
)
def test_patient_unlike_the_study_sees_no_number(
    client: TestClient, values: tuple[str, ...], more: dict[str, str]
) -> None:
    page = page_of(client, values, **more)
    assert not has_numbers(page)
    assert "<details" in page  # for the care team
    assert 'class="numbers' not in page
    assert not re.search(r"\d", text_of(page))
    assert 'class="reasons"' in page


def test_the_way_back_keeps_every_field(client: TestClient) -> None:
    sent = typed(CELLS["both"], ecog="1", blood_count_date="2026-01-02", afp_date="2026-01-01")
    page = client.post("/patient", content=urlencode(sent), headers=FORM).text
    back = re.search(r'<form method="post" action="\./" id="back">(.*?)</form>', page, re.DOTALL)
    assert back is not None
    kept = dict(re.findall(r'name="(\w+)" value="([^"]*)"', back[1]))
    assert {name: value for name, value in kept.items() if value} == sent
    assert set(kept) == set(FIELDS)
    result = client.post("/", content=urlencode(kept), headers=FORM)
    assert "Higher-risk group" in result.text


def test_result_leads_to_the_page(client: TestClient) -> None:
    result = client.post("/", content=urlencode(typed(CELLS["both"])), headers=FORM).text
    assert result.count('action="./patient"') == 1
    for path in ("/", "/evidence", "/instructions"):
        assert 'patient"' not in client.get(path).text


@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_reload_leads_to_the_form(client: TestClient, method: str) -> None:
    answer = client.request(method, "/patient", follow_redirects=False)
    assert (answer.status_code, answer.headers["location"]) == (303, "./")


def test_wrong_values_are_shown_as_a_form(client: TestClient) -> None:
    sent = typed(CELLS["both"], ecog="9") | {"afp": "many"}
    answer = client.post("/patient", content=urlencode(sent), headers=FORM)
    assert answer.status_code == 422
    assert "There are 2 problems" in answer.text
    assert re.search(r'<input id="afp" name="afp" [^>]*value="many"', answer.text)


@pytest.mark.parametrize("body", ["", "edit=1", "%ff=%00&afp=1", "a=1&" * 70])
def test_odd_bodies_are_no_server_error(client: TestClient, body: str) -> None:
    assert client.post("/patient", content=body, headers=FORM).status_code in (400, 422)


def test_contact_of_the_site_is_named(client: TestClient, tmp_path: Path) -> None:
    assert "mailto:" not in page_of(client, CELLS["both"])
    with site(tmp_path, 'contact = "help@hospital.example"') as served:
        page = page_of(served, CELLS["both"])
    assert 'href="mailto:help@hospital.example"' in page
    assert "not for urgent help" in page


def test_sample_patient_is_called_fictional(client: TestClient) -> None:
    page = page_of(client, CELLS["both"], sample="4")
    assert "Fictional sample patient" in page
    assert has_numbers(page)


def test_made_up_record_has_no_number(client: TestClient) -> None:
    """The server does not know the handle, so that the values may be of anybody."""
    page = page_of(client, CELLS["both"], record="a-handle")
    assert not has_numbers(page)
    assert "cannot tell whose blood tests these are" in page


def test_record_is_named_and_the_handle_is_kept(readable: tuple[Site, Peer]) -> None:
    with browser() as user:
        form = fields_of(launch(*readable, user=user))[1]
        page = user.post(f"{readable[0].url}/patient", data=form)
    assert BANNER in words(page)
    assert "Start with an empty form" not in words(page)
    assert f'name="record" value="{form["record"]}"' in page.text
    assert has_numbers(page.text)


def test_no_name_if_the_ehr_shows_it(readable: tuple[Site, Peer]) -> None:
    with browser() as user:
        form = fields_of(launch(*readable, banner=False, user=user))[1]
        page = user.post(f"{readable[0].url}/patient", data=form)
    assert "Maria" not in page.text
    assert has_numbers(page.text)


@pytest.mark.parametrize("count", [1, 4])
def test_values_that_are_not_of_the_record(readable: tuple[Site, Peer], count: int) -> None:
    """One that was typed is pointed out; if all are, the name above them may be of somebody else."""
    other = dict(list({"afp": "900", "neutrophils": "3", "lymphocytes": "1", "platelets": "200"}.items())[:count])
    with browser() as user:
        form = fields_of(launch(*readable, user=user))[1]
        page = user.post(f"{readable[0].url}/patient", data=form | other)
    assert has_numbers(page.text) == (count == 1)
    assert ("Some of the blood tests used here are not" in page.text) == (count == 1)
    assert ("None of the blood tests used here is the one" in page.text) == (count == 4)


@pytest.mark.parametrize("more", [{}, {"valueQuantity": {"value": 90, "unit": "million"}}], ids=["read", "unreadable"])
def test_newer_results_leave_no_number(tmp_path: Path, more: dict[str, Any]) -> None:
    newer = observation("platelets", 90, id="plt-newer", when="2026-01-08T08:00:00Z", **more)
    values = typed(CELLS["both"], blood_count_date="2026-01-02", afp_date="2026-01-05")
    with launched_from(tmp_path, record=[*RECORD, newer]) as (calculator, ehr), browser() as user:
        form = fields_of(launch(calculator, ehr, user=user))[1]
        page = user.post(f"{calculator.url}/patient", data=values | form)
    assert page.status_code == 200
    assert BANNER in words(page)
    assert not has_numbers(page.text)
    assert "There are newer blood tests" in page.text
