"""The resource that a card suggests to file is valid FHIR, belongs to this patient, and agrees with the card."""

from typing import Any

import pytest
from starlette.testclient import TestClient

from tests.lib.cds_hooks.calls import Json, card, condition, measured, prefetch, risk_assessment
from tests.lib.fhir.examples import CODES, labelled, observation, quantity, searchset
from tests.lib.validators.gate import Medplum, Pyrofile

CALLS = {
    "low": measured(afp=20, platelets=40),
    "intermediate": measured(afp=20),
    "high": prefetch(),
    "above a limit": measured(afp=quantity(1210, "ng/mL", comparator=">")),
    "units as printed": measured(neutrophils=labelled(4.2, "K/uL"), afp=labelled(1000, "mcg/L")),
    "without ids": prefetch(
        hcc=searchset(condition(id="no id of FHIR")),
        **{name: searchset(observation(name, id=None)) for name in CODES},
    ),
    "without ids, units as printed": prefetch(
        neutrophils=searchset(observation("neutrophils", labelled(4.2, "x10*3/uL"), id=None)),
        afp=searchset(observation("afp", quantity(1210, "ng/mL", comparator=">"), id=None)),
    ),
}


@pytest.mark.parametrize("found", CALLS.values(), ids=CALLS)
def test_filed_resource_is_valid(client: TestClient, medplum: Medplum, own_pyrofile: Pyrofile, found: Json) -> None:
    resource = risk_assessment(card(client, found))
    assert medplum.issues(resource) == []
    assert own_pyrofile.issues(resource) == []


def test_filed_resource_agrees_with_the_card(client: TestClient) -> None:
    """Deaths by hand from the model card's survival of 67, 36 and 6 %: 33, 64 and 94 %, here unrounded."""
    resource = risk_assessment(card(client))
    assert [round(float(one["probabilityDecimal"])) for one in resource["prediction"]] == [33, 64, 94]
    assert {one["qualitativeRisk"]["coding"][0]["code"] for one in resource["prediction"]} == {"high"}
    assert [one["outcome"]["text"] for one in resource["prediction"]] == [
        f"Death from any cause within {months} months of the start of regorafenib" for months in (3, 6, 12)
    ]
    assert not any("whenPeriod" in one for one in resource["prediction"])
    ratios = [_parts(one) for one in resource["extension"] if one["url"].endswith("/hazard-ratio")]
    assert [(one["factor"], round(one["value"], 2)) for one in ratios] == [
        ("sii", 2.21),
        ("afp", 2.75),
        ("combined", 6.08),
    ]


def test_results_without_an_id_are_contained(client: TestClient) -> None:
    resource = risk_assessment(card(client, CALLS["without ids"]))
    assert "condition" not in resource
    assert [one["reference"] for one in resource["basis"]] == [f"#{name}" for name in CODES]
    assert all(one["display"].endswith(", 2026-01-02") for one in resource["basis"])
    assert [(one["id"], one["code"]["coding"]) for one in resource["contained"]] == [
        (name, [{"system": "http://loinc.org", "code": code}]) for name, code in CODES.items()
    ]
    assert {one["effectiveDateTime"] for one in resource["contained"]} == {"2026-01-02T08:00:00Z"}


def test_printed_unit_is_not_declared_as_ucum(client: TestClient) -> None:
    resource = risk_assessment(card(client, CALLS["without ids, units as printed"]))
    neutrophils, afp = (one["valueQuantity"] for one in resource["contained"])
    assert neutrophils == {"value": 4.2, "unit": "x10*3/uL"}
    assert afp == quantity(1210, "ng/mL", comparator=">")


def _parts(extension: Json) -> dict[str, Any]:
    """The parts of an extension, by name."""
    return {
        part["url"]: next(value for name, value in part.items() if name.startswith("value"))
        for part in extension["extension"]
    }
