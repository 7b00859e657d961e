"""The settings of a site for its cards: missing values, the suggestion, the link to the app, codes."""

from pathlib import Path

import pytest
from starlette.testclient import TestClient

from tests.lib.cds_hooks.calls import DISCOVERY, card, cards, condition, measured, prefetch
from tests.lib.cds_hooks.markdown import read
from tests.lib.clients import site
from tests.lib.fhir.examples import observation, quantity, searchset


def test_missing_values_card_is_info(telling: TestClient) -> None:
    found = card(telling, prefetch(afp=None))
    assert (found["indicator"], found["summary"]) == ("info", "HCC risk group not computed: AFP")
    assert "suggestions" not in found
    lines = read(found["detail"]).lines
    (line,) = lines
    assert line.startswith("AFP: There is no result of AFP. ")


def test_card_lists_unused_results_with_reason(telling: TestClient) -> None:
    """Two asterisks of two units in one sentence would be emphasis, and 10*9 would be read as 109."""
    found = card(telling, measured(neutrophils=quantity(3000, "10*3/uL")))
    assert found["summary"] == "HCC risk group not computed: Neutrophils, Lymphocytes, Platelets"
    page = read(found["detail"])
    assert page.markup == {"paragraph", "inline", "text", "bullet_list", "list_item"}
    implausible = (
        "Observation/neutrophils: 3000 × 10³/µL is above what is possible for Neutrophils (0.01 to 200 "
        "× 10⁹/L). It would be usual in /µL: check the unit that the laboratory printed."
    )
    heading, first, *counts = page.lines[3:]
    assert (heading, first) == ("Not used:", implausible)
    assert [line.partition(": ")[0] for line in counts] == [
        f"Observation/{name}" for name in ("lymphocytes", "platelets")
    ]
    assert all("at most 10 minutes apart (same_draw_minutes)" in line for line in counts)


def test_site_can_turn_off_the_suggestion(tmp_path: Path) -> None:
    with site(tmp_path, "suggest_filing = false\n") as client:
        found = card(client)
    assert not {"suggestions", "selectionBehavior"} & found.keys()
    assert found["summary"].startswith("HCC: higher-risk group")


@pytest.mark.parametrize("canonical", ["https://sii-afp.example/fhir", "http://127.0.0.1:8000/fhir"])
def test_nothing_is_suggested_with_example_codes(tmp_path: Path, canonical: str) -> None:
    with site(tmp_path, "suggest_filing = true\n", canonical_url=canonical) as client:
        found = card(client)
    assert not {"suggestions", "selectionBehavior"} & found.keys()
    assert found["summary"].startswith("HCC: higher-risk group")


LAUNCHING = '[[smart]]\nissuer = "https://ehr.example/fhir"\nclient_id = "sii-afp"\n'


@pytest.mark.parametrize("server", ["https://ehr.example/fhir", "https://ehr.example/fhir/"])
def test_ehr_that_may_launch_gets_the_smart_link(tmp_path: Path, server: str) -> None:
    with site(tmp_path, LAUNCHING, public_url="https://calculator.example/sii") as client:
        links = card(client, fhirServer=server)["links"]
    assert links == [
        {"label": "Survival curve and details", "type": "smart", "url": "https://calculator.example/sii/smart/launch"},
        {"label": "Open the calculator", "type": "absolute", "url": "https://calculator.example/sii/"},
    ]


@pytest.mark.parametrize("server", [None, "https://elsewhere.example/fhir", "https://ehr.example/fhir/other"])
def test_other_ehr_gets_no_smart_link(tmp_path: Path, server: str | None) -> None:
    with site(tmp_path, LAUNCHING) as client:
        assert [link["type"] for link in card(client, fhirServer=server)["links"]] == ["absolute"]


def test_card_beside_the_app_is_short(tmp_path: Path) -> None:
    with site(tmp_path, LAUNCHING) as client:
        detail = card(client, fhirServer="https://ehr.example/fhir")["detail"]
    page = read(detail)
    assert page.tables == []
    group, inputs, survival, ratios, population, others, followed, criteria, more = page.lines
    assert group == "Higher-risk group: both factors high (SII high, AFP high)."
    assert inputs == (
        "Neutrophils 4.2 × 10⁹/L (2026-01-02); Lymphocytes 1.1 × 10⁹/L (2026-01-02); "
        "Platelets 145 × 10⁹/L (2026-01-02); AFP 1250 ng/mL (2026-01-02). "
        "SII: 145 × 4.2 ÷ 1.1 ≈ 553.6 (cut-off 340 × 10⁹/L)."
    )
    assert survival.endswith(
        "3 months: 67 % (32 % to 93 %) alive; 6 months: 36 % (10 % to 64 %) alive; "
        "12 months: 6 % (under 1 % to 32 %) alive."
    )
    assert ratios.count(" to ") == 3
    assert "started regorafenib after radiological progression on sorafenib (58 patients)" in population
    assert others.startswith(
        "In other studies patients on this treatment lived longer than in this one (median 8.0 months)"
    )
    assert followed.startswith(
        "Almost nobody of this group was followed for 12 months (0 of 17, median over the cohorts)"
    )
    assert criteria == "It is not stated whether this patient meets every study criterion."
    assert "Survival curve and details" in more


