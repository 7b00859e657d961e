"""Laboratory codes that are read, with their analyte, and codes that are refused with a reason."""

from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from tests.lib.clients import site
from tests.lib.fhir.examples import LOINC, Resource, blood_count, bundle, concept, observation, parameters, results
from tests.lib.fhir.operation import answered, basis_of, one_of, reason, send, unused, unused_in

ORDER = ("neutrophils", "lymphocytes", "platelets", "afp")
VALUES = {"neutrophils": "4.2", "lymphocytes": "1.1", "platelets": "145", "afp": "620"}
LISTED = {
    "neutrophils": ("751-8", "26499-4", "753-4"),
    "lymphocytes": ("731-0", "26474-7", "732-8"),
    "platelets": ("777-3", "26515-7", "778-1"),
    "afp": ("1834-1", "83073-7", "53962-7"),
}
AFP_IN_UNITS = ("19176-7", "83072-9", "53961-9")
MOLES, NOT_MASS, PERCENT = "molar", "not_afp_mass", "percent"
REFUSED = {
    "19177-5": ("afp", MOLES),
    "53960-1": ("afp", MOLES),
    "20450-3": ("afp", NOT_MASS),
    "23811-3": ("afp", NOT_MASS),
    "42332-7": ("afp", NOT_MASS),
    "31993-9": ("afp", NOT_MASS),
    "770-8": ("neutrophils", PERCENT),
    "736-9": ("lymphocytes", PERCENT),
}


def with_code(analyte: str, code: Any) -> dict[str, Any]:
    """Parameters with all four results; the result of the analyte has this code."""
    return parameters(*results(**{analyte: observation(analyte, VALUES[analyte], id="coded", code=code)}))


@pytest.mark.parametrize(("analyte", "code"), [(name, code) for name, codes in LISTED.items() for code in codes])
def test_each_listed_code_is_read_as_its_analyte(client: TestClient, analyte: str, code: str) -> None:
    answer = answered(client, with_code(analyte, concept(code)))
    assert basis_of(answer)[ORDER.index(analyte)] == "Observation/coded"
    assert unused_in(answer) == {}


@pytest.mark.parametrize("code", REFUSED)
def test_refused_code_has_a_reason(client: TestClient, code: str) -> None:
    analyte, case = REFUSED[code]
    reasons = unused(client, with_code(analyte, concept(code)))
    assert reasons["Observation/coded"] == reason("code_refused", case, code=code)


@pytest.mark.parametrize("place", [0, 1], ids=["before", "after"])
@pytest.mark.parametrize("code", REFUSED)
def test_refused_code_beside_a_known_one_is_refused(client: TestClient, code: str, place: int) -> None:
    analyte, case = REFUSED[code]
    codes = [LISTED[analyte][0]]
    codes.insert(place, code)
    reasons = unused(client, with_code(analyte, concept(*codes)))
    assert reasons["Observation/coded"] == reason("code_refused", case, code=code)


@pytest.mark.parametrize("code", AFP_IN_UNITS)
def test_afp_in_units_is_refused_by_default(client: TestClient, tmp_path: Path, code: str) -> None:
    # By hand: 1000 IU/mL x 1.21 ng/IU = 1210 ng/mL, high from 400.
    sent = parameters(*results(afp=observation("afp", "1000", "[IU]/mL", code=concept(code))))
    assert unused(client, sent)["Observation/afp"] == reason("code_refused", "afp_units", code=code)
    with site(tmp_path, "accept_afp_units = true") as opened:
        assert one_of(answered(opened, sent), "riskGroup") == "high"


@pytest.mark.parametrize(
    ("code", "fault"),
    [
        (concept("751-8", system="http://snomed.info/sct"), "code_system"),
        (concept("751-8", system="urn:oid:2.16.840.1.113883.6.96"), "code_system"),
        (concept("751-8", system="http://loinc.org/"), "code_system"),
        ({"coding": [{"code": "751-8"}]}, "code_system"),
        (concept("751 -8"), None),
        (concept("19177-5", system="urn:local"), None),
        ({"text": "Neutrophils"}, None),
        ({"coding": [{"system": LOINC}]}, "code_unreadable"),
        ({"coding": [{"system": LOINC, "code": 751}]}, "code_unreadable"),
        ({"coding": ["751-8"]}, "code_unreadable"),
        ({"coding": {"system": LOINC, "code": "751-8"}}, "code_unreadable"),
        ("751-8", "code_unreadable"),
        (None, "code_unreadable"),
    ],
    ids=str,
)
def test_code_needs_its_system(client: TestClient, code: Any, fault: str | None) -> None:
    """If the reason is None, the result counts as one of another analyte, which is only counted."""
    reasons = unused(client, with_code("neutrophils", code))
    assert (reasons["Observation/coded"][0] if fault else reasons.get("Observation/coded")) == fault


def test_loinc_may_be_named_by_its_oid(client: TestClient) -> None:
    code = concept("751-8", system="urn:oid:2.16.840.1.113883.6.1")
    assert one_of(answered(client, with_code("neutrophils", code)), "riskGroup") == "high"


@pytest.mark.parametrize("code", ["770-8", "23761-0", "26511-6", "736-9", "737-7", "26478-8"])
def test_every_percentage_of_the_family_is_refused_by_name(client: TestClient, code: str) -> None:
    reasons = unused(client, with_code("neutrophils", concept(code)))
    assert reasons["Observation/coded"] == reason("code_refused", "percent", code=code)


