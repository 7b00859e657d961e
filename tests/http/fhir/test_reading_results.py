"""Results that can be used, by status, value and comparator."""

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from tests.lib.clients import site
from tests.lib.fhir.examples import Resource, blood_count, four_quantities, observation, parameters, quantity, results
from tests.lib.fhir.operation import WITHOUT_ID, answered, one_of, reason, refusal, sii_of, unused, unused_in

NEUTROPHILS = "Observation/neutrophils"


def reason_of(client: TestClient, **changes: Any) -> tuple[str, str]:
    """Return why neutrophils with these changes are not used."""
    found = unused(client, parameters(*results(neutrophils=observation("neutrophils", "4.2", **changes))))
    return found[NEUTROPHILS]


@pytest.mark.parametrize("status", ["final", "amended", "corrected"])
def test_finished_result_is_used(client: TestClient, status: str) -> None:
    answer = answered(client, parameters(*results(neutrophils=observation("neutrophils", "4.2", status=status))))
    assert (one_of(answer, "riskGroup"), unused_in(answer)) == ("high", {})


@pytest.mark.parametrize("status", ["registered", "preliminary", "cancelled", "entered-in-error", "unknown"])
def test_unfinished_or_withdrawn_result_is_refused(client: TestClient, status: str) -> None:
    assert reason_of(client, status=status) == reason("status", status=status)


@pytest.mark.parametrize("status", [None, "", "Final", "Maria Test", 1, ["final"]], ids=str)
def test_unknown_status_is_refused_and_not_repeated(client: TestClient, status: Any) -> None:
    assert reason_of(client, status=status) == reason("status", "not_known")


ABSENT = {"coding": [{"system": "http://terminology.hl7.org/CodeSystem/data-absent-reason", "code": "error"}]}
NO_VALUE = reason("no_value")
APPROXIMATE = reason("not_a_number", "approximate", number="4.2", unit="10*9/L")
NO_QUANTITY = reason("no_value", "not_a_quantity")
ABSENT_VALUE = reason("no_value", "marked_absent")
PART = {"code": {"text": "part"}, "valueQuantity": quantity("4.2", "10*9/L")}


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"dataAbsentReason": ABSENT}, ABSENT_VALUE),
        ({"dataAbsentReason": ABSENT, "valueQuantity": None}, ABSENT_VALUE),
        ({"valueQuantity": None}, NO_VALUE),
        ({"valueQuantity": None, "component": [PART]}, NO_VALUE),
        ({"valueQuantity": None, "valueString": "about 4"}, APPROXIMATE),
        ({"valueQuantity": None, "valueCodeableConcept": {"text": "high"}}, NO_QUANTITY),
        ({"valueQuantity": None, "valueInteger": 4}, NO_QUANTITY),
        ({"valueQuantity": "4.2 10*9/L"}, reason("no_quantity")),
    ],
    ids=lambda found: ", ".join(found) if isinstance(found, dict) else None,
)
def test_result_without_a_quantity_is_refused(client: TestClient, changes: Any, expected: tuple[str, str]) -> None:
    assert reason_of(client, **changes) == expected


@pytest.mark.parametrize(
    ("value", "code"),
    [
        (None, "missing"),
        ("4.2", "not_a_number"),
        (True, "not_a_number"),
        ([4.2], "not_a_number"),
        (Decimal("-4.2"), "negative"),
        (0, "zero"),
        (Decimal("200.01"), "implausible"),
        (Decimal("4.20000000000000000000000001"), "too_long"),
    ],
    ids=str,
)
def test_impossible_count_is_refused(client: TestClient, value: Any, code: str) -> None:
    assert reason_of(client, valueQuantity=quantity("1", "10*9/L") | {"value": value})[0] == code


@pytest.mark.parametrize("name", ["modifierExtension", "implicitRules"])
def test_result_with_unknown_modifier_is_refused(client: TestClient, name: str) -> None:
    rule: Any = {"url": "urn:rule", "valueBoolean": True}
    changed = {name: [rule] if name == "modifierExtension" else "urn:rule"}
    assert reason_of(client, **changed) == reason("modified")


def with_afp(value: str, comparator: str | None, unit: str = "ng/mL") -> tuple[Resource, Resource]:
    """Return the same patient, with a high SII, as Observations and as Quantities."""
    afp = quantity(value, unit, comparator=comparator)
    return parameters(*results(afp=observation("afp", "0", valueQuantity=afp))), four_quantities(afp=afp)


