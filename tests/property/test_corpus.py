"""Every reader reads or refuses the inputs of tests/corpus and changed ones as declared; see `scripts/prove fuzz`."""

import json
from collections.abc import Iterator
from contextlib import closing

import pytest

from app.core.errors import InputError
from scripts.proofs.findings import Findings
from scripts.proofs.fuzz import CORPUS, Target, WrongResultError, fuzz, prove, read_timed, targets
from scripts.proofs.in_process import Application

NAMES = ("json", "form", "fhir", "hooks", "reports", "hl7", "values", "days")


@pytest.fixture(scope="module")
def readers() -> Iterator[dict[str, Target]]:
    with closing(Application()) as application:
        yield {target.name: target for target in targets(application)}


@pytest.mark.parametrize("name", NAMES)
def test_corpus_is_read_or_refused_as_declared(readers: dict[str, Target], name: str) -> None:
    texts = [json.loads(line) for line in (CORPUS / f"{name}.jsonl").read_text("ascii").splitlines()]
    assert texts
    for text in texts:
        read_timed(readers[name], text)


def test_corpus_has_every_reader(readers: dict[str, Target]) -> None:
    assert set(NAMES) == set(readers) == {file.stem for file in CORPUS.iterdir()}


def test_changed_inputs_are_read_or_refused_as_declared() -> None:
    found = prove(0.002)
    assert found.broken == []
    assert found.counts["inputs"] == 2000


@pytest.mark.parametrize("error", [WrongResultError("status 500"), InputError("afp", "zero"), RecursionError()])
def test_wrong_result_is_found(error: Exception) -> None:
    def read(_text: str) -> object:
        raise error

    found = Findings("part")
    fuzz(Target("name", 1, ("a",), lambda _chance, text, _seeds: text, read), 3, found)
    assert len(found.broken) == 3
