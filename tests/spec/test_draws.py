"""Which results are used together: the counts of one blood draw, and AFP near it, none of them too old.

The time is 9 January 2026, 12:00 UTC; the limits are the defaults: 10 minutes, 90 days, 90 days.
"""

from typing import Any

import pytest
from starlette.testclient import TestClient

from tests.lib.cds_hooks.calls import cards, condition
from tests.lib.fhir.examples import CODES, observation, parameters, searchset
from tests.lib.fhir.operation import refusal, send

MORNING = "2026-01-02T08:00:00Z"
# What differs from four results of 2 January 2026, 08:00 UTC -> None, or the code for which there is no risk group.
DRAWS: list[tuple[str, dict[str, dict[str, Any]], str | None]] = [
    ("all of one moment", {}, None),
    ("platelets ten minutes later", {"platelets": {"when": "2026-01-02T08:10:00Z"}}, None),
    ("platelets eleven minutes later", {"platelets": {"when": "2026-01-02T08:11:00Z"}}, "missing"),
    ("the same moment in another zone", {"platelets": {"when": "2026-01-02T17:00:00+09:00"}}, None),
    (
        "hours apart, of one specimen",
        {
            "neutrophils": {"specimen": {"reference": "Specimen/s1"}},
            "lymphocytes": {"specimen": {"reference": "Specimen/s1"}},
            "platelets": {"specimen": {"reference": "Specimen/s1"}, "when": "2026-01-02T13:00:00Z"},
        },
        None,
    ),
    ("platelets known to the day only", {"platelets": {"when": "2026-01-02"}}, "missing"),
    ("AFP 90 days before", {"afp": {"when": "2025-10-13T08:00:00Z"}}, None),
    ("AFP 90 days before, and older than 90 days today", {"afp": {"when": "2025-10-05T08:00:00Z"}}, "sample_too_old"),
    ("AFP 91 days before", {"afp": {"when": "2025-10-02T08:00:00Z"}}, "missing"),
    (
        "everything 90 days old",
        {analyte: {"when": "2025-10-11T08:00:00Z"} for analyte in CODES},
        None,
    ),
    (
        "everything 91 days old",
        {analyte: {"when": "2025-10-10T08:00:00Z"} for analyte in CODES},
        "sample_too_old",
    ),
    ("AFP of tomorrow", {"afp": {"when": "2026-01-10T13:00:00Z"}}, "missing"),
    ("lymphocytes without a time", {"lymphocytes": {"effectiveDateTime": None}}, "missing"),
    ("lymphocytes preliminary", {"lymphocytes": {"status": "preliminary"}}, "missing"),
    ("AFP corrected", {"afp": {"status": "corrected"}}, None),
]


def record(changes: dict[str, dict[str, Any]]) -> dict[str, dict[str, Any]]:
    made = {}
    for analyte in CODES:
        changed = dict(changes.get(analyte, {}))
        when = changed.pop("when", MORNING)
        made[analyte] = observation(analyte, when=when, **changed)
    return made


@pytest.mark.parametrize(("what", "changes", "code"), DRAWS, ids=[what for what, *_ in DRAWS])
def test_the_operation(
    spec_client: TestClient, what: str, changes: dict[str, dict[str, Any]], code: str | None
) -> None:
    body = parameters(*record(changes).values())
    if code is None:
        assert send(spec_client, body)[0] == 200
    else:
        assert code in refusal(spec_client, body)


@pytest.mark.parametrize(("what", "changes", "code"), DRAWS, ids=[what for what, *_ in DRAWS])
def test_cds_hooks(spec_client: TestClient, what: str, changes: dict[str, dict[str, Any]], code: str | None) -> None:
    prefetch = {analyte: searchset(one) for analyte, one in record(changes).items()}
    assert len(cards(spec_client, {"hcc": searchset(condition()), **prefetch})) == (code is None)
