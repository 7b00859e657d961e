"""`$hcc-risk` with a wrong body: the OperationOutcome is valid, names the error, and identifies nobody."""

from typing import Any

import pytest
from starlette.testclient import TestClient

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
)
from tests.lib.fhir.operation import OPERATION, unused, valid_outcome
from tests.lib.validators.gate import Medplum, Pyrofile


def with_parameter(*changed: Any, body: Resource | None = None) -> Resource:
    sent = body or four_quantities()
    return {**sent, "parameter": [*sent["parameter"], *changed]}


REFERENCE = (
    "The subject is not a reference to a Patient, such as Patient/p1 or urn:uuid:..., or an identifier with system and "
    "value."
)
NEITHER = "The body is neither Parameters nor a Bundle."
BOTH = "Send either quantities or Observations, not both."
NO_DATE = "The parameter afpDate has no valueDate such as 2026-01-02."
A_RESULT = {"name": "observation", "resource": observation("afp", "620")}
SHAPES: list[tuple[Any, str, str]] = [
    ([], "structure", NEITHER),
    (None, "structure", NEITHER),
    ("Parameters", "structure", NEITHER),
    ({}, "structure", NEITHER),
    (observation("afp", "620"), "structure", NEITHER),
    ({"resourceType": "parameters", "parameter": []}, "structure", NEITHER),
    ({"resourceType": "Parameters"}, "required", "Parameters.parameter is missing or is not a list."),
    ({"resourceType": "Parameters", "parameter": {}}, "required", "Parameters.parameter is missing or is not a list."),
    (with_parameter("afp"), "structure", "A parameter has no name."),
    (with_parameter({"valueString": "x"}), "structure", "A parameter has no name."),
    (with_parameter({"name": 1}), "structure", "A parameter has no name."),
    (with_parameter(A_RESULT), "structure", BOTH),
    (parameters(*results(), afp_Quantity=quantity("620", "ng/mL")), "structure", BOTH),
    (parameters(*results(), afpDate_Date="2026-01-02"), "structure", BOTH),
    (with_parameter(*four_quantities()["parameter"][:1]), "structure",
     "The parameter neutrophils appears more than once."),
    (with_parameter({"name": "observation"}), "structure",
     "The parameter observation has no resource of type Observation."),
    (parameters() | {"parameter": [{"name": "observation", "resource": bundle(*results())}]}, "structure",
     "The parameter observation has no resource of type Observation."),
    (parameters() | {"parameter": [{"name": "bundle", "resource": results()[0]}]}, "structure",
     "The parameter bundle has no resource of type Bundle."),
    (with_parameter({"name": "subject", "valueReference": {"reference": "Practitioner/1"}}), "value", REFERENCE),
    (with_parameter({"name": "subject", "valueReference": {"reference": "Patient/a b"}}), "value", REFERENCE),
    (with_parameter({"name": "subject", "valueReference": {"reference": "ftp://ehr/Patient/1"}}), "value", REFERENCE),
    (with_parameter({"name": "subject", "valueReference": {"display": "Maria Test"}}), "value", REFERENCE),
    (with_parameter({"name": "subject", "valueReference": {"reference": "urn:uuid:1"}}), "value", REFERENCE),
    (with_parameter({"name": "subject", "valueReference": {"identifier": {"value": "4711"}}}), "value", REFERENCE),
    (with_parameter({"name": "subject", "valueReference": {"type": "Group", "identifier": {"system": "urn:g", "value":
     "1"}}}), "value", REFERENCE),
    (with_parameter({"name": "subject", "valueReference": "Patient/p1"}), "value", REFERENCE),
    (with_parameter({"name": "subject", "valueString": "Patient/p1"}), "value", REFERENCE),
    (with_parameter({"name": "ecog", "valueInteger": True}), "value", "The parameter ecog has no valueInteger."),
    (with_parameter({"name": "ecog", "valueString": "1"}), "value", "The parameter ecog has no valueInteger."),
    (with_parameter({"name": "sorafenibFailed", "valueBoolean": "true"}), "value",
     "The parameter sorafenibFailed has no valueBoolean."),
    (with_parameter({"name": "childPughClass", "valueCode": 1}), "value",
     "The parameter childPughClass has no valueCode."),
    (with_parameter({"name": "afpDate", "valueDate": "2026"}), "value", NO_DATE),
    (with_parameter({"name": "afpDate", "valueDate": "2026-02-30"}), "value", NO_DATE),
    (with_parameter({"name": "afpDate", "valueDate": "2026-W01-1"}), "value", NO_DATE),
    (with_parameter({"name": "afpDate", "valueDateTime": "2026-01-02"}), "value", NO_DATE),
]  # fmt: skip


@pytest.mark.parametrize(("body", "code", "text"), SHAPES)
def test_body_of_wrong_shape_names_the_fault(
    client: TestClient, medplum: Medplum, pyrofile: Pyrofile, body: Any, code: str, text: str
) -> None:
    response = client.post(OPERATION, content=as_json(body), headers=FHIR)
    assert valid_outcome(response, medplum, pyrofile) == (400, code, text)
    is_parameters = isinstance(body, dict) and body.get("resourceType") == "Parameters"
    assert ("expression" in response.json()["issue"][0]) is is_parameters


