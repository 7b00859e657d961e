"""The patient's identity is on every page after a launch, and comes only from the server's memory."""

from collections.abc import Callable, Iterator
from typing import Any

import httpx2
import pytest

from app.config.settings import Settings
from app.ehr.smart.errors import NoFiling
from app.ehr.smart.launch_contexts import Filed, LaunchContext, LaunchContexts, Permission
from app.ehr.smart.patient_identity import PatientIdentity, patient_identity
from app.ehr.smart.prefill import prefill
from app.store.memory import MemoryStore
from app.store.sealing import new_sealer
from tests.lib.asynchronous import awaited
from tests.lib.fhir.patient_records import PATIENT
from tests.lib.fhir.reading import read
from tests.lib.peers.failing_ehr import HAS_AFP, TOKEN, FailingRecord, failing_record
from tests.lib.peers.start import Peer
from tests.lib.smart_site import (
    TYPED,
    Site,
    browser,
    fields_of,
    launch,
    listening,
    open_from_failing,
    running,
    smart_entry,
    words,
)

BANNER = "Patient: Maria A. <Test>, born 5 April 1961"
EDIT = {"edit": "1"}
WRONG = {"lymphocytes": ""}


def pages_after(site: Site, ehr: Peer, banner: object) -> list[httpx2.Response]:
    """Return each page from the launch to the filing: form, form with an error, result, form again, filed."""
    with browser() as user:
        first = launch(site, ehr, banner=banner, user=user)
        address, form = fields_of(first)
        again = [user.post(address, data=form | more) for more in (WRONG, {}, EDIT)]
        return [first, *again, user.post(f"{site.url}/smart/file", data=form)]


@pytest.mark.parametrize("banner", [True, None, "false", 0], ids=repr)
def test_every_page_names_the_patient(writable: tuple[Site, Peer], banner: object) -> None:
    pages = pages_after(*writable, banner)
    assert [page.status_code for page in pages] == [200, 422, 200, 200, 200]
    for page in pages:
        assert BANNER in words(page)
        assert words(page).index(BANNER) < 20
        assert "<Test>" not in page.text
        assert "Start with an empty form" in words(page)
    assert "File for Maria A. <Test> (1961)" in words(pages[2])


def test_no_banner_if_the_ehr_shows_one(writable: tuple[Site, Peer]) -> None:
    before = len(writable[1].log())
    pages = pages_after(*writable, banner=False)
    assert [page.status_code for page in pages] == [200, 422, 200, 200, 200]
    assert not any("Maria" in page.text or "1961" in page.text for page in pages)
    assert "File in the record" in words(pages[2])
    with browser() as user:
        address, form = fields_of(launch(*writable, banner=False, user=user))
        said = words(user.post(address, data=form | {"neutrophils": "20"}))
    assert "The changed values belong to the patient whose record is open" in said
    assert [seen.path for seen in writable[1].log()[before:] if "/fhir/Patient" in seen.path] == []


def test_patient_is_named_without_filing(readable: tuple[Site, Peer]) -> None:
    with browser() as user:
        address, form = fields_of(launch(*readable, user=user))
        said = words(user.post(address, data=form | {"afp": "620"}))
    assert BANNER in said
    assert "AFP: 620 ng/mL was entered. The record has >1210 ng/mL, 5 January 2026, Observation/afp" in said


def test_name_and_birth_date_are_not_in_the_form(writable: tuple[Site, Peer]) -> None:
    for page in pages_after(*writable, banner=True):
        headers = {name: text for name, text in page.headers.items() if name != "x-request-id"}  # any digits by chance
        sent = str(page.url) + str(headers) + str(fields_of(page))
        assert not any(secret in sent for secret in ("Maria", "1961", "Test"))
    assert not any(secret in writable[0].log.said for secret in ("Maria", "1961", "<Test>"))


def test_form_shows_the_records_values_again(readable: tuple[Site, Peer]) -> None:
    with browser() as user:
        address, form = fields_of(launch(*readable, user=user))
        said = words(user.post(address, data=form | EDIT | {"neutrophils": "20"}))
    assert "From the record: 4.2 × 10³/µL, 2 January 2026, Observation/neut" in said
    assert "Neutrophils, Observation/neut-old" in said


def test_unknown_record_is_named_as_unknown(readable: tuple[Site, Peer]) -> None:
    for more in ({}, EDIT, WRONG):
        page = httpx2.post(f"{readable[0].url}/", data=TYPED | {"record": "a-guess"} | more)
        assert "no longer knows whose record" in words(page)
        assert "smart/file" not in page.text
    assert "no longer knows" not in words(httpx2.post(f"{readable[0].url}/", data=TYPED))


@pytest.fixture(scope="module")
def failing(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Site, FailingRecord]]:
    with failing_record() as record, listening() as listener:
        entries = "".join(
            smart_entry(f"{record.address}/{fault}", write_back=True) for fault in (*HAS_AFP, "record-is-empty")
        )
        with running(listener, tmp_path_factory.mktemp("failing"), entries) as site:
            yield site, record


@pytest.mark.parametrize(
    ("fault", "said"),
    {
        "no-banner": "did not identify the patient",
        "banner-is-something-else": "did not identify the patient",
        "no-name": "Patient: name not in the record, born 1964-08",
        "no-birth-date": "Patient: Erika Muster, born on a date not in the record",
    }.items(),
)
def test_filing_needs_name_and_birth_date(failing: tuple[Site, FailingRecord], fault: str, said: str) -> None:
    site, record = failing
    with browser() as user:
        form = open_from_failing(site, f"{record.address}/{fault}", user)
        values = TYPED | fields_of(form)[1]
        result = user.post(f"{site.url}/", data=values)
        filed = user.post(f"{site.url}/smart/file", data=values | {"confirmed": "yes"})
    assert [page.status_code for page in (form, result, filed)] == [200, 200, 400]
    assert all(said in words(page) for page in (form, result, filed))
    assert "smart/file" not in result.text
    assert "Neutrophils: 4.2 × 10³/µL was entered. The record has no usable result" in words(result)
    assert "AFP: >1210 ng/mL was entered" not in words(result)
    assert not any(asked.endswith(f"{fault}/RiskAssessment") for asked in record.asked)


