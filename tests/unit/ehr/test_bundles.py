"""Reading a Bundle costs little memory beyond the Bundle itself, however deep it is nested."""

import tracemalloc
from typing import Any

import pytest

from app.ehr.fhir.reading.bundles import BundleContent, read_bundle


def nested(entries: list[dict[str, Any]], depth: int) -> dict[str, Any]:
    bundle: dict[str, Any] = {"resourceType": "Bundle", "type": "collection", "entry": entries}
    for _ in range(depth):
        bundle = {"resourceType": "Bundle", "type": "collection", "entry": [{"resource": bundle}]}
    return bundle


@pytest.mark.parametrize(
    "entry", [{"request": {}}, {"resource": {"resourceType": "Bundle"}}], ids=["no resource", "empty Bundles"]
)
def test_many_entries_deep_inside_need_little_memory(entry: dict[str, Any]) -> None:
    count = 20_000
    bundle = nested([dict(entry) for _ in range(count)], depth=60)
    tracemalloc.start()
    try:
        content = read_bundle(bundle)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert content == BundleContent(())
    assert peak < 400 * count  # the path of one entry alone has about 1,000 bytes


def test_failed_entry_deep_inside_is_named_by_its_path() -> None:
    failed = {"response": {"status": "500"}}
    assert read_bundle(nested([{"request": {}}, failed], depth=2)).failed_entry == (
        "entry[0].resource.entry[0].resource.entry[1]"
    )
