"""Three counts of one blood draw, and the newest AFP near it: which results are put together, and which never."""

from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from tests.lib.clients import site
from tests.lib.fhir.examples import Resource, blood_count, bundle, concept, observation, parameters, quantity
from tests.lib.fhir.operation import answered, basis_of, refusal, unused
from tests.lib.fhir.reading import read, refused, unused_codes, used

COUNTS = ("neutrophils", "lymphocytes", "platelets")
LATER = datetime(2026, 8, 1, tzinfo=UTC)


def at(time: str, analyte: str, value: str = "100", name: str = "", **changes: Any) -> Resource:
    """A result taken on 2 January 2026 at a time such as 08:00:00."""
    taken = f"2026-01-02T{time}Z"
    return observation(analyte, value, **{"id": name or analyte, "effectiveDateTime": taken, **changes})


def spread(neutrophils: str, lymphocytes: str, platelets: str) -> list[Resource]:
    times = {"neutrophils": neutrophils, "lymphocytes": lymphocytes, "platelets": platelets}
    return [at(time, analyte) for analyte, time in times.items()]


ALL = {"neutrophils", "lymphocytes", "platelets"}


@pytest.mark.parametrize(
    ("times", "minutes", "is_one_draw"),
    [
        (("08:00:00", "08:00:00", "08:00:00"), 0, True),
        (("08:00:00", "08:00:00", "08:00:01"), 0, False),
        (("08:00:00", "08:05:00", "08:10:00"), 10, True),
        (("08:10:00", "08:00:00", "08:00:00"), 10, True),
        (("08:10:01", "08:00:00", "08:00:00"), 10, False),
        (("08:00:00", "08:10:00", "08:20:00"), 10, False),
        (("08:00:00", "09:00:00", "10:00:00"), 120, True),
        (("08:00:00", "08:00:00", "08:30:01"), 30, False),
    ],
)
def test_counts_within_the_sites_minutes_are_one_draw(
    times: tuple[str, str, str], minutes: float, is_one_draw: bool
) -> None:
    reading = read(*spread(*times), same_draw_minutes=minutes)
    assert used(reading) == (ALL if is_one_draw else set())
    assert unused_codes(reading) == ({} if is_one_draw else dict.fromkeys(ALL, "incomplete_draw"))


def test_counts_ten_minutes_apart_are_one_draw() -> None:
    assert used(read(*spread("08:00:00", "08:00:21", "08:10:00"))) == ALL
    assert used(read(*spread("08:00:00", "08:00:21", "08:10:01"))) == set()


def test_repeated_count_starts_another_draw() -> None:
    """By hand: the second platelets, five minutes after a whole count, are of another draw and newer."""
    reading = read(*blood_count(), at("08:05:00", "platelets", "150", name="second"))
    assert used(reading) == ALL
    assert unused_codes(reading) == {"second": "not_latest_draw"}


def test_count_that_starts_a_draw_counts_as_newer(client: TestClient) -> None:
    """By hand: 145 x 4.2 / 1.1 = 553.6 is high; with the lymphocytes of ten minutes later 145 x 4.2 / 4 = 152.3."""
    first = at("08:05:00", "lymphocytes", "1.1", name="first")
    rest = [at("08:06:00", "platelets", "145"), at("08:08:00", "neutrophils", "4.2")]
    second = at("08:15:00", "lymphocytes", "4.0", name="second")
    body = bundle(first, *rest, second, at("08:00:00", "afp", "620"))
    assert "newer_result" in refusal(client, body)


@pytest.mark.parametrize("reference", ["Specimen/s1", "https://lab.example/fhir/Specimen/s1", "urn:uuid:s1"])
def test_counts_of_one_specimen_are_one_draw(reference: str) -> None:
    counts = [one | {"specimen": {"reference": reference}} for one in spread("08:00:00", "09:30:00", "11:00:00")]
    assert used(read(*counts)) == ALL
    others = [one | {"specimen": {"reference": f"{reference}{k}"}} for k, one in enumerate(counts)]
    assert used(read(*others)) == set()


