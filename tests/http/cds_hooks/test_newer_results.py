"""Results newer than those used: they are named first, and if one may change the group, there is no group.

The draw of 2 January 2026 has SII 145 x 4.2 / 1.1 = 553.6 and AFP 1250 ng/mL: both high.
"""

from typing import Any

import pytest
from starlette.testclient import TestClient

from tests.lib.cds_hooks.calls import Json, card, cards, prefetch
from tests.lib.fhir.examples import observation, quantity, searchset

NEWER = "2026-01-09T08:00:00Z"
COUNTS = ("neutrophils", "lymphocytes", "platelets")


def newer(analyte: str, value: float | Json | None = None, **more: Any) -> Json:
    """The prefetch with one more result of an analyte, of 9 January."""
    return with_newer(observation(analyte, value, when=NEWER, **more), analyte)


def with_newer(one: Json, analyte: str, *others: Json) -> Json:
    """The prefetch with some more results under the key of an analyte."""
    return prefetch(**{analyte: searchset(one, *others, observation(analyte))})


def is_given(client: TestClient, prefetched: Json) -> bool:
    """Whether a risk group is given; if not, the one card says so and why."""
    found = card(client, prefetched)
    if found["summary"].startswith("HCC: "):
        return True
    assert found["summary"].startswith("HCC risk group not computed: newer results, ")
    assert "suggestions" not in found
    return False


# SII by hand with one newer count: 145 x 2.5 / 1.1 = 329.5 and 145 x 2.6 / 1.1 = 342.7; 145 x 4.2 / 1.8 = 338.3 and
# 145 x 4.2 / 1.7 = 358.2; 89 x 4.2 / 1.1 = 339.8 and 90 x 4.2 / 1.1 = 343.6.
SIDES = [
    ("neutrophils", 2.6, True),
    ("neutrophils", 2.5, False),
    ("lymphocytes", 1.7, True),
    ("lymphocytes", 1.8, False),
    ("platelets", 90, True),
    ("platelets", 89, False),
]


@pytest.mark.parametrize(("analyte", "value", "same_side"), SIDES)
@pytest.mark.parametrize("status", ["final", "preliminary", "unknown"])
def test_newer_count_on_other_side_leaves_no_group(
    client: TestClient, analyte: str, value: float, status: str, *, same_side: bool
) -> None:
    assert is_given(client, newer(analyte, value, status=status)) is same_side


def test_newer_counts_are_tried_together(client: TestClient) -> None:
    """By hand: 145 x 3 / 1.1 = 395 and 110 x 4.2 / 1.1 = 420 are high, 110 x 3 / 1.1 = 300 is low."""
    neutrophils = searchset(observation("neutrophils", 3, when=NEWER), observation("neutrophils"))
    platelets = searchset(observation("platelets", 110, when=NEWER), observation("platelets"))
    assert is_given(client, prefetch(neutrophils=neutrophils))
    assert is_given(client, prefetch(platelets=platelets))
    assert not is_given(client, prefetch(neutrophils=neutrophils, platelets=platelets))


def test_harmless_newer_results_are_named_first(client: TestClient) -> None:
    found = card(client, newer("platelets", 90))
    first = found["detail"].partition("\n\n")[0] + found["detail"].partition("\n\n")[2].partition("\n\n")[0]
    assert "Platelets, 90 × 10⁹/L, 2026-01-09" in first.replace("\\", "")
    noted = found["suggestions"][0]["actions"][0]["resource"]["note"]
    assert "2026-01-09" in noted[0]["text"]


def test_card_without_group_names_result_and_action(client: TestClient) -> None:
    found = card(client, newer("platelets", 80))
    detail = found["detail"].replace("\\", "")
    assert "Platelets, 80 × 10⁹/L, 2026-01-09, Observation/platelets-2026-01-09" in detail
    assert "Enter the current values by hand" in detail