def test_unknown_parameter_is_not_repeated(client: TestClient, medplum: Medplum, pyrofile: Pyrofile) -> None:
    body = with_parameter({"name": "Maria Test", "valueString": "4711"})
    response = client.post(OPERATION, content=as_json(body), headers=FHIR)
    status, code, text = valid_outcome(response, medplum, pyrofile)
    assert (status, code) == (400, "not-supported")
    assert text.startswith("A parameter has an unknown name. The known names are: afp, afpDate, bloodCountDate, ")
    assert "Maria" not in response.text


@pytest.mark.parametrize(
    ("text", "text_of_issue"),
    [
        (b"{", "The body ends before its JSON is complete (line 1 column 1)."),
        (b'{"name":"a","name":"b"}', "A name appears twice in one object (line 1 column 20)."),
        (b'{"value":NaN}', "Expected value (line 1 column 10)."),
        (b'{"value":-Infinity}', "Invalid number (line 1 column 11)."),
        (b'{"value":1e999999999999999999999}', "The exponent of a number is too large (line 1 column 33)."),
        (b'{"name":"\xff"}', "The body is not valid UTF-8 (line 1 column 10)."),
        (b'{"name":"\\ud800"}', "An escape in a text is not a character (line 1 column 16)."),
        (b"[" + b"9" * 5000 + b"]", "A number has too many digits (line 1 column 4303)."),
        (b"[" * 100_000, "Recursion limit exceeded (line 1 column 202)."),
        (b"<Parameters xmlns='http://hl7.org/fhir'/>", "Expected value (line 1 column 1)."),
    ],
    ids=lambda found: found[:20] if isinstance(found, bytes) else "",
)
def test_json_that_is_not_strict_is_refused(
    client: TestClient, medplum: Medplum, pyrofile: Pyrofile, text: bytes, text_of_issue: str
) -> None:
    response = client.post(OPERATION, content=text, headers=FHIR)
    assert valid_outcome(response, medplum, pyrofile) == (400, "invalid", text_of_issue)


@pytest.mark.parametrize(
    ("number", "code"),
    [
        ("1e999999", "too_long"),
        ("1e-999999", "too_long"),
        ("1E400", "too_long"),
        ("0e999999", "too_long"),
        ("9" * 4000, "too_long"),
        ("1." + "0" * 5000, "too_long"),
        ("-0.0", "zero"),
    ],
    ids=lambda found: found[:9],
)
def test_huge_number_is_refused(
    client: TestClient, medplum: Medplum, pyrofile: Pyrofile, number: str, code: str
) -> None:
    body = as_json(four_quantities()).replace(b'"value":4.2', f'"value":{number}'.encode())
    response = client.post(OPERATION, content=body, headers=FHIR)
    assert valid_outcome(response, medplum, pyrofile)[:2] == (422, "value")
    assert response.json()["issue"][0]["diagnostics"] == code


def test_refusal_is_valid_and_lists_unused_results(client: TestClient, medplum: Medplum, pyrofile: Pyrofile) -> None:
    body = parameters(
        *results(
            neutrophils=observation("neutrophils", "4.2", status="cancelled"),
            afp=observation("afp", "620", id=None, code=concept("19177-5")),
        )
    )
    response = client.post(OPERATION, content=as_json(body), headers=FHIR)
    assert (response.status_code, medplum.issues(response.json()), pyrofile.issues(response.json())) == (422, [], [])
    severities = [(issue["severity"], issue["code"]) for issue in response.json()["issue"]]
    assert severities == [("error", "required")] * 4 + [("information", "business-rule")] * 4
    assert len(unused(client, body)) == 4


def test_identifying_text_is_not_repeated(client: TestClient) -> None:
    marked: dict[str, Any] = {
        "identifier": [{"value": "MARKED"}],
        "subject": {"reference": "Patient/MARKED", "display": "MARKED"},
        "performer": [{"display": "MARKED"}],
        "note": [{"text": "MARKED"}],
        "text": {"status": "generated", "div": "<div xmlns='http://www.w3.org/1999/xhtml'>MARKED</div>"},
    }
    odd: list[dict[str, Any]] = [
        {"status": "MARKED"},
        {"effectiveDateTime": "MARKED"},
        {"valueQuantity": None, "valueString": "MARKED"},
        {"code": concept("MARKED")},
        {"valueQuantity": quantity("4.2", "10*9/L", comparator="MARKED")},
        {"valueQuantity": quantity("4.2", "10*9/L", system="MARKED")},
        {"id": "MARKED by hand"},
    ]
    for changes in odd:
        body = parameters(*(observation("neutrophils", "4.2", **{**marked, **changes}) for _ in range(2)))
        response = client.post(OPERATION, content=as_json(body), headers=FHIR)
        assert response.status_code == 422
        assert "MARKED" not in response.text