def test_specimen_may_be_known_by_identifier() -> None:
    tube = {"specimen": {"identifier": {"system": "urn:lab", "value": "26-0042"}}}
    assert used(read(*(one | tube for one in spread("08:00:00", "09:30:00", "11:00:00")))) == ALL


def test_specimen_over_days_is_not_one_draw() -> None:
    days = [one | {"specimen": {"reference": "Specimen/s1"}} for one in blood_count()]
    days[0] |= {"effectiveDateTime": "2026-01-04T08:00:00Z"}
    assert used(read(*days)) == set()


def test_counts_of_one_report_are_one_draw(client: TestClient) -> None:
    counts = spread("08:00:00", "09:30:00", "11:00:00")
    report = {
        "resourceType": "DiagnosticReport",
        "id": "r1",
        "result": [{"reference": f"Observation/{one['id']}"} for one in counts],
    }
    afp = observation("afp", "620")
    assert basis_of(answered(client, bundle(*counts, afp, report)))[:3] == [f"Observation/{name}" for name in COUNTS]
    assert set(unused(client, bundle(*counts, afp)).values()) != set()
    cumulative = report | {"result": [*report["result"], {"reference": "Observation/other"}]}
    twice = at("13:00:00", "platelets", "145", name="other")
    assert {code for code, _ in unused(client, bundle(*counts, twice, afp, cumulative)).values()} == {"incomplete_draw"}


@pytest.mark.parametrize("other", [{"reference": "no reference"}, {"display": "platelets"}, {"reference": 5}])
def test_unresolved_report_results_are_ignored(client: TestClient, other: Resource) -> None:
    counts = spread("08:00:00", "09:30:00", "11:00:00")
    listed = [{"reference": f"Observation/{one['id']}"} for one in counts]
    report = {"resourceType": "DiagnosticReport", "id": "r1", "result": [other, *listed]}
    body = bundle(*counts, observation("afp", "620"), report)
    assert basis_of(answered(client, body))[:3] == [f"Observation/{name}" for name in COUNTS]


HERE = "https://ehr.example/fhir"


@pytest.mark.parametrize(
    "reference",
    ["Observation/{}/_history/2", f"{HERE}/Observation/{{}}", "HTTPS://EHR.example:443/fhir/Observation/{}"],
)
def test_report_may_use_any_form_of_reference(client: TestClient, reference: str) -> None:
    counts = spread("08:00:00", "09:30:00", "11:00:00")
    listed = [{"reference": reference.format(one["id"])} for one in counts]
    report = {"resourceType": "DiagnosticReport", "id": "r1", "result": listed}
    body = bundle(*counts, observation("afp", "620"), report)
    for entry in body["entry"]:
        entry["fullUrl"] = f"{HERE}/{entry['resource']['resourceType']}/{entry['resource']['id']}"
    assert basis_of(answered(client, body))[:3] == [f"Observation/{name}" for name in COUNTS]
    withdrawn = body | {"entry": [*body["entry"][:-1], {"resource": report | {"status": "entered-in-error"}}]}
    assert {code for code, _ in unused(client, withdrawn).values()} == {"incomplete_draw"}


def test_same_moment_in_two_zones_is_one_draw() -> None:
    east = at("", "platelets", effectiveDateTime="2026-01-02T09:00:00+01:00")
    assert used(read(*spread("08:00:00", "08:00:00", "x")[:2], east)) == ALL


@pytest.mark.parametrize(("minutes", "found"), [(0, set()), (1439, set()), (1440, ALL)])
def test_day_and_moment_of_it_may_be_a_day_apart(minutes: float, found: set[str]) -> None:
    day = at("", "platelets", effectiveDateTime="2026-01-02")
    assert used(read(*spread("08:00:00", "08:00:00", "x")[:2], day, same_draw_minutes=minutes)) == found


def test_counts_of_one_day_are_one_draw() -> None:
    days = [one | {"effectiveDateTime": "2026-01-02"} for one in blood_count()]
    assert used(read(*days)) == ALL
    assert used(read(*days[:2], days[2] | {"effectiveDateTime": "2026-01-03"})) == set()


