"""CDS Hooks without prefetch: the service fetches what is missing, and a failing FHIR server leads to 412."""

import tracemalloc
from collections.abc import Iterator, Mapping
from pathlib import Path

import httpx2
import pytest

from app.net.json_client import JsonAnswer, Outbound
from tests.lib.cds_hooks.calls import RECORDED, SERVICE, SUMMARY, call, condition, fetching_call
from tests.lib.cds_hooks.fetching import KEYS, TOKEN, calculator, diagnostics_of
from tests.lib.clients import site
from tests.lib.fhir.patient_records import PATIENT, RECORD
from tests.lib.logs import LogLines, log_lines
from tests.lib.peers.hostile_server import FAULTS, MARK, HostileServer, hostile_server
from tests.lib.peers.smart_app import CALLBACK, CLIENT_ID, PUBLIC_KEYS
from tests.lib.peers.start import Peer, fhir_and_smart

SCOPE = "patient/Condition.rs patient/Observation.rs"


@pytest.fixture(scope="module")
def log() -> Iterator[LogLines]:
    with log_lines() as found:
        yield found


@pytest.fixture(scope="module")
def ehr() -> Iterator[Peer]:
    with fhir_and_smart([*RECORD, condition()], CLIENT_ID, PUBLIC_KEYS, [CALLBACK], require_token=True) as peer:
        yield peer


def test_fetching_uses_the_token_of_the_call(ehr: Peer, tmp_path: Path, log: LogLines) -> None:
    token = ehr.issue_token(SCOPE, PATIENT)
    before = len(ehr.log())
    answer = calculator(tmp_path, ehr.base_url).post(SERVICE, json=fetching_call(ehr.base_url, token))
    (card,) = answer.json()["cards"]
    assert (answer.status_code, card["summary"]) == (200, SUMMARY)
    seen = ehr.log()[before:]
    assert [(one.method, one.has_token, one.status) for one in seen] == [("GET", True, 200)] * 5
    asked = [httpx2.URL(f"{ehr.origin}{one.path}") for one in seen]
    assert sorted(url.path for url in asked) == ["/fhir/Condition", *["/fhir/Observation"] * 4]
    assert {url.params["patient"] for url in asked} == {PATIENT}
    counts = sorted((url.path, url.params.get("_sort", ""), url.params["_count"]) for url in asked)
    assert counts == [("/fhir/Condition", "", "100"), *[("/fhir/Observation", "-date", "100")] * 4]
    assert token not in answer.text + log.text
    assert ehr.origin.removeprefix("http://") not in answer.text + log.text


@pytest.mark.parametrize(
    ("scope", "patient"),
    [(None, PATIENT), ("patient/Observation.rs", PATIENT), (SCOPE, "p2")],
    ids=["no-token", "not-the-conditions", "of-another-patient"],
)
def test_token_refused_by_the_ehr_is_412(ehr: Peer, tmp_path: Path, scope: str | None, patient: str) -> None:
    token = ehr.issue_token(scope, patient) if scope else None
    answer = calculator(tmp_path, ehr.base_url).post(SERVICE, json=fetching_call(ehr.base_url, token))
    assert diagnostics_of(answer, KEYS) == REFUSED


def test_only_what_is_missing_is_fetched(ehr: Peer, tmp_path: Path) -> None:
    body = fetching_call(ehr.base_url, ehr.issue_token(SCOPE, PATIENT))
    body["prefetch"] = {name: value for name, value in RECORDED.items() if name != "afp"}
    before = len(ehr.log())
    answer = calculator(tmp_path, ehr.base_url).post(SERVICE, json=body)
    assert [card["summary"] for card in answer.json()["cards"]] == [SUMMARY]
    (seen,) = ehr.log()[before:]
    assert "1834-1" in seen.path


def test_nothing_is_fetched_if_nothing_is_missing(tmp_path: Path) -> None:
    with hostile_server() as server:
        body = call(RECORDED | {"afp": None}, fhirServer=server.base("status-500"))
        answer = calculator(tmp_path, server.base("status-500")).post(SERVICE, json=body)
        assert (answer.status_code, answer.json(), server.asked) == (200, {"cards": []}, [])


