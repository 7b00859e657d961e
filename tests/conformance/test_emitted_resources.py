"""Every resource that the service sends passes two validators that know our extensions, and has the right values."""

import copy
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from starlette.testclient import TestClient

from app.core.analytes import Analyte
from app.core.assessment import assess
from app.core.fitted_model import FittedModel
from app.core.labs import make_lab
from app.ehr.fhir.risk_assessment import Patient, risk_assessment
from app.ehr.fhir.terminology import Canonical
from app.net.strict_json import parse_json
from app.presentation.assessment_json import dumps
from tests.lib.clients import CANONICAL
from tests.lib.fhir.emitted import by_name, check_risk_assessment, check_sii
from tests.lib.fhir.examples import (
    SUBJECT,
    Resource,
    as_json,
    bundle,
    four_quantities,
    labelled,
    observation,
    parameters,
    quantity,
    results,
)
from tests.lib.fhir.generated_values import Values, as_hooks_call, as_observations, as_quantities, patients
from tests.lib.fhir.golden_answers import bodies
from tests.lib.fhir.operation import answered, one_of, send
from tests.lib.times import NOW
from tests.lib.validators.gate import Issue, Medplum, Pyrofile

Judge = Callable[[Resource], list[Issue]]


@pytest.fixture(scope="module")
def judge(medplum: Medplum, own_pyrofile: Pyrofile) -> Judge:
    """Both validators."""
    return lambda resource: medplum.issues(resource) + own_pyrofile.issues(resource)


def check_answer(answer: Resource, judge: Judge) -> None:
    sii, found = one_of(answer, "sii"), one_of(answer, "riskAssessment")
    assert [judge(one) for one in (answer, sii, found)] == [[], [], []]
    check_sii(sii)
    check_risk_assessment(found)


NAMED = {
    **bodies(),
    "four quantities": four_quantities(),
    "a bare Bundle": bundle(*results()),
    "printed units and a comparator": four_quantities(
        neutrophils=labelled("4200", "cells / µl"),
        platelets=labelled("145", "× 10⁹/L"),
        afp=labelled("1000", "kU/L", comparator=">"),
    ),
    "no ids": parameters(*(one | {"id": ""} for one in results())),
    "days alone": parameters(*(one | {"effectiveDateTime": "2026-01-02"} for one in results())),
    "a version of the subject": parameters(*results(), subject_Reference={"reference": f"{SUBJECT}/_history/2"}),
    "values that are doubted": four_quantities(
        neutrophils=quantity("150", "10*9/L"),
        lymphocytes=quantity("0.01", "10*9/L"),
        afp=quantity("9999999.99999999999", "ng/mL"),
    ),
    "results that were not used": parameters(
        *results(),
        observation("afp", "1", id="x" * 64, status="cancelled"),
        observation("afp", "1", id=None, valueQuantity=quantity("1", "<b>")),
    ),
}


@pytest.mark.parametrize("body", NAMED.values(), ids=NAMED)
def test_each_kind_of_answer_is_valid(client: TestClient, judge: Judge, body: Resource) -> None:
    check_answer(answered(client, body), judge)


def test_absolute_subject_is_valid(client: TestClient, judge: Judge) -> None:
    # Both only warn: medplum reads the scheme as the type, and pyrofile cannot fetch the resource.
    subject = {"reference": "https://ehr.example/fhir/Patient/p1"}
    answer = answered(client, parameters(*(one | {"subject": subject} for one in results()), subject_Reference=subject))
    for resource in (one_of(answer, "sii"), one_of(answer, "riskAssessment")):
        found = judge(resource)
        assert {issue.severity for issue in found} <= {"warning", "information"}
        assert {issue.expression.rpartition(".")[2] for issue in found} <= {"subject", "reference"}


def card_of(client: TestClient, call: dict[str, Any]) -> dict[str, Any] | None:
    response = client.post(
        "/cds-services/hcc-sii-afp", content=as_json(call), headers={"content-type": "application/json"}
    )
    assert response.status_code == 200
    cards = parse_json(response.content)["cards"]
    return cards[0] if cards else None


