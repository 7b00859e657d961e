"""Filing the PDF document of a result: on its own click, once, and only if site and EHR allow it."""

import base64
import hashlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import unquote_plus

import httpx2
import pytest

from tests.lib.fhir.emitted import check_references
from tests.lib.fhir.patient_records import PATIENT
from tests.lib.pdf import pages_of
from tests.lib.peers.failing_ehr import TOKEN, failing_record
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

ALLOWED = "write_back_pdf = true"
BUTTON = "File PDF for Maria A. <Test> (1961)"
CONFIRMED = {"confirmed": "yes"}


@pytest.fixture
def user() -> Iterator[httpx2.Client]:
    with browser() as client:
        yield client


@pytest.fixture(scope="module")
def site_and_ehr(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Site, Peer]]:
    with launched_from(tmp_path_factory.mktemp("documents"), write_back=True, authentication=ALLOWED) as found:
        yield found


def file(site: Site, user: httpx2.Client, form: dict[str, str], what: str = "file-pdf") -> httpx2.Response:
    return user.post(f"{site.url}/smart/{what}", data=form)


def asked_scopes(ehr: Peer) -> list[str]:
    return [unquote_plus(one.path) for one in ehr.log() if one.path.startswith("/auth?")]


def filed_by(site: Site, ehr: Peer, user: httpx2.Client, form: dict[str, str]) -> dict[str, Any]:
    """File the document of a form that can be filed, and return the resource in the EHR."""
    known = {resource["id"] for resource in ehr.stored("DocumentReference")}
    page = file(site, user, form)
    assert (page.status_code, "A preliminary PDF document was filed for Maria A." in words(page)) == (200, True)
    (filed,) = (resource for resource in ehr.stored("DocumentReference") if resource["id"] not in known)
    return filed


def test_document_is_filed_once_on_its_own_click(site_and_ehr: tuple[Site, Peer], user: httpx2.Client) -> None:
    site, ehr = site_and_ehr
    address, form = fields_of(launch(site, ehr, user=user))
    before = [len(ehr.stored(name)) for name in ("RiskAssessment", "DocumentReference")]
    result = words(user.post(address, data=form))
    assert ("File for Maria A. <Test> (1961)" in result, BUTTON in result) == (True, True)
    filed = filed_by(site, ehr, user, form)
    again = file(site, user, form)
    assert (again.status_code, "A PDF of this launch was already sent" in words(again)) == (400, True)
    result = words(user.post(address, data=form))
    assert ("File for Maria A. <Test> (1961)" in result, BUTTON in result) == (True, False)
    assert "A PDF of this launch was already sent" in result
    assert file(site, user, form, "file").status_code == 200
    assert file(site, user, form, "file").status_code == 400
    assert [len(ehr.stored(name)) for name in ("RiskAssessment", "DocumentReference")] == [one + 1 for one in before]
    assert filed["subject"] == {"reference": f"Patient/{PATIENT}"}


def test_document_is_valid_and_complete(
    site_and_ehr: tuple[Site, Peer], user: httpx2.Client, medplum: Medplum, own_pyrofile: Pyrofile
) -> None:
    site, ehr = site_and_ehr
    filed = filed_by(site, ehr, user, fields_of(launch(site, ehr, user=user))[1])
    assert (filed["status"], filed["docStatus"], filed["date"]) == ("current", "preliminary", "2026-01-09T12:00:00Z")
    assert [one["code"] for one in filed["type"]["coding"]] == ["71482-4"]
    assert [one["code"] for one in filed["category"][0]["coding"]] == ["clinical-note"]
    assert filed["author"][0]["display"].startswith("SII-AFP calculator ")
    assert {one["reference"] for one in filed["context"]["related"]} == {
        f"Observation/{name}" for name in ("neut", "lymph", "plt", "afp")
    }
    (content,) = filed["content"]
    attachment = content["attachment"]
    document = base64.b64decode(attachment["data"])
    assert (attachment["contentType"], attachment["language"]) == ("application/pdf", "en")
    assert attachment["size"] == len(document)
    assert base64.b64decode(attachment["hash"]) == hashlib.sha1(document).digest()  # noqa: S324 - FHIR defines it so
    first_page, _ = pages_of(document)
    assert "Patient: Maria A. <Test> Date of birth: 5 April 1961" in first_page
    emitted = {name: value for name, value in filed.items() if name not in ("id", "meta")}
    check_references(emitted)
    found = medplum.issues(emitted) + own_pyrofile.issues(emitted)
    assert {issue.text.partition(":")[0] for issue in found} <= {"reference.unresolved"}  # the EHR has it


