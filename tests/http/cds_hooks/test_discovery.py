"""Discovery: the services, their paths and their prefetch templates."""

import re

import pytest
from starlette.testclient import TestClient

from tests.lib.cds_hooks.calls import DISCOVERY, KEYS, OPTIONAL_KEY, SERVICES, Json, ask, call, orders_of

TEMPLATES = {
    "hcc": (
        "Condition?patient={{context.patientId}}&code=http://snomed.info/sct|109841003,"
        "http://hl7.org/fhir/sid/icd-10-cm|C22.0,http://hl7.org/fhir/sid/icd-10|C22.0&_count=100"
    ),
    "neutrophils": (
        "Observation?patient={{context.patientId}}&code=http://loinc.org|751-8,http://loinc.org|26499-4,"
        "http://loinc.org|753-4&_sort=-date&_count=100"
    ),
    "lymphocytes": (
        "Observation?patient={{context.patientId}}&code=http://loinc.org|731-0,http://loinc.org|26474-7,"
        "http://loinc.org|732-8&_sort=-date&_count=100"
    ),
    "platelets": (
        "Observation?patient={{context.patientId}}&code=http://loinc.org|777-3,http://loinc.org|26515-7,"
        "http://loinc.org|778-1&_sort=-date&_count=100"
    ),
    "afp": (
        "Observation?patient={{context.patientId}}&code=http://loinc.org|1834-1,http://loinc.org|83073-7,"
        "http://loinc.org|53962-7,http://loinc.org|19177-5,http://loinc.org|53960-1,http://loinc.org|19176-7,"
        "http://loinc.org|83072-9,http://loinc.org|53961-9&_sort=-date&_count=100"
    ),
    "criteria": (
        "Observation?patient={{context.patientId}}&code=http://loinc.org|89247-1,"
        "http://snomed.info/sct|3191000175106&_sort=-date&_count=100"
    ),
}


IDS = {
    "patient-view": "hcc-sii-afp",
    "order-select": "hcc-sii-afp-order-select",
    "order-sign": "hcc-sii-afp-order-sign",
}


@pytest.fixture(params=IDS)
def service(client: TestClient, request: pytest.FixtureRequest) -> Json:
    (found,) = [one for one in client.get(DISCOVERY).json()["services"] if one["hook"] == request.param]
    return dict(found)


def test_discovery_lists_services(client: TestClient) -> None:
    answer = client.get(DISCOVERY)
    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/json")
    assert set(answer.json()) == {"services"}
    assert [one["hook"] for one in answer.json()["services"]] == list(IDS)


def test_service_has_hook_id_and_description(service: Json) -> None:
    assert (service["id"], service["title"]) == (IDS[service["hook"]], "HCC risk group (SII, AFP)")
    assert "one study of patients who started regorafenib after sorafenib failed" in service["description"]
    assert service["usageRequirements"].startswith("Adults with hepatocellular carcinoma")
    assert ("order for regorafenib" in service["usageRequirements"]) == (service["hook"] != "patient-view")


def test_service_states_its_version(service: Json) -> None:
    assert service["version"] == "2.0.1"


def test_service_path_ends_in_its_id(client: TestClient, service: Json) -> None:
    assert f"{DISCOVERY}/{service['id']}" == SERVICES[service["hook"]]
    context = orders_of(selections=["MedicationRequest/m1"])
    assert ask(client, call(hook=service["hook"], context=context)).status_code == 200


@pytest.mark.parametrize("key", TEMPLATES)
def test_each_key_has_a_query(service: Json, key: str) -> None:
    assert service["prefetch"][key] == TEMPLATES[key]
    assert set(service["prefetch"]) == {*KEYS, OPTIONAL_KEY}


def test_only_token_is_the_context_patient(service: Json) -> None:
    """A root-level field of the context with a primitive value, named with its path, between double braces."""
    for template in service["prefetch"].values():
        assert re.findall(r"\{\{.*?\}\}", template) == ["{{context.patientId}}"]
        assert not re.search(r"[{}%]", template.replace("{{context.patientId}}", ""))


def test_queries_use_only_common_search_features(service: Json) -> None:
    """Type-level searches by reference and token equality, with _sort and _count, and no modifier."""
    for template in service["prefetch"].values():
        resource_type, _, query = template.partition("?")
        assert resource_type in ("Condition", "Observation")
        assert [part.partition("=")[0] for part in query.split("&")] in (
            ["patient", "code", "_count"],
            ["patient", "code", "_sort", "_count"],
        )


def test_discovery_has_no_null_or_empty_part(service: Json) -> None:
    assert all(isinstance(value, str) and value for name, value in service.items() if name != "prefetch")
    assert all(isinstance(value, str) and value for value in service["prefetch"].values())


def test_discovery_is_open_and_has_no_secret(client: TestClient) -> None:
    answer = client.get(DISCOVERY)
    assert answer.headers["cache-control"] == "no-store"
    fields = {"hook", "id", "title", "version", "description", "usageRequirements", "prefetch"}
    assert all(set(one) == fields for one in answer.json()["services"])
