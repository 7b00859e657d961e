"""Problems shown to people: what happened, whether the values are kept and what to do, without words of developers."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from starlette.testclient import TestClient

from app.artefact.reference_vectors import read_vectors
from app.core.fitted_model import FittedModel
from app.presentation.pages.problem import WORDS
from app.web.pages.form_input import MAXIMUM_FIELDS
from app.web.problems import PROBLEMS
from tests.lib.clients import HOST, client_with, site_file

HTML = {"accept": "text/html,application/xhtml+xml"}
FORM = {**HTML, "content-type": "application/x-www-form-urlencoded"}
DEVELOPERS = re.compile(
    r"json|openapi|header|method|bytes?\b|content-|urlencoded|media type|endpoint|server|request body|http",
    re.IGNORECASE,
)


@contextmanager
def broken(**settings: Any) -> Iterator[TestClient]:
    """Yield a client of a service whose self-test failed."""
    (vector,) = read_vectors(about=1)[:1]
    with client_with(vectors=[{**vector, "km6": "0.999"}], **settings) as client:
        yield client


def main_of(page: str) -> str:
    """Return what a reader sees between header and footer, without markup."""
    inner = page.partition("<main")[2].partition(">")[2].partition("</main>")[0]
    return " ".join(re.sub(r"<[^>]+>", " ", inner).split())


REFUSED: list[tuple[str, str, dict[str, Any], int, str]] = [
    ("GET", "/no/such/page", {"headers": HTML}, 404, "not-found"),
    ("GET", "/check", {"headers": HTML}, 405, "method"),
    ("PUT", "/", {"headers": HTML}, 405, "method"),
    ("POST", "/", {"content": "", "headers": {**FORM, "sec-fetch-site": "cross-site"}}, 403, "cross-site"),
    ("POST", "/", {"content": "a=" + "1" * 16_384, "headers": FORM}, 413, "too-large"),
    ("POST", "/", {"content": iter([b"a" * 9000] * 2), "headers": FORM}, 413, "too-large"),
    ("POST", "/", {"content": "", "headers": {**FORM, "content-encoding": "br"}}, 415, "content-encoding"),
    ("POST", "/", {"json": {}, "headers": HTML}, 415, "media-type"),
    ("POST", "/", {"content": urlencode([("afp", "1")] * (MAXIMUM_FIELDS + 1)), "headers": FORM}, 400, "malformed"),
    ("GET", "/", {"headers": {**HTML, "host": "elsewhere.test"}}, 400, "host"),
]


@pytest.mark.parametrize(("method", "path", "options", "status", "name"), REFUSED)
def test_refusal_is_a_page_in_plain_words(
    client: TestClient, method: str, path: str, options: dict[str, Any], status: int, name: str
) -> None:
    response = client.request(method, path, **options)
    assert (response.status_code, response.headers["content-type"]) == (status, "text/html; charset=utf-8")
    said, words = main_of(response.text), WORDS[name]
    assert f"<title>{words.title} – " in response.text
    for sentence in (words.happened, *words.steps):
        assert sentence in said
    assert DEVELOPERS.findall(said) == []
    assert ("Values that you entered are kept in this tab" in said) is words.keeps
    assert ("Open the calculator" in said.rpartition("Error")[0]) is words.links or name in ("not-found", "method")


def test_every_problem_has_words_for_people() -> None:
    assert set(WORDS) == {problem.name for problem in PROBLEMS}
    for words in WORDS.values():
        assert DEVELOPERS.findall(" ".join((words.title, words.happened, *words.steps))) == []
        assert words.steps


def test_links_of_a_deep_page_lead_to_the_site(client: TestClient) -> None:
    page = client.get("/no/such/page", headers=HTML).text
    assert 'class="button" href="../../"' in page
    assert 'href="../../evidence"' in page


def test_too_many_requests_say_how_long_to_wait() -> None:
    with client_with(rate_limit_per_minute=1) as client:
        client.get("/", headers=HTML)
        response = client.get("/", headers=HTML)
    assert response.status_code == 429
    seconds = int(response.headers["retry-after"])
    assert f"Wait {seconds} second" in main_of(response.text)
    assert 'class="button"' not in response.text


def test_failed_self_test_links_to_nothing_that_fails() -> None:
    with broken() as client:
        for path in ("/", "/evidence", "/instructions", "/api"):
            page = client.get(path, headers=HTML)
            assert page.status_code == 503
            assert "Tell the person who runs this site." in main_of(page.text)
            links = re.findall(r'<a [^>]*href="([^"]+)"', page.text)
            assert [link for link in links if not link.startswith(("#", "https://doi.org/"))] == []


def test_withdrawn_model_says_why_and_links_to_nothing(fitted: FittedModel) -> None:
    with client_with(withdrawn=f"{fitted.id}: refuted by a later study") as client:
        page = client.get("/", headers=HTML)
    assert page.status_code == 503
    assert "refuted by a later study." in main_of(page.text)
    assert "Do not rely on its earlier results." in main_of(page.text)
    assert re.findall(r'<a [^>]*href="\./[^"]*"', page.text) == []


def test_problem_page_names_the_contact_of_the_site(tmp_path: Path) -> None:
    file = site_file(tmp_path, 'contact = "help@hospital.example"')
    with broken(integration_file=file) as client:
        assert 'href="mailto:help@hospital.example"' in client.get("/", headers=HTML).text


def test_failure_has_a_reference_for_the_log() -> None:
    def fail() -> datetime:
        raise RuntimeError("secret detail")

    values = dict.fromkeys(("neutrophils", "lymphocytes", "platelets", "afp"), "1")
    units = {f"{name}_unit": "ng/mL" if name == "afp" else "10*9/L" for name in values}
    with client_with(clock=fail) as client:
        response = client.post("/", content=urlencode(values | units), headers=FORM)
    assert response.status_code == 500
    assert response.headers["x-request-id"] in main_of(response.text)
    assert "secret" not in response.text


@pytest.mark.parametrize("path", ["/", "/report", "/evidence", "/instructions", "/api", "/problems"])
def test_head_of_a_page_answers_as_get(client: TestClient, path: str) -> None:
    head, get = client.head(path), client.get(path)
    assert head.status_code == get.status_code == 200
    assert head.headers["content-type"] == get.headers["content-type"]
    assert "content-security-policy" in head.headers


def test_programs_get_the_same_problem_as_before(client: TestClient) -> None:
    body = client.post("/", content="", headers={"content-type": "text/plain", "host": HOST}).json()
    assert (body["type"], body["status"], body["title"]) == ("/problems#media-type", 415, "Media type not supported")
    assert body["detail"] == "The form is sent as application/x-www-form-urlencoded."