UNREADABLE: dict[str, Json] = {
    "text": {"valueQuantity": None, "valueString": "see comment"},
    "ambiguous text": {"valueQuantity": None, "valueString": "1.310 10*9/L"},
    "without value": {"valueQuantity": None},
    "two values": {"valueString": "90 10*9/L"},
    "percentage": {"valueQuantity": quantity(60, "%")},
    "label declared as UCUM": {"valueQuantity": quantity(90, "K/uL")},
    "implausible": {"valueQuantity": quantity(9000, "10*9/L")},
    "above a limit": {"valueQuantity": quantity(90, "10*9/L", comparator=">")},
    "modifier extension": {"modifierExtension": [{"url": "urn:not", "valueBoolean": True}]},
    "implicit rules": {"implicitRules": "urn:rules"},
    "without time": {"effectiveDateTime": None},
    "time without zone": {"effectiveDateTime": "2026-01-09T08:00:00"},
    "month alone": {"effectiveDateTime": "2026-01"},
    "future": {"effectiveDateTime": "2026-01-10T08:00:00Z"},
    "of no subject": {"subject": None},
    "of a contained patient": {
        "subject": {"reference": "#p"},
        "contained": [{"resourceType": "Patient", "id": "p"}],
    },
    "of a patient known by number": {"subject": {"identifier": {"system": "urn:mrn", "value": "4711"}}},
    "of an unknown server": {"subject": {"reference": "https://ehr.example/fhir/Patient/p1"}},
    "code without system": {"code": {"coding": [{"code": "777-3"}]}},
    "code of another system": {"code": {"coding": [{"system": "urn:oid:2.16.840.1.113883.6.96", "code": "777-3"}]}},
    "no code": {"code": None},
}


@pytest.mark.parametrize("change", UNREADABLE.values(), ids=UNREADABLE)
def test_unreadable_newer_result_leaves_no_group(client: TestClient, change: Json) -> None:
    result = observation("platelets", 150, when=NEWER, **change)
    assert not is_given(client, with_newer(result, "platelets"))


@pytest.mark.parametrize("change", UNREADABLE.values(), ids=UNREADABLE)
def test_unreadable_older_result_changes_nothing(client: TestClient, change: Json) -> None:
    if "effectiveDateTime" in change:
        change = {**change, "effectiveDateTime": "2025-12-09T08:00:00", "issued": "2025-12-09T10:00:00Z"}
    result = observation("platelets", 150, **{"when": "2025-12-09T08:00:00Z", **change})
    assert is_given(client, prefetch(platelets=searchset(observation("platelets"), result)))


def test_newer_contradiction_leaves_no_group(client: TestClient) -> None:
    pair = (observation("platelets", value, when=NEWER, id=f"p{value}") for value in (150, 160))
    assert not is_given(client, with_newer(next(pair), "platelets", *pair))


NO_RESULT: dict[str, Json] = {
    "cancelled": {"status": "cancelled"},
    "entered in error": {"status": "entered-in-error"},
    "registered": {"status": "registered"},
    "reason for absence": {"dataAbsentReason": {"text": "clotted"}},
    "test data": {"meta": {"security": [{"code": "HTEST"}]}},
    "of another patient": {"subject": {"reference": "Patient/p2"}},
    "of a device": {"subject": {"reference": "Device/analyser"}},
    "of a donor": {"focus": [{"reference": "Patient/p2"}]},
}


@pytest.mark.parametrize("change", NO_RESULT.values(), ids=NO_RESULT)
def test_newer_non_result_is_only_named(client: TestClient, change: Json) -> None:
    found = card(client, newer("platelets", 20, **change))
    assert found["summary"].startswith("HCC: higher-risk group")
    assert "Not used:" in found["detail"]
    assert "Observation/platelets-2026-01-09" in found["detail"]


