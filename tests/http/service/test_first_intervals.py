"""A model whose curves have no interval at the first months is served like the committed one."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from pydantic import TypeAdapter
from starlette.testclient import TestClient

from app.artefact.schema import ArtefactFile
from app.artefact.store import load_models
from app.presentation.charts.kaplan_meier import NARROW, WIDE
from app.web.api.group_responses import GroupCurveOut
from app.web.api.responses import AssessmentOut
from tests.lib.clients import client_with
from tests.lib.interfaces import ASSESSMENTS, HCC_RISK, call
from tests.lib.models import FIRST_INTERVAL, folder_with, with_every_interval, without_first_intervals

GROUPS = ("low", "intermediate", "high")
LIMITS = ("ci_lower", "ci_upper")
DIGEST = re.compile(r"sha256:[0-9a-f]{12,64}")
NOTE = re.compile(r" The interval begins at 0\.7 months: [^.<]*\.")
# The band except its faded part, which lies where few are at risk.
BAND = re.compile(r'(<path class="band [^"]*" d=")([^"]*)(?=" fill="[^"]*" fill-opacity="0\.15")')


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    folder = folder_with(without_first_intervals(), tmp_path_factory.mktemp("models") / "without")
    with client_with(models=load_models(folders=(folder,))) as client:
        yield client


@pytest.fixture(scope="module")
def complete(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    folder = folder_with(with_every_interval(), tmp_path_factory.mktemp("models") / "complete")
    with client_with(models=load_models(folders=(folder,))) as client:
        yield client


def check_limits(found: dict[str, Any], whole: dict[str, Any]) -> None:
    """Check that two curves differ only in the limits before the first interval, which are null."""
    for name in LIMITS:
        assert found[name] == [
            None if month < FIRST_INTERVAL else limit for month, limit in zip(whole["months"], whole[name], strict=True)
        ]
        assert found[name][0] is None
    assert {name: values for name, values in found.items() if name not in LIMITS} == {
        name: values for name, values in whole.items() if name not in LIMITS
    }


def same_part(text: str) -> str:
    """Return a text without what differs between the models: digests, the drawn band, and the note on its start."""
    return NOTE.sub("", BAND.sub(r"\1", DIGEST.sub("", text)))


def starts(text: str) -> list[float]:
    """Return where each drawn band starts on the axis of months."""
    return [float(path[1:].split()[0]) for _, path in BAND.findall(text)]


@pytest.mark.parametrize("group", GROUPS)
def test_group_curve_has_null_limits(served: TestClient, complete: TestClient, group: str) -> None:
    path = f"/api/v1/groups/{group}/curve.json"
    found, whole = (client.get(path).json() for client in (served, complete))
    TypeAdapter(GroupCurveOut).validate_python(found)
    check_limits(found["curve"], whole["curve"])


def test_assessment_differs_only_in_null_limits(served: TestClient, complete: TestClient) -> None:
    found, whole = (call(client, ASSESSMENTS).json() for client in (served, complete))
    TypeAdapter(AssessmentOut).validate_python(found)
    check_limits(found.pop("curve"), whole.pop("curve"))
    assert found["model"].pop("digest") != whole["model"].pop("digest")
    assert found == whole


def test_openapi_describes_null_limits(served: TestClient) -> None:
    curve = served.get("/openapi.json").json()["components"]["schemas"]["CurveOut"]["properties"]
    for name in LIMITS:
        assert {"type": "null"} in curve[name]["items"]["anyOf"]
        assert curve[name]["description"].startswith("null ")
    assert curve["survival"]["items"] == {"type": "number"}


def test_model_and_its_self_test_are_served(served: TestClient) -> None:
    file = ArtefactFile.model_validate_json(served.get("/api/v1/model").content)
    ready = served.get("/health/ready").json()
    assert (ready["status"], ready["digest"]) == ("ready", file.digest)
    assert file.cox.cells["both"].ci_lower[0] is None


@pytest.mark.parametrize("afp", ["20", "620"])
def test_result_page_differs_only_in_the_band(served: TestClient, complete: TestClient, afp: str) -> None:
    counts = {"neutrophils": "4.2", "lymphocytes": "1.1", "platelets": "145"}
    form = {**counts, **{f"{name}_unit": "10*9/L" for name in counts}, "afp": afp, "afp_unit": "ng/mL"}
    found, whole = (client.post("/", data=form) for client in (served, complete))
    assert found.status_code == 200
    assert same_part(found.text) == same_part(whole.text)
    assert all(x > left for x, left in zip(starts(found.text), (WIDE.left, NARROW.left), strict=True))


@pytest.mark.parametrize("group", GROUPS)
def test_curve_files_are_drawn(served: TestClient, complete: TestClient, group: str) -> None:
    found, whole = (client.get(f"/api/v1/groups/{group}/curve.svg").text for client in (served, complete))
    assert same_part(found) == same_part(whole)
    (start,) = starts(found)
    assert start > WIDE.left
    pictures = [client.get(f"/api/v1/groups/{group}/curve.png") for client in (served, complete)]
    assert [picture.status_code for picture in pictures] == [200, 200]
    assert pictures[0].content != pictures[1].content


def test_fhir_answer_has_the_same_predictions(served: TestClient, complete: TestClient) -> None:
    found, whole = (predictions(call(client, HCC_RISK).json()) for client in (served, complete))
    assert found == whole != []


def predictions(answer: dict[str, Any]) -> Any:
    (assessment,) = (one["resource"] for one in answer["parameter"] if one["name"] == "riskAssessment")
    return assessment["prediction"]


def test_evidence_page_is_served(served: TestClient) -> None:
    assert served.get("/evidence").status_code == 200
