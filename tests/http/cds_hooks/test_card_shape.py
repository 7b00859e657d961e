"""The shape of an answer: new ids for each card, no systemActions, no null or empty value."""

import uuid
from collections.abc import Iterator
from typing import Any

import pytest
from starlette.testclient import TestClient

from tests.lib.cds_hooks.calls import ask, call, card, condition, measured, prefetch
from tests.lib.fhir.examples import CODES, observation, searchset

CALLS = {
    "high": call(),
    "intermediate": call(measured(afp=20)),
    "AFP missing": call(prefetch(afp=None)),
    "nothing usable": call(measured(neutrophils=3000, afp=1e9)),
    "no carcinoma": call(prefetch(hcc=None)),
    "no ids": call(
        prefetch(
            hcc=searchset(condition(id="not an id")), **{name: searchset(observation(name, id=None)) for name in CODES}
        )
    ),
}


@pytest.mark.parametrize("interface", ["client", "telling"])
@pytest.mark.parametrize("body", CALLS.values(), ids=CALLS)
def test_no_value_is_null_or_empty(request: pytest.FixtureRequest, interface: str, body: Any) -> None:
    client: TestClient = request.getfixturevalue(interface)
    answer = ask(client, body).json()
    assert set(answer) == {"cards"}
    assert not [path for path in _empty(answer) if path != "cards"]


def test_only_the_suggestion_can_change_the_record(client: TestClient) -> None:
    answer = ask(client).json()
    assert "systemActions" not in answer
    (suggestion,) = answer["cards"][0]["suggestions"]
    assert "isRecommended" not in suggestion
    assert [action["type"] for action in suggestion["actions"]] == ["create"]
    assert suggestion["actions"][0]["resource"]["status"] == "preliminary"
    assert not [link for link in answer["cards"][0]["links"] if link.get("autolaunchable")]


def test_ids_are_new_for_each_call(client: TestClient) -> None:
    found = [card(client) for _ in range(3)]
    ids = [one["uuid"] for one in found] + [one["suggestions"][0]["uuid"] for one in found]
    assert len(set(ids)) == 6
    assert [str(uuid.UUID(one)) for one in ids] == ids


def _empty(node: Any, path: str = "") -> Iterator[str]:
    if node is None or node in ("", [], {}):
        yield path
    pairs = node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ()
    for name, child in pairs:
        yield from _empty(child, f"{path}.{name}".lstrip("."))
