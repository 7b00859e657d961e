"""How each interface reads one value: accepted as which number in the canonical unit, or refused with which code.

The other three values are usual ones, so that whatever is refused is the value in question.
"""

import json
import re
from collections.abc import Callable
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from decimal import Decimal
from html import unescape
from io import StringIO
from typing import Any

from starlette.testclient import TestClient

from app.cli.main import main
from app.net.strict_json import parse_json
from tests.lib.cds_hooks.calls import SERVICE, call, condition
from tests.lib.fhir.examples import CODES, FHIR, SUBJECT, TAKEN, UCUM, concept, searchset
from tests.lib.fhir.operation import OPERATION
from tests.lib.pdf import text_of

JSON = {"content-type": "application/json"}
USUAL = {
    "neutrophils": ("4.2", "10*9/L"),
    "lymphocytes": ("1.1", "10*9/L"),
    "platelets": ("145", "10*9/L"),
    "afp": ("620", "ng/mL"),
}
ACCEPTED, REFUSED = "accepted", "refused"
PLACE = "the prefetch"


@dataclass(frozen=True, slots=True)
class Given:
    """One value. `number` is the text typed, or for programs the JSON that they send, such as 4.20 or "4.20"."""

    analyte: str
    number: str
    unit: str
    comparator: str = ""


def by_json_api(client: TestClient, given: Given) -> str:
    """Return the canonical number, or the code of the error."""
    parts = [
        f'"{name}": {{"value": {number}, "unit": {json.dumps(unit)}{_comparator(given, name)}}}'
        for name, (number, unit) in _with(given).items()
    ]
    answer = client.post("/api/v1/assessments", content="{" + ", ".join(parts) + "}", headers=JSON)
    if answer.status_code == 400:
        return "malformed"
    if answer.status_code == 200:
        return _canonical(answer.content, given)
    return str(answer.json()["errors"][0]["code"])


def by_quantity(client: TestClient, given: Given) -> str:
    """Return that the FHIR operation accepts a Quantity declared as UCUM, or the code of the error."""
    return _by_operation(client, given, lambda name: f'{{"name": "{name}", "valueQuantity": {_quantity(given, name)}}}')


def by_label(client: TestClient, given: Given) -> str:
    """Return the same of a Quantity whose unit is a printed label, without a system."""
    return _by_operation(
        client, given, lambda name: f'{{"name": "{name}", "valueQuantity": {_quantity(given, name, is_ucum=False)}}}'
    )


def by_observation(client: TestClient, given: Given) -> str:
    """Return that the FHIR operation accepts an Observation, or the code with which it is rejected."""
    return _by_observation(client, given, f'"valueQuantity": {_quantity(given, given.analyte)}')


def _by_observation(client: TestClient, given: Given, value: str) -> str:
    status, found = _operation(client, lambda name: _observation(given, name, value))
    if status == 200:
        return ACCEPTED
    codes = [issue["diagnostics"] for issue in found["issue"] if issue["severity"] == "information"]
    return next((str(code) for code in codes if code not in ("incomplete_draw", "outside_window")), str(codes[0]))


def by_card(client: TestClient, given: Given) -> str:
    """Return whether a CDS Hooks call with the value as an Observation is answered with a risk group."""
    value = f'"valueQuantity": {_quantity(given, given.analyte)}'
    bundles = (
        f'"{name}": {{"resourceType": "Bundle", "type": "searchset", "entry": [{{"resource": {found}}}]}}'
        for name, found in ((name, _resource(given, name, value)) for name in USUAL)
    )
    prefetch = f'{{"hcc": {json.dumps(searchset(condition()))}, {", ".join(bundles)}}}'
    body = json.dumps(call(PLACE)).replace(json.dumps(PLACE), prefetch)
    answer = client.post(SERVICE, content=body, headers=JSON)
    assert answer.status_code == 200, answer.text
    summaries = [one["summary"] for one in answer.json()["cards"]]
    return ACCEPTED if summaries and summaries[0].startswith("HCC: ") else REFUSED


def by_form(client: TestClient, given: Given) -> str:
    """Return whether the form accepts a typed value; the comparator is typed before the number."""
    typed = {name: number for name, (number, _) in _with(given).items()}
    typed[given.analyte] = given.comparator + given.number
    units = {f"{name}_unit": unit for name, (_, unit) in _with(given).items()}
    answer = client.post("/", data={**typed, **units})
    assert answer.status_code in (200, 422)
    return ACCEPTED if answer.status_code == 200 else REFUSED


