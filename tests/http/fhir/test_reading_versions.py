"""A resource sent more than once: the newest version is used, and none if the newest is not known."""

from typing import Any

import pytest
from starlette.testclient import TestClient

from tests.lib.fhir.examples import Resource, bundle, observation, quantity, results
from tests.lib.fhir.operation import answered, one_of, unused

OLD, NEW = quantity("620", "ng/mL"), quantity("30", "ng/mL")


def afp_versions(older: Any, newer: Any) -> list[Resource]:
    """Two versions of one AFP, 620 and 30 ng/mL, with this `meta`; None leaves it out."""
    return [observation("afp", "0", valueQuantity=value, meta=meta) for value, meta in ((OLD, older), (NEW, newer))]


@pytest.mark.parametrize(
    ("older", "newer"),
    [
        ({"versionId": "9"}, {"versionId": "10"}),
        ({"lastUpdated": "2026-01-03T08:00:00Z"}, {"lastUpdated": "2026-01-03T08:00:01Z"}),
        # 08:30 in a zone two hours ahead is 06:30 UTC.
        ({"lastUpdated": "2026-01-03T08:30:00+02:00"}, {"lastUpdated": "2026-01-03T07:00:00Z"}),
        (
            {"versionId": "a3", "lastUpdated": "2026-01-03T08:00:00Z"},
            {"versionId": "a2", "lastUpdated": "2026-01-04T08:00:00Z"},
        ),
    ],
    ids=["number", "moment", "zones", "version ids without order"],
)
def test_newer_version_is_used(client: TestClient, older: Any, newer: Any) -> None:
    versions = afp_versions(older, newer)
    counts = results()[:3]
    for body in (bundle(*counts, *versions), bundle(*counts, *versions[::-1])):
        assert one_of(answered(client, body), "riskGroup") == "intermediate"


@pytest.mark.parametrize(
    ("older", "newer"),
    [
        (None, None),
        ({"versionId": "1"}, None),
        ({"versionId": "1"}, {"versionId": "1"}),
        ({"versionId": "one"}, {"versionId": "two"}),
        ({"lastUpdated": "2026-01-03"}, {"lastUpdated": "2026-01-04"}),
    ],
    ids=["none", "one", "same", "no numbers", "days"],
)
def test_versions_of_unknown_order_are_not_used(client: TestClient, older: Any, newer: Any) -> None:
    body = bundle(*results()[:3], *afp_versions(older, newer))
    assert unused(client, body)["Observation/afp"][0] == "versions"


def test_withdrawn_newer_version_is_not_used(client: TestClient) -> None:
    first, second = afp_versions({"versionId": "1"}, {"versionId": "2"})
    body = bundle(*results()[:3], first, second | {"status": "entered-in-error"})
    assert unused(client, body)["Observation/afp"][0] == "status"


def test_same_resource_twice_is_one(client: TestClient) -> None:
    answer = answered(client, bundle(*results(), *results()))
    assert one_of(answer, "riskGroup") == "high"
