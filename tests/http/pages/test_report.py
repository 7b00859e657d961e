"""A pasted report: what is shown of it, what a person confirms, and texts that mean harm."""

import html
import re
from functools import cache
from pathlib import Path
from urllib.parse import urlencode

import httpx2
import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.testclient import TestClient

from app.artefact.store import load_model
from app.core.analytes import Analyte
from app.presentation.pages.report.samples import SAMPLES
from app.presentation.pages.report.values import CONFIRMED_FIELDS
from app.presentation.report_messages import REASONS, STOPS
from app.reports.reader import read_report
from app.reports.results import Reason, StopSign
from app.reports.stop_signs import MOST_BYTES
from tests.lib.clients import client_with, site
from tests.lib.logs import LogLines
from tests.lib.report_texts import TEXTS

FORM = {"content-type": "application/x-www-form-urlencoded", "accept": "text/html"}
WHOLE = """Collected 2026-01-02
Neutrophils %            62     %
Neutrophils (absolute)   3.97   x10^9/L   1.5-7.5
Lymphocytes (absolute)   1.42   x10^9/L   1.0-4.0
Platelets                143    K/uL      150-400
AFP                      >1210  kU/L      <7
"""
NAMES = [*CONFIRMED_FIELDS.values()]


def read(client: TestClient, text: str) -> httpx2.Response:
    return client.post("/report", content=urlencode({"report": text}), headers=FORM)


def confirm(client: TestClient, chosen: dict[str, str]) -> httpx2.Response:
    return client.post("/", content=urlencode({"edit": "1", "fill": "1", **chosen}), headers=FORM)


def options(page: str) -> dict[str, list[tuple[str, bool]]]:
    """Return the options of each analyte: the text that is sent, and whether it is chosen."""
    found: dict[str, list[tuple[str, bool]]] = {name: [] for name in NAMES}
    for name, value, checked in re.findall(r'<input type="radio" name="(\w+)" value="([^"]*)"( checked)?>', page):
        found[name].append((html.unescape(value), bool(checked)))
    return found


def chosen(page: str) -> dict[str, str]:
    """Return what a browser sends if nothing is changed."""
    return {name: value for name, values in options(page).items() for value, checked in values if checked}


def marked(page: str) -> list[tuple[str, str]]:
    """Return what is marked: the name of the analyte and the characters."""
    found = re.findall(r'<mark><span class="[^"]*">([^<]*)<.*?</span></span>(.*?)</mark>', page)
    return [(name, html.unescape(text)) for name, text in found]


def fields(page: str) -> dict[str, str]:
    """Return the values and chosen units of the form."""
    found = dict(re.findall(r'<input id="(\w+)"[^>]*? value="([^"]*)"', page))
    for name in Analyte:
        select = page[page.index(f'name="{name.value}_unit"') :]
        unit = re.search(r'<option value="([^"]+)" selected>', select[: select.index("</select>")])
        found[f"{name.value}_unit"] = unit[1] if unit else ""
    return {name: html.unescape(value) for name, value in found.items()}


def test_page_to_paste_is_linked_from_the_form(client: TestClient) -> None:
    assert 'href="./report"' in client.get("/").text
    page = client.get("/report")
    assert page.status_code == 200
    assert "<title>Paste a report – SII–AFP calculator</title>" in page.text
    assert "<textarea" in page.text


def test_values_that_were_read_are_marked_and_chosen(client: TestClient) -> None:
    page = read(client, WHOLE)
    assert page.status_code == 200
    assert marked(page.text) == [
        ("Neutrophils", "3.97   x10^9/L"),
        ("Lymphocytes", "1.42   x10^9/L"),
        ("Platelets", "143"),
        ("Platelets", "K/uL"),
        ("AFP", ">1210  kU/L"),
    ]
    assert chosen(page.text) == {
        "neutrophils_report": "3.97\tx10^9/L\t2026-01-02",
        "lymphocytes_report": "1.42\tx10^9/L\t2026-01-02",
        "platelets_report": "143\tK/uL\t2026-01-02",
        "afp_report": ">1210\tkU/L\t2026-01-02",
    }
    assert page.headers["cache-control"] == "no-store"


def test_confirmed_values_fill_in_the_form_with_their_source(client: TestClient) -> None:
    page = confirm(client, chosen(read(client, WHOLE).text))
    assert page.status_code == 200
    found = fields(page.text)
    assert {name: found[name] for name in ("neutrophils", "lymphocytes", "platelets", "afp")} == {
        "neutrophils": "3.97",
        "lymphocytes": "1.42",
        "platelets": "143",
        "afp": ">1210",
    }
    assert [found[f"{analyte.value}_unit"] for analyte in Analyte] == ["10*9/L", "10*9/L", "K/uL", "kU/L"]
    assert (found["blood_count_date"], found["afp_date"]) == ("2026-01-02", "2026-01-02")
    assert page.text.count('class="hint from-record"') == 4
    assert page.text.count("From the pasted report") == 4
    assert "Higher-risk group" not in page.text