def test_record_without_values_cannot_be_filed(failing: tuple[Site, FailingRecord]) -> None:
    site, record = failing
    with browser() as user:
        values = TYPED | fields_of(open_from_failing(site, f"{record.address}/record-is-empty", user))[1]
        result, again = (user.post(f"{site.url}/", data=values | more) for more in ({}, EDIT))
    assert "None of the four values matches the record" in words(result)
    assert "smart/file" not in result.text
    for page in (result, again):
        assert "Patient: Erika Muster, born 1964-08" in words(page)
    assert "The record has no values that can be used" in words(again)


@pytest.mark.parametrize(
    ("patient", "expected"),
    [
        ({"name": [{"use": "old", "text": "A"}, {"text": "B"}, {"use": "official", "text": "C"}]}, "C"),
        ({"name": [{"use": "old", "text": "A"}, {"text": "B"}]}, "B"),
        ({"name": [{"use": "official"}, {"use": "usual", "given": ["A", 1, "B"], "family": "C"}]}, "A B C"),
        ({"name": [{"text": " A \n B\t"}]}, "A B"),
        *(({"name": name}, "") for name in (None, "A", [], [None], [{"text": 1}], [{"given": "A"}])),
    ],
)
def test_official_or_usual_name_is_chosen(patient: dict[str, Any], expected: str) -> None:
    assert patient_identity(patient).name == expected


@pytest.mark.parametrize(
    ("birth", "expected"),
    [
        *(("1950-01-02", "2 January 1950"), ("1950-01", "1950-01"), ("1950", "1950"), ("1950-02-31", "1950-02-31")),
        *((birth, "on a date not in the record") for birth in (None, "", "soon", 1950, "1950-01-02T00:00:00Z")),
    ],
)
def test_partial_birth_date_is_shown(birth: object, expected: str) -> None:
    assert patient_identity({"birthDate": birth}).banner.born == expected


def contexts_at(clock: Callable[[], float], **more: int) -> LaunchContexts:
    return LaunchContexts("https://calculator.example", new_sealer(Settings()), MemoryStore(clock), clock, **more)


def test_context_ends_after_an_hour_and_filing_sooner() -> None:
    now = 0.0
    context = LaunchContext("https://ehr.example/fhir", PATIENT, PatientIdentity(), read())
    assert TOKEN not in repr(Permission(1, TOKEN))

    async def look(seconds: int, life: float) -> None:
        nonlocal now
        now = 0.0
        contexts = contexts_at(lambda: now)
        handle = await contexts.keep(context, "a-browser", Permission(seconds, TOKEN))
        for at, why in ((life - 1, None), (life, NoFiling.EXPIRED), (3599.0, NoFiling.EXPIRED)):
            now = at
            kept = await contexts.find(handle)
            assert kept is not None
            assert (prefill(kept.context.reading), kept.why_not()) == (prefill(context.reading), why)
            assert await contexts.find("another") is None
        assert await contexts.take(handle, Filed.RESULT) is NoFiling.EXPIRED
        now = 3600.0
        assert await contexts.find(handle) is None
        assert await contexts.take(handle, Filed.RESULT) is NoFiling.FORGOTTEN

    for seconds, life in ((300, 300.0), (3600, 900.0)):
        awaited(look, seconds, life)


def test_contexts_that_end_first_give_way() -> None:
    context = LaunchContext("https://ehr.example/fhir", PATIENT, None, read())

    async def keep_many() -> None:
        now = iter(range(1_000_000))
        contexts = contexts_at(lambda: float(next(now)), most_kept=3)
        handles = [await contexts.keep(context, f"browser {k}", NoFiling.NOT_ALLOWED) for k in range(4)]
        kept = [await contexts.find(handle) for handle in handles]
        assert [one is not None for one in kept] == [False, True, True, True]

    awaited(keep_many)


def test_patient_who_comes_back_gives_no_earlier_right() -> None:
    first, other = (LaunchContext("https://ehr.example/fhir", name, None, read()) for name in ("p1", "p2"))

    async def look() -> None:
        contexts = contexts_at(lambda: 0.0)
        handles = [
            await contexts.keep(one, "a-browser", Permission(300, TOKEN)) for one in (first, first, other, first)
        ]
        kept = [await contexts.find(handle) for handle in handles]
        another = NoFiling.ANOTHER_PATIENT
        assert [one and one.why_not() for one in kept] == [another, another, another, None]
        assert [await contexts.take(handle, Filed.RESULT) for handle in handles] == [another, another, another, TOKEN]

    awaited(look)


def test_browser_cookie_works_inside_a_secure_frame() -> None:
    for public_url, (name, attributes) in {
        "https://calculator.example/sii": (
            "__Secure-smart_browser",
            "Path=/sii/smart; HttpOnly; SameSite=None; Secure; Partitioned",
        ),
        "http://127.0.0.1:8000": ("smart_browser", "Path=/smart; HttpOnly; SameSite=Lax"),
    }.items():
        contexts = LaunchContexts(public_url, new_sealer(Settings()), MemoryStore())
        browser_id = awaited(contexts.browser, {name: "chosen-by-somebody-else"})
        assert browser_id != "chosen-by-somebody-else"
        assert contexts.cookie(browser_id) == f"{name}={browser_id}; Max-Age=3600; {attributes}"