def test_latest_of_two_draws_is_used() -> None:
    earlier = blood_count(prefix="old-", effectiveDateTime="2026-01-01T08:00:00Z")
    reading = read(*earlier, *blood_count())
    assert used(reading) == ALL
    assert unused_codes(reading) == {f"old-{name}": "not_latest_draw" for name in ALL}
    assert {one.code for one in reading.rejected} == {"not_latest_draw"}
    assert reading.sampled_on.blood_count == date(2026, 1, 2)


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"status": "cancelled"}, "status"),
        ({"dataAbsentReason": {"text": "clotted"}}, "no_value"),
        ({"code": concept("736-9")}, "code_refused"),
        ({"effectiveDateTime": "2026-01-04"}, "not_latest_draw"),
    ],
    ids=["cancelled", "without value", "percent", "another day"],
)
def test_draw_before_an_incomplete_one_is_used(change: dict[str, Any], code: str) -> None:
    newest = blood_count(prefix="new-", effectiveDateTime="2026-01-03T08:00:00Z")
    reading = read(*blood_count(), newest[0], newest[1] | change, newest[2])
    assert used(reading) == ALL
    rest = dict.fromkeys(["new-neutrophils", "new-platelets"], "not_latest_draw")
    assert unused_codes(reading) == rest | {"new-lymphocytes": code}
    assert [one.code for one in reading.warnings] == ["newer_results"]


def test_newer_of_two_draws_in_the_window_is_used() -> None:
    repeat = at("07:30:00", "neutrophils", "5.1", name="before")
    reading = read(*blood_count(), repeat, same_draw_minutes=60)
    assert (used(reading), unused_codes(reading)) == (ALL, {"before": "not_latest_draw"})


def test_afp_is_read_without_a_complete_draw() -> None:
    reading = read(*blood_count()[:2], at("08:00:00", "afp", "620"))
    assert used(reading) == {"afp"}
    assert {one.value for one in reading.missing} == ALL
    assert unused_codes(reading) == dict.fromkeys(["neutrophils", "lymphocytes"], "incomplete_draw")


@pytest.mark.parametrize(
    ("time", "days", "is_near"),
    [
        # The draw is of 2 January 2026, 08:00; 90 days before it was 4 October 2025, 90 days after it is 2 April.
        ("2025-10-04T08:00:00Z", 90, True),
        ("2025-10-04T07:59:59Z", 90, False),
        ("2025-10-03T08:00:00Z", 90, False),
        ("2026-04-02T08:00:00Z", 90, True),
        ("2026-04-03T08:00:00Z", 90, False),
        ("2025-10-04", 90, True),
        ("2025-10-03", 90, False),
        ("2026-01-02T08:00:00Z", 0, True),
        ("2026-01-02T08:00:01Z", 0, False),
        ("2026-01-02", 0, False),
        ("2026-01-02", 1, True),
    ],
)
def test_afp_is_used_within_the_sites_window(time: str, days: float, is_near: bool) -> None:
    afp = observation("afp", "620", effectiveDateTime=time)
    reading = read(*blood_count(), afp, now=LATER, afp_window_days=days, oldest_sample_days=400)
    assert used(reading) == (ALL | {"afp"} if is_near else ALL)
    assert unused_codes(reading) == ({} if is_near else {"afp": "outside_window"})


