"""A unit that a site adds in site.toml is read at every interface."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from tests.lib.clients import client_with, site_file
from tests.lib.fhir.examples import four_quantities, labelled, quantity
from tests.lib.fhir.operation import all_of, answered, refusal, sii_of
from tests.lib.readings import (
    ACCEPTED,
    REFUSED,
    Given,
    by_command_line,
    by_form,
    by_json_api,
    by_label,
    by_observation,
    by_printed_unit,
    by_quantity,
)

MIMIC = "http://mimic.mit.edu/fhir/mimic/CodeSystem/mimic-units"
SITE = f"""
[[local_unit]]
label = "Tys/µL"
unit = "10*3/uL"

[[local_unit]]
label = "mil/mm3"
unit = "10*3/mm3"
analyte = "platelets"

[[local_unit]]
label = "E/mL"
unit = "[IU]/mL"

[[local_unit]]
system = "{MIMIC}"
label = "K/uL"
unit = "10*3/uL"
"""
LOCAL = [
    ("platelets", "Tys/µL", "145", "145"),
    ("platelets", "Tys / μL", "145", "145"),
    ("platelets", "mil/mm³", "145", "145"),
    ("afp", "E/mL", "500", "605"),
]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("site")


@pytest.fixture(scope="module")
def site_client(folder: Path) -> Iterator[TestClient]:
    with client_with(integration_file=site_file(folder, SITE)) as found:
        yield found


@pytest.mark.parametrize(("analyte", "unit", "number", "canonical"), LOCAL)
def test_label_of_the_site_is_read_at_every_interface(
    site_client: TestClient,
    folder: Path,
    monkeypatch: pytest.MonkeyPatch,
    analyte: str,
    unit: str,
    number: str,
    canonical: str,
) -> None:
    monkeypatch.setenv("SII_AFP_INTEGRATION_FILE", str(site_file(folder, SITE)))
    given = Given(analyte, number, unit)
    assert by_printed_unit(site_client, given) == (canonical, canonical, ACCEPTED, ACCEPTED)


@pytest.mark.parametrize(("analyte", "unit", "number", "canonical"), LOCAL)
def test_label_of_another_site_is_refused(
    spec_client: TestClient, analyte: str, unit: str, number: str, canonical: str
) -> None:
    given = Given(analyte, number, unit)
    assert (by_json_api(spec_client, given), by_label(spec_client, given)) == ("unit_unknown", "unit_unknown")
    assert (by_form(spec_client, given), by_command_line(spec_client, given)) == (REFUSED, REFUSED)


def test_label_of_the_site_is_no_ucum_code(site_client: TestClient) -> None:
    given = Given("platelets", "145", "Tys/µL")
    assert (by_quantity(site_client, given), by_observation(site_client, given)) == ("unit_unknown", "unit_unknown")


def test_label_of_one_analyte_is_refused_for_the_others(site_client: TestClient) -> None:
    assert by_json_api(site_client, Given("neutrophils", "4.2", "mil/mm3")) == "unit_unknown"


def test_code_of_the_sites_unit_system_is_read_and_marked(site_client: TestClient) -> None:
    sent = quantity("145", "K/uL", system=MIMIC)
    answer = answered(site_client, four_quantities(platelets=sent))
    assert float(sii_of(answer)) == pytest.approx(145 * 4.2 / 1.1)
    assert all_of(answer, "unitLabel") == ["Platelets: the unit K/uL was read as a printed label, not as UCUM."]


def test_printed_unit_may_not_contradict_the_sites_code(site_client: TestClient) -> None:
    sent = quantity("145", "/uL", system=MIMIC, code="K/uL")
    assert list(refusal(site_client, four_quantities(platelets=sent))) == ["unit_contradiction"]
    sent = labelled("145", "Tys/µL", code="10*9/L") | {"system": "http://unitsofmeasure.org"}
    assert answered(site_client, four_quantities(platelets=sent))


@pytest.mark.parametrize("sent", [quantity("145", "10*9/L", system=MIMIC), quantity("145", "K/uL", system="urn:other")])
def test_unit_of_a_system_that_the_site_does_not_name_is_refused(site_client: TestClient, sent: dict[str, str]) -> None:
    refusals = refusal(site_client, four_quantities(platelets=sent))
    assert list(refusals) == ["unit_system"]
    assert f"'{sent['code']}'" in refusals["unit_system"]