@pytest.fixture(scope="module")
def hostile() -> Iterator[HostileServer]:
    with hostile_server() as server:
        yield server


LATE = "The FHIR server could not be read (no answer in time)."
BROKEN = "The FHIR server could not be read (no connection or a broken answer"
HUGE = "The FHIR server could not be read (its answer has more than 2000000 bytes)."
NOT_JSON = "The FHIR server could not be read (its answer is not JSON)."
REFUSED = "The FHIR server could not be read (it refused a search)."
REDIRECTED = "The FHIR server could not be read (it redirects)."
NO_BUNDLE = "The FHIR server did not answer with a Bundle."
OUTCOME = "The FHIR server gave this answer."
MALFORMED = "The FHIR server's answer is malformed. prefetch.hcc is not a FHIR resource."
WHY = {
    **dict.fromkeys(("never-answers", "never-goes-on", "trickles", "trickles-its-head"), LATE),
    **dict.fromkeys(("huge", "endless-body", "gzip-bomb", "gzip-bomb-in-gzip"), HUGE),
    **dict.fromkeys(("endless-head", "broken-gzip", "many-encodings", "cut-off", "cut-off-in-a-chunk"), BROKEN),
    **dict.fromkeys(("resets", "hangs-up", "speaks-ssh", "two-lengths"), BROKEN),
    **dict.fromkeys(("not-json", "not-utf-8", "nan", "huge-exponent", "half-a-surrogate", "nested"), NOT_JSON),
    **dict.fromkeys(("same-name-twice",), NOT_JSON),
    **dict.fromkeys(("empty", "no-content", "null", "a-list", "a-text", "only-afp-fails"), REFUSED),
    **dict.fromkeys(("no-bundle",), NO_BUNDLE),
    **dict.fromkeys(("no-resource",), MALFORMED),
    **dict.fromkeys(("outcome", "outcome-in-a-bundle"), OUTCOME),
    **{fault: REFUSED for fault in FAULTS if fault.startswith("status-")},
    **{fault: REDIRECTED for fault in FAULTS if fault.startswith("redirect-")},
}


@pytest.mark.parametrize("fault", FAULTS)
def test_server_failure_is_412_and_names_keys(
    hostile: HostileServer, tmp_path: Path, fault: str, log: LogLines
) -> None:
    base = hostile.base(fault)
    is_late = WHY[fault] == LATE
    client = calculator(tmp_path, base, deadline_seconds=0.3 if is_late else 30.0)
    answer = client.post(SERVICE, json=fetching_call(base, TOKEN))
    assert diagnostics_of(answer, KEYS).startswith(WHY[fault])
    for secret in (MARK, TOKEN, hostile.address.removeprefix("http://")):
        assert secret not in answer.text + log.text
    mine = [head for head in hostile.asked if head.startswith(f"get /{fault}/")]
    assert len(mine) <= 5
    assert mine or is_late
    assert all(f"authorization: bearer {TOKEN}" in head for head in mine)
    assert not any("redirected" in head or "meta-data" in head for head in hostile.asked)


def test_internal_failure_while_fetching_is_500(tmp_path: Path) -> None:
    class Broken(Outbound):
        async def get(self, address: str, headers: Mapping[str, str] | None = None) -> JsonAnswer:
            raise RuntimeError(address)

    client = site(tmp_path, 'open_fhir_servers = ["https://ehr.example/fhir"]\n', http=Broken(30.0))
    answer = client.post(SERVICE, json=fetching_call("https://ehr.example/fhir"))
    assert answer.status_code == 500
    assert "ehr.example" not in answer.text


@pytest.mark.parametrize("fault", ["gzip-bomb", "gzip-bomb-in-gzip", "endless-body"])
def test_answer_that_is_too_large_is_dropped(hostile: HostileServer, tmp_path: Path, fault: str) -> None:
    client = calculator(tmp_path, hostile.base(fault))
    tracemalloc.start()
    try:
        answer = client.post(SERVICE, json=fetching_call(hostile.base(fault), TOKEN))
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert diagnostics_of(answer, KEYS) == HUGE
    assert peak < 30_000_000  # five searches, each with at most two megabytes read and one unpacked; a bomb has fifty
