"""Make the example answers of the OpenAPI document: real answers in an `examples.json` beside each interface.

To accept a change, look at it, then run `python -m tests.lib.openapi_examples`.
"""

import copy
import json
import re
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from httpx2 import Response
from starlette.testclient import TestClient

from app.artefact.reference_vectors import read_vectors
from tests.lib.clients import client_with

APP = Path(__file__).parents[2] / "app"
FILES = {
    "/api": APP / "web" / "examples.json",
    "/health": APP / "web" / "examples.json",
    "/fhir": APP / "ehr" / "fhir" / "examples.json",
    "/cds-services": APP / "ehr" / "cds_hooks" / "examples.json",
}
NOW = datetime(2026, 11, 25, 9, 30, tzinfo=UTC)
# Their answers are too long for an example, or follow another standard.
WITHOUT_ANSWER = ("/api/v1/model", "/fhir/metadata", "/fhir/{resource_type}/{name}")
# Fields that depend on the release, the time or chance.
_CHANGING = ("computed_at", "software", "instance", "performer")

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Operation:
    """One method of one path, as the document describes it."""

    method: str
    path: str
    described: Json

    @property
    def name(self) -> str:
        return f"{self.method} {self.path}"

    @property
    def body(self) -> Json:
        """The example request."""
        example: Json = self.described["requestBody"]["content"][self.media_type]["example"]
        return copy.deepcopy(example)

    @property
    def media_type(self) -> str:
        (media_type,) = self.described["requestBody"]["content"]
        return str(media_type)

    def statuses(self) -> list[str]:
        """Return the statuses whose answer has an example."""
        return [
            status
            for status, response in self.described["responses"].items()
            if any("json" in media_type for media_type in response.get("content", {}))
            and not (status == "200" and self.path in WITHOUT_ANSWER)
        ]


def operations(document: Json) -> list[Operation]:
    return [
        Operation(method.upper(), path, described)
        for path, methods in document["paths"].items()
        for method, described in methods.items()
    ]


@contextmanager
def clients() -> Iterator[Mapping[str, TestClient]]:
    """Clients of a service in order, and of services that answer with one status."""
    with ExitStack() as stack:
        throttled = stack.enter_context(client_with(clock=lambda: NOW, rate_limit_per_minute=60))
        for _ in range(60):
            throttled.get("/nothing")
        yield {
            "right": stack.enter_context(client_with(clock=lambda: NOW)),
            "401": stack.enter_context(client_with(host="0.0.0.0")),  # noqa: S104 - no socket is opened
            "429": throttled,
            "503": stack.enter_context(_broken()),
        }


def _broken() -> TestClient:
    """Return a client of a service whose model does not reproduce one of its reference vectors."""
    (vector,) = read_vectors(about=1)[:1]
    return client_with(vectors=[{**vector, "km6": "0.999"}])


def answer(found: Mapping[str, TestClient], operation: Operation, status: str) -> Response:
    """Send the example of an operation with a fault that causes this status, and check the status."""
    client = found.get(status, found["right"])
    path = operation.path.format(
        group_id="best" if status == "404" else "low",
        resource_type="OperationDefinition",
        name="unknown" if status == "404" else "hcc-risk",
    )
    headers = {"406": {"accept": "application/xml"}, "403": {"x-forwarded-for": "203.0.113.9"}}.get(status, {})
    content = None
    if operation.method == "POST":
        content = _content(operation, status)
        headers["content-type"] = "application/xml" if status == "415" else operation.media_type
    response = client.request(operation.method, path, content=content, headers=headers)
    assert response.status_code == int(status), operation.name
    return response


def _content(operation: Operation, status: str) -> str:
    body = operation.body
    match re.sub("-order-(select|sign)", "", operation.path), status:
        case _, "413":
            return " " * (16_385 if operation.path.startswith("/api") else 8_388_609)
        case (("/api/v1/assessments" | "/fhir/$hcc-risk"), "400"):
            return json.dumps(body)[:-1]
        case "/cds-services/hcc-sii-afp", "400":
            body["context"]["patientId"] = "Patient/p1"
        case "/cds-services/hcc-sii-afp/feedback", "400":
            body["feedback"][0]["outcome"] = "ignored"
        case "/cds-services/hcc-sii-afp", "412":
            del body["prefetch"]["afp"]
        case "/api/v1/assessments", "422":
            body["neutrophils"] = {"value": 3000, "unit": "10*3/uL"}
            del body["platelets"]["unit"]
        case "/fhir/$hcc-risk", "422":
            body["parameter"] = [one for one in body["parameter"] if one["name"] != "platelets"]
    return json.dumps(body)


def comparable(body: Any) -> Any:
    """Return a body without the fields that differ between calls."""
    if isinstance(body, dict):
        return {name: comparable(value) for name, value in body.items() if name not in _CHANGING}
    return [comparable(one) for one in body] if isinstance(body, list) else body


def accept() -> None:
    """Write the files again."""
    with client_with() as client:
        document = client.get("/openapi.json").json()
    written: dict[Path, Json] = {file: {} for file in FILES.values()}
    with clients() as found:
        for operation in operations(document):
            file = next((file for start, file in FILES.items() if operation.path.startswith(start)), None)
            if file and operation.statuses():
                written[file][operation.name] = {
                    status: _accepted(operation, status, answer(found, operation, status).json())
                    for status in operation.statuses()
                }
    for file, examples in written.items():
        text = json.dumps(examples, indent=2, ensure_ascii=False)
        # A list of plain values takes one line.
        file.write_text(re.sub(r"\[\s+([^\[\]{}]+?)\s+\]", _on_one_line, text) + "\n", "utf-8")


def _accepted(operation: Operation, status: str, body: Json) -> Json:
    """Return the old example if the answer differs from it only by time or chance."""
    (content,) = operation.described["responses"][status]["content"].values()
    known: Json = content.get("example", {})
    return known if comparable(known) == comparable(body) else body


def _on_one_line(match: re.Match[str]) -> str:
    return "[" + re.sub(r",\n\s+", ", ", match[1]) + "]"


if __name__ == "__main__":
    accept()
