"""What stands under a prefetch key: not supplied, nothing found, failed, or results of which some may be used."""

from typing import Any

import pytest
from starlette.testclient import TestClient

from tests.ehr.hooks.calls import (
    KEYS,
    LOINC,
    Json,
    ask,
    bundle,
    call,
    card,
    cards,
    condition,
    measured,
    observation,
    outcome,
    prefetch,
    printed,
    ucum,
    without,
)

TEXT = "Required results were not supplied and could not be retrieved."
NEXT = {"link": [{"relation": "next", "url": "http://127.0.0.1:9/fhir?page=2"}]}
INFORMING = {"resource": outcome("information"), "search": {"mode": "outcome"}}


def _with_entry(key: str, entry: Json) -> Json:
    found = prefetch()
    found[key]["entry"].insert(0, entry)
    return found


@pytest.mark.parametrize("key", KEYS)
def test_a_missing_key_is_412_if_nothing_can_be_fetched(client: TestClient, key: str) -> None:
    answer = ask(client, call(without(key)))
    assert (answer.status_code, answer.headers["content-type"]) == (412, "application/fhir+json")
    (issue,) = answer.json()["issue"]
    assert issue == {
        "severity": "error",
        "code": "required",
        "details": {"text": TEXT},
        "diagnostics": f"prefetch keys {key} are absent; no fhirServer was sent",
    }


@pytest.mark.parametrize("nothing", [{}, None], ids=["empty", "absent"])
def test_a_call_without_prefetch_misses_all_keys(client: TestClient, nothing: Json | None) -> None:
    body = call()
    body.pop("prefetch")
    answer = ask(client, body if nothing is None else {**body, "prefetch": nothing})
    assert answer.status_code == 412
    told = answer.json()["issue"][0]["diagnostics"]
    assert told == f"prefetch keys {', '.join(KEYS)} are absent; no fhirServer was sent"


def test_a_server_that_is_not_on_the_list_is_not_asked(client: TestClient) -> None:
    answer = ask(client, call(without("afp"), fhirServer="https://ehr.example/fhir"))
    assert answer.status_code == 412
    told = answer.json()["issue"][0]["diagnostics"]
    assert told == "prefetch keys afp are absent; fhirServer is not on this site's list"


@pytest.mark.parametrize("key", KEYS)
@pytest.mark.parametrize("failed", ["bare", "entry", "entry among others"])
def test_a_query_that_failed_is_as_if_its_key_were_missing(client: TestClient, key: str, failed: str) -> None:
    found = {
        "bare": prefetch(**{key: outcome()}),
        "entry": prefetch(**{key: bundle(outcome())}),
        "entry among others": _with_entry(key, {"resource": outcome()}),
    }[failed]
    answer = ask(client, call(found))
    assert answer.status_code == 412
    assert answer.json()["issue"][0]["diagnostics"].startswith(f"prefetch keys {key} are absent; ")


@pytest.mark.parametrize("key", KEYS)
def test_a_remark_of_the_search_is_passed_over(client: TestClient, key: str) -> None:
    assert len(cards(client, _with_entry(key, INFORMING))) == 1


@pytest.mark.parametrize("key", KEYS)
@pytest.mark.parametrize("nothing", [None, bundle(), bundle(entry=[]), bundle(entry=[INFORMING])])
def test_a_client_that_looked_and_found_nothing_gets_no_card(client: TestClient, key: str, nothing: Any) -> None:
    answer = ask(client, call(prefetch(**{key: nothing})))
    assert (answer.status_code, answer.json()) == (200, {"cards": []})


@pytest.mark.parametrize("analyte", LOINC)
@pytest.mark.parametrize("nothing", [None, bundle()], ids=["null", "empty"])
def test_a_site_may_want_to_be_told_which_test_is_missing(telling: TestClient, analyte: str, nothing: Any) -> None:
    found = card(telling, prefetch(**{analyte: nothing}))
    names = {"neutrophils": "Neutrophils", "lymphocytes": "Lymphocytes", "platelets": "Platelets", "afp": "AFP"}
    # Without one count none of the draw can be used.
    expected = "AFP" if analyte == "afp" else "Neutrophils, Lymphocytes, Platelets"
    assert found["summary"] == f"HCC risk group not computed: {expected}"
    assert f"- {names[analyte]}: There is no usable result of {names[analyte]}." in found["detail"]


@pytest.mark.parametrize("key", KEYS)
def test_the_first_of_several_pages_is_enough(client: TestClient, key: str) -> None:
    assert len(cards(client, prefetch(**{key: {**prefetch()[key], **NEXT}}))) == 1


@pytest.mark.parametrize("key", KEYS)
def test_a_single_resource_stands_for_a_bundle_of_it(client: TestClient, key: str) -> None:
    single = condition() if key == "hcc" else observation(key)
    assert card(client, prefetch(**{key: single}))["summary"] == card(client)["summary"]


