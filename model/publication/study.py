"""Read the published study and the external evidence from their files. The code contains no figures of them."""

import hashlib
import math
import tomllib
from functools import cache
from pathlib import Path
from typing import Any

from app.artefact.reader import ARTEFACT_FILE
from app.core.cox import Z95

HONG2021 = ARTEFACT_FILE.parent
FACTORS = ("sii", "afp")
CELL_IDS = ("neither", "sii_only", "afp_only", "both")
CELL_COVARIATES = ((0, 0), (1, 0), (0, 1), (1, 1))  # SII high, AFP high
# The study's Fig. 2 compares "different levels" of SII and AFP without defining them; none, one or both factors high
# is this project's reading (see the model card). Id, label, meaning and cells of each group.
RISK_GROUPS = (
    ("low", "Lower-risk group", "neither factor high", ("neither",)),
    ("intermediate", "Middle-risk group", "one factor high", ("sii_only", "afp_only")),
    ("high", "Higher-risk group", "both factors high", ("both",)),
)
RISK_GROUPS_PUBLISHED = False


@cache
def study() -> dict[str, Any]:
    """Return `study.toml`: every published figure in use, each with its table or section."""
    return _read("study.toml")


@cache
def external() -> dict[str, Any]:
    """Return `external.toml`: hazard ratios of other studies and the variation of the counts within a person."""
    return _read("external.toml")


def multivariable(factor: str) -> tuple[float, float]:
    """Return the published multivariable log hazard ratio of `sii` or `afp` and its standard error."""
    return log_estimate(by_id(study()["table2"]["multivariable"], factor))


def univariable(factor: str) -> tuple[float, float]:
    """Return the published univariable log hazard ratio of a row of Table 2 and its standard error."""
    return log_estimate(by_id(study()["table2"]["univariable"], factor))


def log_estimate(row: dict[str, Any]) -> tuple[float, float]:
    """Return log hazard ratio and standard error of a row with `hazard_ratio` and `ci_95`: ln(upper/lower)/(2 z)."""
    lower, upper = row["ci_95"]
    return math.log(row["hazard_ratio"]), math.log(upper / lower) / (2 * Z95)


def by_id(rows: list[dict[str, Any]], wanted: str) -> dict[str, Any]:
    """Return the row with the given `id`. Raises KeyError."""
    for row in rows:
        if row["id"] == wanted:
            return row
    raise KeyError(wanted)


def cell_sizes() -> tuple[int, int, int, int]:
    """Return the published sizes of the four cells in the order of `CELL_IDS`."""
    cells = study()["cells"]
    neither, sii_only, afp_only, both = (int(cells[cell]) for cell in CELL_IDS)
    return neither, sii_only, afp_only, both


def file_digest(name: str | Path) -> str:
    """Return `sha256:...` of a file in the study's folder, or of any file by its absolute path."""
    return "sha256:" + hashlib.sha256((HONG2021 / name).read_bytes()).hexdigest()


def _read(name: str) -> dict[str, Any]:
    with (HONG2021 / name).open("rb") as file:
        return tomllib.load(file)
