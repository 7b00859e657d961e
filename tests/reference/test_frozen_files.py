"""The frozen files are complete, unchanged since R wrote them, and made from the committed cohorts."""

import hashlib
from pathlib import Path

import pytest

HERE = Path(__file__).parent
MODEL = HERE.parents[1] / "model" / "hong2021"
FILES = {
    "cohort_fits.csv": HERE,
    "alternatives.csv": HERE,
    "alternative_ratios.csv": HERE,
    "pooled.csv": HERE,
    "pooled_curves.csv": HERE,
    "pooled_model.csv": HERE,
    "vectors.csv.gz": MODEL,
}


def sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


@pytest.mark.parametrize("name", FILES)
def test_frozen_file_is_from_the_committed_cohorts(name: str, made_from: dict[str, dict[str, str]]) -> None:
    assert made_from[name]["cohorts_sha256"] == sha256(MODEL / "cohorts.csv"), "run scripts/reference"


@pytest.mark.parametrize("name", FILES)
def test_frozen_file_is_unchanged(name: str, made_from: dict[str, dict[str, str]]) -> None:
    assert made_from[name]["sha256"] == sha256(FILES[name] / name)


def test_every_frozen_file_is_in_the_ledger(made_from: dict[str, dict[str, str]]) -> None:
    assert set(made_from) == set(FILES)