@pytest.mark.parametrize(
    ("comparator", "value", "unit", "group"),
    [
        (">", "400", "ng/mL", "high"),
        (">", "1210", "ng/mL", "high"),
        (">=", "400", "ng/mL", "high"),
        (">=", "60500", "ug/L", "high"),
        (">", "50000", "[IU]/mL", "high"),
        ("<", "400", "ng/mL", "intermediate"),
        ("<", "2", "ng/mL", "intermediate"),
        ("<=", "399.9", "ng/mL", "intermediate"),
        ("<", "0.605", "k[IU]/L", "intermediate"),
    ],
)
def test_comparator_that_settles_the_side_is_used(
    tmp_path: Path, comparator: str, value: str, unit: str, group: str
) -> None:
    with site(tmp_path, "accept_afp_units = true") as client:
        for body in with_afp(value, comparator, unit):
            assert one_of(answered(client, body), "riskGroup") == group


@pytest.mark.parametrize(
    ("comparator", "value"),
    [(">", "399.9"), (">", "200"), (">=", "399.99"), ("<", "400.01"), ("<", "1210"), ("<=", "400"), ("<=", "500")],
)
def test_comparator_open_to_both_sides_is_refused(client: TestClient, comparator: str, value: str) -> None:
    for body in with_afp(value, comparator):
        refusals = refusal(client, body)
        assert list(refusals) == ["comparator_undecided"]
        assert f"{comparator} {value} ng/mL does not say on which side of 400 ng/mL" in refusals["comparator_undecided"]


@pytest.mark.parametrize("comparator", ["ad", "~", "=<", ">>"])
def test_comparator_unknown_to_r4_is_refused(client: TestClient, comparator: str) -> None:
    observations, quantities = with_afp("1210", comparator)
    assert list(refusal(client, quantities)) == ["comparator_unknown"]
    assert unused(client, observations)["Observation/afp"][0] == "comparator_unknown"


@pytest.mark.parametrize("comparator", ["<", "<=", ">=", ">"])
@pytest.mark.parametrize("analyte", ["neutrophils", "lymphocytes", "platelets"])
def test_count_with_a_comparator_gives_no_index(client: TestClient, analyte: str, comparator: str) -> None:
    sent = quantity("4.2", "10*9/L", comparator=comparator)
    assert list(refusal(client, four_quantities(**{analyte: sent}))) == ["comparator_on_count"]
    reasons = unused(client, parameters(*results(**{analyte: observation(analyte, "0", valueQuantity=sent)})))
    assert reasons[f"Observation/{analyte}"][0] == "comparator_on_count"


# Each triple multiplies out to 340 by hand, such as 100 x 5.1 = 510 = 340 x 1.5. In floating point some fall below it.
AT_THE_CUT_OFF = [
    ("5.1", "1.5", "100"),
    ("3.4", "1.0", "100"),
    ("1.7", "0.6", "120"),
    ("6.8", "1.1", "55"),
    ("2.0", "0.3", "51"),
    ("6.8", "2.2", "110"),
    ("5.1", "0.9", "60"),
    ("3.4", "0.7", "70"),
    ("8.5", "0.6", "24"),
    ("3.40", "1.50", "150.0"),
]


@pytest.mark.parametrize(("neutrophils", "lymphocytes", "platelets"), AT_THE_CUT_OFF)
def test_sii_of_exactly_340_is_high(client: TestClient, neutrophils: str, lymphocytes: str, platelets: str) -> None:
    assert Decimal(platelets) * Decimal(neutrophils) == 340 * Decimal(lymphocytes)
    counts = blood_count(neutrophils, lymphocytes, platelets)
    answer = answered(client, parameters(*counts, observation("afp", "1")))
    assert (one_of(answer, "riskGroup"), sii_of(answer)) == ("intermediate", Decimal(340))
    less = blood_count(neutrophils, lymphocytes, str(Decimal(platelets) - Decimal("0.01")))
    assert one_of(answered(client, parameters(*less, observation("afp", "1"))), "riskGroup") == "low"


def test_every_unused_result_is_listed(client: TestClient) -> None:
    extra = [
        observation("neutrophils", "9.9", id="cancelled", status="cancelled"),
        observation("platelets", "9.9", id=None, valueQuantity=None),
        observation("afp", "9.9", id="an id that is none", status="unknown"),
    ]
    reasons = unused(client, parameters(*results(), *extra[:2]))
    assert {reference: code for reference, (code, _) in reasons.items()} == {
        "Observation/cancelled": "status",
        WITHOUT_ID: "no_value",
    }
    assert unused(client, parameters(*results(), extra[2]))[WITHOUT_ID][0] == "status"
