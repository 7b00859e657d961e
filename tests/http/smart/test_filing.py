"""Filing a result in the record that launched the calculator: on a click, once, and for the right patient."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import unquote_plus

import httpx2
import pytest

from app.presentation import wording
from tests.lib.fhir.patient_records import OTHER_PATIENT, PATIENT
from tests.lib.peers.failing_ehr import TOKEN, FailingRecord, HurriedWhereItHangs, failing_record
from tests.lib.peers.start import Peer
from tests.lib.smart_site import (
    TYPED,
    Site,
    browser,
    fields_of,
    launch,
    launched_from,
    listening,
    open_from_failing,
    running,
    smart_entry,
    words,
)
from tests.lib.validators.gate import Medplum, Pyrofile

CONFIRMED = {"confirmed": "yes"}
FILING_FAULTS = {
    "filing-refused": "Nothing was filed.",
    "filing-fails": "Filing was not confirmed",
    "filing-hangs": "Filing was not confirmed",
}


@pytest.fixture
def user() -> Iterator[httpx2.Client]:
    with browser() as client:
        yield client


def file(site: Site, user: httpx2.Client, form: dict[str, str], **headers: str) -> httpx2.Response:
    return user.post(f"{site.url}/smart/file", data=form, headers=headers)


def filed_by(site: Site, ehr: Peer, user: httpx2.Client, form: dict[str, str]) -> dict[str, Any]:
    """File a form that can be filed, and return the resource in the EHR."""
    known = {resource["id"] for resource in ehr.stored("RiskAssessment")}
    assert file(site, user, form).status_code == 200
    (filed,) = (resource for resource in ehr.stored("RiskAssessment") if resource["id"] not in known)
    return filed


def test_result_is_filed_once_on_a_click(writable: tuple[Site, Peer], user: httpx2.Client) -> None:
    site, ehr = writable
    address, form = fields_of(launch(site, ehr, user=user))
    assert form == TYPED | {"record": form["record"]}
    before = len(ehr.stored("RiskAssessment"))
    assert "File for Maria A. <Test> (1961)" in words(user.post(address, data=form))
    assert len(ehr.stored("RiskAssessment")) == before
    filed = filed_by(site, ehr, user, form)
    assert (filed["status"], filed["subject"]) == ("preliminary", {"reference": f"Patient/{PATIENT}"})
    assert {basis["reference"] for basis in filed["basis"]} == {
        f"Observation/{name}" for name in ("neut", "lymph", "plt", "afp")
    }
    assert "contained" not in filed
    again = file(site, user, form)
    assert (again.status_code, "was already sent to the record" in words(again)) == (400, True)
    assert "was already sent to the record" in words(user.post(address, data=form))
    assert len(ehr.stored("RiskAssessment")) == before + 1
    assert form["record"] not in site.log.text


def test_filed_resource_has_caveats_in_order(writable: tuple[Site, Peer], user: httpx2.Client) -> None:
    """By hand, SII = 90 x 4.2 / 1.1 = 343.6, near 340: the page and the resource say so first."""
    site, ehr = writable
    address, form = fields_of(launch(site, ehr, user=user))
    form |= {"platelets": "90"}
    page = words(user.post(address, data=form))
    notes = [note["text"] for note in filed_by(site, ehr, user, form | CONFIRMED)["note"]]
    assert notes[0].startswith("SII is close to its cut-off of 340")
    assert "lower" not in notes[0]
    assert "middle-risk group" in notes[0]
    shown = [text for text in notes if text.startswith(("In other studies patients", "The paper does not define"))]
    assert len(shown) == 2
    for text in (notes[0], *shown):
        assert wording.unit(text) in page


def test_same_amount_in_another_unit_is_unchanged(writable: tuple[Site, Peer], user: httpx2.Client) -> None:
    site, ehr = writable
    form = fields_of(launch(site, ehr, user=user))[1]
    form |= {"neutrophils": "4200", "neutrophils_unit": "/uL"}
    assert "Observation/neut" in [one["reference"] for one in filed_by(site, ehr, user, form)["basis"]]


def test_changed_values_are_marked_and_confirmed(writable: tuple[Site, Peer], user: httpx2.Client) -> None:
    site, ehr = writable
    address, form = fields_of(launch(site, ehr, user=user))
    form |= {"neutrophils": "20", "neutrophils_unit": "10*9/L", "afp_date": ""}
    before = len(ehr.stored("RiskAssessment"))
    result = user.post(address, data=form)
    refused = file(site, user, form)
    assert (result.status_code, refused.status_code) == (200, 422)
    for page in (result, refused):
        said = words(page)
        assert (
            "Neutrophils: 20 × 10⁹/L was entered. The record has 4.2 × 10³/µL, 2 January 2026, Observation/neut" in said
        )
        assert "AFP: >1210 ng/mL was entered without a sample date. The record has >1210 ng/mL, 5 January 2026" in said
        assert 'name="confirmed" value="yes" required' in page.text
        assert "The changed values belong to Maria A. <Test>, born 5 April 1961" in said
    assert len(ehr.stored("RiskAssessment")) == before
    assert fields_of(refused)[1] == {name: value for name, value in form.items() if value}
    assert file(site, user, form | {"confirmed": "no"}).status_code == 422
    assert file(site, user, form | CONFIRMED).status_code == 200


def test_typed_value_is_filed_as_preliminary(
    writable: tuple[Site, Peer], user: httpx2.Client, medplum: Medplum, own_pyrofile: Pyrofile
) -> None:
    site, ehr = writable
    form = fields_of(launch(site, ehr, user=user))[1] | {"neutrophils": "4.3", "afp_date": "2026-01-04"}
    filed = filed_by(site, ehr, user, form | CONFIRMED)
    assert {basis["reference"] for basis in filed["basis"]} == {
        *("#neutrophils", "#afp", "Observation/lymph", "Observation/plt")
    }
    assert [
        (one["id"], one["status"], one["subject"]["reference"], one["effectiveDateTime"], one["valueQuantity"]["value"])
        for one in filed["contained"]
    ] == [
        ("neutrophils", "preliminary", f"Patient/{PATIENT}", "2026-01-02", 4.3),
        ("afp", "preliminary", f"Patient/{PATIENT}", "2026-01-04", 1210),
    ]
    (note,) = filed["contained"][0]["note"]
    assert note["text"].startswith("Entered by the user of the calculator")
    assert "4.2 × 10³/µL, 2 January 2026, Observation/neut" in note["text"]
    found = medplum.issues(filed) + own_pyrofile.issues(filed)
    assert {issue.text.partition(":")[0] for issue in found} <= {"reference.unresolved"}  # the EHR has it


def test_four_other_values_cannot_be_filed(writable: tuple[Site, Peer], user: httpx2.Client) -> None:
    site, ehr = writable
    address, form = fields_of(launch(site, ehr, user=user))
    form |= {"neutrophils": "3", "lymphocytes": "1", "platelets": "200", "afp": "5000"}
    page = user.post(address, data=form)
    assert (page.text.count("/smart/file"), "None of the four values matches the record" in words(page)) == (0, True)
    before = len(ehr.stored("RiskAssessment"))
    assert file(site, user, form | CONFIRMED).status_code == 400
    assert len(ehr.stored("RiskAssessment")) == before
    assert file(site, user, form | CONFIRMED | {"platelets": "145"}).status_code == 200


def test_launch_for_another_patient_ends_filing(writable: tuple[Site, Peer], user: httpx2.Client) -> None:
    site, ehr = writable
    address, first = fields_of(launch(site, ehr, user=user))
    second = fields_of(launch(site, ehr, user=user, patient=OTHER_PATIENT))[1]
    page = user.post(address, data=first)
    said = words(page)
    assert "Patient: Maria A. <Test>, born 5 April 1961" in said
    assert (page.text.count("/smart/file"), "opened for another patient" in said) == (0, True)
    before = len(ehr.stored("RiskAssessment"))
    refused = file(site, user, first)
    assert (refused.status_code, "opened for another patient" in words(refused)) == (400, True)
    assert "Patient: Maria A. <Test>" in words(refused)
    assert len(ehr.stored("RiskAssessment")) == before
    assert filed_by(site, ehr, user, second)["subject"] == {"reference": f"Patient/{OTHER_PATIENT}"}


def test_launch_without_results_ends_filing_too(tmp_path: Path, user: httpx2.Client) -> None:
    with failing_record() as record, listening() as listener:
        issuers = [f"{record.address}/{fault}" for fault in ("filing-refused", "record-is-down")]
        entries = "".join(smart_entry(issuer, write_back=True) for issuer in issuers)
        with running(listener, tmp_path, entries) as site:
            form = TYPED | fields_of(open_from_failing(site, issuers[0], user))[1]
            open_from_failing(site, issuers[1], user)
            page = file(site, user, form | CONFIRMED)
        assert (page.status_code, "opened for another patient" in words(page)) == (400, True)
        assert not any(asked.endswith("/RiskAssessment") for asked in record.asked)


def test_two_launches_for_one_patient_can_both_file(writable: tuple[Site, Peer], user: httpx2.Client) -> None:
    site, ehr = writable
    forms = [fields_of(launch(site, ehr, user=user))[1] for _ in range(2)]
    assert [file(site, user, form).status_code for form in forms] == [200, 200]


def test_another_browser_cannot_file(writable: tuple[Site, Peer], user: httpx2.Client) -> None:
    site, ehr = writable
    form = fields_of(launch(site, ehr, user=user))[1]
    with browser() as other:
        launch(site, ehr, user=other)
        for cookie in ({}, {b"cookie": b"smart_browser=a-guess"}, {b"cookie": "smart_browser=\u00e9".encode()}):
            with browser() as stranger:
                page = stranger.post(f"{site.url}/smart/file", data=form, headers=cookie)
                assert (page.status_code, "in another browser" in words(page)) == (400, True)
        assert file(site, other, form).status_code == 400
    assert file(site, user, form).status_code == 200


def test_unusable_values_are_not_filed(writable: tuple[Site, Peer], user: httpx2.Client) -> None:
    site, ehr = writable
    form = fields_of(launch(site, ehr, user=user))[1]
    page = file(site, user, form | {"lymphocytes": ""})
    assert (page.status_code, fields_of(page)[0]) == (422, f"{site.url}/")
    assert fields_of(page)[1]["record"] == form["record"]
    assert file(site, user, form).status_code == 200


def test_filing_needs_the_sites_permission(readable: tuple[Site, Peer], user: httpx2.Client) -> None:
    site, ehr = readable
    address, form = fields_of(launch(site, ehr, user=user))
    assert "smart/file" not in user.post(address, data=form).text
    assert file(site, user, form).status_code == 400
    assert file(site, user, form | {"record": "a-guess"}).status_code == 400
    assert ehr.stored("RiskAssessment") == []


def test_nothing_is_filed_with_example_codes(tmp_path: Path, user: httpx2.Client) -> None:
    with launched_from(tmp_path, write_back=True, canonical="https://sii-afp.example/fhir") as (site, ehr):
        address, form = fields_of(launch(site, ehr, user=user))
        page = user.post(address, data=form)
        assert (page.text.count("/smart/file"), "so it files no results" in words(page)) == (0, True)
        refused = file(site, user, form)
        assert (refused.status_code, "so it files no results" in words(refused)) == (400, True)
        assert [line["error"] for line in site.log.of("smart failed")] == ["filing: no_own_address"]
        asked = [unquote_plus(one.path) for one in ehr.log() if one.path.startswith("/auth?")]
        assert asked
        assert not any("RiskAssessment" in path for path in asked)
        assert ehr.stored("RiskAssessment") == []


def test_another_site_cannot_file(writable: tuple[Site, Peer], user: httpx2.Client) -> None:
    site, ehr = writable
    form = fields_of(launch(site, ehr, user=user))[1]
    assert file(site, user, form, **{"sec-fetch-site": "cross-site"}).status_code == 403
    assert file(site, user, form, **{"sec-fetch-site": "same-origin"}).status_code == 200


@pytest.fixture(scope="module")
def failing(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Site, FailingRecord]]:
    with failing_record() as record, listening() as listener:
        entries = "".join(smart_entry(f"{record.address}/{fault}", write_back=True) for fault in FILING_FAULTS)
        with running(listener, tmp_path_factory.mktemp("failing"), entries, HurriedWhereItHangs()) as site:
            yield site, record


@pytest.mark.parametrize("fault", FILING_FAULTS)
def test_failed_filing_is_shown(failing: tuple[Site, FailingRecord], user: httpx2.Client, fault: str) -> None:
    site, record = failing
    form = TYPED | CONFIRMED | fields_of(open_from_failing(site, f"{record.address}/{fault}", user))[1]
    page = file(site, user, form)
    assert (page.status_code, FILING_FAULTS[fault] in words(page)) == (200, True)
    assert "Patient: Erika Muster, born 1964-08" in words(page)
    assert TOKEN not in page.text + site.log.text
    assert file(site, user, form).status_code == 400
    assert [asked for asked in record.asked if asked.endswith(f"{fault}/RiskAssessment")] == [
        f"POST /{fault}/RiskAssessment"
    ]
