"""Give changed inputs to every reader of what others send.

Promise: each input is read or refused as declared, with a field and a code where a value is wrong; never another
exception, never a 5xx, and within a time. An input with a result that no input before had is changed again.
`python -m scripts.proofs.fuzz` renews tests/corpus, which the tests replay.
"""

import json
import random
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlencode

from app.core.analytes import Analyte
from app.core.dates import typed_day
from app.core.errors import InputError
from app.core.labs import parse_lab
from app.reports.reader import read_report
from app.web.openapi import EXAMPLE_REQUEST
from scripts.proofs.findings import Findings
from scripts.proofs.in_process import Answer, Application
from scripts.proofs.mutations import DATES, NUMBERS, UNITS, changed_bytes, changed_json, changed_text
from tests.lib.cds_hooks.calls import SERVICE, call
from tests.lib.fhir.changed_records import in_one_bundle, prefetched
from tests.lib.fhir.examples import child_pugh, ecog, four_quantities, parameters, results
from tests.lib.fhir.operation import OPERATION
from tests.lib.report_texts import CHANGES, TEXTS

CORPUS = Path(__file__).resolve().parents[2] / "tests" / "corpus"
LONGEST_SECONDS = 1.0  # of the processor, for one input
_MOST_BYTES = 16_000
_MOST_SEEDS = 1000
_MOST_KINDS = 5000  # more would only fill the memory: a name that was made up is in the pointer of its error
_KEPT, _KEPT_BYTES = 60, 2500
_FORM = "application/x-www-form-urlencoded"
_HL7 = (
    "MSH|^~\\&|LAB|H|EHR|H|20260702||ORU^R01|2|T|2.5\nPID|1||123||A^B\nOBR|1|||CBC|||202607020655\n"
    "OBX|1|NM|777-3^Platelets^LN||88|10*3/uL|||||F\nOBX|2|NM|751-8^Neutrophils^LN||3.4|10*3/uL|||||F\n"
    "OBX|3|NM|731-0^Lymphocytes^LN||1.1|10*3/uL|||||F|||20260630\nNTE|1||No clumps seen\nSPM|1|||Blood\n"
    "OBX|4|SN|1834-1^AFP^LN||>^1210|ng/mL|||||C"
)


class WrongResultError(Exception):
    """A reader broke its promise."""


@dataclass(frozen=True, slots=True)
class Target:
    """A reader: its share of the inputs, where they start, how they are changed, and how one is read.

    `read` returns what kind of result it was. It raises WrongResultError, or anything that a reader must not raise.
    """

    name: str
    inputs: int
    seeds: tuple[str, ...]
    change: Callable[[random.Random, str, list[str]], str]
    read: Callable[[str], object]


def prove(scale: float) -> Findings:
    """Read 1,000,000 inputs."""
    found = Findings("fuzz")
    with closing(Application()) as application:
        for target in targets(application):
            fuzz(target, round(target.inputs * scale), found)
    return found


