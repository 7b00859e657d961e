"""Bodies checked against their models: the text of a refusal, ignored fields, and no copies."""

from collections.abc import Iterator
from typing import Any

import pytest

from app.ehr.cds_hooks.bodies import HooksBody
from app.ehr.cds_hooks.feedback import FeedbackIn
from app.ehr.cds_hooks.requests import HooksRequestIn, OrderSelectIn, OrderSignIn, PatientViewIn, read_hooks_request
from app.ehr.fhir.operation_outcome import FhirError
from tests.lib.cds_hooks.calls import FEEDBACK, Json, call, order, orders_of
from tests.lib.clients import client_with

REPORT = {"card": "c1", "outcome": "overridden", "outcomeTimestamp": "2026-01-02T09:30:00Z"}


def refusal(body: Any, model: type[HooksRequestIn] = PatientViewIn) -> str:
    with pytest.raises(FhirError) as raised:
        read_hooks_request(body, model)
    (issue,) = raised.value.issues
    return issue.text


@pytest.mark.parametrize(
    ("body", "begin"),
    [
        ([], "The body cannot be used. "),
        (call(hook=None), "hook is missing. "),
        (call(hook="order-sign"), "hook cannot be used. "),
        (call(context={"patientId": "p1"}), "context.userId is missing. "),
        (call(context={"patientId": "Patient/p1", "userId": "u"}), "context.patientId cannot be used. "),
        (call(fhirAuthorization={"access_token": "a b"}), "fhirAuthorization.access_token cannot be used. "),
        (call(fhirAuthorization={"access_token": "ab"}), "fhirServer is missing. "),
    ],
    ids=repr,
)
def test_refusal_names_the_field_and_the_rule(body: Any, begin: str) -> None:
    text = refusal(body)
    assert text.startswith(begin)
    assert len(text) > len(begin)


@pytest.mark.parametrize(
    ("model", "hook"), [(PatientViewIn, "patient-view"), (OrderSelectIn, "order-select"), (OrderSignIn, "order-sign")]
)
@pytest.mark.parametrize("sent", ["patient-view", "order-select", "order-sign", "order-dispatch", ""])
def test_call_of_another_hook_is_refused(model: type[HooksRequestIn], hook: str, sent: str) -> None:
    body = call(hook=sent, context=orders_of(selections=["MedicationRequest/m1"]))
    if sent == hook:
        assert read_hooks_request(body, model).patient_id == "p1"
    else:
        assert refusal(body, model).startswith(f'hook cannot be used. It must be "{hook}", ')


@pytest.mark.parametrize(
    ("changed", "begin"),
    [
        ({"selections": "MedicationRequest/m1"}, "context.selections cannot be used. It must be a list of references "),
        ({"selections": []}, "context.selections cannot be used. "),
        ({"selections": ["MedicationRequest/m1", {}]}, "context.selections cannot be used. "),
        ({"selections": [""]}, "context.selections cannot be used. "),
        ({"draftOrders": []}, "context.draftOrders cannot be used. It must be a Bundle "),
        ({"draftOrders": order()}, "context.draftOrders cannot be used. "),
    ],
    ids=repr,
)
def test_refusal_names_the_part_of_the_orders(changed: Json, begin: str) -> None:
    context = orders_of(selections=["MedicationRequest/m1"])
    assert refusal(call(hook="order-select", context=context | changed), OrderSelectIn).startswith(begin)
    for name in changed:
        text = refusal(call(hook="order-select", context=_without(context, name)), OrderSelectIn)
        assert text.startswith(f"context.{name} is missing. ")


def test_order_sign_has_no_selections() -> None:
    context = orders_of(selections=["MedicationRequest/m1"])
    read = read_hooks_request(call(hook="order-sign", context=context), OrderSignIn).orders
    assert read is not None
    assert read.selections is None
    assert read.bundle["entry"] is context["draftOrders"]["entry"]


def test_first_of_several_faults_is_named() -> None:
    assert refusal(call(hook="order-sign", hookInstance="1", context={})).startswith("hook ")


@pytest.mark.parametrize(
    ("reports", "path"),
    [
        ([REPORT, REPORT | {"outcome": "ignored"}], "feedback[1].outcome "),
        ([REPORT | {"outcome": "accepted"}], "feedback[0].acceptedSuggestions "),
        ([REPORT, "c1"], "feedback[1] "),
    ],
    ids=["outcome", "suggestions", "report"],
)
def test_refusal_names_the_report(reports: list[Any], path: str) -> None:
    with client_with() as client:
        (issue,) = client.post(FEEDBACK, json={"feedback": reports}).json()["issue"]
    assert issue["details"]["text"].startswith(path)
    assert issue["expression"] == ["feedback"]


def test_unknown_fields_are_ignored_at_every_level() -> None:
    body = call(
        extension={"x": 1},
        context={"patientId": "p1", "userId": "u", "encounterId": "e1"},
        fhirServer="https://ehr.example/fhir",
        fhirAuthorization={"access_token": "t", "token_type": "Bearer"},
    )
    assert read_hooks_request(body, PatientViewIn).fhir_server == "https://ehr.example/fhir"


def test_resources_of_the_prefetch_are_not_copied() -> None:
    prefetch: Json = {"hcc": {"resourceType": "Bundle", "entry": [{}]}, "other": None}
    read = read_hooks_request(call(prefetch), PatientViewIn).prefetch
    assert read.keys() == prefetch.keys()
    assert read["hcc"] is prefetch["hcc"]


BODIES: tuple[type[HooksBody], ...] = (PatientViewIn, OrderSelectIn, OrderSignIn, FeedbackIn)


def models(model: type[HooksBody]) -> Iterator[type[HooksBody]]:
    yield model
    for field in model.model_fields.values():
        for one in (field.annotation, *getattr(field.annotation, "__args__", ())):
            if isinstance(one, type) and issubclass(one, HooksBody):
                yield from models(one)


@pytest.mark.parametrize("model", [*(one for body in BODIES for one in models(body))])
def test_every_field_states_its_rule(model: type[HooksBody]) -> None:
    assert all(field.description and field.description.endswith(".") for field in model.model_fields.values())


def _without(context: Json, name: str) -> Json:
    return {one: content for one, content in context.items() if one != name}
