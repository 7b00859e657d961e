"""Newer results at the FHIR operation: a refusal that names them, or a warning before all others."""

from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from tests.lib.clients import site
from tests.lib.fhir.examples import Resource, blood_count, bundle, concept, observation, parameters, quantity, results
from tests.lib.fhir.operation import all_of, answered, one_of, reason, refusal, send, unused

NEWER = "2026-01-09T08:00:00Z"


def with_newer(analyte: str, value: str, **changes: Any) -> Resource:
    """Results of 2 January, high and high, and one more of 9 January."""
    return bundle(*results(), observation(analyte, value, id="newer", effectiveDateTime=NEWER, **changes))


# By hand: 145 x 4.2 / 1.1 = 553.6; with platelets of 90 and of 89 it is 343.6 and 339.8, and SII is high from 340.
@pytest.mark.parametrize(("platelets", "is_given"), [("90", True), ("89", False)])
def test_newer_count_on_the_other_side_is_422(client: TestClient, platelets: str, *, is_given: bool) -> None:
    status, answer = send(client, with_newer("platelets", platelets))
    if is_given:
        assert status == 200
        first = all_of(answer, "warning")[0]
        assert f"Platelets, {platelets} 10*9/L, 2026-01-09, Observation/newer" in first
        assert one_of(answer, "riskAssessment")["note"][0]["text"] == first
    else:
        assert status == 422
        refused = next(issue for issue in answer["issue"] if issue["diagnostics"] == "newer_result")
        assert (refused["severity"], refused["code"]) == ("error", "business-rule")
        assert f"Platelets, {platelets} 10*9/L, 2026-01-09, Observation/newer" in refused["details"]["text"]


@pytest.mark.parametrize(
    ("analyte", "value", "unit", "why", "begins"),
    [
        ("platelets", "89", "10*9/L", ("incomplete_draw", "newer"), "Newer results of the blood count"),
        ("afp", "30", "ng/mL", ("outside_window", "newer"), "Newer results of AFP"),
    ],
)
def test_newer_result_is_named_with_its_reason(
    tmp_path: Path, analyte: str, value: str, unit: str, why: tuple[str, str], begins: str
) -> None:
    old = [one | {"effectiveDateTime": "2025-12-02T08:00:00Z"} for one in results()]
    body = bundle(*old, observation(analyte, value, id="newer", effectiveDateTime=NEWER))
    with site(tmp_path, "afp_window_days = 30") as client:
        text = refusal(client, body)["newer_result"]
    assert text.partition(": ")[2].startswith(begins)
    assert f"{value} {unit}, 2026-01-09, Observation/newer ({reason(*why)[1].rstrip('.')})" in text


MOMENT, DAY = "2026-01-02T08:00:00Z", "2026-01-02"


# Platelets of 60 lower the SII to 229, the other side of 340. A moment of a day may be before or after the same day.
@pytest.mark.parametrize(
    ("used", "other", "code"),
    [
        (MOMENT, "2026-01-01", None),
        (MOMENT, "2026-01-02", "newer_result"),
        (MOMENT, "2026-01-03", "newer_result"),
        (MOMENT, "2026-01-01T23:00:00Z", None),
        (MOMENT, "2026-01-02T07:00:00Z", None),
        (MOMENT, MOMENT, "contradicted"),
        (MOMENT, "2026-01-02T09:00:00Z", "newer_result"),
        (DAY, "2026-01-01", None),
        (DAY, DAY, "contradicted"),
        (DAY, "2026-01-03", "newer_result"),
        (DAY, "2026-01-01T23:00:00Z", None),
        (DAY, "2026-01-02T07:00:00Z", "newer_result"),
        (DAY, "2026-01-02T09:00:00Z", "newer_result"),
    ],
)
def test_day_and_moment_are_compared(client: TestClient, used: str, other: str, code: str | None) -> None:
    taken = [one | {"effectiveDateTime": used} for one in results()]
    body = bundle(*taken, observation("platelets", "60", id="other", effectiveDateTime=other))
    if code is None:
        assert one_of(answered(client, body), "riskGroup") == "high"
    else:
        assert code in refusal(client, body)


@pytest.mark.parametrize(("analyte", "value"), [("afp", "30"), ("platelets", "60")])
@pytest.mark.parametrize(
    ("effective", "issued", "status"),
    [
        ("2025", None, 200),
        ("2026", None, 422),
        ("2025-12", None, 200),
        ("2026-01", None, 422),
        ("2026", "2026-01-01T00:00:00Z", 200),
        ("2026", "2026-01-05T00:00:00Z", 422),
        (None, None, 422),
        (None, "2026-01-01T00:00:00Z", 200),
        (None, "2026-01-05T00:00:00Z", 422),
    ],
)
def test_result_without_a_day_is_newer_unless_it_must_be_older(
    client: TestClient, analyte: str, value: str, effective: str | None, issued: str | None, status: int
) -> None:
    """The results used are of 2 January. A sample is older than its issue, and than the end of its year or month."""
    other = observation(analyte, value, id="other", effectiveDateTime=effective, issued=issued)
    body = bundle(*results(), {name: value for name, value in other.items() if value is not None})
    assert send(client, body)[0] == status
    case = "no_day" if effective is None else "not_a_date"
    assert unused(client, body)["Observation/other"] == reason("no_time", case)


def test_period_written_as_a_date_says_nothing(client: TestClient) -> None:
    other = observation("afp", "30", id="other") | {"effectivePeriod": "2025"}
    del other["effectiveDateTime"]
    assert "newer_result" in refusal(client, bundle(*results(), other))