@pytest.mark.parametrize("key", KEYS)
@pytest.mark.parametrize("wrong", [5, "text", [], {}, {"resourceType": 5}], ids=repr)
def test_what_is_no_resource_is_refused(client: TestClient, key: str, wrong: Any) -> None:
    answer = ask(client, call(prefetch(**{key: wrong})))
    assert answer.status_code == 400
    (issue,) = answer.json()["issue"]
    assert issue["details"]["text"] == f"prefetch.{key} is not a FHIR resource."


@pytest.mark.parametrize("key", ["other", "patient"])
def test_a_key_that_was_not_asked_for_is_not_read(client: TestClient, key: str) -> None:
    assert len(cards(client, prefetch(**{key: 5}))) == 1


NEWER = "2026-01-09T08:00:00Z"
UNUSABLE = {
    "cancelled": observation("neutrophils", 9, NEWER, status="cancelled"),
    "entered in error": observation("neutrophils", 9, NEWER, status="entered-in-error"),
    "preliminary": observation("neutrophils", 9, NEWER, status="preliminary"),
    "without value": observation("neutrophils", when=NEWER, valueQuantity=None),
    "with a reason for absence": observation("neutrophils", 9, NEWER, dataAbsentReason={"text": "clotted"}),
    "percentage": observation("neutrophils", ucum(60, "%"), NEWER),
    "percent code": observation(
        "neutrophils", 9, NEWER, code={"coding": [{"system": "http://loinc.org", "code": "770-8"}]}
    ),
    "code of no system": observation("neutrophils", 9, NEWER, code={"coding": [{"code": "751-8"}]}),
    "label declared as UCUM": observation("neutrophils", ucum(9, "K/uL"), NEWER),
    "implausible": observation("neutrophils", ucum(3000, "10*3/uL"), NEWER),
    "above a limit": observation("neutrophils", ucum(9, "10*9/L", comparator=">"), NEWER),
    "of another patient": observation("neutrophils", 9, NEWER, subject={"reference": "Patient/p2"}),
    "of nobody": observation("neutrophils", 9, NEWER, subject=None),
    "without time": observation("neutrophils", 9, NEWER, effectiveDateTime=None),
    "in the future": observation("neutrophils", 9, "2999-01-01T08:00:00Z"),
}


@pytest.mark.parametrize("unusable", UNUSABLE.values(), ids=UNUSABLE)
def test_a_newer_result_that_cannot_be_used_hides_none_that_can(client: TestClient, unusable: Json) -> None:
    """The others of its time are there, so that only this result keeps its draw from being complete."""
    when = unusable.get("effectiveDateTime", NEWER)
    found = prefetch(
        neutrophils=bundle(unusable, observation("neutrophils")),
        **{name: bundle(observation(name, 2, when), observation(name)) for name in ("lymphocytes", "platelets")},
    )
    assert "(SII 553.6, AFP 1250 ng/mL, 2026-01-02)" in card(client, found)["summary"]


def test_three_counts_are_of_one_draw_and_the_latest_that_is_complete(client: TestClient) -> None:
    """By hand: 200 x 3 / 1.5 = 400 on 5 January; the platelets of 9 January stand alone."""
    newer = {"neutrophils": 3, "lymphocytes": 1.5, "platelets": 200}
    draws = {
        name: [observation(name, value, "2026-01-05T08:00:00Z"), observation(name)] for name, value in newer.items()
    }
    draws["platelets"].insert(0, observation("platelets", 90, NEWER))
    found = card(client, prefetch(**{name: bundle(*results) for name, results in draws.items()}))
    assert "(SII 400.0, AFP 1250 ng/mL, 2026-01-05)" in found["summary"]


AFP: dict[str, tuple[Json, str | None]] = {
    "above a limit beyond the cut-off": (ucum(400, "ng/mL", comparator=">="), "high (SII 553.6, AFP ≥ 400 ng/mL"),
    "below a limit up to the cut-off": (ucum(400, "ng/mL", comparator="<"), "intermediate (SII 553.6, AFP < 400 ng/mL"),
    "above a limit below the cut-off": (ucum(399, "ng/mL", comparator=">"), None),
    "below a limit beyond the cut-off": (ucum(401, "ng/mL", comparator="<"), None),
    # 1.21 ng per IU: 100 and 1000 IU/mL are 121 and 1210 ng/mL.
    "IU below": (ucum(100, "[IU]/mL"), "intermediate (SII 553.6, AFP 121 ng/mL"),
    "IU above": (ucum(1000, "k[IU]/L"), "high (SII 553.6, AFP 1210 ng/mL"),
    "IU as printed": (printed(1000, "kU/L"), "high (SII 553.6, AFP 1210 ng/mL"),
    "IU that the factor decides": (ucum(320, "[IU]/mL"), None),
    "moles": (ucum(20, "nmol/L"), None),
    "without unit": ({"value": 1250}, None),
}


@pytest.mark.parametrize(("quantity", "expected"), AFP.values(), ids=AFP)
def test_afp_counts_only_if_its_side_of_the_cut_off_is_known(
    client: TestClient, quantity: Json, expected: str | None
) -> None:
    found = cards(client, measured(afp=quantity))
    assert [one["summary"].partition("group: ")[2].partition(", 2026")[0] for one in found] == [expected] * len(found)
    assert bool(found) == (expected is not None)