@pytest.mark.parametrize(
    ("times", "chosen"),
    [
        (("2025-12-30T08:00:00Z", "2026-01-04T08:00:00Z"), "second"),
        (("2026-01-01T08:00:00Z", "2026-01-04T08:00:00Z"), "second"),
        (("2026-01-02T08:00:00Z", "2026-03-03T08:00:00Z"), "second"),
        (("2026-01-01T08:00:00Z", "2025-12-03T08:00:00Z"), "first"),
    ],
    ids=["both sides", "older one nearer", "newest at its end", "both before"],
)
def test_newest_afp_in_the_window_is_used(times: tuple[str, str], chosen: str) -> None:
    both = [
        observation("afp", "620", id=name, effectiveDateTime=time)
        for name, time in zip(("first", "second"), times, strict=True)
    ]
    reading = read(*blood_count(), *both, now=LATER, oldest_sample_days=400)
    assert used(reading) == ALL | {chosen}
    assert unused_codes(reading) == {"second" if chosen == "first" else "first": "outside_window"}


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (quantity("4.2", "10*9/L"), quantity("4.3", "10*9/L")),
        (quantity("4.2", "10*9/L"), quantity("42", "/mm3")),
    ],
    ids=["value", "unit"],
)
def test_contradicting_values_are_not_used(one: Resource, other: Resource) -> None:
    """The older draw must not stand in for them. The other counts of that moment are kept."""
    older = blood_count(prefix="old-", effectiveDateTime="2026-01-01T08:00:00Z")
    first, second = (at("08:00:00", "neutrophils", name=name) for name in ("first", "second"))
    pair = [first | {"valueQuantity": one}, second | {"valueQuantity": other}]
    reading = read(*older, *pair, *blood_count()[1:])
    assert used(reading) == {"lymphocytes", "platelets"}
    assert refused(reading) == {"neutrophils": "contradicted", "afp": "missing"}
    assert {name: code for name, code in unused_codes(reading).items() if code == "contradicted"} == {
        "first": "contradicted",
        "second": "contradicted",
    }


def test_afp_with_and_without_comparator_contradict() -> None:
    beyond = at("08:00:00", "afp", name="beyond", valueQuantity=quantity("1210", "ng/mL", comparator=">"))
    reading = read(*blood_count(), at("08:00:00", "afp", "1210"), beyond)
    assert (used(reading), refused(reading)) == (set(COUNTS), {"afp": "contradicted"})
    assert unused_codes(reading) == {"afp": "contradicted", "beyond": "contradicted"}


# By hand: 4180 /uL is 4.18, which rounds to 4.2 but not to 4.1; 1350 is above 1210.
@pytest.mark.parametrize(
    ("analyte", "one", "other", "is_finer"),
    [
        ("neutrophils", quantity("4.2", "10*9/L"), quantity("4180", "/uL"), "other"),
        ("neutrophils", quantity("4180", "/uL"), quantity("4.2", "10*9/L"), "one"),
        ("neutrophils", quantity("4.1", "10*9/L"), quantity("4180", "/uL"), None),
        ("neutrophils", quantity("4.15", "10*9/L"), quantity("4.2", "10*9/L"), "one"),
        ("neutrophils", quantity("4.149", "10*9/L"), quantity("4.2", "10*9/L"), None),
        ("afp", quantity("1350", "ng/mL"), quantity("1210", "ng/mL", comparator=">"), "one"),
        ("afp", quantity("1210", "ng/mL"), quantity("1210", "ng/mL", comparator=">="), "one"),
        ("afp", quantity("1.2", "ng/mL"), quantity("2", "ng/mL", comparator="<"), "one"),
        ("afp", quantity("2", "ng/mL"), quantity("2", "ng/mL", comparator="<="), "one"),
        ("afp", quantity("2.1", "ng/mL"), quantity("2", "ng/mL", comparator="<="), None),
        ("afp", quantity("2", "ng/mL"), quantity("2", "ng/mL", comparator="<"), None),
        ("afp", quantity("1210", "ng/mL"), quantity("1210", "ng/mL", comparator=">"), None),
        ("afp", quantity("1209", "ng/mL"), quantity("1210", "ng/mL", comparator=">="), None),
        ("afp", quantity("1210", "ng/mL", comparator=">"), quantity("2000", "ng/mL", comparator=">"), None),
    ],
)
def test_of_two_roundings_the_finer_is_used(analyte: str, one: Resource, other: Resource, is_finer: str | None) -> None:
    pair = [at("08:00:00", analyte, name=name, valueQuantity=value) for name, value in (("one", one), ("other", other))]
    rest = [result for result in (*blood_count(), observation("afp")) if result["id"] != analyte]
    reading = read(*rest, *pair)
    if is_finer is None:
        assert refused(reading) == {analyte: "contradicted"}
    else:
        assert refused(reading) == {}
        assert used(reading) & {"one", "other"} == {is_finer}


@pytest.mark.parametrize("status", ["corrected", "amended"])
def test_a_correction_replaces_what_it_corrects(status: str) -> None:
    corrected = at("08:00:00", "neutrophils", "1.5", name="second", status=status)
    reading = read(*blood_count(), observation("afp"), corrected)
    assert used(reading) == {"second", "lymphocytes", "platelets", "afp"}
    assert (refused(reading), unused_codes(reading)) == ({}, {"neutrophils": "replaced"})


