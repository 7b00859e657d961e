"""Every sentence of the EHR interfaces comes from the catalogue and is in the language of the answer.

Data are not translated: texts of the artefact, names of analytes and groups, references, units and codes.
"""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from app.core.analytes import Analyte
from app.core.assessment import Assessment, assess
from app.core.fitted_model import FittedModel
from app.ehr.fhir.reading.lab_results import LabReading
from app.ehr.smart.changed_values import changed_values
from app.ehr.smart.errors import Failure, NoFiling
from app.ehr.smart.filing import NOT_CONFIRMED, REFUSED, UNCERTAIN
from app.ehr.smart.launch_contexts import Filed, KeptLaunch, LaunchContext
from app.ehr.smart.patient_identity import PatientIdentity
from app.ehr.smart.prefill import failed_prefill, prefill
from app.ehr.smart.record_pages import record_view
from app.presentation.pages.contexts import FiledPage
from app.presentation.pages.form import form_page
from app.presentation.pages.record import Prefill, RecordView
from app.presentation.templating import render, site_of
from app.presentation.translation import gettext, using
from tests.lib.cds_hooks.calls import SERVICE, ask, call, card, fetching_call, prefetch, sign_call
from tests.lib.cds_hooks.fetching import TOKEN, calculator
from tests.lib.fhir.examples import (
    FHIR,
    Resource,
    as_json,
    bundle,
    concept,
    four_quantities,
    observation,
    parameters,
    quantity,
    results,
    searchset,
)
from tests.lib.fhir.operation import OPERATION, all_of, send
from tests.lib.fhir.reading import read, rules_with
from tests.lib.peers.hostile_server import hostile_server
from tests.lib.times import NOW
from tests.lib.translation import Marked, strings_in, unmarked, unmarked_in_html

NEWER = "2026-01-09T08:00:00Z"
OLD = {"effectiveDateTime": "2025-12-20T08:00:00Z"}
# Each is unused for a different reason.
UNUSED: dict[str, dict[str, Any]] = {
    "moles": {"code": concept("19177-5")},
    "no mass": {"code": concept("20450-3")},
    "units per volume": {"code": concept("19176-7")},
    "two analytes": {"code": {"coding": concept("751-8")["coding"] + concept("1834-1")["coding"]}},
    "another system": {"code": {"coding": [{"system": "urn:x", "code": "1834-1"}]}},
    "no code": {"code": None},
    "panel": {"code": concept("58410-2"), "component": [{"code": concept("1834-1")}]},
    "another patient": {"subject": {"reference": "Patient/p2"}},
    "not a patient": {"subject": {"reference": "Group/g"}},
    "nobody": {"subject": None},
    "another server": {"subject": {"reference": "https://ehr.example/fhir/Patient/p1"}},
    "focus": {"focus": [{"reference": "Patient/p2"}]},
    "unreadable focus": {"focus": "x"},
    "specimen": {
        "specimen": {"reference": "#s"},
        "contained": [{"resourceType": "Specimen", "id": "s", "subject": {"reference": "Patient/p2"}}],
    },
    "status": {"status": "preliminary"},
    "no status": {"status": None},
    "test data": {"meta": {"security": [{"code": "HTEST"}]}},
    "absent": {"dataAbsentReason": {"text": "x"}},
    "unreadable absent": {"dataAbsentReason": "x"},
    "modified": {"implicitRules": "urn:x"},
    "no value": {"valueQuantity": None},
    "a code as value": {"valueQuantity": None, "valueCodeableConcept": {"text": "x"}},
    "two values": {"valueString": "x"},
    "no time": {"effectiveDateTime": None},
    "no zone": {"effectiveDateTime": "2026-01-02T08:00:00"},
    "a month": {"effectiveDateTime": "2026-01"},
    "future": {"effectiveDateTime": "2999-01-01"},
    "implausible": {"valueQuantity": quantity("99999999999", "ng/mL")},
    "too far": {"effectiveDateTime": "2024-01-01"},
    "other units": {"valueQuantity": quantity("9", "nmol/L")},
}


@pytest.fixture(autouse=True)
def marked() -> Iterator[None]:
    """Answer in the marked language; a test client runs the application in the context of its caller."""
    with using(Marked()):
        yield


def with_unused() -> Resource:
    """Return four results and all the unused ones."""
    more = [observation("afp", "30", **{"id": f"x{place}", **one}) for place, one in enumerate(UNUSED.values())]
    older = observation("platelets", "145", effectiveDateTime="2025-12-20T08:00:00Z", id="older")
    return parameters(*results(), *more, older, subject_Reference={"reference": "Patient/p1"})


