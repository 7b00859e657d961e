"""The integration page is true: each call works as written, the site file is valid, and the codes match the code."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from app.config.settings import Settings
from app.config.site import SiteConfiguration, load_site_configuration
from app.core.analytes import Analyte
from app.core.clinical_codes import LoincCode
from app.ehr.fhir.reading.codes import laboratory_codes
from tests.lib.curl import send

PAGE = (Path(__file__).parents[2] / "docs" / "integration.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"```(\w+)\n(.*?)```", PAGE, re.DOTALL)
CALLS = {text.split("127.0.0.1:8000")[1].split()[0].rstrip("'"): text for _, text in BLOCKS if text.startswith("curl")}


def answer(path: str, settings: Settings | None = None) -> dict[str, Any]:
    response = send(CALLS[path], settings)
    assert response.status_code == 200, response.text
    found: dict[str, Any] = response.json()
    return found


def test_each_interface_has_an_example_call() -> None:
    assert set(CALLS) == {
        "/fhir/$hcc-risk",
        "/cds-services",
        "/cds-services/hcc-sii-afp",
        "/cds-services/hcc-sii-afp/feedback",
        "/.well-known/jwks.json",
    }


def test_operation_gives_group_index_and_assessment() -> None:
    parameters = {parameter["name"]: parameter for parameter in answer("/fhir/$hcc-risk")["parameter"]}
    assert parameters["riskGroup"]["valueCode"] == "high"
    # 145 × 4.2 ÷ 1.1 = 553.636…
    assert parameters["sii"]["resource"]["valueQuantity"]["value"] == pytest.approx(553.636, abs=0.001)
    assert len(parameters["riskAssessment"]["resource"]["prediction"]) == 3
    for name in ("riskGroup", "sii", "riskAssessment", "applicability", "model"):
        assert f"`{name}`" in PAGE


def test_hooks_call_sends_the_prefetch_and_gets_a_card() -> None:
    service, *_others = answer("/cds-services")["services"]
    sent = json.loads(
        CALLS["/cds-services/hcc-sii-afp"].split(" -d '")[1].rstrip().removesuffix("'").replace("'\"", "")
    )
    assert set(service["prefetch"]) == set(sent["prefetch"])
    (card,) = answer("/cds-services/hcc-sii-afp")["cards"]
    assert (card["indicator"], card["summary"].split(",")[0]) == ("info", "HCC risk group: high")
    assert answer("/cds-services/hcc-sii-afp/feedback") == {}


def test_key_set_has_one_public_key(tmp_path: Path) -> None:
    file = tmp_path / "site.toml"
    file.write_text('[[smart]]\nissuer = "https://ehr.example.org/fhir"\nclient_id = "sii-afp"\n', "utf-8")
    (key,) = answer("/.well-known/jwks.json", Settings(integration_file=file))["keys"]
    assert key["alg"] == "ES384"
    assert "d" not in key


def test_site_file_is_valid_and_has_every_entry(tmp_path: Path) -> None:
    (text,) = (text for kind, text in BLOCKS if kind == "toml")
    for name in ("signing-key.pem", "second-ehr-secret.txt"):
        (tmp_path / name).touch()
    file = tmp_path / "site.toml"
    file.write_text(text, "utf-8")
    found = load_site_configuration(file)
    assert found.client[0].scopes == ("hooks", "api")
    written = set(re.findall(r"^(?:\[\[)?(\w+)", text, re.MULTILINE))
    assert written >= set(SiteConfiguration.model_fields)


def test_codes_match_the_codes_read_and_refused() -> None:
    rows = re.findall(r"^\| (neutrophils|lymphocytes|platelets|AFP) \| (.*?) \|(.*?)\|$", PAGE, re.MULTILINE)
    assert len(rows) == len(Analyte)
    codes = laboratory_codes(SiteConfiguration(accept_afp_units=True))
    refused: set[str] = set()
    for name, read, not_read in rows:
        expected = {code for system, code in codes.coding_of(Analyte(name.lower())) if system == LoincCode.system}
        assert set(re.findall(r"\d+-\d", read)) == expected
        refused |= set(re.findall(r"\d+-\d", not_read))
    assert refused == {code for _, code in codes.refused}
