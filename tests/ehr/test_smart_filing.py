"""Filing a result in the record that launched the calculator: on a click, once, and told plainly."""

from collections.abc import Iterator
from urllib.parse import parse_qs, urlsplit

import httpx2
import pytest

from app.ehr.write_backs import WriteBack, WriteBacks
from tests.awaiting import awaited
from tests.ehr.failing_record import TOKEN, FailingRecord, failing_record
from tests.ehr.peers.start import Peer
from tests.ehr.smart_site import (
    PATIENT,
    TYPED,
    Site,
    browser,
    fields_of,
    launch,
    launched_from,
    listening,
    running,
    smart_entry,
    words,
)

FILING_FAULTS = {
    "filing-refused": "The record system refused it. Nothing was filed.",
    "filing-fails": "The record system did not confirm it.",
    "filing-hangs": "The record system did not confirm it.",
}


@pytest.fixture(scope="module")
def pair(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Site, Peer]]:
    with launched_from(tmp_path_factory.mktemp("smart")) as found:
        yield found


@pytest.fixture(scope="module")
def writable(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Site, Peer]]:
    with launched_from(tmp_path_factory.mktemp("writable"), write_back=True) as found:
        yield found


@pytest.fixture(scope="module")
def failing(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Site, FailingRecord]]:
    with failing_record() as record, listening() as listener:
        entries = "".join(smart_entry(f"{record.address}/{fault}", write_back=True) for fault in FILING_FAULTS)
        with running(listener, tmp_path_factory.mktemp("failing"), entries) as site:
            yield site, record


def file(site: Site, form: dict[str, str], **headers: str) -> httpx2.Response:
    return httpx2.post(f"{site.url}/smart/file", data=form, headers=headers, timeout=60)


def test_a_result_is_filed_on_a_click_and_once(writable: tuple[Site, Peer]) -> None:
    site, ehr = writable
    address, form = fields_of(launch(site, ehr))
    assert form == TYPED | {"record": form["record"]}
    before = len(ehr.stored("RiskAssessment"))
    assert "File in the record" in words(httpx2.post(address, data=form))
    assert len(ehr.stored("RiskAssessment")) == before
    page = file(site, form)
    assert page.status_code == 200
    assert "was filed in the record of the patient for whom the calculator was opened: high risk" in words(page).lower()
    filed = ehr.stored("RiskAssessment")
    assert len(filed) == before + 1
    assert (filed[-1]["status"], filed[-1]["subject"]) == ("preliminary", {"reference": f"Patient/{PATIENT}"})
    assert {basis["reference"] for basis in filed[-1]["basis"]} == {
        f"Observation/{name}" for name in ("neut", "lymph", "plt", "afp")
    }
    again = file(site, form)
    assert (again.status_code, "cannot be filed" in words(again)) == (400, True)
    assert len(ehr.stored("RiskAssessment")) == before + 1
    assert form["record"] not in site.log()


def test_a_changed_value_is_filed_as_changed_and_not_as_the_records(writable: tuple[Site, Peer]) -> None:
    site, ehr = writable
    form = fields_of(launch(site, ehr))[1] | {"neutrophils": "4.3", "afp_date": "2026-01-04"}
    known = {resource["id"] for resource in ehr.stored("RiskAssessment")}
    assert "Filed in the record" in words(file(site, form))
    (filed,) = (resource for resource in ehr.stored("RiskAssessment") if resource["id"] not in known)
    assert {basis["reference"] for basis in filed["basis"]} == {
        *("#neutrophils", "#afp", "Observation/lymph", "Observation/plt")
    }
    assert {inside["id"]: inside["valueQuantity"]["value"] for inside in filed["contained"]} == {
        "neutrophils": 4.3,
        "afp": 1210,
    }


def test_what_cannot_be_assessed_is_not_filed_and_can_be_corrected(writable: tuple[Site, Peer]) -> None:
    site, ehr = writable
    form = fields_of(launch(site, ehr))[1]
    page = file(site, form | {"lymphocytes": ""})
    assert (page.status_code, fields_of(page)[0]) == (422, f"{site.url}/")
    assert fields_of(page)[1]["record"] == form["record"]
    assert file(site, form).status_code == 200


def test_nothing_is_filed_where_the_site_does_not_allow_it(pair: tuple[Site, Peer]) -> None:
    site, ehr = pair
    address, form = fields_of(launch(site, ehr))
    assert "File in the record" not in words(httpx2.post(address, data=form))
    assert file(site, form).status_code == 400
    assert file(site, form | {"record": "a-guess"}).status_code == 400
    assert ehr.stored("RiskAssessment") == []


def test_another_site_cannot_file(writable: tuple[Site, Peer]) -> None:
    site, ehr = writable
    form = fields_of(launch(site, ehr))[1]
    assert file(site, form, **{"sec-fetch-site": "cross-site"}).status_code == 403
    assert file(site, form, **{"sec-fetch-site": "same-origin"}).status_code == 200


@pytest.mark.parametrize("fault", FILING_FAULTS)
def test_a_filing_that_fails_is_told_plainly(failing: tuple[Site, FailingRecord], fault: str) -> None:
    site, record = failing
    with browser() as client:
        handed = {"iss": f"{record.address}/{fault}", "launch": "x"}
        answer = client.get(f"{site.url}/smart/launch", params=handed, follow_redirects=False)
        state = parse_qs(urlsplit(answer.headers["location"]).query)["state"][0]
        form = fields_of(client.get(site.callback, params={"code": "a-code", "state": state}))[1]
    page = file(site, TYPED | form)
    assert (page.status_code, FILING_FAULTS[fault] in words(page)) == (200, True)
    assert TOKEN not in page.text + site.log()
    assert file(site, TYPED | form).status_code == 400


def test_a_permission_to_file_ends_with_its_token_and_after_fifteen_minutes() -> None:
    now = 0.0
    permission = WriteBack("https://ehr.example/fhir", PATIENT, {}, TOKEN)
    assert TOKEN not in repr(permission)

    async def keep(seconds: int) -> tuple[WriteBacks, str]:
        kept = WriteBacks(lambda: now)
        return kept, kept.keep(permission, seconds)

    for seconds, life in ((300, 300.0), (3600, 900.0)):
        for at, expected in ((life - 1, permission), (life, None)):
            now = 0.0
            kept, handle = awaited(keep, seconds)
            now = at
            assert kept.take("another") is None
            assert kept.take(handle) is expected
            assert kept.take(handle) is None