def number_by_form(client: TestClient, given: Given) -> str:
    """Return the number in the canonical unit that the result page shows, or that the form refuses the value."""
    typed = {name: number for name, (number, _) in _with(given).items()}
    units = {f"{name}_unit": unit for name, (_, unit) in _with(given).items()}
    answer = client.post("/", data={**typed, **units})
    if answer.status_code == 422:
        assert f'<a href="#{given.analyte}' in answer.text
        return REFUSED
    label = "AFP" if given.analyte == "afp" else given.analyte.capitalize()
    used = re.search(f'<th scope="row">{label}</th><td>[^<]*</td><td>([^<]*)</td>', answer.text)
    assert used
    return unescape(used[1]).lstrip("<>=≤≥ ").split(" ")[0]


def number_by_pdf(client: TestClient, given: Given) -> str:
    """Return the number that the PDF document shows as used, or that its form refuses the value."""
    typed = {name: number for name, (number, _) in _with(given).items()}
    units = {f"{name}_unit": unit for name, (_, unit) in _with(given).items()}
    answer = client.post("/report.pdf", data={**typed, **units})
    if answer.status_code == 422:
        return REFUSED
    label = "AFP" if given.analyte == "afp" else given.analyte.capitalize()
    unit = "ng/mL" if given.analyte == "afp" else "× 10⁹/L"
    table = text_of(answer.content).partition("As used")[2]
    used = re.search(rf" {label} .*? ([\d.]+) {unit} (?:Lymph|Plat|AFP|Over)", table)
    assert used, table[:300]
    return used[1]


def by_text(client: TestClient, given: Given) -> str:
    """Return that the FHIR operation accepts an Observation whose value is a text, or the code of its rejection."""
    number, unit = _with(given)[given.analyte]
    return _by_observation(client, given, f'"valueString": {json.dumps(f"{number} {unit}")}')


def by_command_line(_: TestClient, given: Given) -> str:
    """Return the canonical number, or that the command refuses the value by the name of its field."""
    values = {name: f"{number} {unit}" for name, (number, unit) in _with(given).items()}
    values[given.analyte] = given.comparator + values[given.analyte]
    options = [part for name, text in values.items() for part in (f"--{name}", text)]
    code, output, errors = run_command("assess", "--json", *options)
    if code == 0:
        return _canonical(output.encode(), given)
    assert (code, errors.partition(":")[0]) == (2, given.analyte)
    return REFUSED


def by_printed_unit(client: TestClient, given: Given) -> tuple[str, str, str, str]:
    """Return what the JSON API, the command line, the form and FHIR give for a unit without a system."""
    return by_json_api(client, given), by_command_line(client, given), by_form(client, given), by_label(client, given)


def run_command(*arguments: str) -> tuple[int, str, str]:
    """Run `sii-afp` in this process; return exit code, standard output and standard error."""
    with redirect_stdout(StringIO()) as output, redirect_stderr(StringIO()) as errors:
        try:
            main(arguments)
        except SystemExit as end:
            return int(end.code or 0), output.getvalue(), errors.getvalue()
    return 0, output.getvalue(), errors.getvalue()


def _canonical(answer: bytes, given: Given) -> str:
    return f"{Decimal(parse_json(answer)['inputs'][given.analyte]['canonical']['value']):f}"


def _with(given: Given) -> dict[str, tuple[str, str]]:
    return {**USUAL, given.analyte: (given.number, given.unit)}


def _comparator(given: Given, name: str) -> str:
    return f', "comparator": {json.dumps(given.comparator)}' if given.comparator and name == given.analyte else ""


def _quantity(given: Given, name: str, *, is_ucum: bool = True) -> str:
    number, unit = _with(given)[name]
    written = json.dumps(unit)
    is_declared = is_ucum or name != given.analyte
    declared = f', "system": "{UCUM}", "code": {written}' if is_declared else ""
    return f'{{"value": {number}, "unit": {written}{declared}{_comparator(given, name)}}}'


def _observation(given: Given, name: str, value: str) -> str:
    """Return a parameter of the operation with an Observation, as JSON."""
    return f'{{"name": "observation", "resource": {_resource(given, name, value)}}}'


def _resource(given: Given, name: str, value: str) -> str:
    """Return an Observation as JSON; that of the analyte in question has the given value element."""
    about = {
        "resourceType": "Observation",
        "id": name,
        "status": "final",
        "code": concept(CODES[name]),
        "subject": {"reference": SUBJECT},
        "effectiveDateTime": TAKEN,
    }
    usual = f'"valueQuantity": {_quantity(given, name)}'
    return f"{json.dumps(about)[:-1]}, {value if name == given.analyte else usual}}}"


def _by_operation(client: TestClient, given: Given, parameter: Callable[[str], str]) -> str:
    status, found = _operation(client, parameter)
    return ACCEPTED if status == 200 else str(found["issue"][0].get("diagnostics", "malformed"))


def _operation(client: TestClient, parameter: Callable[[str], str]) -> tuple[int, Any]:
    body = f'{{"resourceType": "Parameters", "parameter": [{", ".join(map(parameter, USUAL))}]}}'
    answer = client.post(OPERATION, content=body, headers=FHIR)
    return answer.status_code, parse_json(answer.content)
