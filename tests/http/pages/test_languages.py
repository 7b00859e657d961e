"""Answers in the language that a page chose or the caller prefers, of those that the site offers."""

from collections.abc import Iterator
from urllib.parse import urlencode

import pytest
from starlette.testclient import TestClient

from app.presentation.languages import NAMES
from tests.lib.clients import client_with

LANGUAGES = tuple(tag for tag in NAMES if tag != "en")
GIGA = "10*9/L"
HTML = {"accept": "text/html"}
FORM = {**HTML, "content-type": "application/x-www-form-urlencoded"}
VALUES = {
    "neutrophils": "4.2",
    "lymphocytes": "1.1",
    "platelets": "145",
    "afp": "430",
    **{f"{name}_unit": GIGA for name in ("neutrophils", "lymphocytes", "platelets")},
    "afp_unit": "ng/mL",
}
UNLIKE = {"child_pugh_class": "B", "ecog": "2", "sorafenib_failed": "no", "blood_count_date": "2025-01-01"}
WRONG = {"neutrophils": "", "lymphocytes": "about 1", "platelets": "14,5000", "afp": "1.310", "ecog": "9"}
BODY = {
    **{
        name: {"value": value, "unit": GIGA}
        for name, value in (("neutrophils", 4.2), ("lymphocytes", 1.1), ("platelets", 145))
    },
    "afp": {"value": 430, "unit": "ng/mL"},
}
REPORT = "ANC 3.4\nPLT 97 K/uL 2026-01-02\nAFP 40 ng/mL 2025-12-04\nLYM 20 %\n"
PATHS = ("/", "/report", "/evidence", "/instructions", "/api", "/problems", "/offline", "/no/such/page")


@pytest.fixture(scope="module")
def offering_all() -> Iterator[TestClient]:
    """Offer every language."""
    with client_with(languages=LANGUAGES) as client:
        yield client


@pytest.fixture
def many(offering_all: TestClient) -> TestClient:
    """Return a client that has chosen no language yet."""
    offering_all.cookies.clear()
    return offering_all


def test_default_answers_in_english_alone(client: TestClient) -> None:
    page = client.get("/?language=ko", headers={**HTML, "accept-language": "ko"})
    assert '<html lang="en" dir="ltr">' in page.text
    assert "languages.css" not in page.text
    assert not {"set-cookie", "content-language"} & page.headers.keys()
    assert "accept-language" not in page.headers.get("vary", "").lower()


@pytest.mark.parametrize("tag", LANGUAGES)
def test_browser_gets_the_language_it_prefers(many: TestClient, tag: str) -> None:
    page = many.get("/", headers={**HTML, "accept-language": f"{tag}, en;q=0.5"})
    assert f'<html lang="{tag}" dir="{"rtl" if tag == "ar" else "ltr"}">' in page.text
    assert page.headers["content-language"] == tag
    assert {"Accept-Language", "Cookie"} <= {name.strip() for name in page.headers["vary"].split(",")}
    assert "set-cookie" not in page.headers


def test_caller_without_a_wish_gets_english(many: TestClient) -> None:
    assert many.get("/", headers=HTML).headers["content-language"] == "en"
    assert many.get("/", headers={**HTML, "accept-language": "pt-BR"}).headers["content-language"] == "en"


def test_choice_on_a_page_is_kept_in_a_cookie() -> None:
    with client_with(languages=LANGUAGES, public_url="https://calculator.test") as client:
        chosen = client.get("/evidence?language=ja", headers={**HTML, "accept-language": "de"})
        assert chosen.headers["set-cookie"] == (
            "__Secure-language=ja; Path=/; Max-Age=31536000; HttpOnly; SameSite=Lax; Secure"
        )
        later = client.get("/", headers={**HTML, "accept-language": "de", "cookie": "__Secure-language=ja"})
        assert later.headers["content-language"] == "ja"
        assert client.get("/", headers={**HTML, "cookie": "__Secure-language=xx"}).headers["content-language"] == "en"


def test_unknown_choice_is_ignored(many: TestClient) -> None:
    page = many.get("/?language=pt", headers={**HTML, "accept-language": "de"})
    assert page.headers["content-language"] == "de"
    assert "set-cookie" not in page.headers


def test_program_gets_texts_in_its_language_and_no_cookie(many: TestClient) -> None:
    in_english = many.post("/api/v1/assessments", json=BODY).json()
    answer = many.post("/api/v1/assessments?language=ko", json=BODY, headers={"accept-language": "de"})
    assert "set-cookie" not in answer.headers
    in_korean = answer.json()
    assert in_korean["risk_group"]["label"] != in_english["risk_group"]["label"]
    assert [one["code"] for one in in_korean["caveats"]] == [one["code"] for one in in_english["caveats"]]
    for before, after in zip(in_english["caveats"], in_korean["caveats"], strict=True):
        assert f"[English: {before['text'].partition('. ')[0]}" in after["text"]
    assert _without_texts(in_korean) == _without_texts(in_english)