def test_code_of_the_site_may_have_an_oid_of_loinc(tmp_path: Path) -> None:
    oid = "urn:oid:2.16.840.1.113883.6.1"
    entry = f'[[local_code]]\nsystem = "{oid}"\ncode = "4711-0"\nanalyte = "neutrophils"\n'
    with site(tmp_path, entry) as client:
        for system in (oid, LOINC):
            sent = with_code("neutrophils", concept("4711-0", system=system))
            assert one_of(answered(client, sent), "riskGroup") == "high"
        (service, *_others) = client.get("/cds-services").json()["services"]
    assert f"{oid}|4711-0" in service["prefetch"]["neutrophils"]


def contained_in_report(**changes: Any) -> Resource:
    """Return a Bundle whose only entry is a DiagnosticReport that contains all four results."""
    report = {"resourceType": "DiagnosticReport", "id": "r1", "status": "final", "contained": list(results())}
    return bundle(report | changes)


def test_contained_results_are_refused_by_name(client: TestClient) -> None:
    reasons = unused(client, contained_in_report())
    assert reasons == {"DiagnosticReport/r1": reason("contained")}
    assert unused(client, contained_in_report(id=None)) == {"DiagnosticReport": reason("contained")}


@pytest.mark.parametrize("kind", ["Observation", "Composition", "List", "Specimen"])
def test_results_contained_in_any_resource_are_refused_by_name(client: TestClient, kind: str) -> None:
    outer = {"resourceType": kind, "id": "r1", "subject": results()[0]["subject"], "contained": results()}
    reasons = unused(client, bundle(outer))
    assert reasons == {f"{kind}/r1": reason("contained")}


def test_bundles_in_a_bundle_are_read_at_any_depth(client: TestClient) -> None:
    nested = bundle(bundle(bundle(*blood_count())), observation("afp", "620"))
    assert one_of(answered(client, nested), "riskGroup") == "high"


def test_history_of_the_results_is_read(client: TestClient) -> None:
    entries = [
        {
            "resource": one,
            "request": {"method": "PUT", "url": f"Observation/{one['id']}"},
            "response": {"status": "200 OK"},
        }
        for one in results()
    ]
    history = bundle() | {"type": "history", "entry": entries}
    assert one_of(answered(client, history), "riskGroup") == "high"


@pytest.mark.parametrize(("day", "is_given"), [("2026-01-01", True), ("2026-01-09", False)])
def test_contained_result_may_be_the_newer_one(client: TestClient, day: str, *, is_given: bool) -> None:
    inside = observation("afp", "12", effectiveDateTime=f"{day}T08:00:00Z")
    report = {"resourceType": "DiagnosticReport", "id": "r1", "contained": [inside]}
    status, answer = send(client, bundle(*results(), report))
    assert status == (200 if is_given else 422)
    if not is_given:
        assert answer["issue"][0]["diagnostics"] == "newer_result"


@pytest.mark.parametrize("sent", [bundle(), bundle({"resourceType": "Patient", "id": "p1"})])
def test_no_reasons_are_promised_where_there_are_none(client: TestClient, sent: Resource) -> None:
    status, answer = send(client, sent)
    assert status == 422
    assert {issue["diagnostics"] for issue in answer["issue"]} == {"missing"}
    assert not any("reasons" in issue["details"]["text"] for issue in answer["issue"])


def test_result_with_two_analytes_is_refused(client: TestClient) -> None:
    reasons = unused(client, with_code("neutrophils", concept("751-8", "731-0")))
    assert reasons["Observation/coded"] == reason("code_ambiguous")


def test_unknown_code_beside_a_known_one_is_ignored(client: TestClient) -> None:
    code = {"coding": [{"system": "urn:local", "code": "NEUT"}, *concept("751-8")["coding"]], "text": "Neutro"}
    assert one_of(answered(client, with_code("neutrophils", code)), "riskGroup") == "high"


def test_other_results_are_counted_not_listed(client: TestClient) -> None:
    other = observation("neutrophils", "14.1", "g/dL", id="haemoglobin", code=concept("718-7"))
    answer = answered(client, parameters(*results(), other, other | {"id": "haemoglobin-2"}))
    assert (one_of(answer, "riskGroup"), unused_in(answer)) == ("high", {})
    assert one_of(answer, "counted") == [
        {"name": "code", "valueCode": "not-an-analyte"},
        {"name": "count", "valueInteger": 2},
    ]


@pytest.mark.parametrize("analyte", ORDER)
def test_site_adds_its_own_code(client: TestClient, tmp_path: Path, analyte: str) -> None:
    sent = with_code(analyte, concept("4711", system="urn:oid:1.2.3"))
    entry = f'[[local_code]]\nsystem = "urn:oid:1.2.3"\ncode = "4711"\nanalyte = "{analyte}"\n'
    assert "Observation/coded" not in unused(client, sent)
    with site(tmp_path, entry) as configured:
        assert basis_of(answered(configured, sent))[ORDER.index(analyte)] == "Observation/coded"


def test_site_cannot_add_a_refused_code(tmp_path: Path) -> None:
    entry = f'[[local_code]]\nsystem = "{LOINC}"\ncode = "19177-5"\nanalyte = "afp"\n'
    with site(tmp_path, entry) as configured:
        reasons = unused(configured, with_code("afp", concept("19177-5")))
    assert reasons["Observation/coded"][0] == "code_refused"
