"""Each SHALL and SHALL NOT of CDS Hooks 2.0 for a service has a test, or a reason why it does not apply.

`requirements.csv` has the rows in our words. `id` is the number that Inferno's test kit gives the rule in its extract
of the specification, `section` the anchor there, and `how` the tests, or `not applicable:` with the reason.
"""

import ast
import csv
from pathlib import Path

import pytest

TESTS = Path(__file__).parents[2]
NOT_APPLICABLE = "not applicable: "


def _rows() -> list[dict[str, str]]:
    with Path(__file__).with_name("requirements.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


ROWS = _rows()


@pytest.mark.parametrize("row", ROWS, ids=[f"{row['id']}-{row['section']}" for row in ROWS])
def test_each_requirement_has_a_test_or_reason(row: dict[str, str]) -> None:
    assert all(row.values())
    if row["how"].startswith(NOT_APPLICABLE):
        assert len(row["how"]) > len(NOT_APPLICABLE)
        return
    for named in row["how"].split():
        file, _, name = named.partition("::")
        assert name.startswith("test_"), named
        parsed = ast.parse((TESTS / file).read_text("utf-8"))
        assert name in {node.name for node in parsed.body if isinstance(node, ast.FunctionDef)}, named


def test_no_requirement_is_left_out() -> None:
    """The extract has 69 SHALL and 4 SHALL NOT for a service, each with its own number, up to 220."""
    assert [sum(row["level"] == level for row in ROWS) for level in ("SHALL", "SHALL NOT")] == [69, 4]
    numbers = [int(row["id"]) for row in ROWS]
    assert numbers == sorted(set(numbers))
    assert (len(ROWS), numbers[0], numbers[-1]) == (73, 1, 220)


def test_few_requirements_do_not_apply() -> None:
    """These are TLS, which a proxy ends; rules for clients; and elements that the service never sends."""
    absent = [int(row["id"]) for row in ROWS if row["how"].startswith(NOT_APPLICABLE)]
    assert absent == [2, 89, 111, 121, 132, 133, 134, 135, 144, 211, 213, 214]
