"""What each interface says of one patient: the text of its answer, with printed units where it is for people."""

import json
import re
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any

from starlette.testclient import TestClient

from app.presentation import wording
from tests.lib.cds_hooks.calls import SERVICE, call, condition
from tests.lib.cds_hooks.calls import risk_assessment as suggested
from tests.lib.fhir.examples import as_json, observation, parameters, quantity, searchset
from tests.lib.fhir.operation import all_of, answered, one_of
from tests.lib.pdf import text_of
from tests.lib.readings import run_command

_VOID = {"meta", "link", "input", "br"}
_CAMEL = re.compile(r"_(\w)")


@dataclass(frozen=True, slots=True)
class Given:
    """The values of one patient, in the usual units unless `afp_unit` says otherwise.

    `day` is that of both samples, empty if it is not stated; `afp_day` is that of AFP if it is another. `newer` are
    platelets of 8 January 2026.
    """

    neutrophils: str = "4.2"
    lymphocytes: str = "1.1"
    platelets: str = "145"
    afp: str = "1250"
    afp_unit: str = "ng/mL"
    population: dict[str, Any] = field(default_factory=dict)
    day: str = "2026-01-02"
    afp_day: str = ""
    newer: str = ""

    @property
    def values(self) -> dict[str, tuple[str, str]]:
        """Number and unit of each analyte."""
        counts = {name: (getattr(self, name), "10*9/L") for name in ("neutrophils", "lymphocytes", "platelets")}
        return {**counts, "afp": (self.afp, self.afp_unit)}

    def observations(self) -> dict[str, list[dict[str, Any]]]:
        """Return the results of a record, by analyte."""
        found = {}
        for name, (number, unit) in self.values.items():
            day = (self.afp_day or self.day) if name == "afp" else self.day
            found[name] = [observation(name, quantity(number, unit), when=f"{day}T08:00:00Z", id=name)]
        if self.newer:
            found["platelets"].append(observation("platelets", self.newer, when="2026-01-08T08:00:00Z", id="newer"))
        return found


Told = tuple[str, str, str]
"""Code, level and text of a caveat."""


def caveats_of(client: TestClient, given: Given) -> list[Told]:
    """Return the caveats with which each interface is compared.

    They are the JSON API's; of a record the FHIR operation's, and of numbers that are no JSON the command line's.
    """
    if given.newer:
        return by_operation(client, given)
    if "," in given.neutrophils:
        code, output, errors = run_command("assess", "--json", *_options(given))
        assert code == 0, errors
        return _told(json.loads(output))
    return by_json_api(client, given)


def by_operation(client: TestClient, given: Given) -> list[Told]:
    """Return the caveats of the FHIR operation; a FHIR code has hyphens."""
    found = []
    for parts in all_of(_operation(client, given), "caveat"):
        values = {part["name"]: next(value for key, value in part.items() if key != "name") for part in parts}
        found.append((values["code"].replace("-", "_"), values["level"], values["text"]))
    return found


def by_risk_assessment(client: TestClient, given: Given) -> str:
    return _notes(one_of(_operation(client, given), "riskAssessment"))


def by_json_api(client: TestClient, given: Given) -> list[Told]:
    """Return the caveats of the JSON API."""
    body: dict[str, Any] = {
        name: {"value": float(number), "unit": unit} for name, (number, unit) in given.values.items()
    }
    body["sampled_on"] = {"blood_count": given.day, "afp": given.afp_day or given.day}
    body["population"] = given.population
    answer = client.post("/api/v1/assessments", json=body)
    assert answer.status_code == 200, answer.text
    return _told(answer.json())


def by_page(client: TestClient, given: Given) -> str:
    return _page(client, given).screen


def by_print(client: TestClient, given: Given) -> str:
    return _page(client, given).paper


def by_copied_text(client: TestClient, given: Given) -> str:
    return _page(client, given).copied


def by_letter(client: TestClient, given: Given) -> str:
    return _page(client, given).letter


def by_pdf(client: TestClient, given: Given) -> str:
    answer = client.post("/report.pdf", data=_typed(given))
    assert answer.status_code == 200, answer.text
    return text_of(answer.content)


