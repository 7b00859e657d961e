"""Change a record in one place at a time, as faulty software might, and check whether the answer shows it.

The record holds a high draw of 2 January 2026 and a low draw of two weeks before, so that a result that is lost
silently changes the risk group.
"""

import copy
import re
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from starlette.testclient import TestClient

from tests.lib.cds_hooks.calls import SERVICE, Json, call, condition
from tests.lib.clients import client_with
from tests.lib.fhir.examples import CODES, FHIR, observation, searchset
from tests.lib.fhir.operation import OPERATION

INTERFACES = ("hooks", "operation")
WRONG_TYPES: tuple[Any, ...] = (None, True, False, 0, -1, 1.5, "", [], {}, [5], {"x": 1})
_ADDED = {"extension": [{"url": "urn:any", "valueString": "x"}]}
_LOW = {"neutrophils": 2, "lymphocytes": 2, "platelets": 150, "afp": 20}
_IDENTITY = re.compile(r"(?:neutrophils|lymphocytes|platelets|afp)-2026-01-02")


@dataclass(frozen=True, slots=True)
class Change:
    """A change, its place, and the changed record."""

    kind: str
    place: tuple[str | int, ...]
    record: Json


def prefetched() -> Json:
    """Return the record as a CDS client prefetches it."""
    older = "2025-12-19T08:00:00Z"
    results = {
        name: _page(observation(name, id=f"{name}-2026-01-02"), observation(name, _LOW[name], when=older))
        for name in CODES
    }
    return {"hcc": _page(condition()), **results}


def in_one_bundle() -> Json:
    """Return the results of the record as one Bundle."""
    return _page(*(entry["resource"] for name in CODES for entry in prefetched()[name]["entry"]))


def changes(record: Json) -> Iterator[Change]:
    """Yield the record with one change: for each place, every possible fault."""
    for place, value in _places(record):
        for kind, change in _changes_of(value):
            changed = copy.deepcopy(record)
            parent = _at(changed, place[:-1])
            change(parent, place[-1])
            yield Change(kind, place, changed)


def judged(client: TestClient, interface: str, change: Change) -> str:
    """Return the kind of answer to a changed record: same, refused, told, or the forbidden silent and failed.

    `told` is another answer that names the unused result. `silent` is another answer that does not name it.
    """
    if interface == "hooks":
        answer = client.post(SERVICE, json=call(change.record))
    else:
        answer = client.post(OPERATION, json=change.record, headers=FHIR)
    if answer.status_code >= 500:
        return "failed"
    if answer.status_code != 200:
        return "refused"
    return _of_card(answer.json()) if interface == "hooks" else _of_parameters(answer.json())


def record_for(interface: str) -> Json:
    """Return the record in the form that an interface takes."""
    return prefetched() if interface == "hooks" else in_one_bundle()


def counted(client: TestClient, interface: str, *, every: int = 1) -> tuple[Counter[str], list[Change]]:
    """Return how often each kind of answer was given, and the changes with a forbidden one."""
    record = record_for(interface)
    found: Counter[str] = Counter()
    wrong = []
    for number, change in enumerate(changes(record)):
        if number % every == 0:
            judgement = judged(client, interface, change)
            found[judgement] += 1
            if judgement in ("silent", "failed"):
                wrong.append(change)
    return found, wrong


def _page(*resources: Json) -> Json:
    page = searchset(*resources, total=len(resources))
    for entry in page["entry"]:
        resource = entry["resource"]
        entry["fullUrl"] = f"https://ehr.example/fhir/{resource['resourceType']}/{resource['id']}"
    return page


def _of_card(body: Json) -> str:
    if not body["cards"]:
        return "refused"
    (card,) = body["cards"]
    if "not computed" in card["summary"]:
        return "refused"
    if "higher-risk group" in card["summary"] and "(SII 553.6, AFP 1250 ng/mL" in card["summary"]:
        return "same"
    return "told" if _IDENTITY.search(card["detail"]) else "silent"


def _of_parameters(body: Json) -> str:
    named = {one["name"]: one for one in body["parameter"]}
    sii, afp = named["sii"]["resource"], named["riskAssessment"]["resource"]["basis"][3]
    if named["riskGroup"]["valueCode"] == "high" and abs(sii["valueQuantity"]["value"] - 553.6) < 0.1:
        return "same" if "afp-2025" not in str(afp) else "silent"
    warnings = [one["valueString"] for one in body["parameter"] if one["name"] == "warning"]
    rejected = [str(one) for one in body["parameter"] if one["name"] == "rejected"]
    return "told" if any(_IDENTITY.search(text) for text in (*warnings, *rejected)) else "silent"


def _places(node: Any, place: tuple[str | int, ...] = ()) -> Iterator[tuple[tuple[str | int, ...], Any]]:
    """Yield every place in a record except its root, with its value."""
    if place:
        yield place, node
    children: Any = node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ()
    for name, child in children:
        yield from _places(child, (*place, name))


def _at(node: Any, place: tuple[str | int, ...]) -> Any:
    for name in place:
        node = node[name]
    return node


def _changes_of(value: Any) -> Iterator[tuple[str, Callable[[Any, Any], None]]]:
    """Yield each change of a value as a function of its parent and its name there."""

    def put(new: Any) -> Callable[[Any, Any], None]:
        return lambda parent, name: parent.__setitem__(name, new)

    yield "drop", lambda parent, name: parent.pop(name)
    for wrong in WRONG_TYPES:
        if type(wrong) is not type(value) and not (isinstance(wrong, int | float) and isinstance(value, int | float)):
            yield f"type {wrong!r}", put(wrong)
    if isinstance(value, list):
        yield "duplicate", put([*value, *copy.deepcopy(value)])
        yield "reorder", put(value[::-1])
        yield "wrap", put([value])
    elif isinstance(value, dict):
        yield "reorder", put(dict(reversed(value.items())))
        yield "unknown field", put({**value, "unknownField": "x"})
        yield "extension", put({**value, **_ADDED})
        yield "modifierExtension", put({**value, "modifierExtension": _ADDED["extension"]})
        yield "wrap", put([value])
    else:
        yield "_field", lambda parent, name: parent.update({f"_{name}": _ADDED}) if isinstance(parent, dict) else None
        yield "wrap", put([value])


def main() -> int:
    """Make every change at both interfaces, print the counts, and return 1 if an answer hides a change."""
    failed = 0
    with client_with() as client:
        for interface in INTERFACES:
            found, wrong = counted(client, interface)
            counts = ", ".join(f"{name} {number}" for name, number in sorted(found.items()))
            print(f"{interface}: {sum(found.values())} changes: {counts}")
            for change in wrong:
                print(f"  {change.kind} at {'.'.join(map(str, change.place))}")
            failed += len(wrong)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
