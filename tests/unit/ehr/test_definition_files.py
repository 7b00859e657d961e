"""The JSON files of the FHIR definitions agree with the code, and no placeholder is left in them."""

import json
from pathlib import Path
from typing import Any

import pytest

from app.artefact.reader import load_artefact
from app.config.site import SiteConfiguration
from app.config.version import software
from app.core.analytes import LOINC, Analyte
from app.core.applicability import CHILD_PUGH_CLASSES, ECOG_MAXIMUM, Status
from app.core.clinical_codes import LoincCode, UcumCode
from app.ehr.fhir.definitions import catalogue
from app.ehr.fhir.operation_outcome import FHIR_JSON
from app.ehr.fhir.terminology import OVERRIDE_REASONS, TERMS
from app.presentation import wording

FOLDER = Path(catalogue.__file__).parent
FILES = sorted(FOLDER.glob("*.json"))
CANONICAL = 'https://terms.clinic.example/"fhir"'  # a quotation mark would end a JSON string
PUBLIC = "https://calculator.clinic.example"
DEFINITIONS = catalogue.definitions(CANONICAL)
CAPABILITIES = catalogue.capability_statement(CANONICAL, PUBLIC)
QUESTIONS = {item["linkId"]: item for item in DEFINITIONS["Questionnaire", "sii-afp"]["item"]}
PARAMETERS = {
    parameter["name"]: parameter["documentation"]
    for parameter in DEFINITIONS["OperationDefinition", "hcc-risk"]["parameter"]
}


def extensions(question: dict[str, Any]) -> dict[str, Any]:
    return {one["url"].rsplit("/", maxsplit=1)[-1]: one for one in question["extension"]}


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_file_is_json_named_after_type_and_id(file: Path) -> None:
    found = json.loads(file.read_text("utf-8"))
    name = found["url"].removeprefix("{{canonical}}/" + found["resourceType"] + "/")
    assert file.stem == f"{found['resourceType']}-{name}"
    assert found.get("id", name) == name
    assert found["version"] == "{{version}}"


def test_every_file_is_loaded() -> None:
    loaded = [*DEFINITIONS.values(), CAPABILITIES]
    assert len(loaded) == len(FILES)
    assert {one["version"] for one in loaded} == {software().version}
    assert all(one["url"].startswith(f"{CANONICAL}/") for one in loaded)


def test_no_placeholder_stays_open() -> None:
    assert "{{" not in json.dumps([*DEFINITIONS.values(), CAPABILITIES])


def test_capabilities_name_types_and_media_type() -> None:
    (rest,) = CAPABILITIES["rest"]
    assert [one["type"] for one in rest["resource"]] == sorted({resource_type for resource_type, _ in DEFINITIONS})
    assert CAPABILITIES["format"] == [FHIR_JSON]
    assert CAPABILITIES["implementation"]["url"] == f"{PUBLIC}/fhir"


@pytest.mark.parametrize("analyte", Analyte)
def test_question_has_the_codes_of_its_analyte(analyte: Analyte) -> None:
    codings = [(one["system"], one["code"]) for one in QUESTIONS[analyte.value]["code"]]
    assert codings == [code.coding for code in LOINC[analyte]]
    assert {system for system, _ in codings} == {LoincCode.system}


@pytest.mark.parametrize("analyte", Analyte)
def test_question_has_the_unit_of_its_analyte(analyte: Analyte) -> None:
    question, unit = QUESTIONS[analyte.value], analyte.canonical_unit
    assert question["text"] == f"{wording.analyte(analyte)}, {unit}"
    assert extensions(question)["questionnaire-unit"]["valueCoding"] == {
        "system": UcumCode.system,
        "code": unit,
        "display": unit,
    }


@pytest.mark.parametrize("analyte", Analyte)
def test_question_looks_back_like_the_reading_rules(analyte: Analyte) -> None:
    assert extensions(QUESTIONS[analyte.value])["sdc-questionnaire-observationLinkPeriod"]["valueDuration"] == {
        "value": SiteConfiguration().oldest_sample_days,
        "unit": "days",
        "system": UcumCode.system,
        "code": "d",
    }


def test_index_has_the_unit_of_the_counts() -> None:
    unit = Analyte.PLATELETS.canonical_unit
    assert extensions(QUESTIONS["sii"])["questionnaire-unit"]["valueCoding"]["code"] == unit
    assert f", {unit}:" in QUESTIONS["sii"]["text"]
    assert TERMS["sii"].definition.endswith(f"in {unit}.")


@pytest.mark.parametrize("analyte", Analyte)
def test_parameter_names_the_unit_of_its_analyte(analyte: Analyte) -> None:
    assert f"such as {analyte.canonical_unit}," in PARAMETERS[analyte.value]


def test_parameters_name_the_accepted_values() -> None:
    assert PARAMETERS["ecog"].endswith(f": 0 to {ECOG_MAXIMUM}")
    first, second, third = CHILD_PUGH_CLASSES
    assert PARAMETERS["childPughClass"].endswith(f": {first}, {second} or {third}")


def test_parameters_name_the_answers() -> None:
    low, intermediate, high = (group.id for group in load_artefact().risk_groups)
    assert f": {low}, {intermediate} or {high}, from {CANONICAL}/CodeSystem/sii-afp" in PARAMETERS["riskGroup"]
    statuses = [status.value.replace("_", "-") for status in Status]
    listed = f": {', '.join(statuses[:-1])} or {statuses[-1]}"
    assert PARAMETERS["applicability"].endswith(listed)
    assert listed in DEFINITIONS["StructureDefinition", "applicability"]["description"]


@pytest.mark.parametrize("name", ["sii-afp", "sii-afp-override-reason"])
def test_code_system_counts_its_concepts(name: str) -> None:
    system = DEFINITIONS["CodeSystem", name]
    codes = [concept["code"] for concept in system["concept"]]
    assert system["count"] == len(codes) == len(set(codes))


def test_terms_are_those_of_the_code_systems() -> None:
    assert list(OVERRIDE_REASONS) == ["no-hcc", "not-regorafenib", "outdated"]
    assert {code: TERMS[code].display for code in Analyte} == {analyte: wording.analyte(analyte) for analyte in Analyte}
    assert {group.id: TERMS[group.id].display for group in load_artefact().risk_groups} == {
        group.id: group.label for group in load_artefact().risk_groups
    }
    used = {"sii", "sii-high", "sii-low", "sii-afp-cox", "overall-survival"}
    assert set(TERMS) == {*used, *Analyte, *(group.id for group in load_artefact().risk_groups)}


def test_hazard_ratio_names_the_factors() -> None:
    elements = DEFINITIONS["StructureDefinition", "hazard-ratio"]["differential"]["element"]
    (factor,) = (element["short"] for element in elements if element.get("sliceName") == "factor")
    assert all(f"{name}," in factor for name in (factor.id for factor in load_artefact().factors))