def test_changed_value_is_asked_about_at_the_button(site_and_ehr: tuple[Site, Peer], user: httpx2.Client) -> None:
    site, ehr = site_and_ehr
    form = fields_of(launch(site, ehr, user=user))[1] | {"neutrophils": "4.3"}
    refused = file(site, user, form)
    assert refused.status_code == 422
    asked = refused.text.partition('action="../smart/file-pdf"')
    assert ("Tick the box" in asked[0], "Tick the box" in asked[2]) == (False, True)
    filed = filed_by(site, ehr, user, form | CONFIRMED)
    assert "Observation/neut" not in {one["reference"] for one in filed["context"]["related"]}
    document = base64.b64decode(filed["content"][0]["attachment"]["data"])
    assert "One value differs from the record" in pages_of(document)[0]


def test_document_needs_the_permission_of_the_site(writable: tuple[Site, Peer], user: httpx2.Client) -> None:
    site, ehr = writable
    address, form = fields_of(launch(site, ehr, user=user))
    page = user.post(address, data=form)
    assert ("smart/file-pdf" in page.text, "report.pdf" in page.text) == (False, True)
    refused = file(site, user, form)
    assert (refused.status_code, "This site does not file results" in words(refused)) == (400, True)
    assert not any("DocumentReference" in asked for asked in asked_scopes(ehr))
    assert file(site, user, form, "file").status_code == 200


def test_document_needs_the_extra(tmp_path: Path, user: httpx2.Client) -> None:
    with launched_from(tmp_path, write_back=True, authentication=ALLOWED, find_typesetter=lambda _: None) as (
        site,
        ehr,
    ):
        address, form = fields_of(launch(site, ehr, user=user))
        assert "smart/file-pdf" not in user.post(address, data=form).text
        assert file(site, user, form).status_code == 400
        assert not any("DocumentReference" in asked for asked in asked_scopes(ehr))
        assert file(site, user, form, "file").status_code == 200


def test_scope_is_asked_for(site_and_ehr: tuple[Site, Peer]) -> None:
    site, ehr = site_and_ehr
    launch(site, ehr)
    assert "patient/RiskAssessment.c patient/DocumentReference.c" in asked_scopes(ehr)[-1]


@pytest.mark.parametrize(
    ("scope", "is_granted"),
    [
        (None, False),
        ("patient/Observation.rs patient/RiskAssessment.c", False),
        ("patient/DocumentReference.rs", False),
        ("patient/DocumentReference.c?category=clinical-note", False),
        ("system/DocumentReference.c", False),
        ("openid patient/DocumentReference.c", True),
        ("user/DocumentReference.cruds", True),
        ("patient/DocumentReference.write", True),
        ("patient/*.*", True),
    ],
)
def test_document_needs_the_granted_scope(
    tmp_path: Path, user: httpx2.Client, scope: str | None, is_granted: bool
) -> None:
    """The fault of this EHR is that it refuses what is filed: the button shows what was granted."""
    with failing_record(scope) as record, listening() as listener:
        issuer = f"{record.address}/filing-refused"
        with running(listener, tmp_path, smart_entry(issuer, write_back=True, more=ALLOWED)) as site:
            form = TYPED | fields_of(open_from_failing(site, issuer, user))[1]
            page = user.post(f"{site.url}/", data=form)
            assert page.status_code == 200
            assert ("smart/file-pdf" in page.text) is is_granted
            refused = file(site, user, form | CONFIRMED)
            assert (refused.status_code, "Nothing was filed." in words(refused)) == (
                (200, True) if is_granted else (400, False)
            )
            assert [asked.rpartition("/")[2] for asked in record.asked].count("DocumentReference") == is_granted
            assert TOKEN not in refused.text + site.log.text