def test_values_stay_marked_after_an_error_and_a_result(client: TestClient) -> None:
    values = chosen(read(client, WHOLE).text)
    typed = fields(confirm(client, values).text)
    wrong = client.post("/", content=urlencode({**typed, **values, "lymphocytes": "x"}), headers=FORM)
    assert wrong.status_code == 422
    assert wrong.text.count("From the pasted report") == 4
    result = client.post("/", content=urlencode({**typed, **values}), headers=FORM)
    assert result.status_code == 200
    kept = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', result.text))
    again = client.post("/", content=urlencode({**kept, "edit": "1"}), headers=FORM)
    assert again.text.count("From the pasted report") == 4


def test_confirmed_report_replaces_what_was_typed(client: TestClient) -> None:
    page = confirm(client, {"afp": "5", "ecog": "1", "neutrophils_report": "3.4\tG/L\t"})
    found = fields(page.text)
    assert (found["neutrophils"], found["neutrophils_unit"], found["afp"]) == ("3.4", "G/L", "")
    assert 'value="1" checked' not in page.text
    assert "Left empty: Lymphocytes, Platelets, AFP." in page.text


def test_missing_unit_is_left_to_the_reader() -> None:
    with client_with(units="counts=/uL, afp=IU/mL") as client:  # not even the units of the site are taken
        page = read(client, "Absolute neutrophil count 3.4\nAFP 12")
        assert chosen(page.text) == {"neutrophils_report": "3.4\t\t", "afp_report": "12\t\t"}
        filled = confirm(client, chosen(page.text))
        found = fields(filled.text)
        assert (found["neutrophils_unit"], found["afp_unit"]) == ("", "")
        assert filled.text.count("No unit was read") == 2
        sent = {name: value for name, value in found.items() if not name.endswith("_date")}
        refused = client.post("/", content=urlencode(sent), headers=FORM)
        assert refused.status_code == 422
        assert refused.text.count("The unit is missing.") >= 2


@pytest.mark.parametrize(
    ("text", "name", "values"),
    [
        ("Platelets 97 x10^9/L\nPLT 103 x10^9/L", "platelets_report", ["97\tx10^9/L\t", "103\tx10^9/L\t"]),
        ("Neutrophils 3.4\nPLT 103 x10^9/L", "neutrophils_report", ["3.4\t\t"]),
        ("AFP was 12 ng/mL, then 40 ng/mL", "afp_report", ["12\tng/mL\t", "40\tng/mL\t"]),
    ],
)
def test_nothing_is_chosen_where_the_text_is_ambiguous(
    client: TestClient, text: str, name: str, values: list[str]
) -> None:
    page = read(client, text)
    assert [value for value, _ in options(page.text)[name]] == [*values, ""]
    assert chosen(page.text)[name] == ""
    assert marked(page.text) == [] or name not in str(marked(page.text))


def test_older_result_can_be_chosen_in_place_of_the_newest(client: TestClient) -> None:
    page = read(client, "PLT 88 K/uL 2026-01-04\nPLT 91 K/uL 2025-12-04")
    (newest, older, _empty) = options(page.text)["platelets_report"]
    assert (newest, older) == (("88\tK/uL\t2026-01-04", True), ("91\tK/uL\t2025-12-04", False))
    found = fields(confirm(client, {"platelets_report": older[0]}).text)
    assert (found["platelets"], found["blood_count_date"]) == ("91", "2025-12-04")


@pytest.mark.parametrize("text", ["Neutrophils 62 %", "AFP 12 K/uL", "PLT 88 foo/L", "Platelets 9O K/uL"])
def test_number_that_cannot_be_the_value_is_not_on_offer(client: TestClient, text: str) -> None:
    page = read(client, text)
    assert page.status_code == 200
    assert 'type="radio"' not in page.text
    assert "One number that was not used" in page.text
    assert "Use these values" not in page.text


def test_counts_of_different_days_are_pointed_out(client: TestClient) -> None:
    text = "PLT 88 K/uL 2026-01-04\nANC 3.4 K/uL 2026-01-02\nAFP 7 ng/mL 2025-11-01"
    page = read(client, text)
    assert "The blood counts are of different days." in page.text
    assert "AFP and the blood count are of different days." in page.text
    form = confirm(client, chosen(page.text))
    assert "The blood counts are of different days." in form.text
    assert (fields(form.text)["blood_count_date"], fields(form.text)["afp_date"]) == ("", "2025-11-01")


