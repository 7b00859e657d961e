"""The content of a card: the answer with its inputs, working, intervals and limits."""

import json

import pytest
from starlette.testclient import TestClient

from tests.lib.cds_hooks.calls import SERVICE, Json, call, card, measured, prefetch
from tests.lib.cds_hooks.markdown import read
from tests.lib.fhir.examples import TAKEN, labelled, observation, quantity, searchset

# SII by hand: 100 x 3.4 / 1 = 340, at the cut-off; 100 x 3.39 / 1 = 339; AFP is high from 400 ng/mL.
GROUPS = {
    "lower-risk group": (
        {"neutrophils": 3.39, "lymphocytes": 1, "platelets": 100, "afp": 399.9},
        "SII 339.0, AFP 399.9 ng/mL",
    ),
    "middle-risk group": (
        {"neutrophils": 3.4, "lymphocytes": 1, "platelets": 100, "afp": 399.9},
        "SII 340.0, AFP 399.9",
    ),
    "higher-risk group": (
        {"neutrophils": 3.4, "lymphocytes": 1, "platelets": 100, "afp": 400},
        "SII 340.0, AFP 400 ng/mL",
    ),
}
TREATMENT = "on regorafenib after sorafenib"
AGE = "days old. The model is for values at the start of regorafenib."


@pytest.mark.parametrize("group", GROUPS)
def test_summary_has_group_index_afp_day_and_size(client: TestClient, group: str) -> None:
    values, shown = GROUPS[group]
    found = card(client, measured(**values))
    assert found["summary"].startswith(f"HCC: {group} (close to both cut-offs), {TREATMENT} ({shown}")
    assert found["summary"].endswith(", both 2026-01-02); n = 58")
    assert found["indicator"] == "info"


def test_card_names_population_and_time_zero(client: TestClient) -> None:
    found = card(client)
    assert found["summary"].startswith(f"HCC: higher-risk group, {TREATMENT} (")
    first = read(found["detail"]).lines[0]
    assert "who started regorafenib after radiological progression on sorafenib" in first
    assert "Survival is counted in months from the start of regorafenib" in first
    assert "not of one person" in first


@pytest.mark.parametrize(
    ("afp_day", "shown"),
    [
        ("2026-01-02", "(SII 553.6, AFP 1250 ng/mL, both 2026-01-02)"),
        ("2025-12-20", "(SII 553.6 on 2026-01-02, AFP 1250 ng/mL on 2025-12-20)"),
        ("2026-01-08", "(SII 553.6 on 2026-01-02, AFP 1250 ng/mL on 2026-01-08)"),
    ],
)
def test_each_value_is_shown_with_its_own_day(client: TestClient, afp_day: str, shown: str) -> None:
    found = card(client, prefetch(afp=searchset(observation("afp", when=f"{afp_day}T08:00:00Z"))))
    assert shown in found["summary"]
    (table,) = read(found["detail"]).tables
    assert [row[2] for row in table[1:]] == ["2026-01-02"] * 3 + [afp_day]
    (action,) = found["suggestions"][0]["actions"]
    filed = action["resource"]
    assert [one["display"].rpartition(", ")[2] for one in filed["basis"]] == ["2026-01-02"] * 3 + [afp_day]
    assert any(f"AFP {afp_day}" in note["text"] for note in filed["note"])
    assert filed["occurrenceDateTime"] == "2026-01-09T12:00:00Z"


EXTREME = {
    "least counts": {"neutrophils": 0.01, "lymphocytes": 200, "platelets": 1, "afp": 0},
    "greatest counts": {"neutrophils": 200, "lymphocytes": 0.01, "platelets": 3000, "afp": 10000000},
    "below a limit": {"afp": quantity(0.605, "ng/mL", comparator="<")},
    "above a limit": {"afp": quantity(9999999.99, "ng/mL", comparator=">=")},
    "picograms": {"afp": quantity(1210000.5, "pg/mL")},
}


@pytest.mark.parametrize("values", EXTREME.values(), ids=EXTREME)
def test_summary_has_less_than_140_characters(client: TestClient, values: Json) -> None:
    found = card(client, measured(**values))
    assert len(found["summary"]) < 140
    assert found["summary"].endswith("n = 58")
    assert found["indicator"] == "info"


def test_long_numbers_are_left_out_of_the_summary(client: TestClient) -> None:
    """By hand: 8.0000000000000000001 x 99.999999999999999999 is 800 + 2e-18 - 1e-37, and 340 times the lymphocytes is
    800 + 2e-18 exactly. So SII is below 340 in its 38th decimal, and shown with as many.
    """
    exact = {
        "neutrophils": "8.0000000000000000001",
        "lymphocytes": "2.3529411764705882353",
        "platelets": "99.999999999999999999",
        "afp": "1210.0000000000000001",
    }
    body = json.dumps(call(measured(**{name: quantity(7, "ng/mL" if name == "afp" else "10*9/L") for name in exact})))
    for number in exact.values():
        body = body.replace('"value": 7', f'"value": {number}', 1)
    answer = client.post(SERVICE, content=body, headers={"content-type": "application/json"})
    (found,) = answer.json()["cards"]
    near = "(close to the cut-off)"
    days = "(samples of 2026-01-02)"
    assert found["summary"] == f"HCC: middle-risk group {near}, {TREATMENT} {days}; one study, n = 58"
    assert "≈ 339.99999999999999999999999999999999999996 (cut-off 340 × 10⁹/L)" in found["detail"]


