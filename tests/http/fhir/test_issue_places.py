"""The issues of `$hcc-risk` lead to the parameter or the Observation at fault, and to its element if that was sent."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from starlette.testclient import TestClient

from tests.lib.fhir.examples import (
    Resource,
    bundle,
    concept,
    four_quantities,
    labelled,
    observation,
    parameters,
    quantity,
    results,
    searchset,
)
from tests.lib.fhir.operation import send
from tests.lib.validators.gate import FhirPath

# FHIR R4: element names, repetition indicators and the default child accessor.
SIMPLE = re.compile(r"[A-Z][A-Za-z]+(\.[a-z][A-Za-z]*(\[[0-9]+\])?)*")
Place = tuple[str, str | None]
SendAll = Callable[[Resource], list[Place]]


@pytest.fixture
def places_of(client: TestClient, fhirpath: FhirPath) -> SendAll:
    """Return a function that sends a body and returns code and expression of each issue; each leads to one element."""

    def sent(body: Resource) -> list[Place]:
        status, outcome = send(client, body)
        assert (status in (400, 422), outcome["resourceType"]) == (True, "OperationOutcome")
        found = []
        for issue in outcome["issue"]:
            (expression,) = issue.get("expression", [None])
            if expression is not None:
                assert SIMPLE.fullmatch(expression), expression
                assert len(fhirpath.evaluate(expression, body)) == 1, expression
            found.append((issue.get("diagnostics", issue["code"]), expression))
        return found

    return sent


def with_parameter(*changed: Any) -> Resource:
    body = four_quantities()
    return {**body, "parameter": [*body["parameter"], *changed]}


def in_all(one: Resource) -> list[tuple[Resource, str]]:
    """Return each body in which an AFP can be sent as an Observation, with the path to it."""
    counts = results()[:3]
    paged = {**searchset(*counts), "entry": [{"resource": searchset(*counts, one)}]}
    as_parameters = {"resourceType": "Parameters", "parameter": [{"name": "bundle", "resource": bundle(*counts, one)}]}
    return [
        (bundle(*counts, one), "Bundle.entry[3].resource"),
        (bundle(one, *counts), "Bundle.entry[0].resource"),
        (paged, "Bundle.entry[0].resource.entry[3].resource"),
        (parameters(*counts, one), "Parameters.parameter[3].resource"),
        (as_parameters, "Parameters.parameter[0].resource.entry[3].resource"),
    ]


@pytest.mark.parametrize(
    ("sent", "code", "below"),
    [
        (quantity("1", "furlong"), "unit_unknown", ".value.code"),
        (labelled("1", "furlong"), "unit_unknown", ".value.unit"),
        (quantity("1", "10*9/L"), "unit_of_another_analyte", ".value.code"),
        (quantity("1", "ng/mL", system="urn:units"), "unit_system", ".value.system"),
        (quantity("1", "ng/mL", code=None), "unit_missing", ".value"),
        (quantity("1", "ng/mL") | {"value": "1"}, "not_a_number", ".value.value"),
        ({"unit": "ng/mL"}, "missing", ".value"),
        (quantity("1", "ng/mL", unit=1), "not_a_text", ".value.unit"),
        (quantity("-1", "ng/mL"), "negative", ".value.value"),
        (quantity("1e9", "ng/mL"), "implausible", ".value.value"),
        (quantity("1", "ng/mL", comparator="~"), "comparator_unknown", ".value.comparator"),
        (quantity("400", "ng/mL", comparator="<="), "comparator_undecided", ".value.comparator"),
    ],
)
def test_quantity_is_named_to_its_element(places_of: SendAll, sent: Resource, code: str, below: str) -> None:
    assert places_of(four_quantities(afp=sent)) == [(code, f"Parameters.parameter[3]{below}")]
    for body, place in in_all(observation("afp", sent)):
        assert (code, f"{place}{below}") in places_of(body)


def test_international_units_are_named(places_of: SendAll) -> None:
    sent = quantity("320", "[IU]/mL")
    assert places_of(four_quantities(afp=sent)) == [("unit_undecided", "Parameters.parameter[3].value.value")]
    for body, place in in_all(observation("afp", sent)):
        assert ("unit_refused", f"{place}.value.code") in places_of(body)


@pytest.mark.parametrize(
    ("changes", "code", "below"),
    [
        ({"status": "cancelled"}, "status", ".status"),
        ({"status": None}, "status", ""),
        ({"code": concept("1834-1", system="urn:x")}, "code_system", ".code"),
        ({"code": None}, "code_unreadable", ""),
        ({"subject": {"reference": "Patient/other"}}, "subject", ".subject"),
        ({"focus": [{"reference": "Patient/other"}]}, "subject", ".focus"),
        ({"effectiveDateTime": "2999-01-01"}, "in_the_future", ".effective"),
        ({"effectiveDateTime": None}, "no_time", ""),
        ({"modifierExtension": [{"url": "urn:x", "valueBoolean": True}]}, "modified", ".modifierExtension"),
        ({"implicitRules": "urn:x"}, "modified", ".implicitRules"),
        ({"meta": {"security": [{"code": "HTEST"}]}}, "test_data", ".meta"),
        ({"valueQuantity": None}, "no_value", ""),
        ({"valueQuantity": None, "valueBoolean": True}, "no_value", ".value"),
        ({"valueQuantity": None, "valueString": "high"}, "not_a_number", ".value"),
        ({"valueQuantity": None, "dataAbsentReason": concept("unknown")}, "no_value", ".dataAbsentReason"),
        ({"code": {"text": "Panel"}, "component": [{"code": concept("1834-1")}]}, "component", ".component"),
        ({"id": None, "status": "cancelled"}, "status", ".status"),
    ],
    ids=str,
)
def test_unused_observation_is_named_to_its_element(
    places_of: SendAll, changes: Resource, code: str, below: str
) -> None:
    for body, place in in_all(observation("afp", "620", **changes)):
        assert (code, f"{place}{below}") in places_of(body), place


def test_contained_observation_is_named(places_of: SendAll) -> None:
    report = {"resourceType": "DiagnosticReport", "status": "final", "contained": results()}
    for body, place in [
        (bundle(report), "Bundle.entry[0].resource"),
        ({"resourceType": "Parameters", "parameter": [{"name": "bundle", "resource": bundle(report)}]},
         "Parameters.parameter[0].resource.entry[0].resource"),
    ]:  # fmt: skip
        named = [expression for code, expression in places_of(body) if code == "contained"]
        assert sorted(map(str, named)) == [f"{place}.contained[{at}]" for at in range(4)]


def test_parameter_that_is_absent_names_the_whole(places_of: SendAll) -> None:
    body = four_quantities()
    del body["parameter"][1]
    assert places_of(body) == [("missing", "Parameters")]
    assert places_of(bundle(*results()[1:]))[0] == ("missing", "Bundle")


@pytest.mark.parametrize(
    ("entry", "code"),
    [
        ({"name": "ecog", "valueInteger": 9}, "out_of_range"),
        ({"name": "childPughClass", "valueCode": "D"}, "not_a_class"),
        ({"name": "afpDate", "valueDate": "2999-01-01"}, "in_the_future"),
        ({"name": "bloodCountDate", "valueDate": "1901-01-01"}, "too_long_ago"),
        ({"name": "bloodCountDate", "valueDate": "2025-06-01"}, "sample_too_old"),
        ({"name": "afpDate", "valueDate": "2025-06-01"}, "sample_too_old"),
    ],
)
def test_answer_or_date_is_named_by_its_index(places_of: SendAll, entry: Resource, code: str) -> None:
    found = places_of(with_parameter({"name": "sorafenibFailed", "valueBoolean": True}, entry))
    assert (code, "Parameters.parameter[5].value") in found


def test_unknown_parameter_is_named_by_its_index(places_of: SendAll) -> None:
    assert places_of(with_parameter({"name": "weight", "valueInteger": 70})) == [
        ("not-supported", "Parameters.parameter[4].name")
    ]


@pytest.mark.parametrize(
    ("entry", "place"),
    [
        ("afp", ""),
        ({"valueString": "x"}, ""),
        ({"name": "subject", "modifierExtension": []}, ".modifierExtension"),
        ({"name": "afp", "valueQuantity": quantity("1", "ng/mL")}, ""),
        ({"name": "observation", "resource": bundle()}, ".resource"),
        ({"name": "observation"}, ""),
        ({"name": "subject", "valueString": "p1"}, ".value"),
        ({"name": "ecog", "valueString": "1"}, ".value"),
        ({"name": "ecog"}, ""),
        ({"name": "afpDate", "valueDate": "2026"}, ".value"),
    ],
    ids=str,
)
def test_malformed_parameter_is_named_by_its_index(client: TestClient, entry: Any, place: str) -> None:
    _, outcome = send(client, with_parameter(entry))
    assert outcome["issue"][0]["expression"] == [f"Parameters.parameter[4]{place}"]


def test_quantity_beside_observations_is_named(places_of: SendAll) -> None:
    body = parameters(*results(), afpDate_Date="2026-01-02")
    assert places_of(body) == [("structure", "Parameters.parameter[4]")]


@pytest.mark.parametrize(
    ("faulty", "below"),
    [
        ({"entry": [{"resource": 1}]}, ".entry[0].resource"),
        ({"entry": [{"resource": results()[0]}, {}]}, ".entry[1]"),
        ({"entry": {}}, ".entry"),
        ({"entry": [{"resource": results()[0], "search": {"mode": "x"}}]}, ".entry[0].search.mode"),
        ({"total": "2"}, ".total"),
        ({"link": [{"relation": "self"}, {"relation": "next"}]}, ".link[1]"),
        ({"link": [{"relation": "self"}, {"relation": "next", "url": "urn:x"}]}, ""),
        ({"implicitRules": "urn:x"}, ".implicitRules"),
        ({"entry": [{"resource": results()[0]}, {"response": {"status": "404"}}]}, ".entry[1]"),
    ],
    ids=str,
)
def test_fault_of_a_bundle_is_named_wherever_it_is(client: TestClient, faulty: Resource, below: str) -> None:
    one = {"resourceType": "Bundle", "type": "searchset", **faulty}
    for body, place in [
        (one, "Bundle"),
        ({"resourceType": "Parameters", "parameter": [{"name": "bundle", "resource": one}]},
         "Parameters.parameter[0].resource"),
        (bundle(results()[0], one), "Bundle.entry[1].resource"),
        (bundle(bundle(one)), "Bundle.entry[0].resource.entry[0].resource"),
    ]:  # fmt: skip
        _, outcome = send(client, body)
        # Which page of several is incomplete is not known.
        expected = f"{place}{below}" if below else place.partition(".entry")[0]
        assert outcome["issue"][0]["expression"] == [expected]


@pytest.mark.parametrize("kind", ["DiagnosticReport", "Patient"])
def test_bundle_without_results_is_one_issue(places_of: SendAll, kind: str) -> None:
    report = {"resourceType": kind, "status": "final"}
    place = "Bundle.entry[1].resource" if kind == "DiagnosticReport" else "Bundle"
    assert places_of(bundle({"resourceType": "Patient"}, report)) == [("missing", place)]
    assert places_of(searchset()) == [("missing", "Bundle")]


def test_results_of_some_values_are_one_issue_each(places_of: SendAll) -> None:
    found = places_of(bundle(*results()[:2]))
    assert [code for code, _ in found].count("missing") > 1


def test_result_that_is_too_old_or_not_the_newest_is_named(places_of: SendAll) -> None:
    old = [{**one, "effectiveDateTime": "2025-06-01"} for one in results()]
    assert ("sample_too_old", "Bundle.entry[0].resource.effective") in places_of(bundle(*old))
    assert ("sample_too_old", "Bundle.entry[3].resource.effective") in places_of(bundle(*old))
    newer = observation("afp", "1", when="2026-01-03T08:00:00Z", status="preliminary")
    assert ("newer_result", "Bundle.entry[3].resource") in places_of(bundle(*results(), newer))
    other = observation("afp", "1", id="other")
    assert ("contradicted", "Bundle.entry[3].resource") in places_of(bundle(*results(), other))