def targets(application: Application) -> Iterator[Target]:
    """Yield the readers. Bytes are texts with one character for each byte."""

    def over_http(path: str, kind: str, judge: Callable[[Answer], object]) -> Callable[[str], object]:
        return lambda text: judge(application.post(path, text.encode("latin-1"), kind))

    record = prefetched()
    dated = {**EXAMPLE_REQUEST, "sampled_on": {"blood_count": "2026-01-02", "afp": "2026-01-01"}}
    api = [
        dated,
        {name: EXAMPLE_REQUEST[name] for name in ("neutrophils", "lymphocytes", "platelets", "afp")},
    ]
    operations = [
        in_one_bundle(),
        four_quantities(),
        parameters(*results(), ecog(), child_pugh()),
        {"resourceType": "Bundle", "type": "collection", "entry": [{"resource": one} for one in results()]},
    ]
    hooks = [
        call(record),
        call(),
        call({**record, "criteria": {"resourceType": "Bundle", "type": "searchset", "entry": [{"resource": ecog()}]}}),
    ]
    form = {
        f"{name}{end}": value
        for name, value in {"neutrophils": "4.2", "lymphocytes": "1.1", "platelets": "145", "afp": "620"}.items()
        for end, value in (("", value), ("_unit", "ng/mL" if name == "afp" else "10*9/L"))
    }
    yield Target(
        "json", 250_000, _json(api), _json_change, over_http("/api/v1/assessments", "application/json", _problem)
    )
    yield Target(
        "form",
        50_000,
        (urlencode(form), urlencode({"neutrophils": "4.2 10*9/L", "afp": "<5 ng/mL", "ecog": "1"})),
        _form_change,
        over_http("/", _FORM, _page),
    )
    yield Target(
        "fhir", 150_000, _json(operations), _json_change, over_http(OPERATION, "application/fhir+json", _outcome)
    )
    yield Target("hooks", 100_000, _json(hooks), _json_change, over_http(SERVICE, "application/json", _card))
    reports = (*TEXTS.values(), *(change(text) for change in CHANGES.values() for text in list(TEXTS.values())[::12]))
    yield Target("reports", 100_000, reports, changed_text, _read_report)
    yield Target("hl7", 50_000, (_HL7, _HL7.replace("\n", "\r")), changed_text, _read_report)
    labs = tuple(f"{number} {unit}" for number in NUMBERS for unit in UNITS)
    yield Target("values", 200_000, labs, changed_text, _read_lab)
    yield Target("days", 100_000, DATES, changed_text, _read_day)


def read_timed(target: Target, text: str) -> object:
    """Return the kind of result of one input. Raises WrongResultError if it took too long."""
    began = time.process_time()
    result = target.read(text)
    if (seconds := time.process_time() - began) > LONGEST_SECONDS:
        raise WrongResultError(f"took {seconds:.1f} s")
    return result


def fuzz(target: Target, number: int, found: Findings) -> dict[object, str]:
    """Read changed inputs; return the shortest input of each kind of result."""
    chance = random.Random(f"{target.name} 2026")  # noqa: S311 - repeatable on purpose
    seeds, shortest, slowest = list(target.seeds), dict[object, str](), 0.0
    for count in range(number):
        text = chance.choice(seeds)
        if count >= len(target.seeds):
            text = target.change(chance, text, seeds)[:_MOST_BYTES]
        began = time.process_time()
        try:
            kind = read_timed(target, text)
        except Exception as error:  # whatever a reader raises is a finding
            found.check(holds=False, sentence=f"{target.name}: {type(error).__name__}: {error}: {text[:300]!r}")
            continue
        slowest = max(slowest, time.process_time() - began)
        if kind not in shortest and len(seeds) < _MOST_SEEDS:
            seeds.append(text)
        is_new = kind not in shortest
        if (is_new and len(shortest) < _MOST_KINDS) or (not is_new and len(text) < len(shortest[kind])):
            shortest[kind] = text
    found.counts["inputs"] += number
    found.counts[f"inputs, {target.name}"] += number
    found.figures[f"{target.name}"] = f"{len(shortest)} kinds of result, slowest {slowest * 1000:.0f} ms"
    return shortest


def _json(contents: list[Any]) -> tuple[str, ...]:
    return tuple(json.dumps(content, default=float) for content in contents)


def _json_change(chance: random.Random, text: str, _seeds: list[str]) -> str:
    try:
        content = json.loads(text.encode("latin-1"))
    except ValueError:
        return changed_bytes(chance, text.encode("latin-1")).decode("latin-1")
    return changed_json(chance, content).decode("latin-1")