def test_every_reason_of_a_rejection_is_translated(client: TestClient) -> None:
    _, outcome = send(client, with_unused())
    texts = [issue["details"]["text"] for issue in outcome["issue"]]
    assert len({issue["diagnostics"] for issue in outcome["issue"]}) > 15
    # The name of an input comes before its error.
    assert [words for words in map(unmarked, texts) if not set(words) <= {"neutrophils", "afp"}] == []


def test_every_reason_in_an_answer_is_translated(client: TestClient) -> None:
    cancelled = observation("afp", "30", id="cancelled", status="cancelled")
    status, answer = send(client, parameters(*results(), cancelled, observation("afp", "62", id="old", **OLD)))
    assert status == 200
    reasons = [
        part["valueString"] for parts in all_of(answer, "rejected") for part in parts if part["name"] == "reason"
    ]
    assert len(reasons) == 2
    assert [unmarked(text) for text in (*reasons, *all_of(answer, "warning"))] == [[]] * 2


BODIES: list[Any] = [
    [],
    {"resourceType": "Parameters"},
    {"resourceType": "Parameters", "parameter": [{}]},
    {"resourceType": "Parameters", "parameter": [{"name": "afp", "modifierExtension": []}]},
    {"resourceType": "Parameters", "parameter": [{"name": "other"}]},
    {"resourceType": "Parameters", "parameter": [{"name": "afp"}, {"name": "afp"}]},
    {"resourceType": "Parameters", "parameter": [{"name": "afp"}, {"name": "bundle", "resource": bundle()}]},
    {"resourceType": "Parameters", "parameter": [{"name": "bundle"}]},
    {"resourceType": "Parameters", "parameter": [{"name": "subject"}]},
    {"resourceType": "Parameters", "parameter": [{"name": "ecog"}]},
    {"resourceType": "Parameters", "parameter": [{"name": "afpDate"}]},
    bundle() | {"entry": 5},
    bundle() | {"entry": [{"resource": 5}]},
    bundle() | {"total": 3},
    bundle() | {"link": [{"relation": "next", "url": "x"}]},
    bundle({"resourceType": "OperationOutcome"}),
    bundle(),
    four_quantities(afp=quantity("9", "nmol/L")),
]


@pytest.mark.parametrize("body", BODIES, ids=range(len(BODIES)))
def test_every_refusal_of_the_operation_is_translated(client: TestClient, body: Any) -> None:
    answer = client.post(OPERATION, content=as_json(body), headers=FHIR)
    assert answer.status_code in (400, 422)
    for issue in answer.json()["issue"]:
        assert set(unmarked(issue["details"]["text"])) <= {analyte.value for analyte in Analyte}


def test_refusals_by_header_or_path_are_translated(client: TestClient) -> None:
    answers = [
        client.post(OPERATION, content="{}", headers={"content-type": "text/plain"}),
        client.post(OPERATION, content="{}", headers=FHIR | {"accept": "text/xml"}),
        client.get("/fhir/Questionnaire/other"),
    ]
    assert [answer.status_code for answer in answers] == [415, 406, 404]
    assert [unmarked(answer.json()["issue"][0]["details"]["text"]) for answer in answers] == [[]] * 3


@pytest.mark.parametrize("prefetched", [{}, prefetch(afp={"resourceType": "Bundle", "entry": 5}), prefetch(afp=5)])
def test_every_refusal_of_a_hook_is_translated(client: TestClient, prefetched: Any) -> None:
    (issue,) = client.post("/cds-services/hcc-sii-afp", json=call(prefetched)).json()["issue"]
    assert unmarked(issue["details"]["text"]) == []
    assert unmarked(issue.get("diagnostics", "")) == []


@pytest.mark.parametrize("body", [[], call(hook=None), call(context={"patientId": "p/1", "userId": "u"})], ids=repr)
def test_refusal_of_the_body_of_a_hook_is_translated(client: TestClient, body: Any) -> None:
    (issue,) = client.post(SERVICE, json=body).json()["issue"]
    text = issue["details"]["text"]
    assert unmarked(text) == []
    assert ". It must be [" in text  # the rule is a text of its own


@pytest.mark.parametrize(
    ("fault", "reason"),
    [
        ("huge", "its answer has more than 2000000 bytes"),
        ("hangs-up", "no connection or a broken answer (RemoteProtocolError)"),
        ("not-json", "its answer is not JSON"),
        ("status-500", "it refused a search"),
    ],
)
def test_failure_of_the_fhir_server_is_translated(tmp_path: Path, fault: str, reason: str) -> None:
    with hostile_server() as server:
        base = server.base(fault)
        answer = calculator(tmp_path, base).post(SERVICE, json=fetching_call(base, TOKEN))
    (issue,) = answer.json()["issue"]
    assert issue["diagnostics"].endswith(f"[The FHIR server could not be read ([{reason}]).]")


