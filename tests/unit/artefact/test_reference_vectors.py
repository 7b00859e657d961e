"""Reference vectors: a file that cannot test the installation is refused with a sentence, never a traceback."""

import gzip
from collections.abc import Callable
from pathlib import Path

import pytest

from app.artefact.reference_vectors import VECTORS_FILE, read_vectors, replay
from app.core.errors import ArtefactError
from app.core.fitted_model import FittedModel

HEADER, *LINES = gzip.decompress(VECTORS_FILE.read_bytes()).decode().splitlines()
COLUMNS = HEADER.split(",")


def written(folder: Path, *lines: str) -> Path:
    file = folder / VECTORS_FILE.name
    file.write_bytes(gzip.compress("\n".join(lines).encode()))
    return file


def without_last(line: str) -> str:
    return line.rpartition(",")[0]


@pytest.mark.parametrize(
    "lines",
    [
        (),
        (HEADER,),
        (HEADER, LINES[0], without_last(LINES[1])),
        (without_last(HEADER), LINES[0]),
        (HEADER, f"{LINES[0]},1"),
    ],
)
def test_file_that_tests_nothing_is_refused(tmp_path: Path, lines: tuple[str, ...]) -> None:
    with pytest.raises(ArtefactError):
        read_vectors(written(tmp_path, *lines))


@pytest.mark.parametrize("spoil", [lambda _: b"", lambda data: data[:-20], gzip.decompress])
def test_file_that_is_no_archive_is_refused(tmp_path: Path, spoil: Callable[[bytes], bytes]) -> None:
    file = tmp_path / VECTORS_FILE.name
    file.write_bytes(spoil(VECTORS_FILE.read_bytes()))
    with pytest.raises(ArtefactError):
        read_vectors(file)


@pytest.mark.parametrize("column", COLUMNS)
def test_missing_column_is_named(tmp_path: Path, fitted: FittedModel, column: str) -> None:
    at = COLUMNS.index(column)
    lines = [",".join(line.split(",")[:at] + line.split(",")[at + 1 :]) for line in (HEADER, *LINES[:3])]
    vectors = read_vectors(written(tmp_path, *lines))
    if column == "id":
        vectors = [{**vector, "km6": "2"} for vector in vectors]
    with pytest.raises(ArtefactError, match=rf"\b{column}\."):
        replay(fitted, vectors)


def test_result_that_is_no_number_differs(fitted: FittedModel) -> None:
    (vector,) = read_vectors(about=1)[:1]
    assert [failure.id for failure in replay(fitted, [{**vector, "cox12": ""}])] == [vector["id"]]
