"""The examples of /openapi.json are the service's answers to the example requests and to faulty requests."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

import pytest
from starlette.testclient import TestClient

from app.config.settings import Settings
from app.main import create_app
from tests.lib.clients import HOST
from tests.lib.openapi_examples import Operation, answer, clients, comparable, operations

DOCUMENT: dict[str, Any] = create_app(Settings(allowed_hosts=(HOST,))).openapi()
EXAMPLES = [(operation, status) for operation in operations(DOCUMENT) for status in operation.statuses()]


@pytest.fixture(scope="module")
def found() -> Iterator[Mapping[str, TestClient]]:
    with clients() as made:
        yield made


@pytest.mark.parametrize(
    ("operation", "status"), EXAMPLES, ids=[f"{operation.name} {status}" for operation, status in EXAMPLES]
)
def test_example_is_a_real_answer(found: Mapping[str, TestClient], operation: Operation, status: str) -> None:
    response = answer(found, operation, status)
    ((media_type, content),) = operation.described["responses"][status]["content"].items()
    assert response.headers["content-type"] == media_type
    assert comparable(content["example"]) == comparable(response.json())


def test_null_of_an_answer_is_in_its_example() -> None:
    (assessment,) = (one for one in operations(DOCUMENT) if one.path == "/api/v1/assessments")
    example = assessment.described["responses"]["200"]["content"]["application/json"]["example"]
    assert example["inputs"]["afp"]["given"]["comparator"] is None


def test_every_reference_leads_to_a_schema() -> None:
    names = set(re.findall(r"#/components/schemas/(\w+)", str(DOCUMENT)))
    assert names
    assert names <= set(DOCUMENT["components"]["schemas"])


def test_no_answer_has_a_part_without_a_type() -> None:
    """A problem may have further parts (RFC 9457); a cell has one for each factor."""
    open_shapes = {
        name
        for name, schema in DOCUMENT["components"]["schemas"].items()
        if name.endswith("Out") and schema.get("additionalProperties") is not False
    }
    assert open_shapes == {"CellOut", "ProblemOut"}