@pytest.mark.parametrize(
    ("code", "value", "given"),
    [("770-8", quantity(60, "%"), True), ("58410-2", quantity(1, "1"), True), ("26515-7", 20, False)],
    ids=["percent of leukocytes", "panel", "another code of platelets"],
)
def test_only_the_four_analytes_count_as_newer(client: TestClient, code: str, value: float | Json, given: bool) -> None:
    coded = {"code": {"coding": [{"system": "http://loinc.org", "code": code}]}}
    assert is_given(client, newer("platelets", value, **coded)) is given


@pytest.mark.parametrize("code", ["19176-7", "19177-5"], ids=["units per volume", "moles per volume"])
def test_newer_afp_in_unread_units_leaves_no_group(client: TestClient, code: str) -> None:
    coded = {"code": {"coding": [{"system": "http://loinc.org", "code": code}]}}
    assert not is_given(client, newer("afp", quantity(5, "[IU]/mL"), **coded))


@pytest.mark.parametrize(
    ("text", "group"),
    [(">75000 ng/mL", "higher"), ("> 75000 ng/mL", "higher"), ("<2.0 ng/mL", "middle"), ("≥400 ng/mL", "higher")],
)
def test_text_of_comparator_number_and_unit_is_read(client: TestClient, text: str, group: str) -> None:
    newest = observation("afp", when=NEWER, valueQuantity=None, valueString=text)
    assert card(client, with_newer(newest, "afp"))["summary"].startswith(f"HCC: {group}-risk group")


@pytest.mark.parametrize("text", ["75000", ">75000", "ng/mL", "5-10 ng/mL", ">75.000 ng/mL", "1,310 ng/mL", ""])
def test_other_text_is_an_unknown_value(client: TestClient, text: str) -> None:
    newest = observation("afp", when=NEWER, valueQuantity=None, valueString=text)
    assert not is_given(client, with_newer(newest, "afp"))


def test_newer_high_counts_without_draw_leave_no_group(client: TestClient) -> None:
    """A whole count that is low, and a day ago counts that are high but not of one draw."""
    low = {"neutrophils": 2, "lymphocytes": 2, "platelets": 150, "afp": 20}
    high = {"neutrophils": (9.9, "08:00"), "lymphocytes": (0.6, "08:00"), "platelets": (300, "08:20")}
    found = {name: [observation(name, value)] for name, value in low.items()}
    for name, (value, time) in high.items():
        found[name].insert(0, observation(name, value, when=f"2026-01-08T{time}:00Z"))
    prefetched = prefetch(**{name: searchset(*results) for name, results in found.items()})
    assert not is_given(client, prefetched)
    within = {**prefetched, "platelets": searchset(observation("platelets", 300, when="2026-01-08T08:02:00Z"))}
    assert card(client, within)["summary"].startswith("HCC: middle-risk group")


def test_samples_over_thirty_days_old_are_beside(client: TestClient) -> None:
    when = "2025-12-09T08:00:00Z"
    of_december = prefetch(**{name: searchset(observation(name, when=when)) for name in (*COUNTS, "afp")})
    beside = card(client, of_december)["detail"].partition("Beside this result:")[2].partition("About this result:")[0]
    assert beside.count("31 days old") == 2


@pytest.mark.parametrize(("when", "number"), [("2025-10-11T08:00:00Z", 1), ("2025-10-10T08:00:00Z", 0)])
@pytest.mark.parametrize("names", [COUNTS, ("afp",)], ids=["blood count", "AFP"])
def test_samples_over_ninety_days_give_no_card(
    client: TestClient, when: str, number: int, names: tuple[str, ...]
) -> None:
    old = prefetch(**{name: searchset(observation(name, when=when)) for name in names})
    assert len(cards(client, old)) == number


def test_missing_card_gives_the_age_of_counts(telling: TestClient) -> None:
    old = prefetch(**{name: searchset(observation(name, when="2023-04-16T08:00:00Z")) for name in COUNTS})
    assert "999 days old" in card(telling, old)["detail"]
