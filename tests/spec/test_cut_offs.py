"""On which side of a cut-off a value lies: at or above is high, decided on the digits given, never on a rounded one."""

import json
import re
from collections.abc import Callable
from itertools import chain
from typing import Any

import pytest
from starlette.testclient import TestClient

from app.net.strict_json import parse_json
from tests.lib.caveats import Given, by_card_summary
from tests.lib.fhir.examples import four_quantities, parameters, quantity
from tests.lib.fhir.operation import one_of, send
from tests.lib.readings import JSON, run_command

# Neutrophils, lymphocytes, platelets in 10*9/L -> whether SII is high; SII = platelets x neutrophils / lymphocytes.
SII = [
    ("3.4", "1", "100", True),  # 340
    ("3.3999999999999999999999", "1", "100", False),
    ("3.4000000000000000000001", "1", "100", True),
    ("6.8", "2", "100", True),  # 680 / 2
    ("3.4", "1.0000000000000000000001", "100", False),
    ("5.1", "1.5", "100", True),  # 510 / 1.5, which binary fractions put below
    ("2.3", "0.69", "102", True),  # 234.6 / 0.69 = 340
]
# AFP and its unit -> whether it is high.
AFP = [
    ("400", "ng/mL", True),
    ("399.9999999999999999999", "ng/mL", False),
    ("0.4", "ug/mL", True),
    ("399999.9", "pg/mL", False),
    ("311.9", "[IU]/mL", False),
    ("331.1", "[IU]/mL", True),
]


LABELS = {"low": "Lower-risk group", "intermediate": "Middle-risk group", "high": "Higher-risk group"}


def by_json_api(client: TestClient, given: Given) -> str:
    parts = [f'"{name}": {{"value": {n}, "unit": {json.dumps(u)}}}' for name, (n, u) in given.values.items()]
    answer = client.post("/api/v1/assessments", content=f"{{{', '.join(parts)}}}", headers=JSON)
    return label_of(parse_json(answer.content))


def by_quantities(client: TestClient, given: Given) -> str:
    quantities = {name: quantity(number, unit) for name, (number, unit) in given.values.items()}
    return LABELS[one_of(send(client, four_quantities(**quantities))[1], "riskGroup")]


def by_observations(client: TestClient, given: Given) -> str:
    observations = [one for found in given.observations().values() for one in found]
    return LABELS[one_of(send(client, parameters(*observations))[1], "riskGroup")]


def by_form(client: TestClient, given: Given) -> str:
    numbers = {name: number for name, (number, _) in given.values.items()}
    units = {f"{name}_unit": unit for name, (_, unit) in given.values.items()}
    heading = re.search('<h1 id="result-title"[^>]*>([^<]*) <', client.post("/", data=numbers | units).text)
    assert heading
    return heading[1]


def by_command_line(_: TestClient, given: Given) -> str:
    typed = {f"--{name}": f"{number} {unit}" for name, (number, unit) in given.values.items()}
    code, output, errors = run_command("assess", "--json", *chain.from_iterable(typed.items()))
    assert code == 0, errors
    return label_of(parse_json(output.encode()))


def by_card(client: TestClient, given: Given) -> str:
    group = re.match(r"HCC: ([a-z-]+ group)", by_card_summary(client, given))
    assert group
    return group[1].capitalize()


def label_of(body: dict[str, Any]) -> str:
    """Return the label of the group, which must fit what is high in the cell."""
    cell = body["cell"]
    assert body["risk_group"]["id"] == ("low", "intermediate", "high")[cell["sii_high"] + cell["afp_high"]]
    return str(body["risk_group"]["label"])


INTERFACES = [by_json_api, by_quantities, by_observations, by_form, by_command_line, by_card]


@pytest.mark.parametrize("by", INTERFACES)
@pytest.mark.parametrize(("neutrophils", "lymphocytes", "platelets", "high"), SII)
def test_the_side_of_sii(
    spec_client: TestClient,
    by: Callable[[TestClient, Given], str],
    neutrophils: str,
    lymphocytes: str,
    platelets: str,
    *,
    high: bool,
) -> None:
    given = Given(neutrophils, lymphocytes, platelets, afp="12")
    assert by(spec_client, given) == LABELS["intermediate" if high else "low"]


@pytest.mark.parametrize("by", INTERFACES)
@pytest.mark.parametrize(("number", "unit", "high"), AFP)
def test_the_side_of_afp(
    spec_client: TestClient, by: Callable[[TestClient, Given], str], number: str, unit: str, *, high: bool
) -> None:
    given = Given("1", "1", "100", number, unit)  # SII 100
    assert by(spec_client, given) == LABELS["intermediate" if high else "low"]