def test_unit_of_the_site_is_read(tmp_path: Path) -> None:
    configuration = '[[local_unit]]\nlabel = "mil/mm3"\nunit = "10*3/mm3"\nanalyte = "platelets"\n'
    with site(tmp_path, configuration) as client:
        page = read(client, "Plaquetas 143 mil/mm3")
        assert chosen(page.text)["platelets_report"] == "143\tmil/mm3\t"
        assert fields(confirm(client, chosen(page.text)).text)["platelets_unit"] == "mil/mm3"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "There is no text."),
        (" \n\t\n", "There is no text."),
        ("PLT 88\n" * 401, "The text is too long"),
        ("x" * (MOST_BYTES + 1), "The text is too long"),
        ("MRN 1234\nPLT 88\nMRN 5678\nPLT 91", "two patients"),
        ("PLT\nANC\n88\n3.4", "lists the names and then the numbers"),
    ],
)
def test_refused_text_is_kept_with_the_reason(client: TestClient, text: str, said: str) -> None:
    page = read(client, text)
    assert page.status_code == 422
    assert said in page.text
    assert f"\n{text}</textarea>" in page.text
    assert "<mark" not in page.text


def test_line_ends_of_a_browser_do_not_count(client: TestClient) -> None:
    lines = "PLT 88 K/uL".ljust(49) + "\n"
    assert read(client, (lines * 400).replace("\n", "\r\n")).status_code == 200