def check_card(card: dict[str, Any], judge: Judge) -> None:
    (action,) = card["suggestions"][0]["actions"]
    assert judge(action["resource"]) == []
    check_risk_assessment(action["resource"])
    assert action["resource"]["subject"] == {"reference": SUBJECT}


@pytest.mark.parametrize("names", [{}, {"id": None}], ids=["with ids", "without ids"])
def test_suggested_resource_is_valid(client: TestClient, judge: Judge, names: dict[str, None]) -> None:
    card = card_of(client, as_hooks_call([one | names if names else one for one in results()]))
    assert card is not None
    check_card(card, judge)
    assert card["suggestions"][0]["actions"][0]["resource"]["condition"] == {"reference": "Condition/hcc"}


_SAID: dict[str, st.SearchStrategy[Any]] = {
    "subject_Reference": st.just({"reference": SUBJECT}),
    "sorafenibFailed_Boolean": st.booleans(),
    "startingRegorafenib_Boolean": st.booleans(),
    "childPughClass_Code": st.sampled_from("ABC"),
    "ecog_Integer": st.integers(0, 5),
}
said = st.fixed_dictionaries({}, optional=_SAID)
times = st.sampled_from(["2026-01-02", "2026-01-02T08:00:00Z", "2025-12-31T23:59:59.999+14:00"])
dates = st.fixed_dictionaries(
    {}, optional=dict.fromkeys(("bloodCountDate_Date", "afpDate_Date"), st.just("2026-01-02"))
)


@pytest.mark.no_cover  # the validators are slow enough
@given(patients(), said, times, dates, st.booleans())
@settings(max_examples=60)
def test_every_answer_is_valid(
    client: TestClient,
    judge: Judge,
    values: Values,
    said: dict[str, Any],
    time: str,
    dates: dict[str, str],
    has_ids: bool,
) -> None:
    observations = as_observations(values, effectiveDateTime=time, **({} if has_ids else {"id": None}))
    by_values = as_quantities(values)
    by_values["parameter"] += parameters(**said, **dates)["parameter"]
    for body in (by_values, parameters(*observations, **said)):
        status, resource = send(client, body)
        if status == 200:
            check_answer(resource, judge)
        else:
            assert (resource["resourceType"], judge(resource)) == ("OperationOutcome", [])
    card = card_of(client, as_hooks_call(observations))
    if card is not None:
        check_card(card, judge)


def test_period_ends_on_same_or_last_day_of_month(fitted: FittedModel, judge: Judge) -> None:
    values = {analyte: make_lab(analyte, 5, analyte.canonical_unit) for analyte in Analyte}
    expected = {
        "2024-08-31": ["2024-11-30", "2025-02-28", "2025-08-31"],
        "2027-08-29": ["2027-11-29", "2028-02-29", "2028-08-29"],
        "2024-02-29": ["2024-05-29", "2024-08-29", "2025-02-28"],
        "2026-12-01": ["2027-03-01", "2027-06-01", "2027-12-01"],
    }
    for start, ends in expected.items():
        day = date.fromisoformat(start)
        assessment = assess(fitted, values, computed_at=NOW)
        emitted = risk_assessment(assessment, {}, Patient(), Canonical(CANONICAL), day)
        found = parse_json(dumps(emitted))
        assert [one["whenPeriod"] for one in found["prediction"]] == [{"start": start, "end": end} for end in ends]
        assert judge(found) == []


@pytest.mark.parametrize("name", ["hazard-ratio", "applicability"])
def test_extension_against_its_definition_is_found(client: TestClient, judge: Judge, name: str) -> None:
    sound = one_of(answered(client, four_quantities()), "riskAssessment")
    broken = copy.deepcopy(sound)
    found = by_name(broken["extension"])[name][0]
    found.pop("extension", None)
    found["valueString"] = "as we do not define it"
    found.pop("valueCode", None)
    assert judge(sound) == []
    assert judge(broken) != []