def _form_change(chance: random.Random, text: str, seeds: list[str]) -> str:
    fields = parse_qsl(text, keep_blank_values=True)
    for _ in range(chance.choice((1, 1, 2, 3))):
        if fields:
            at = chance.randrange(len(fields))
            name, value = fields[at]
            fields[at] = (name, changed_text(chance, value, [value, *NUMBERS, *UNITS]))
            if chance.random() < 0.2:
                fields.append(fields[at])
    made = urlencode(fields, errors="surrogatepass")
    return changed_bytes(chance, made.encode()).decode("latin-1") if chance.random() < 0.2 else made


def _problem(answer: Answer) -> object:
    """Return status and errors of the JSON API."""
    found = answer.json()
    if answer.status == 200:
        return 200, found["risk_group"]["id"], tuple(sorted({one["code"] for one in found["warnings"]}))
    _check_refused(answer, (400, 413, 415, 422))
    errors = tuple(sorted({(one["pointer"], one["code"]) for one in found["errors"]}))
    if not found["type"] or (answer.status == 422) != bool(errors):
        raise WrongResultError(f"a refusal without field and code: {found}")
    return answer.status, errors


def _page(answer: Answer) -> object:
    """Return the status of the form."""
    if answer.status != 200:
        _check_refused(answer, (400, 413, 415, 422))
    if answer.media_type != "text/html" or b"</html>" not in answer.body:
        raise WrongResultError("not a page")
    return answer.status, answer.body.count(b"error"), len(answer.body) // 4000


def _outcome(answer: Answer) -> object:
    """Return the groups or the codes of the FHIR operation."""
    resource = answer.json()
    if answer.status == 200:
        if resource["resourceType"] != "Parameters":
            raise WrongResultError("not Parameters")
        return 200, tuple(sorted(Counter(one["name"] for one in resource["parameter"]).items()))
    _check_refused(answer, (400, 413, 415, 422))
    if resource["resourceType"] != "OperationOutcome" or not all(one["code"] for one in resource["issue"]):
        raise WrongResultError("a refusal without a code")
    return answer.status, tuple(sorted({str(one.get("expression")) + one["code"] for one in resource["issue"]}))


def _card(answer: Answer) -> object:
    """Return the cards of CDS Hooks."""
    if answer.status == 200:
        return 200, tuple((one["indicator"], one["summary"][:60]) for one in answer.json()["cards"])
    _check_refused(answer, (400, 412, 413, 415, 422))
    return answer.status, answer.json().get("type")


def _check_refused(answer: Answer, statuses: tuple[int, ...]) -> None:
    if answer.status not in statuses:
        raise WrongResultError(f"status {answer.status}")


def _read_report(text: str) -> object:
    report = read_report(text)
    return report.stop, tuple(finding.reason or bool(finding.reading) for finding in report.findings.values())


def _read_lab(text: str) -> object:
    kinds: list[object] = []
    for analyte in Analyte:
        try:
            lab = parse_lab(analyte, text)
            kinds.append(tuple(sorted({warning.code for warning in lab.warnings})))
        except InputError as error:
            kinds.append((error.field, error.code, error.case))
    return tuple(kinds)


def _read_day(text: str) -> object:
    try:
        day = typed_day("sampled_on.afp", text)
    except InputError as error:
        return error.field, error.code, error.case
    return day is None


def renew_corpus(scale: float) -> None:
    """Write inputs with different kinds of result, short and long, to tests/corpus."""
    CORPUS.mkdir(exist_ok=True)
    with closing(Application()) as application:
        for target in targets(application):
            shortest = fuzz(target, round(target.inputs * scale), Findings("corpus"))
            small = sorted(
                {text for text in shortest.values() if len(text) < _KEPT_BYTES}, key=lambda text: (len(text), text)
            )
            kept = small[:: len(small) // _KEPT + 1]
            lines = "".join(json.dumps(text) + "\n" for text in kept)
            (CORPUS / f"{target.name}.jsonl").write_text(lines, "ascii")


if __name__ == "__main__":
    renew_corpus(0.05)
