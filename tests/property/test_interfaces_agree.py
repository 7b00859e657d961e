"""Every interface (JSON, FHIR, CDS Hooks, the form, the form from a record) gives the same digits for one patient."""

import re
from collections.abc import Iterator
from decimal import Decimal
from html import unescape
from typing import Any
from urllib.parse import urlencode

import pytest
from hypothesis import event, given, settings
from starlette.testclient import TestClient

from app.ehr.fhir.reading.bundles import Found
from app.ehr.fhir.reading.lab_results import read_labs
from app.ehr.fhir.reading.references import Reference
from app.ehr.smart.prefill import typed_values
from app.net.strict_json import parse_json
from tests.lib.clients import site
from tests.lib.fhir.emitted import parts_of
from tests.lib.fhir.examples import FHIR, Resource, as_json, parameters
from tests.lib.fhir.generated_values import (
    Values,
    as_form,
    as_hooks_call,
    as_json_body,
    as_observations,
    as_quantities,
    patients,
)
from tests.lib.fhir.operation import OPERATION, one_of
from tests.lib.fhir.reading import rules_with
from tests.lib.times import NOW

JSON = {"content-type": "application/json"}
FORM = {"content-type": "application/x-www-form-urlencoded"}
Figures = dict[str, Any]
# Pages show the limits that the paper prints in Table 2 (4.489 and 6.010); programs get those of the model.
PRINTED_LIMITS = {"sii": ("1.09", "4.49"), "afp": ("1.26", "6.01")}


def posted(client: TestClient, path: str, body: dict[str, Any], headers: dict[str, str], refused: int) -> Any:
    """Return the parsed answer, or None if the values were refused."""
    response = client.post(path, content=as_json(body), headers=headers)
    assert response.status_code in (200, refused), response.text
    return parse_json(response.content) if response.status_code == 200 else None


def death(survival: Decimal) -> Decimal:
    return 100 * (1 - survival)


def figures_of_json(body: dict[str, Any]) -> Figures:
    """Return the figures that must be the same everywhere, in the JSON API's form; death in percent as in FHIR."""
    return {
        "group": body["risk_group"]["id"],
        "hazard ratios": {
            one["factor"]: (one["hazard_ratio"], *one["ci_95"], one["present"]) for one in body["hazard_ratios"]
        },
        "death": [
            (
                death(at["kaplan_meier"]), *map(death, reversed(at["ci_95"])),
                death(at["cox_predicted"]), *map(death, reversed(at["cox_ci_95"])),
            )
            for at in body["survival"]["at"]
        ],
    }  # fmt: skip


def limits(parts: Resource) -> tuple[Decimal, Decimal]:
    return parts["ci95"]["low"]["value"], parts["ci95"]["high"]["value"]


def figures_of_fhir(risk_assessment: Resource) -> Figures:
    ratios = [parts_of(one) for one in risk_assessment["extension"] if "extension" in one]
    groups = {one["qualitativeRisk"]["coding"][0]["code"] for one in risk_assessment["prediction"]}
    deaths = []
    for prediction in risk_assessment["prediction"]:
        both = [parts_of(one) for one in prediction["extension"]]
        assert [one["estimator"] for one in both] == ["kaplan-meier", "cox-predicted"]
        assert prediction["probabilityDecimal"] == both[0]["probability"]
        deaths.append(tuple(number for one in both for number in (one["probability"], *limits(one))))
    return {
        "group": groups.pop() if len(groups) == 1 else groups,
        "hazard ratios": {one["factor"]: (one["value"], *limits(one), one["present"]) for one in ratios},
        "death": deaths,
    }


def check_operation(answer: Resource, expected: dict[str, Any]) -> None:
    sii = one_of(answer, "sii")
    assert one_of(answer, "riskGroup") == expected["risk_group"]["id"]
    assert sii["valueQuantity"]["value"] == expected["indices"]["sii"]["value"]
    assert sii["note"] == [{"text": expected["indices"]["sii"]["working"]}]
    assert figures_of_fhir(one_of(answer, "riskAssessment")) == figures_of_json(expected)


