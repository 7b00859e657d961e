"""A launch fills in ECOG and Child-Pugh class from the record, each marked as read with its day."""

from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from app.net.json_client import JsonAnswer, Outbound, OutboundError
from tests.lib.fhir.examples import child_pugh, ecog
from tests.lib.fhir.patient_records import PATIENT, RECORD
from tests.lib.peers.start import Peer, fhir_and_smart
from tests.lib.smart_site import (
    CLIENT_ID,
    TYPED,
    Site,
    address_of,
    browser,
    fields_of,
    launch,
    launched_from,
    listening,
    running,
    smart_entry,
    typed_of,
    words,
)

READ = {"ecog": "1", "child_pugh_class": "A"}


@pytest.fixture(scope="module")
def assessed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Site, Peer]]:
    other = {"subject": {"reference": "Patient/p2"}}
    record = [*RECORD, ecog(), child_pugh(when="2026-01-05T08:00:00Z"), ecog(4, when="2026-01-08", **other)]
    with launched_from(tmp_path_factory.mktemp("assessed"), record=record) as found:
        yield found


def test_questions_are_filled_in_from_the_record(assessed: tuple[Site, Peer]) -> None:
    page = launch(*assessed)
    assert typed_of(page) == TYPED | READ
    said = words(page)
    assert "From the record: ECOG 1, 2 January 2026, Observation/ecog" in said
    assert "From the record: Child-Pugh class A, 5 January 2026, Observation/child-pugh-2026-01-05" in said
    assert 'aria-describedby="ecog-source"' in page.text


def test_answer_can_be_changed_before_the_result(assessed: tuple[Site, Peer]) -> None:
    with browser() as client:
        address, fields = fields_of(launch(*assessed, user=client))
        as_read, changed = (client.post(address, data=fields | new).text for new in ({}, {"ecog": "3"}))
    assert "Not as in the study: ECOG" not in as_read
    assert "Not as in the study: ECOG" in changed


def test_criteria_are_searched_for_the_patient(assessed: tuple[Site, Peer]) -> None:
    site, ehr = assessed
    before = len(ehr.log())
    launch(site, ehr)
    (asked,) = [one.path for one in ehr.log()[before:] if "89247-1" in one.path]
    assert f"patient={PATIENT}" in asked


class CriteriaFail(Outbound):
    """Calls the EHR, but its search for the criteria has a fault."""

    def __init__(self, answer: JsonAnswer | None) -> None:
        super().__init__(30.0)
        self._answer = answer

    async def get(self, address: str, headers: Mapping[str, str] | None = None) -> JsonAnswer:
        if "89247-1" not in address:
            return await super().get(address, headers)
        if self._answer is None:
            raise OutboundError("no answer in time")
        return self._answer


FAULTS: dict[str, JsonAnswer | None] = {
    "no answer": None,
    "refused": JsonAnswer(403, {}),
    "not a resource": JsonAnswer(200, {}),
    "malformed": JsonAnswer(200, {"resourceType": "Bundle", "entry": 7}),
    "failed": JsonAnswer(
        200, {"resourceType": "OperationOutcome", "issue": [{"severity": "error", "code": "processing"}]}
    ),
}


@pytest.mark.parametrize("fault", FAULTS.values(), ids=FAULTS)
def test_values_are_filled_in_if_the_criteria_fail(tmp_path: Path, fault: JsonAnswer | None) -> None:
    with listening() as listener:
        redirect = f"{address_of(listener)}/smart/callback"
        keys = f"{address_of(listener)}/.well-known/jwks.json"
        with (
            fhir_and_smart([*RECORD, ecog()], CLIENT_ID, keys, [redirect], require_token=True) as ehr,
            running(listener, tmp_path, smart_entry(ehr.base_url), CriteriaFail(fault)) as site,
        ):
            assert typed_of(launch(site, ehr)) == TYPED
