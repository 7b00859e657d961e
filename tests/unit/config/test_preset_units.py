"""SII_AFP_UNITS: which units the form has chosen already, and what is refused at start."""

from pathlib import Path

import pytest

from app.config.preset_units import preset_units
from app.config.site import SiteConfiguration
from app.core.analytes import Analyte
from app.core.errors import ConfigurationError
from app.core.units.conversion import find_unit
from tests.lib.clients import client_with, site

GIGA = "10*9/L"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (None, {}),
        ("counts=10*9/L", {"neutrophils": GIGA, "lymphocytes": GIGA, "platelets": GIGA}),
        ("afp=IU/mL", {"afp": "IU/mL"}),
        (
            " platelets = 10*4/uL, counts=/uL,afp=ng/mL,",
            {"neutrophils": "/uL", "lymphocytes": "/uL", "platelets": "10*4/uL", "afp": "ng/mL"},
        ),
    ],
)
def test_each_analyte_has_its_unit(text: str | None, expected: dict[str, str]) -> None:
    assert preset_units(text, find_unit) == {Analyte(name): unit for name, unit in expected.items()}


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("counts=ng/mL", "'ng/mL' is not a unit of neutrophils"),
        ("afp=nmol/L", "'nmol/L' is not a unit of afp"),
        ("afp=", "'' is not a unit of afp"),
        ("10*9/L", "'10\\*9/L' is not NAME=UNIT"),
        ("leukocytes=10*9/L", "is not NAME=UNIT; the names are counts, neutrophils"),
        ("afp=ng/mL, afp=IU/mL", "twice"),
    ],
)
def test_service_does_not_start_with_a_wrong_entry(text: str, named: str) -> None:
    with pytest.raises(ConfigurationError, match=f"SII_AFP_UNITS: .*{named}"):
        client_with(units=text)


def test_unit_of_the_site_can_be_preset(tmp_path: Path) -> None:
    own = 'local_unit = [{ label = "Gpt", unit = "10*9/L" }]'
    assert SiteConfiguration().units
    page = site(tmp_path, own, units="counts=Gpt").get("/").text
    assert page.count('<option value="Gpt" selected>') == 4