def test_detail_has_table_of_values_with_unit_and_day(client: TestClient) -> None:
    found = card(client, _mixed())
    (table,) = read(found["detail"]).tables
    assert table == [
        ["Input", "Value", "Sampled"],
        ["Neutrophils", "4200 /µL", "2026-01-02"],
        ["Lymphocytes", "1.1 K/µL (unit as printed)", "2026-01-02"],
        ["Platelets", "145 × 10⁹/L (unit as printed)", "2026-01-02"],
        ["AFP", "> 1210 ng/mL", "2026-01-05"],
    ]


@pytest.mark.parametrize("analyte", ["neutrophils", "lymphocytes", "platelets"])
@pytest.mark.parametrize(
    ("unit", "shown"),
    [("10*3/mm3", "× 10³/mm³"), ("10*3/uL", "× 10³/µL"), ("10*9/L", "× 10⁹/L"), ("{cells}/uL", "{cells}/µL")],
)
def test_unit_in_a_table_is_not_cut_off(client: TestClient, analyte: str, unit: str, shown: str) -> None:
    value = 2000 if unit == "{cells}/uL" else 2
    found = card(client, measured(**{analyte: quantity(value, unit)}))
    assert f"{value} {shown}" in [row[1] for row in read(found["detail"]).tables[0]]


def test_detail_has_survival_and_ratios_with_intervals(client: TestClient) -> None:
    """Survival and hazard ratios are those of the model card's tables."""
    lines = read(card(client)["detail"]).lines
    assert "SII: 145 × 4.2 ÷ 1.1 ≈ 553.6 (cut-off 340 × 10⁹/L)" in lines
    assert "Survival of this risk group, Kaplan-Meier with 95 % interval, reconstructed:" in lines
    survival = ["67 % (32 % to 93 %)", "36 % (10 % to 64 %)", "6 % (under 1 % to 32 %)"]
    for months, share in zip((3, 6, 12), survival, strict=True):
        assert f"{months} months: {share} alive" in lines
    assert "Hazard ratios with 95 % interval:" in lines
    assert "SII ≥ 340 × 10⁹/L: 2.21 (1.09 to 4.49) (this patient)" in lines
    assert "AFP ≥ 400 ng/mL: 2.75 (1.26 to 6.01) (this patient)" in lines
    assert "Both factors high: 6.08 (2.16 to 17.1) (this patient)" in lines


def test_low_factor_is_not_marked_as_this_patient(client: TestClient) -> None:
    lines = read(card(client, measured(afp=20))["detail"]).lines
    assert "SII ≥ 340 × 10⁹/L: 2.21 (1.09 to 4.49) (this patient)" in lines
    assert "AFP ≥ 400 ng/mL: 2.75 (1.26 to 6.01)" in lines
    assert "Both factors high: 6.08 (2.16 to 17.1)" in lines


def test_detail_describes_the_evidence(client: TestClient) -> None:
    lines = read(card(client)["detail"]).lines
    detail = " ".join(lines)
    assert "From one study of 58 patients." in detail
    assert "reconstructed (synthetic) cohorts" in detail
    assert any(line.startswith("It is not stated whether this patient meets every study criterion.") for line in lines)
    assert "the model cannot say who should or should not receive regorafenib" in detail
    assert lines[-1].startswith("Model hong2021-sii-afp ")


def test_detail_warns_of_old_and_unusual_values(client: TestClient) -> None:
    values = {"neutrophils": 4.2, "lymphocytes": 0.05, "platelets": 10, "afp": 620}
    old = {name: searchset(observation(name, value, when="2025-12-01T08:00:00Z")) for name, value in values.items()}
    lines = read(card(client, prefetch(**old))["detail"]).lines
    assert lines[0] == "Please note:"
    assert all("unusual" in line for line in lines[1:3])
    assert "Lymphocytes: 0.05 × 10⁹/L is unusual (usually 0.2 to 5). Check the decimal point and the unit." in lines
    assert "Platelets: 10 × 10⁹/L is unusual (usually 20 to 1000). Check the decimal point and the unit." in lines
    assert sum(line.startswith("The sample of") and line.endswith(AGE) for line in lines) == 2


def test_detail_is_markdown_without_links(client: TestClient) -> None:
    plain = {"paragraph", "inline", "text", "strong", "bullet_list", "list_item"}
    table = {"table", "thead", "tbody", "tr", "th", "td"}
    assert read(card(client, _mixed())["detail"]).markup == plain | table


def _mixed() -> Json:
    """One draw in the units of three laboratories, and AFP three days later."""
    return prefetch(
        neutrophils=searchset(observation("neutrophils", quantity(4200, "/uL"))),
        lymphocytes=searchset(observation("lymphocytes", labelled(1.1, "K/uL"))),
        platelets=searchset(observation("platelets", labelled(145, "x10*9/L"))),
        afp=searchset(observation("afp", quantity(1210, "ng/mL", comparator=">"), when=TAKEN.replace("02T", "05T"))),
    )
