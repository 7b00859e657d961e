"""Every page of a search is read, on the same server and within limits; otherwise the answer is 412."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.lib.cds_hooks.calls import SERVICE, Json, call, condition, prefetch
from tests.lib.cds_hooks.fetching import calculator
from tests.lib.fhir.examples import CODES, observation, searchset
from tests.lib.peers.canned_site import canned_site
from tests.lib.peers.paged_ehr import paged_record

OLDER = "2025-12-19T08:00:00Z"
# The oldest comes first, as from a server that ignores the requested order.
RECORD = {
    "109841003": [condition()],
    **{code: [observation(name, 2, when=OLDER), observation(name)] for name, code in CODES.items()},
}
Link = Callable[[str, str, int], str | None]


def by_type(base: str, code: str, page: int) -> str:
    return f"{base}/Observation?of={code}&page={page}"


LINKS: dict[str, Link] = {
    "absolute": by_type,
    "with a token of the server": lambda base, code, page: f"{base}?_getpages=7f3a&of={code}&page={page}",
    "relative": lambda _base, code, page: f"?of={code}&page={page}",
    "in capitals": lambda base, code, page: by_type(base.replace("http://", "HTTP://"), code, page),
}


def asked_of(folder: Path, base: str, body: Json) -> Any:
    return calculator(folder, base).post(SERVICE, json=body | {"fhirServer": base})


def without_prefetch() -> Json:
    return {name: value for name, value in call().items() if name != "prefetch"}


@pytest.mark.parametrize("link", LINKS.values(), ids=LINKS)
def test_newest_result_is_found_on_the_last_page(tmp_path: Path, link: Link) -> None:
    with paged_record(RECORD, link) as record:
        answer = asked_of(tmp_path, record.base, without_prefetch())
    (card,) = answer.json()["cards"]
    assert "(SII 553.6, AFP 1250 ng/mL, both 2026-01-02)" in card["summary"]
    assert len(record.asked) == 9


def test_partial_prefetch_is_fetched_completely(tmp_path: Path) -> None:
    partial = prefetch(afp=searchset(observation("afp", 2, when=OLDER), total=2))
    with paged_record(RECORD, by_type) as record:
        answer = asked_of(tmp_path, record.base, call(partial))
    assert "AFP 1250 ng/mL" in answer.json()["cards"][0]["summary"]
    assert len(record.asked) == 2


def test_carcinoma_is_found_on_a_later_page(tmp_path: Path) -> None:
    over = condition(id="over", abatementDateTime="2025-01-02")
    first_page = prefetch(hcc=searchset(over, link=[{"relation": "next", "url": "https://ehr.example/fhir?page=2"}]))
    with paged_record({**RECORD, "109841003": [over, condition()]}, by_type) as record:
        answer = asked_of(tmp_path, record.base, call(first_page))
    assert len(answer.json()["cards"]) == 1
    assert len(record.asked) == 2


def test_page_of_another_server_is_not_fetched(tmp_path: Path) -> None:
    with canned_site({}) as elsewhere:
        for address in (f"{elsewhere.address}/fhir/Observation", "//192.0.2.1/fhir", "https://127.0.0.1/fhir"):
            with paged_record(RECORD, lambda _base, _code, _page, found=address: found) as record:  # type: ignore[misc]
                answer = asked_of(tmp_path, record.base, without_prefetch())
            assert answer.status_code == 412
            assert answer.json()["issue"][0]["diagnostics"].endswith("(its next page is on another server).")
        assert elsewhere.asked == []


@pytest.mark.parametrize("path", ["/../admin?page=2", "/%2e%2E/admin?page=2", "/./x?page=2", "x?page=2"])
def test_page_outside_the_fhir_base_is_not_fetched(tmp_path: Path, path: str) -> None:
    with paged_record(RECORD, lambda base, _code, _page: f"{base}{path}") as record:
        assert asked_of(tmp_path, record.base, without_prefetch()).status_code == 412
    assert not any("admin" in one or "fhirx" in one for one in record.asked)


def test_endless_pages_are_given_up(tmp_path: Path) -> None:
    record_without_end = {**RECORD, CODES["afp"]: [observation("afp")] * 1000}
    with paged_record(record_without_end, by_type) as record:
        answer = asked_of(tmp_path, record.base, without_prefetch())
    assert answer.status_code == 412
    assert answer.json()["issue"][0]["diagnostics"].endswith("(a search has more than 20 pages).")
    assert sum(CODES["afp"] in one for one in record.asked) <= 21


FAULTS: dict[str, Any] = {
    "outcome": {"resourceType": "OperationOutcome", "issue": [{"severity": "error", "code": "processing"}]},
    "outcome as an entry": searchset({"resourceType": "OperationOutcome", "issue": [{"severity": "fatal"}]}),
    "malformed": {"resourceType": "Bundle", "entry": {}},
    "no JSON object": [],
    "fewer than its total": {"resourceType": "Bundle"},
}


@pytest.mark.parametrize("fault", FAULTS.values(), ids=FAULTS)
def test_later_page_that_fails_ends_in_412(tmp_path: Path, fault: Any) -> None:
    with paged_record(RECORD, by_type, last=fault) as record:
        assert asked_of(tmp_path, record.base, without_prefetch()).status_code == 412