def test_card_is_translated(client: TestClient, fitted: FittedModel) -> None:
    newer = observation("platelets", 144, when=NEWER, id="newer")
    found = card(client, prefetch(platelets=searchset(newer, observation("platelets"))))
    answer = _assessed(fitted, read(*results())).answer
    document = json.loads(fitted.text)
    data = [text for name in ("population", "external_survival", "limits") for text in strings_in(document[name])]
    data += [fitted.provenance.method]
    data += [answer.risk_group.label, answer.risk_group.meaning, answer.cell.label]
    assert unmarked(found["summary"]) == []
    assert unmarked(found["detail"], data) == []
    (ordered,) = ask(client, sign_call()).json()["cards"]
    assert unmarked(ordered["detail"], data) == []
    assert all(unmarked(link["label"]) == [] for link in found["links"])
    assert unmarked(found["suggestions"][0]["label"]) == []


def test_card_without_a_group_is_translated(client: TestClient) -> None:
    newer = observation("afp", when=NEWER, id="newer", valueQuantity=None)
    found = card(client, prefetch(afp=searchset(newer, observation("afp"))))
    assert unmarked(found["summary"]) == []
    assert unmarked(found["detail"]) == []


def _assessed(fitted: FittedModel, reading: LabReading) -> Assessment:
    return assess(fitted, reading.labs, computed_at=NOW, sampled_on=reading.sampled_on)


def texts_of(view: RecordView) -> Iterator[str]:
    """Yield every text of a view."""
    shown, banner, filing = view.prefill, view.banner, view.filing
    yield from view.changes
    if shown:
        yield from (shown.title, shown.text, shown.missing, *shown.unused, *shown.first, *shown.sources.values())
    if banner:
        yield from (banner.name, banner.born, banner.unknown)
    if filing:
        yield from (filing.button, filing.confirm, filing.reason)


QUIET: tuple[dict[str, Any], ...] = ({"status": "cancelled"}, {"code": None, **OLD})
HIGHER = observation("afp", "630")
DATA = ("Muster", "Observation/")


def data_of_pages(fitted: FittedModel) -> list[str]:
    """Return the texts of pages that are data."""
    texts = [criterion.text for criterion in fitted.population.criteria]
    citation = f"{fitted.provenance.citation} doi:{fitted.provenance.doi}"
    return [*DATA, *texts, fitted.population.setting, fitted.provenance.citation, citation]


PEOPLE = (PatientIdentity("Muster", "1961"), PatientIdentity(), PatientIdentity(is_read=False), None)


@pytest.mark.parametrize("patient", PEOPLE, ids=["known", "unknown", "not read", "shown by the EHR"])
def test_smart_pages_are_translated(fitted: FittedModel, patient: PatientIdentity | None) -> None:
    reading = read(*results(), *(observation("afp", "9", **{"id": f"x{n}", **one}) for n, one in enumerate(QUIET)))
    context = LaunchContext("https://ehr.example/fhir", "p1", patient, reading)

    kept = KeptLaunch(context, "smart_browser", "browser", {Filed.DOCUMENT: NoFiling.NOT_ALLOWED})
    for assessment in (None, _assessed(fitted, reading), _assessed(fitted, read(*results(afp=HIGHER)))):
        view = record_view(kept, rules_with(), "handle", assessment)
        assert [unmarked(text, DATA) for text in texts_of(view)] == [[]] * len(list(texts_of(view)))
        assert unmarked_in_html(render(form_page(fitted, record=view, depth=1)), data_of_pages(fitted)) == []
        page = FiledPage(site_of(fitted, "filed", 1), view.banner, *map(gettext, UNCERTAIN))
        assert unmarked_in_html(render(page), data_of_pages(fitted)) == []
    lost = record_view(None, rules_with(), "a guess")
    assert [unmarked(text) for text in texts_of(lost)] == [[]] * 3


def test_changed_value_is_translated(fitted: FittedModel) -> None:
    assessment = _assessed(fitted, read(*results(afp=HIGHER)))
    for recorded in (read(*results()), read()):
        for value in changed_values(assessment, recorded.sources).values():
            assert unmarked(value.text) == []
            assert unmarked(value.note) == []


def test_empty_or_failed_launch_is_translated() -> None:
    shown: list[Prefill] = [prefill(read()), *map(failed_prefill, Failure)]
    for one in shown:
        assert [unmarked(text) for text in (one.title, one.text, one.missing)] == [[]] * 3


def test_every_page_about_filing_is_translated() -> None:
    reasons = [why.reason for why in NoFiling]
    texts = [gettext(text) for text in (*REFUSED, *UNCERTAIN, NOT_CONFIRMED)]
    assert [unmarked(text) for text in (*reasons, *texts)] == [[]] * (len(reasons) + len(texts))