def check_card(card: dict[str, Any], expected: dict[str, Any]) -> None:
    (action,) = card["suggestions"][0]["actions"]
    assert figures_of_fhir(action["resource"]) == figures_of_json(expected)
    assert re.match(rf"HCC: {expected['risk_group']['label']}(,| \()", card["summary"], re.IGNORECASE)
    assert f"SII: {expected['indices']['sii']['working']} (cut-off 340 " in card["detail"]


def percent(share: Decimal) -> str:
    if 0 < share < Decimal("0.005"):
        return "under 1 %"
    return "over 99 %" if Decimal("0.995") < share < 1 else f"{100 * float(share):.0f} %"


def ratio(value: Decimal) -> str:
    return f"{float(value):.2f}" if value < 10 else f"{float(value):.1f}"


def check_page(page: str, expected: dict[str, Any]) -> None:
    """Check that the page agrees with the JSON API, with each figure rounded as on pages."""
    pre = re.search(r'<pre id="plain-text"[^>]*>(.*?)</pre>', page, re.DOTALL)
    assert pre
    text = " ".join(unescape(pre[1]).split())
    assert f" {expected['risk_group']['label'].upper()}: {expected['risk_group']['meaning']} (" in text
    assert f" SII: {expected['indices']['sii']['working']} (" in text
    # One list of times for the risk group, and one for the combination.
    before, of_cell = text.split("This combination, Cox-predicted:")
    of_group = before.split("This risk group, Kaplan-Meier:")[1]
    for at in expected["survival"]["at"]:
        for shown, value, (low, high) in (
            (of_group, at["kaplan_meier"], at["ci_95"]),
            (of_cell, at["cox_predicted"], at["cox_ci_95"]),
        ):
            assert f" {at['months']} months: {percent(value)} ({percent(low)} to {percent(high)}) " in shown
    for one in expected["hazard_ratios"]:
        low, high = PRINTED_LIMITS.get(one["factor"]) or map(ratio, one["ci_95"])
        assert f": {ratio(one['hazard_ratio'])} ({low} to {high}), p " in text


def filled_in(observations: list[Resource]) -> dict[str, str]:
    """Return the fields of the form when it is opened from a record with these results."""
    patient = Reference("Patient", "p1")
    return typed_values(
        read_labs([Found(one) for one in observations], rules_with(accept_afp_units=True), now=NOW, patient=patient)
    )


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    """A site that also accepts AFP in international units from records, as the JSON API and the form do."""
    with site(tmp_path_factory.mktemp("site"), "accept_afp_units = true\n") as found:
        yield found


@given(patients())
@settings(max_examples=200)
def test_all_interfaces_give_the_same_answer(client: TestClient, values: Values) -> None:
    observations = as_observations(values)
    expected = posted(client, "/api/v1/assessments", as_json_body(values), JSON, 422)
    by_quantities = posted(client, OPERATION, as_quantities(values), FHIR, 422)
    by_observations = posted(client, OPERATION, parameters(*observations), FHIR, 422)
    cards = posted(client, "/cds-services/hcc-sii-afp", as_hooks_call(observations), JSON, 412)["cards"]
    pages = [
        client.post("/", content=urlencode(typed), headers=FORM) for typed in (as_form(values), filled_in(observations))
    ]
    event("refused" if expected is None else expected["risk_group"]["id"])
    if expected is None:
        assert (by_quantities, by_observations, cards) == (None, None, [])
        assert [page.status_code for page in pages] == [422, 422]
        return
    check_operation(by_quantities, expected)
    check_operation(by_observations, expected)
    (card,) = cards
    check_card(card, expected)
    for page in pages:
        assert page.status_code == 200
        check_page(page.text, expected)


@given(patients())
@settings(max_examples=50)
def test_json_and_fhir_refuse_for_the_same_reasons(client: TestClient, values: Values) -> None:
    refused = client.post("/api/v1/assessments", content=as_json(as_json_body(values)), headers=JSON)
    outcome = client.post(OPERATION, content=as_json(as_quantities(values)), headers=FHIR)
    assert refused.status_code == outcome.status_code
    if refused.status_code == 422:
        codes = [(one["pointer"].strip("/"), one["code"]) for one in refused.json()["errors"]]
        issues = outcome.json()["issue"]
        assert codes == [(one["details"]["text"].partition(":")[0], one["diagnostics"]) for one in issues]
