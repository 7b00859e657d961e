"""On which side of a cut-off a value lies: at or above is high, decided on the digits given, never on a rounded one."""

import json
from typing import Any

import pytest
from starlette.testclient import TestClient

from app.net.strict_json import parse_json
from tests.lib.fhir.examples import four_quantities, parameters, quantity, results
from tests.lib.fhir.operation import one_of, send
from tests.lib.readings import JSON

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


def cell_of(client: TestClient, values: dict[str, tuple[str, str]]) -> tuple[dict[str, Any], str, str]:
    """Return the cell of the JSON API, and the groups of the FHIR operation from quantities and from Observations."""
    body = ", ".join(f'"{name}": {{"value": {n}, "unit": {json.dumps(u)}}}' for name, (n, u) in values.items())
    answer = client.post("/api/v1/assessments", content=f"{{{body}}}", headers=JSON)
    given = {name: quantity(number, unit) for name, (number, unit) in values.items()}
    by_quantities = one_of(send(client, four_quantities(**given))[1], "riskGroup")
    changed = {one["id"]: one | {"valueQuantity": given[one["id"]]} for one in results()}
    by_observations = one_of(send(client, parameters(*changed.values()))[1], "riskGroup")
    cell: dict[str, Any] = parse_json(answer.content)["cell"]
    return cell, by_quantities, by_observations


@pytest.mark.parametrize(("neutrophils", "lymphocytes", "platelets", "high"), SII)
def test_the_side_of_sii(
    spec_client: TestClient, neutrophils: str, lymphocytes: str, platelets: str, *, high: bool
) -> None:
    counts = {"neutrophils": neutrophils, "lymphocytes": lymphocytes, "platelets": platelets}
    values = {name: (number, "10*9/L") for name, number in counts.items()} | {"afp": ("12", "ng/mL")}
    cell, *groups = cell_of(spec_client, values)
    assert (cell["sii_high"], cell["afp_high"]) == (high, False)
    assert groups == ["intermediate" if high else "low"] * 2


@pytest.mark.parametrize(("number", "unit", "high"), AFP)
def test_the_side_of_afp(spec_client: TestClient, number: str, unit: str, *, high: bool) -> None:
    low = {"neutrophils": ("1", "10*9/L"), "lymphocytes": ("1", "10*9/L"), "platelets": ("100", "10*9/L")}
    cell, *groups = cell_of(spec_client, low | {"afp": (number, unit)})
    assert (cell["sii_high"], cell["afp_high"]) == (False, high)
    assert groups == ["intermediate" if high else "low"] * 2
