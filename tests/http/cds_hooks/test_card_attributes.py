"""The attributes of a card follow CDS Hooks 2.0."""

from pathlib import Path
from urllib.parse import urlsplit

import pytest
from starlette.testclient import TestClient

from tests.lib.cds_hooks.calls import Json, ask, call, card, measured, objects, prefetch, risk_assessment
from tests.lib.clients import CANONICAL, site


def test_call_returns_an_array_of_cards(client: TestClient) -> None:
    for body, count in ((call(), 1), (call(prefetch(hcc=None)), 0)):
        answer = ask(client, body)
        assert (answer.status_code, answer.headers["content-type"]) == (200, "application/json")
        assert isinstance(answer.json()["cards"], list)
        assert len(answer.json()["cards"]) == count


def test_card_has_no_custom_attribute(client: TestClient) -> None:
    text = {"uuid", "summary", "detail", "indicator", "source", "links", "overrideReasons"}
    assert set(card(client)) == text | {"suggestions", "selectionBehavior"}


@pytest.mark.parametrize("afp", [20, 1250, 2000000])
def test_card_indicator_is_always_info(client: TestClient, afp: float) -> None:
    assert card(client, measured(afp=afp))["indicator"] == "info"


def test_source_has_label_address_and_topic(client: TestClient) -> None:
    source = card(client)["source"]
    assert source == {
        "label": source["label"],
        "url": "http://127.0.0.1:8000/evidence",
        "topic": {
            "system": f"{CANONICAL}/CodeSystem/sii-afp",
            "code": "overall-survival",
            "display": "Overall survival in HCC",
        },
    }
    assert source["label"].startswith("SII-AFP calculator ")


def test_card_has_one_optional_suggestion(client: TestClient) -> None:
    found = card(client)
    assert isinstance(found["suggestions"], list)
    assert (len(found["suggestions"]), found["selectionBehavior"]) == (1, "at-most-one")


def test_suggestion_has_label_id_and_one_action(client: TestClient) -> None:
    (suggestion,) = card(client)["suggestions"]
    assert set(suggestion) == {"label", "uuid", "actions"}
    assert suggestion["label"] == "File the risk assessment"
    assert isinstance(suggestion["uuid"], str)
    assert len(suggestion["actions"]) == 1


def test_action_creates_and_describes_a_resource(client: TestClient) -> None:
    (action,) = card(client)["suggestions"][0]["actions"]
    assert set(action) == {"type", "description", "resource"}
    assert action["type"] == "create"
    assert action["description"] == "Create a preliminary RiskAssessment from these values"
    assert action["resource"]["resourceType"] == "RiskAssessment"
    assert "id" not in action["resource"]


def test_override_reasons_are_codings_with_display(client: TestClient) -> None:
    reasons = card(client)["overrideReasons"]
    assert [(one["code"], one["display"]) for one in reasons] == [
        ("no-hcc", "The patient does not have hepatocellular carcinoma"),
        ("not-regorafenib", "Regorafenib after sorafenib is not being considered"),
        ("outdated", "The laboratory values do not describe the patient today"),
    ]
    assert {one["system"] for one in reasons} == {f"{CANONICAL}/CodeSystem/sii-afp-override-reason"}


def test_every_coding_of_a_card_has_code_and_system(client: TestClient) -> None:
    found = card(client)
    codings = [found["source"]["topic"], *found["overrideReasons"]]
    codings += [coding for one in objects(risk_assessment(found)) for coding in one.get("coding", [])]
    assert len(codings) > 4
    for coding in codings:
        assert {type(coding[name]) for name in ("code", "system", "display")} == {str}


def test_card_codes_are_defined_by_the_service(client: TestClient) -> None:
    found = card(client)
    for coding in (found["source"]["topic"], *found["overrideReasons"]):
        system = client.get(f"/fhir{coding['system'].removeprefix(CANONICAL)}").json()
        assert system["url"] == coding["system"]
        defined = {concept["code"]: concept["display"] for concept in system["concept"]}
        assert defined[coding["code"]] == coding["display"]


@pytest.fixture
def launching(tmp_path: Path) -> Json:
    """A card with both kinds of links."""
    settings = '[[smart]]\nissuer = "https://ehr.example/fhir"\nclient_id = "sii-afp"\n'
    with site(tmp_path, settings, public_url="https://calculator.example") as client:
        return card(client, fhirServer="https://ehr.example/fhir")


def test_links_have_label_type_and_absolute_url(launching: Json) -> None:
    assert [link["type"] for link in launching["links"]] == ["smart", "absolute"]
    for link in launching["links"]:
        assert set(link) == {"label", "type", "url"}
        assert isinstance(link["label"], str)
        assert (urlsplit(link["url"]).scheme, urlsplit(link["url"]).netloc) == ("https", "calculator.example")


def test_no_link_carries_context(launching: Json) -> None:
    assert not [link for link in launching["links"] if "appContext" in link]
    assert not [link for link in launching["links"] if urlsplit(link["url"]).query or urlsplit(link["url"]).fragment]