def test_errors_of_a_program_keep_their_codes(many: TestClient) -> None:
    wrong = {**BODY, "afp": {"value": 3, "unit": "nmol/L"}}
    english = many.post("/api/v1/assessments", json=wrong).json()
    german = many.post("/api/v1/assessments", json=wrong, headers={"accept-language": "de"}).json()
    assert [one["code"] for one in german["errors"]] == [one["code"] for one in english["errors"]]
    assert german["errors"][0]["message"].startswith("Molare Einheiten")
    assert f"[English: {english['errors'][0]['message']}]" in german["errors"][0]["message"]


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("tag", LANGUAGES)
def test_every_page_is_in_every_language(many: TestClient, tag: str, path: str) -> None:
    page = many.get(f"{path}?language={tag}", headers=HTML)
    assert page.status_code == (404 if path == "/no/such/page" else 200)
    assert f'<html lang="{tag}"' in page.text


@pytest.mark.parametrize("tag", LANGUAGES)
def test_every_answer_to_a_form_is_in_every_language(many: TestClient, tag: str) -> None:
    headers = {**FORM, "accept-language": tag}
    for sent, status in ((VALUES, 200), ({**VALUES, **UNLIKE}, 200), ({**VALUES, **WRONG}, 422)):
        page = many.post("/", content=urlencode(sent), headers=headers)
        assert page.status_code == status
        assert f'<html lang="{tag}"' in page.text
        assert many.post("/check", content=urlencode(sent), headers=headers).status_code == 200
    first = {f"first_{name}": value for name, value in VALUES.items()}
    assert many.post("/compare", content=urlencode(VALUES | first), headers=headers).status_code == 200
    for text, status in ((REPORT, 200), ("", 422)):
        page = many.post("/report", content=urlencode({"report": text}), headers=headers)
        assert page.status_code == status


@pytest.mark.parametrize("tag", LANGUAGES)
def test_picture_is_in_every_language(many: TestClient, tag: str) -> None:
    for kind in ("svg", "png"):
        picture = many.get(f"/api/v1/groups/high/curve.{kind}", headers={"accept-language": tag})
        assert picture.status_code == 200


@pytest.mark.parametrize(("tag", "language"), [("de", "de"), ("ar", "ar"), ("ko", "en")])
def test_document_is_in_english_where_no_font_has_the_letters(many: TestClient, tag: str, language: str) -> None:
    document = many.post("/report.pdf", content=urlencode(VALUES), headers={**FORM, "accept-language": tag})
    assert document.status_code == 200
    assert document.headers["content-language"] == language


TEXTS = frozenset({"text", "label", "meaning", "message", "title", "description", "setting", "data", "note", "source"})


def _without_texts(value: object) -> object:
    """Return a body without the texts that people read."""
    match value:
        case dict():
            return {
                name: _without_texts(part)
                for name, part in value.items()
                if name not in {*TEXTS, "limitations", "population", "explanation", "reference", "cutoff", "patients"}
                and not (name == "time_zero" and isinstance(part, str))
            }
        case list():
            return [_without_texts(part) for part in value]
        case _:
            return value


def test_arabic_keeps_the_order_of_a_number_and_its_unit(many: TestClient) -> None:
    """What is read from left to right is isolated (U+2066 to U+2069), and typed in fields from left to right."""
    arabic = {"accept-language": "ar"}
    near = many.post("/", content=urlencode(VALUES | {"neutrophils": "2.6", "afp": "399"}), headers=FORM | arabic).text
    for quantity in ("340 \u2066× 10⁹/L\u2069", "400 \u2066ng/mL\u2069", "460 \u2066ng/mL\u2069"):
        assert f"\u2066{quantity}\u2069" in near
    limit = many.post("/", content=urlencode(VALUES | {"afp": "<2,0"}), headers=FORM | arabic).text
    assert "«\u2066&lt;2,0\u2069»" in limit
    assert "\u2066&lt; 2 \u2066ng/mL\u2069\u2069" in limit
    wrong = many.post("/", content=urlencode(VALUES | {"afp": "<1,210"}), headers=FORM | arabic).text
    for reading in ("&lt; 1.21", "&lt; 1210"):
        assert f"\u2066{reading}\u2069" in wrong
        assert f'value="{reading}" dir="ltr">' in wrong
    open_side = many.post("/", content=urlencode(VALUES | {"afp": "<500"}), headers=FORM | arabic).text
    assert "\u2066&lt; 500 \u2066ng/mL\u2069\u2069" in open_side
    assert open_side.count('type="text" dir="ltr"') == 4


@pytest.mark.parametrize("tag", [tag for tag in LANGUAGES if tag != "ar"] + ["en"])
def test_number_keeps_its_comparator_when_it_is_read(many: TestClient, tag: str) -> None:
    page = many.post("/", content=urlencode(VALUES | {"afp": "<2,0"}), headers=FORM | {"accept-language": tag}).text
    assert page.count("&lt; 2 ng/mL") >= 3  # in the caveat, in the table and as the value of the factor
    assert ">2 ng/mL" not in page
    assert " 2 ng/mL" not in page.replace("&lt; 2 ng/mL", "")
