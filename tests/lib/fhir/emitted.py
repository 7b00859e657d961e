"""Check rules that every emitted resource must meet and that no validator checks."""

from collections.abc import Iterator
from typing import Any

from tests.lib.fhir.examples import Resource

GROUPS = ("low", "intermediate", "high")
RATIO_PARTS = {"factor", "value", "ci95", "reference", "present"}
INTERVAL_PARTS = {"months", "estimator", "probability", "ci95"}


def parts_of(extension: Resource) -> Resource:
    """Return the parts of an extension by name; each name occurs once."""
    parts = extension["extension"]
    found = {one["url"]: next(value for name, value in one.items() if name != "url") for one in parts}
    assert len(found) == len(parts)
    return found


def by_name(extensions: list[Resource]) -> dict[str, list[Resource]]:
    found: dict[str, list[Resource]] = {}
    for one in extensions:
        found.setdefault(one["url"].rpartition("/StructureDefinition/")[2], []).append(one)
    return found


def check_risk_assessment(resource: Resource) -> None:
    assert (resource["resourceType"], resource["status"]) == ("RiskAssessment", "preliminary")
    extensions = by_name(resource["extension"])
    assert set(extensions) == {"hazard-ratio", "applicability"}
    (applicability,) = extensions["applicability"]
    assert applicability["valueCode"] in ("matches", "differs", "not-stated")
    ratios = [parts_of(one) for one in extensions["hazard-ratio"]]
    assert [one["factor"] for one in ratios] == ["sii", "afp", "combined"]
    for one in ratios:
        assert set(one) == RATIO_PARTS
        assert 0 < one["ci95"]["low"]["value"] <= one["value"] <= one["ci95"]["high"]["value"]
    for prediction in resource["prediction"]:
        _check_prediction(prediction)
    assert len({one["qualitativeRisk"]["coding"][0]["code"] for one in resource["prediction"]}) == 1
    months = [parts_of(one["extension"][0])["months"] for one in resource["prediction"]]
    deaths = [one["probabilityDecimal"] for one in resource["prediction"]]
    assert (months, deaths) == ([3, 6, 12], sorted(deaths))
    check_references(resource)


def check_sii(resource: Resource) -> None:
    assert (resource["resourceType"], resource["status"]) == ("Observation", "preliminary")
    (reference_range,) = resource["referenceRange"]
    assert set(reference_range) == {"text"}
    high = resource["valueQuantity"]["value"] >= float(reference_range["text"].partition("from ")[2].split()[0])
    assert resource["interpretation"][0]["coding"][0]["code"] == ("sii-high" if high else "sii-low")
    check_references(resource)


def check_references(resource: Resource) -> None:
    """Check that each local reference has a contained resource, and each contained resource a reference."""
    inside = [one["id"] for one in resource.get("contained", [])]
    assert len(set(inside)) == len(inside)
    references = list(_references(resource))
    assert {one.removeprefix("#") for one in references if one.startswith("#")} == set(inside)
    assert not any("contained" in one for one in resource.get("contained", []))
    assert "id" not in resource


def _check_prediction(prediction: Resource) -> None:
    assert set(by_name(prediction["extension"])) == {"survival-interval"}
    both = [parts_of(one) for one in prediction["extension"]]
    assert [one["estimator"] for one in both] == ["kaplan-meier", "cox-predicted"]
    for one in both:
        assert set(one) == INTERVAL_PARTS
        assert 0 <= one["ci95"]["low"]["value"] <= one["probability"] <= one["ci95"]["high"]["value"] <= 100
        assert {limit["code"] for limit in one["ci95"].values()} == {"%"}
    assert prediction["probabilityDecimal"] == both[0]["probability"]
    if "whenPeriod" in prediction:
        assert prediction["whenPeriod"]["start"] <= prediction["whenPeriod"]["end"]
    assert prediction["qualitativeRisk"]["coding"][0]["code"] in GROUPS


def _references(element: Any) -> Iterator[str]:
    if isinstance(element, dict):
        if isinstance(element.get("reference"), str):
            yield element["reference"]
        for value in element.values():
            yield from _references(value)
    elif isinstance(element, list):
        for value in element:
            yield from _references(value)
