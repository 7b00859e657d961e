"""Models with one and with three factors work through every interface, like the model with two."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from pydantic import TypeAdapter
from starlette.testclient import TestClient

from app.artefact.schema import ArtefactFile
from app.artefact.store import load_models
from app.presentation.wording import NO_BREAK_SPACE
from app.web.api.group_responses import GroupsOut
from app.web.api.responses import AssessmentOut
from tests.lib.clients import client_with
from tests.lib.models import LOG_RATIOS, cell_id, model_folder, relative_hazard, survival_of

ONE, THREE = ("sii",), ("sii", "afp", "nlr")


@pytest.fixture(scope="module", params=[ONE, THREE, ("afp", "plr")], ids="-".join)
def served(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[TestClient, tuple[str, ...]]]:
    factors: tuple[str, ...] = request.param
    folder = model_folder(tmp_path_factory.mktemp("models") / "made_up", factors)
    with client_with(models=load_models(folders=(folder,))) as client:
        yield client, factors


def values(neutrophils: float, afp: int) -> dict[str, Any]:
    """Counts with SII 100 n, NLR n and PLR 100, and AFP."""
    counts = {"neutrophils": neutrophils, "lymphocytes": 1, "platelets": 100}
    return {**{name: {"value": count, "unit": "10*9/L"} for name, count in counts.items()}} | {
        "afp": {"value": afp, "unit": "ng/mL"}
    }


def test_answers_have_the_declared_shape(served: tuple[TestClient, tuple[str, ...]]) -> None:
    client, _ = served
    TypeAdapter(AssessmentOut).validate_python(client.post("/api/v1/assessments", json=values(4, 620)).json())
    TypeAdapter(GroupsOut).validate_python(client.get("/api/v1/groups").json())
    ArtefactFile.model_validate_json(client.get("/api/v1/model").content)


def form(neutrophils: int, afp: int) -> dict[str, Any]:
    sent = values(neutrophils, afp)
    return {name: one["value"] for name, one in sent.items()} | {
        f"{name}_unit": one["unit"] for name, one in sent.items()
    }


@pytest.mark.parametrize(
    ("neutrophils", "afp", "above"),
    [(1, 20, ()), (3, 20, ("nlr",)), (4, 20, ("sii", "nlr")), (1, 620, ("afp",)), (4, 620, ("sii", "afp", "nlr"))],
)
def test_api_answers_with_the_cell_of_the_factors(
    served: tuple[TestClient, tuple[str, ...]], neutrophils: int, afp: int, above: tuple[str, ...]
) -> None:
    client, factors = served
    answer = client.post("/api/v1/assessments", json=values(neutrophils, afp)).json()
    high = tuple(factor for factor in factors if factor in above)
    assert (answer["cell"]["id"], answer["risk_group"]["factors"]) == (cell_id(high), list(high))
    levels = {name: answer["cell"][f"{name}_high"] for name in dict.fromkeys(("sii", "afp", *factors))}
    assert levels == {name: name in high if name in factors else None for name in levels}
    assert answer["cell"]["relative_hazard"] == pytest.approx(relative_hazard(high))
    assert [at["months"] for at in answer["survival"]["at"]] == [3, 6, 9]
    for at in answer["survival"]["at"]:
        assert at["cox_predicted"] == pytest.approx(survival_of(high, at["months"]))
    assert {name: index["in_model"] for name, index in answer["indices"].items()} == {
        name: name in factors for name in ("sii", "nlr", "plr")
    }
    ratios = {ratio["factor"]: ratio for ratio in answer["hazard_ratios"]}
    assert list(ratios) == [*factors, *(["combined"] if len(factors) > 1 else [])]
    assert {name: ratio["present"] for name, ratio in ratios.items() if name != "combined"} == {
        factor: factor in high for factor in factors
    }
    if len(factors) > 1:
        total = relative_hazard(factors)
        assert (ratios["combined"]["hazard_ratio"], ratios["combined"]["present"]) == (
            pytest.approx(total),
            high == factors,
        )


@pytest.mark.parametrize(
    ("neutrophils", "afp", "near"),
    [
        # PLR is 100 throughout, near its cut-off of 108. The ranges are 2.04 to 2.76 for NLR and 340 to 460 for AFP.
        (2.41, 410, ("nlr", "afp", "plr")),
        (2.76, 460, ("nlr", "afp", "plr")),
        (2.04, 340, ("nlr", "afp", "plr")),
        (2.77, 461, ("plr",)),
        (2.03, 339, ("plr",)),
        (3.4, 20, ("sii", "plr")),
    ],
)
def test_each_factor_near_its_cut_off_has_a_caveat(
    served: tuple[TestClient, tuple[str, ...]], neutrophils: float, afp: int, near: tuple[str, ...]
) -> None:
    client, factors = served
    body = client.post("/api/v1/assessments", json=values(neutrophils, afp)).json()
    found = {one["parameters"]["analyte"]: one for one in body["caveats"] if one["code"] == "near_cut_off"}
    assert set(found) - {"sii"} == set(near) & set(factors) - {"sii"}
    is_near = body["repeat_measurement"]["same_side_probability"] < 0.8
    assert ("sii" in found) == (is_near and "sii" in factors)
    assert is_near or "sii" not in near
    for name, one in found.items():
        assert one["text"].startswith(f"{name.upper()} is close to its cut-off")
        neighbours = [tuple(neighbour["factors"]) for neighbour in one["parameters"]["neighbours"]]
        assert (name,) in neighbours
        assert set(neighbours[-1]) == set(found)


def test_result_page_says_nothing_of_sii_that_is_no_factor(served: tuple[TestClient, tuple[str, ...]]) -> None:
    client, factors = served
    page = client.post("/", data=form(4, 620)).text
    assert ("healthy adults" in page) == ("sii" in factors)


@pytest.mark.parametrize(("neutrophils", "afp"), [(1, 20), (4, 620)])
def test_result_page_shows_each_factor(served: tuple[TestClient, tuple[str, ...]], neutrophils: int, afp: int) -> None:
    client, factors = served
    page = client.post("/", data=form(neutrophils, afp))
    assert page.status_code == 200
    assert page.text.count('<span class="side">(') == len(factors)
    groups = {1: "two", 2: "three", 3: "three"}[len(factors)]
    for text in (f"(of {groups})", "Months since the start of madeupinib", "9 months"):
        assert text in page.text
    assert "regorafenib" not in page.text.partition('<figure class="curve"')[2].partition("</figure>")[0]
    assert "more than 9" in client.post("/", data=form(1, 20)).text


@pytest.mark.parametrize(("neutrophils", "afp"), [(1, 20), (4, 620)])
def test_page_for_the_patient_names_each_factor(
    served: tuple[TestClient, tuple[str, ...]], neutrophils: int, afp: int
) -> None:
    client, factors = served
    page = client.post("/patient", data=form(neutrophils, afp))
    assert page.status_code == 200
    assert page.text.count("<dt>") == len(factors)
    assert "would be alive after 9 months" in page.text


def test_result_page_names_what_is_compared(served: tuple[TestClient, tuple[str, ...]]) -> None:
    client, factors = served
    page = client.post("/", data=form(4, 620)).text.replace(NO_BREAK_SPACE, " ")
    together = {1: "", 2: "Both factors high", 3: "All three factors high"}[len(factors)]
    for text in ("Both factors high", "All three factors high"):
        assert (text in page) == (text == together)


def test_other_pages_and_curves_show_the_model(served: tuple[TestClient, tuple[str, ...]]) -> None:
    client, factors = served
    model = client.get("/api/v1/model").json()
    assert list(model["coefficients"]["estimate"]) == [LOG_RATIOS[factor] for factor in factors]
    groups = client.get("/api/v1/groups").json()["groups"]
    assert [group["id"] for group in groups] == [group["id"] for group in model["risk_groups"]]
    for path in (
        "/",
        "/report",
        "/evidence",
        "/instructions",
        "/health/ready",
        *(link for group in groups for link in group["links"].values()),
    ):
        assert client.get(path).status_code == 200, path
    assert client.get("/api/v1/groups/none/curve.svg").status_code == 404
    if len(factors) == 1:
        assert client.get("/api/v1/groups/intermediate/curve.svg").status_code == 404


def test_live_working_shows_the_models_indices(served: tuple[TestClient, tuple[str, ...]]) -> None:
    client, factors = served
    working = client.post("/check", data=form(4, 620)).json()["working"]
    assert [name for name in ("sii", "nlr", "plr") if f"{name.upper()} = " in working] == [
        name for name in ("sii", "nlr", "plr") if name in factors
    ]


def test_fhir_operation_answers_with_the_group(served: tuple[TestClient, tuple[str, ...]]) -> None:
    client, _ = served
    quantity = {
        name: one | {"system": "http://unitsofmeasure.org", "code": one["unit"]} for name, one in values(4, 620).items()
    }
    parameters = [{"name": name, "valueQuantity": one} for name, one in quantity.items()]
    answer = client.post("/fhir/$hcc-risk", json={"resourceType": "Parameters", "parameter": parameters})
    assert (answer.status_code, answer.json()["resourceType"]) == (200, "Parameters"), answer.text


def test_undecided_afp_is_allowed_if_no_factor(tmp_path: Path) -> None:
    folder = model_folder(tmp_path / "made_up", ONE)
    client = client_with(models=load_models(folders=(folder,)))
    sent = values(4, 100) | {"afp": {"value": 100, "unit": "ng/mL", "comparator": ">"}}
    assert client.post("/api/v1/assessments", json=sent).json()["cell"]["id"] == "sii"