# The second correction was issued later; without the times it is not known which holds.
@pytest.mark.parametrize(("issued", "is_known"), [("2026-01-02T12:00:00Z", True), (None, False)])
def test_the_later_of_two_corrections_is_used(issued: str | None, *, is_known: bool) -> None:
    first = at("08:00:00", "neutrophils", "1.5", name="first", status="corrected", issued="2026-01-02T11:00:00Z")
    second = at("08:00:00", "neutrophils", "1.6", name="second", status="corrected", issued=issued)
    reading = read(*blood_count()[1:], observation("afp"), first, second)
    assert refused(reading) == ({} if is_known else {"neutrophils": "contradicted"})
    assert ("second" in used(reading)) is is_known


def test_a_result_issued_after_the_correction_is_not_replaced() -> None:
    final = at("08:00:00", "neutrophils", "4.2", name="final", issued="2026-01-02T12:00:00Z")
    corrected = at("08:00:00", "neutrophils", "1.5", name="first", status="corrected", issued="2026-01-02T11:00:00Z")
    reading = read(*blood_count()[1:], observation("afp"), final, corrected)
    assert refused(reading) == {"neutrophils": "contradicted"}


# By hand: 145 x 4.2 / 1.1 = 553.6 and 145 x 3.0 / 1.1 = 395.5 are high; 145 x 2.5 / 1.1 = 329.5 is low.
@pytest.mark.parametrize(("manual", "is_used"), [("3.0", True), ("2.5", False)])
def test_a_manual_count_is_used_if_the_side_is_the_same(manual: str, *, is_used: bool) -> None:
    counted = at("08:00:00", "neutrophils", manual, name="manual", code=concept("753-4"))
    reading = read(*blood_count(), observation("afp"), counted)
    assert ("manual" in used(reading)) is is_used
    assert refused(reading) == ({} if is_used else {"neutrophils": "contradicted"})
    assert [one.code for one in reading.warnings] == (["manual_count"] if is_used else [])
    assert unused_codes(reading)["neutrophils"] == "contradicted"


def test_each_repeated_and_replaced_result_is_named() -> None:
    repeated = at("08:00:00", "platelets", "145", name="manual", code=concept("778-1"))
    corrected = at("08:00:00", "neutrophils", "4.3", name="corrected", status="corrected")
    reading = read(*blood_count(), observation("afp"), repeated, corrected)
    assert used(reading) == {"corrected", "lymphocytes", "platelets", "afp"}
    assert unused_codes(reading) == {"manual": "repeated", "neutrophils": "replaced"}


def test_day_differs_from_its_first_moment() -> None:
    day = at("", "neutrophils", "9.9", name="day", effectiveDateTime="2026-01-02")
    reading = read(*spread("00:00:00", "00:00:00", "00:00:00"), day)
    assert (used(reading), unused_codes(reading)) == (ALL, {"day": "not_latest_draw"})


def test_preferred_code_of_the_same_result_is_used() -> None:
    manual = at("08:00:00", "neutrophils", name="manual", code=concept("753-4"))
    same = manual | {"valueQuantity": quantity("4200", "/uL")}
    reading = read(*blood_count(), same)
    assert (used(reading), unused_codes(reading)) == (ALL, {"manual": "repeated"})


def test_site_sets_both_windows(client: TestClient, tmp_path: Path) -> None:
    counts = spread("08:00:00", "08:00:00", "09:00:00")
    body = parameters(*counts, observation("afp", "620", effectiveDateTime="2025-12-24"))
    assert {code for code, _ in unused(client, body).values()} == {"incomplete_draw"}
    with site(tmp_path, "same_draw_minutes = 60\nafp_window_days = 10") as configured:
        assert basis_of(answered(configured, body))[3] == "Observation/afp"
    with site(tmp_path, "same_draw_minutes = 60\nafp_window_days = 8") as configured:
        assert unused(configured, body)["Observation/afp"][0] == "outside_window"
