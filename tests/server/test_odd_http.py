"""Odd and hostile HTTP: the cases of `scripts/prove http`, on both protocols."""

from pathlib import Path

import pytest

from scripts.proofs.findings import Findings
from scripts.proofs.http import STACKS, Outcome, judge, outcomes
from scripts.proofs.http_cases import Case, cases
from tests.lib.service_process import Stack

TABLE = Path(__file__).parents[2] / "docs" / "odd-http.md"
CASES = list(cases())


@pytest.mark.parametrize("stack", STACKS)
def test_odd_requests_get_the_right_answers(stack: Stack) -> None:
    seen, errors = outcomes(stack, CASES)
    found = Findings(stack)
    for case, outcome in seen.items():
        judge(found, f"{case.group}: {case.name}", case, outcome)
    assert found.broken == []
    assert errors == []


def test_wrong_answers_are_found() -> None:
    case = Case("group", "name", (b"",), (frozenset({200}), frozenset({0, 400})))
    seen = {(200, 400): False, (200,): False, (200, 400, 200): True, (500,): True, (): True, (404, 400): True}
    for statuses, broken in seen.items():
        found = Findings("part")
        judge(found, "", case, Outcome(statuses))
        assert (len(found.broken) > 0) == broken, statuses


def test_table_has_every_case() -> None:
    text = TABLE.read_text("utf-8")
    assert [case.name for case in CASES if f"| {case.name} |" not in text] == []
