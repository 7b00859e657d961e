"""Read R's frozen results for the tests of this folder. README.md beside this file says how they were made."""

import csv
import gzip
from pathlib import Path

import pytest

HERE = Path(__file__).parent
MODEL = HERE.parents[1] / "model" / "hong2021"

Rows = list[dict[str, str]]


def _rows(name: str) -> Rows:
    with (HERE / name).open(newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture(scope="session")
def cohort_fits() -> dict[int, dict[str, float]]:
    """R's results by the number of the cohort; NA is read as nan."""
    rows = _rows("cohort_fits.csv")
    return {
        int(row["cohort"]): {name: float(value.replace("NA", "nan")) for name, value in row.items()} for row in rows
    }


@pytest.fixture(scope="session")
def pooled_model() -> dict[str, float]:
    return {row["quantity"]: float(row["value"]) for row in _rows("pooled_model.csv")}


@pytest.fixture(scope="session")
def pooled() -> dict[str, dict[str, list[float | None]]]:
    """R's pooled curves: curve -> time, survival, lower, upper, share, each along the grid; None for NA."""
    curves: dict[str, dict[str, list[float | None]]] = {}
    for row in _rows("pooled.csv"):
        curve = curves.setdefault(row.pop("curve"), {name: [] for name in row})
        for name, value in row.items():
            curve[name].append(None if value == "NA" else float(value))
    return curves


@pytest.fixture(scope="session")
def alternatives() -> dict[tuple[str, str], dict[str, list[float | None]]]:
    """R's curves by alternative and group: time, survival, lower and upper along the grid; None for NA."""
    curves: dict[tuple[str, str], dict[str, list[float | None]]] = {}
    for row in _rows("alternatives.csv"):
        curve = curves.setdefault((row.pop("alternative"), row.pop("curve")), {name: [] for name in row})
        for name, value in row.items():
            curve[name].append(None if value == "NA" else float(value))
    return curves


@pytest.fixture(scope="session")
def alternative_ratios() -> Rows:
    return _rows("alternative_ratios.csv")


@pytest.fixture(scope="session")
def pooled_curves() -> dict[str, dict[str, float | None]]:
    """R's description of each curve: size, events, number at risk, median (None for NA: not reached by 12 months)."""
    return {
        row.pop("curve"): {name: None if value == "NA" else float(value) for name, value in row.items()}
        for row in _rows("pooled_curves.csv")
    }


@pytest.fixture(scope="session")
def vectors() -> Rows:
    with gzip.open(MODEL / "vectors.csv.gz", "rt", encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture(scope="session")
def made_from() -> dict[str, dict[str, str]]:
    return {row["output"]: row for row in _rows("made_from.csv")}
