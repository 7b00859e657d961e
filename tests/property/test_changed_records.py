"""A record with one fault gives the same answer, a refusal, or an answer that names the unused result; never a 500.

`scripts/changed-records` makes every change; this test makes every eleventh.
"""

import pytest
from starlette.testclient import TestClient

from tests.lib.fhir.changed_records import INTERFACES, Change, changes, counted, judged, record_for

HARMLESS = ("reorder", "unknown field", "extension", "_field", "duplicate")


@pytest.mark.parametrize("interface", INTERFACES)
def test_no_fault_is_500_or_silent(client: TestClient, interface: str) -> None:
    found, wrong = counted(client, interface, every=11)
    assert wrong == []
    assert found["same"] > 50
    assert found["refused"] > 50


@pytest.mark.parametrize("interface", INTERFACES)
def test_meaningless_change_changes_nothing(client: TestClient, interface: str) -> None:
    harmless = [change for change in changes(record_for(interface)) if change.kind in HARMLESS]
    assert {judged(client, interface, change) for change in harmless[::3]} == {"same"}


@pytest.mark.parametrize("interface", INTERFACES)
def test_lost_result_is_noticed(client: TestClient, interface: str) -> None:
    """Test the check itself: if a record loses its newest AFP and gives no total, the answer changes."""
    record = record_for(interface)
    page = record["afp"] if interface == "hooks" else record
    page["entry"] = [entry for entry in page["entry"] if entry["resource"]["id"] != "afp-2026-01-02"]
    del page["total"]
    assert judged(client, interface, Change("lost", ("afp",), record)) == "silent"