def test_longest_text_in_any_script_fits_the_body(client: TestClient) -> None:
    assert read(client, "血" * (MOST_BYTES // 3)).status_code == 200
    assert read(client, "血" * (MOST_BYTES // 3 + 1)).status_code == 422
    assert read(client, "血" * 50_000).status_code == 413
    assert client.post("/", content="x" * 20_000, headers=FORM).status_code == 413


HOSTILE = [
    "<script>alert(1)</script>\nPLT 88 K/uL",
    'PLT 88 "><img src=x onerror=alert(1)>/L',
    "PLT 88 K/uL </pre></textarea><b>",
    "{{ 7 * 7 }} {% raw %} PLT 88 K/uL",
    "\u202ePLT 88 K/uL\u2066\u0000",
]


@pytest.mark.parametrize("text", HOSTILE)
def test_nothing_of_the_text_becomes_markup(client: TestClient, text: str) -> None:
    page = read(client, text).text
    form = confirm(client, {**chosen(page), "afp_report": f"{text}\t{text}\t{text}"}).text
    for answer in (page, form, read(client, text * 2000).text):
        assert "<script>" not in answer
        assert "<img" not in answer
        assert answer.count("</pre>") <= 1
        assert answer.count("</textarea>") <= 1
    assert "\u202e" not in page
    assert "\x00" not in page


@pytest.mark.parametrize(
    "unit",
    ["<", "1,", "AFP ", "patient: ", "Neutrophils 3.4 ", "2026-01-02 ", "a | ", "9" * 9, "血小板数 3 ", "PLT 8 K/uL\n"],
)
def test_many_repeats_give_a_short_page(client: TestClient, unit: str) -> None:
    text = (unit * MOST_BYTES)[: MOST_BYTES // len(unit.encode()) * len(unit)][: MOST_BYTES // 3]
    page = read(client, text)
    assert page.status_code in (200, 422)
    assert len(page.text) < 10 * MOST_BYTES


def test_text_of_another_site_or_type_is_refused(client: TestClient) -> None:
    body = urlencode({"report": WHOLE})
    assert client.post("/report", content=body, headers={**FORM, "sec-fetch-site": "cross-site"}).status_code == 403
    assert client.post("/report", json={"report": WHOLE}, headers={"accept": "text/html"}).status_code == 415
    assert client.post("/report", content=urlencode([("report", "x")] * 61), headers=FORM).status_code == 400


def test_reports_count_against_the_rate_limit() -> None:
    with client_with(rate_limit_per_minute=2) as client:
        assert [read(client, WHOLE).status_code for _ in range(3)] == [200, 200, 429]


def test_nothing_of_a_report_is_logged_or_put_in_an_address(client: TestClient, log: LogLines) -> None:
    text = f"Name: Mustermann\n{WHOLE}"
    page = read(client, text)
    confirm(client, chosen(page.text))
    read(client, text * 100)
    assert "location" not in page.headers
    assert log.text
    for secret in ("Mustermann", "3.97", "1210", "kU/L"):
        # Times and identifiers in the log have digits of their own.
        assert re.search(rf"(?<![\w.]){re.escape(secret)}(?!\w)", log.text) is None


@cache
def _shared_client() -> TestClient:
    return client_with()


_snippet = st.sampled_from(
    [
        "PLT",
        "AFP",
        "Neutrophils",
        " ",
        "\n",
        "\t",
        "|",
        "3.4",
        "1,234",
        "K/uL",
        "ng/mL",
        "%",
        "<",
        "2026-01-02",
        "\u202e",
        "٣",
        "10⁹/L",
    ]
)


@given(st.lists(_snippet | st.text(max_size=5), max_size=40).map("".join))
def test_random_report_gives_no_server_error(text: str) -> None:
    client = _shared_client()
    body = urlencode({"report": text.encode("utf-8", "replace")})
    page = client.post("/report", content=body, headers=FORM)
    assert page.status_code in (200, 422)
    if page.status_code == 200:
        filled = confirm(client, chosen(page.text))
        assert filled.status_code == 200
        sent = client.post("/", content=urlencode(fields(filled.text)), headers=FORM)
        assert sent.status_code in (200, 422)


@given(st.binary(max_size=300))
def test_random_bytes_give_no_server_error(body: bytes) -> None:
    assert _shared_client().post("/report", content=body, headers=FORM).status_code in (200, 400, 422)


@given(
    st.dictionaries(st.sampled_from([*NAMES, "sample", "fill", "edit", "record"]), st.text(max_size=30) | st.just("1"))
)
def test_random_confirmation_gives_no_server_error(sent: dict[str, str]) -> None:
    body = urlencode({name: value.encode("utf-8", "replace") for name, value in sent.items()})
    assert _shared_client().post("/", content=body, headers=FORM).status_code in (200, 422)


@pytest.mark.parametrize("name", sorted(TEXTS))
def test_page_offers_what_the_reader_found(client: TestClient, name: str) -> None:
    """What is chosen at first is what the reader read; a text that it stops at fills in nothing."""
    report = read_report(TEXTS[name])
    page = read(client, TEXTS[name])
    assert page.status_code == (422 if report.stop else 200)
    for analyte, field in CONFIRMED_FIELDS.items():
        reading = report.findings[analyte].reading
        value = chosen(page.text).get(field, "")
        assert bool(value) is (reading is not None)
        if reading:
            number, unit, day = value.split("\t")
            assert float(number.lstrip("<>=")) == float(reading.number)
            assert (unit, day) == (" ".join((reading.unit or "").split()), str(reading.day or ""))


def test_every_reason_and_stop_sign_has_words() -> None:
    assert set(REASONS) == set(Reason)
    assert set(STOPS) == set(StopSign)


@pytest.fixture
def samples(client: TestClient) -> dict[str, str]:
    page = client.get("/report").text
    return dict(re.findall(r'name="sample" value="(\w+)"><strong>([^<]*)<', page))


def test_samples_cover_every_cell_and_one_is_near(client: TestClient, samples: dict[str, str]) -> None:
    cells = {cell.label for cell in load_model().fitted.cells}
    assert {
        title.removeprefix("Fictional: ").removesuffix(", near the cut-offs") for title in samples.values()
    } == cells
    assert sum(title.endswith("near the cut-offs") for title in samples.values()) == 1
    assert set(samples) == set(SAMPLES)
    assert all(title.startswith("Fictional: ") for title in samples.values())


@pytest.mark.parametrize("name", SAMPLES)
def test_sample_is_called_fictional_in_form_and_result(client: TestClient, name: str) -> None:
    form = confirm(client, {"sample": name, "afp": "7", "ecog": "1"})
    assert form.status_code == 200
    typed = fields(form.text)
    assert {key: typed[key] for key in SAMPLES[name].fields} == SAMPLES[name].fields
    assert form.text.index("Fictional sample patient") < form.text.index('id="neutrophils"')
    result = client.post("/", content=urlencode({**typed, "sample": name}), headers=FORM)
    assert result.status_code == 200
    assert result.text.index("Fictional sample patient") < result.text.index('id="result-title"')
    copied = result.text[result.text.index('<pre id="plain-text"') :]
    assert copied.index("Fictional sample patient") < copied.index("GROUP")
    kept = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', result.text))
    assert "Fictional" in client.post("/", content=urlencode({**kept, "edit": "1"}), headers=FORM).text


def test_unknown_sample_fills_in_nothing(client: TestClient) -> None:
    form = confirm(client, {"sample": "99"})
    assert form.status_code == 200
    assert fields(form.text)["afp"] == ""
    assert "Fictional" not in form.text


def test_chosen_option_fills_in_its_printed_unit(client: TestClient) -> None:
    offered = options(read(client, "AFP 350 IU/mL (424 ng/mL)").text)["afp_report"]
    units = {
        value.split("\t")[0]: fields(confirm(client, {"afp_report": value}).text)["afp_unit"]
        for value, _ in offered
        if value
    }
    assert units == {"350": "IU/mL", "424": "ng/mL"}