def by_command_line(_: TestClient, given: Given) -> str:
    """Return the text of the command; its time is that of the computer, so that ages differ."""
    code, output, errors = run_command("assess", *_options(given))
    assert code == 0, errors
    return line(output.replace("\n    ", " "))


def by_card_detail(client: TestClient, given: Given) -> str:
    return re.sub(r"\\(.)", r"\1", line(_card(client, given)["detail"]))


def by_card_summary(client: TestClient, given: Given) -> str:
    summary: str = _card(client, given)["summary"]
    return summary


def by_suggested_resource(client: TestClient, given: Given) -> str:
    return _notes(suggested(_card(client, given)))


def printed(text: str) -> str:
    """Return a text with its units as people print them."""
    return wording.unit(text)


def line(text: str) -> str:
    return " ".join(text.split())


def _told(answer: dict[str, Any]) -> list[Told]:
    return [(one["code"], one["level"], one["text"]) for one in answer["caveats"]]


def _options(given: Given) -> list[str]:
    options = [part for name, (number, unit) in given.values.items() for part in (f"--{name}", f"{number} {unit}")]
    options += [
        f"--{name.replace('_', '-').removesuffix('-class')}={value}" for name, value in given.population.items()
    ]
    days = ["--blood-count-date", given.day, "--afp-date", given.afp_day or given.day]
    return [*options, *(days if given.day else [])]


def _operation(client: TestClient, given: Given) -> dict[str, Any]:
    kinds = {bool: "Boolean", str: "Code", int: "Integer"}
    said = {
        f"{_CAMEL.sub(lambda found: found[1].upper(), name)}_{kinds[type(value)]}": value
        for name, value in given.population.items()
    }
    if given.newer:
        results = [one for found in given.observations().values() for one in found]
        return answered(client, parameters(*results, **said))
    quantities = {f"{name}_Quantity": quantity(*value) for name, value in given.values.items()}
    days = {"bloodCountDate_Date": given.day, "afpDate_Date": given.afp_day or given.day}
    return answered(client, parameters(**quantities, **days, **said))


def _notes(resource: dict[str, Any]) -> str:
    return line(" ".join(note["text"] for note in resource["note"]))


def _card(client: TestClient, given: Given) -> dict[str, Any]:
    found = {name: searchset(*results) for name, results in given.observations().items()}
    body = as_json(call({"hcc": searchset(condition()), **found}))
    answer = client.post(SERVICE, content=body, headers={"content-type": "application/json"})
    (only,) = answer.json()["cards"]
    return dict(only)


def _page(client: TestClient, given: Given) -> "_Page":
    answer = client.post("/", data=_typed(given))
    assert answer.status_code == 200, answer.text
    return _Page(answer.text)


def _typed(given: Given) -> dict[str, str]:
    """Return the fields of the form."""
    typed = {name: f"{number} {unit}" for name, (number, unit) in given.values.items()}
    units = {f"{name}_unit": unit for name, (_, unit) in given.values.items()}
    words = {True: "yes", False: "no"}
    said = {name: words[value] if isinstance(value, bool) else str(value) for name, value in given.population.items()}
    days = {"blood_count_date": given.day, "afp_date": given.afp_day or given.day}
    return {**typed, **units, **said, **days}


class _Page(HTMLParser):
    """What a reader sees of a result on the screen, what is printed, and what is copied."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self._open: list[str] = []
        self._parts: list[tuple[str, set[str]]] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in _VOID:
            found = dict(attrs)
            self._open.append(f"{tag} {found.get('class') or ''} {found.get('id') or ''}")

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Skip an element without content."""

    def handle_endtag(self, tag: str) -> None:
        while self._open and not self._open.pop().startswith(f"{tag} "):
            pass

    def handle_data(self, data: str) -> None:
        self._parts.append((data, {name for one in self._open for name in one.split()}))

    @property
    def screen(self) -> str:
        return self._text({"main"}, {"pre", "print-only"})

    @property
    def paper(self) -> str:
        return self._text({"main"}, {"screen-only", "tools", "said-above"})

    @property
    def copied(self) -> str:
        return self._text({"plain-text"}, set())

    @property
    def letter(self) -> str:
        return self._text({"letter-text"}, set())

    def _text(self, inside: set[str], outside: set[str]) -> str:
        return line(" ".join(data for data, names in self._parts if inside <= names and not outside & names))