def test_short_card_has_the_caveats_that_come_first_in_full(tmp_path: Path) -> None:
    near = measured(platelets=quantity(90, "10*9/L"))
    with site(tmp_path, LAUNCHING) as client:
        short = read(card(client, near, fhirServer="https://ehr.example/fhir")["detail"]).lines
        full = read(card(client, near)["detail"]).lines
    assert short[0] == full[0] == "Please note:"
    assert short[1] == full[1]
    assert short[1].startswith("SII is close to its cut-off")


@pytest.mark.parametrize(
    ("settings", "server"), [("full_card = true\n" + LAUNCHING, "https://ehr.example/fhir"), (LAUNCHING, None)]
)
def test_card_is_full_by_setting_or_without_a_launch(
    tmp_path: Path, client: TestClient, settings: str, server: str | None
) -> None:
    with site(tmp_path, settings) as other:
        found = card(other, fhirServer=server)["detail"]
    assert found == card(client)["detail"]


def test_no_carcinoma_gives_no_missing_card(telling: TestClient) -> None:
    assert cards(telling, prefetch(hcc=searchset(), afp=None)) == []


LOCAL_CONDITION = '[[condition_code]]\nsystem = "urn:site"\ncode = "HCC #1"\n'


def test_site_can_add_a_condition_code(client: TestClient, tmp_path: Path) -> None:
    found = prefetch(hcc=searchset(condition("urn:site", "HCC #1")))
    assert cards(client, found) == []
    with site(tmp_path, LOCAL_CONDITION) as local:
        assert len(cards(local, found)) == 1
        assert len(cards(local)) == 1
        service, *_others = local.get(DISCOVERY).json()["services"]
    # Percent-encoded: a bare # would end the query.
    assert ",urn:site|HCC%20%231&" in service["prefetch"]["hcc"]


LOCAL_LABORATORY = '[[local_code]]\nsystem = "urn:lab"\ncode = "NEUT#, auto"\nanalyte = "neutrophils"\n'


def test_site_can_add_laboratory_codes(client: TestClient, tmp_path: Path) -> None:
    code = {"coding": [{"system": "urn:lab", "code": "NEUT#, auto"}]}
    found = prefetch(neutrophils=searchset(observation("neutrophils", code=code)))
    assert cards(client, found) == []
    with site(tmp_path, LOCAL_LABORATORY) as local:
        assert len(cards(local, found)) == 1
        service, *_others = local.get(DISCOVERY).json()["services"]
    # A comma would part two codes: FHIR has a backslash before it. All of it is percent-encoded.
    assert service["prefetch"]["neutrophils"].endswith(",urn:lab|NEUT%23%5C%2C%20auto&_sort=-date&_count=100")


@pytest.mark.parametrize(("setting", "count"), [("", 0), ("same_draw_minutes = 120\n", 1)])
def test_site_can_allow_counts_hours_apart(tmp_path: Path, setting: str, count: int) -> None:
    later = searchset(observation("platelets", when="2026-01-02T10:00:00Z"))
    with site(tmp_path, setting) as client:
        assert len(cards(client, prefetch(platelets=later))) == count


@pytest.mark.parametrize(("setting", "count"), [("", 1), ("afp_window_days = 2\n", 0)])
def test_site_can_narrow_the_afp_window(tmp_path: Path, setting: str, count: int) -> None:
    later = searchset(observation("afp", when="2026-01-05T08:00:00Z"))
    with site(tmp_path, setting) as client:
        assert len(cards(client, prefetch(afp=later))) == count


@pytest.mark.parametrize(("setting", "count"), [("", 0), ("accept_afp_units = true\n", 1)])
def test_site_can_accept_afp_in_units_per_volume(tmp_path: Path, setting: str, count: int) -> None:
    code = {"coding": [{"system": "http://loinc.org", "code": "19176-7"}]}
    international = searchset(observation("afp", quantity(1000, "[IU]/mL"), code=code))
    with site(tmp_path, setting) as client:
        found = cards(client, prefetch(afp=international))
        service, *_others = client.get(DISCOVERY).json()["services"]
    assert len(found) == count
    # It is searched in any case, because an AFP that is not read may be newer than the one used.
    assert "http://loinc.org|19176-7" in service["prefetch"]["afp"]
    # By hand: 1000 IU/mL x 1.21 ng/IU.
    assert all("AFP 1210 ng/mL" in one["summary"] and "laboratories differ" in one["detail"] for one in found)
