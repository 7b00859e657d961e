"""Replay the reference vectors, cases that R computed from laboratory values, on this installation."""

import csv
import gzip
import math
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from pathlib import Path

from app.artefact.reader import ARTEFACT_FILE
from app.core.analytes import Analyte
from app.core.assessment import Assessment, assess
from app.core.errors import ArtefactError, SiiAfpError, attempt
from app.core.fitted_model import FittedModel
from app.core.labs import make_lab

VECTORS_FILE = ARTEFACT_FILE.with_name("vectors.csv.gz")
_PROBABILITY = 1e-6  # absolute: survival and relative hazard
_SII = 1e-9  # relative

Vector = dict[str, str]


@dataclass(frozen=True, slots=True)
class VectorFailure:
    """The number of a vector whose answer differs, and the difference."""

    id: str
    what: str


def read_vectors(path: Path = VECTORS_FILE, *, about: int | None = None) -> list[Vector]:
    """Return the vectors, or about that many of them, evenly spread.

    Raises ArtefactError if they cannot be read, if there are none, or if a line has not as many values as the header.
    """
    try:
        names, *lines = gzip.decompress(path.read_bytes()).decode("utf-8").splitlines()
        vectors = list(csv.DictReader([names, *lines[:: max(1, len(lines) // about) if about else 1]]))
    except (OSError, EOFError, ValueError, zlib.error, csv.Error) as error:
        raise ArtefactError(f"The reference vectors cannot be read: {type(error).__name__}.", path.name) from error
    if not vectors:
        raise ArtefactError(f"The file {path.name} has no reference vectors.", path.name)
    if any(None in vector or None in vector.values() for vector in vectors):
        text = f"A line of the file {path.name} has more or fewer values than its header names."
        raise ArtefactError(text, path.name)
    return vectors


def replay(fitted: FittedModel, vectors: Sequence[Vector]) -> list[VectorFailure]:
    """Assess every vector and return those that differ from R. Raises ArtefactError if a column is missing."""
    now = datetime.now(UTC)
    failures = []
    for vector in vectors:
        what = _difference(fitted, vector, now)
        if what:
            failures.append(VectorFailure(_value(vector, "id"), what))
    return failures


def _number(text: str) -> Decimal | str:
    """Return the number, or the text unchanged if it is not a number: the core refuses it by name."""
    try:
        return Decimal(text)
    except InvalidOperation:
        return text


def _value(vector: Vector, column: str) -> str:
    if column not in vector:
        raise ArtefactError(f"The reference vectors have no column {column}.", VECTORS_FILE.name)
    return vector[column]


def _float(text: str) -> float:
    """Return the number, or one that equals nothing."""
    try:
        return float(text)
    except ValueError:
        return math.nan


def _difference(fitted: FittedModel, vector: Vector, now: datetime) -> str | None:
    labs = {
        analyte: attempt(
            make_lab,
            analyte,
            _number(_value(vector, analyte.value)),
            _value(vector, f"{analyte.value}_unit"),
            _value(vector, "afp_comparator") if analyte is Analyte.AFP else None,
        )
        for analyte in Analyte
    }
    try:
        found = _columns(assess(fitted, labs, computed_at=now))
    except SiiAfpError as error:
        return f"refused: {error}"
    for column, value in found.items():
        expected = _value(vector, column)
        if isinstance(value, str):
            same = value == expected
        else:
            relative, absolute = (_SII, 0.0) if column == "sii" else (0.0, _PROBABILITY)
            same = math.isclose(value, _float(expected), rel_tol=relative, abs_tol=absolute)
        if not same:
            return f"{column} is {value}, R has {expected}"
    return None


def _columns(assessment: Assessment) -> dict[str, str | float]:
    answer = assessment.answer
    columns: dict[str, str | float] = {
        "sii": assessment.indices.sii.value,
        **{f"{factor.id}_high": str(int(factor.id in answer.cell.factors)) for factor in assessment.fitted.factors},
        "cell": answer.cell.id,
        "risk_group": answer.risk_group.id,
        "hr_neither": answer.relative_hazard,
    }
    for at in answer.survival:
        columns[f"km{at.months}"] = at.kaplan_meier.survival
        columns[f"cox{at.months}"] = at.cox_predicted.survival
    return columns