def test_unknown_newer_value_is_422(client: TestClient) -> None:
    unread = with_newer("afp", "620", valueQuantity=None, valueString="haemolysed")
    assert list(refusal(client, unread)) == ["newer_result", "not_a_number"]


@pytest.mark.parametrize(("afp", "status"), [("30", 422), ("500", 200)])
def test_newer_afp_beyond_the_window_is_compared(tmp_path: Path, afp: str, status: int) -> None:
    """The newest AFP is 38 days after the draw; the site's window is 30 days."""
    old = [one | {"effectiveDateTime": "2025-12-02T08:00:00Z"} for one in results()]
    newest = observation("afp", afp, effectiveDateTime=NEWER, id="newer")
    with site(tmp_path, "afp_window_days = 30") as client:
        found, answer = send(client, bundle(*old, newest))
    assert found == status
    assert "AFP, " + afp in str(answer)


# "More than 300" may be below 400 or above; "more than 500" is above, as the AFP of 620 that is used.
@pytest.mark.parametrize(("afp", "status"), [("300", 422), ("500", 200)])
def test_newer_afp_above_a_limit_is_compared(tmp_path: Path, afp: str, status: int) -> None:
    old = [one | {"effectiveDateTime": "2025-12-02T08:00:00Z"} for one in results()]
    newest = observation("afp", quantity(afp, "ng/mL", comparator=">"), effectiveDateTime=NEWER, id="newer")
    with site(tmp_path, "afp_window_days = 30") as client:
        assert send(client, bundle(*old, newest))[0] == status


def test_newer_afp_is_named_without_a_blood_count(client: TestClient) -> None:
    newer = observation("afp", "30", id="newer", effectiveDateTime=NEWER, status="preliminary")
    body = bundle(observation("afp"), newer)
    refused = refusal(client, body)
    assert "2026-01-09, Observation/newer" in refused["newer_result"]
    assert "missing" in refused


def test_newer_panel_has_unknown_value(client: TestClient) -> None:
    """A blood count in components is not read, so its counts may be anything."""
    part = {"code": concept("777-3"), "valueQuantity": quantity("30", "10*9/L")}
    panel = with_newer("platelets", "0", code=concept("58410-2"), valueQuantity=None, component=[part])
    assert unused(client, panel)["Observation/newer"][0] == "component"
    assert "newer_result" in refusal(client, panel)


@pytest.mark.parametrize(("day", "is_given"), [("2026-01-01", True), ("2026-01-03", False)])
def test_later_day_is_newer(client: TestClient, day: str, *, is_given: bool) -> None:
    of_day = [one | {"effectiveDateTime": "2026-01-02"} for one in results()]
    body = bundle(*of_day, observation("afp", "30", id="other", effectiveDateTime=day))
    status, _ = send(client, body)
    assert status == 200
    assert one_of(answered(client, body), "riskGroup") == ("high" if is_given else "intermediate")


@pytest.mark.parametrize("status", ["cancelled", "preliminary"])
def test_unfinished_results_do_not_hide_a_final_one(client: TestClient, status: str) -> None:
    unfinished = [
        observation(
            "afp",
            "620",
            id=f"x{number}",
            status=status,
            effectiveDateTime=f"2026-01-03T{number // 60:02}:{number % 60:02}:00Z",
        )
        for number in range(150)
    ]
    assert one_of(answered(client, bundle(*results(), *unfinished)), "riskGroup") == "high"


def test_included_observations_are_counted(client: TestClient) -> None:
    body = bundle(*results())
    body["entry"].append({"resource": observation("afp", "30", id="included"), "search": {"mode": "include"}})
    counted = {parts[0]["valueCode"]: parts[1]["valueInteger"] for parts in all_of(answered(client, body), "counted")}
    assert counted == {"included": 1}


def test_bare_values_have_no_newer_results(client: TestClient) -> None:
    body = parameters(
        neutrophils_Quantity=quantity("4.2", "10*9/L"),
        lymphocytes_Quantity=quantity("1.1", "10*9/L"),
        platelets_Quantity=quantity("145", "10*9/L"),
        afp_Quantity=quantity("620", "ng/mL"),
    )
    assert all_of(answered(client, body), "warning") == []


def test_start_of_regorafenib_gives_the_periods(client: TestClient) -> None:
    body = parameters(*results(), regorafenibStart_Date="2026-01-31")
    periods = [one["whenPeriod"] for one in one_of(answered(client, body), "riskAssessment")["prediction"]]
    assert [one["start"] for one in periods] == ["2026-01-31"] * 3
    assert [one["end"] for one in periods] == ["2026-04-30", "2026-07-31", "2027-01-31"]
    without = one_of(answered(client, parameters(*results())), "riskAssessment")
    assert not any("whenPeriod" in one for one in without["prediction"])
    assert without["occurrenceDateTime"] == "2026-01-09T12:00:00Z"


def test_surplus_results_are_only_counted(client: TestClient) -> None:
    """Two hundred older draws: the newest hundred of each analyte are considered."""
    days = [f"2025-{month:02}-{day:02}T08:00:00Z" for month in range(1, 9) for day in range(1, 26)]
    old = [
        one | {"id": f"{one['id']}-{number}", "effectiveDateTime": day}
        for number, day in enumerate(days)
        for one in blood_count()
    ]
    answer = answered(client, bundle(*results(), *old))
    counted = {parts[0]["valueCode"]: parts[1]["valueInteger"] for parts in all_of(answer, "counted")}
    assert counted == {"older-result": 3 * (200 - 99), "not-listed": 3 * 99 - 200}
    assert len(all_of(answer, "rejected")) == 200
