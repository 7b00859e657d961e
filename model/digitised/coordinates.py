"""Read the coordinates of curves, and numbers at risk, that a person read from a figure of the study as CSV files."""

import csv
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from app.core.errors import DataFileError, DataProblem
from model.fitting.study_fit import CURVES
from model.publication.study import cell_sizes, study

# The curves of Fig. 1a (overall survival by SII), and those of Fig. 2 by this project's reading of its groups.
FIGURE_CURVES = ("sii_low", "sii_high", "low", "intermediate", "high")
EDGE = 1e-9  # for sums of decimal fractions
_NUMBER = re.compile(r"[+-]?\d{1,6}(\.\d{0,9})?")


@dataclass(frozen=True, slots=True)
class Tolerance:
    """How far a reading may be from the figure: in survival (0.02 is two points), in months, in members at risk."""

    survival: float = 0.02
    months: float = 0.2
    at_risk: int = 1


@dataclass(frozen=True, slots=True)
class Reading:
    """One row of a file: a curve, the months, the survival (0 to 1) or number at risk, and the line of the file."""

    curve: str
    months: float
    value: float
    line: int


@dataclass(frozen=True, slots=True)
class Broken:
    """A rule that a row breaks: the column, the code of the rule, and a text with the likely repair."""

    column: str
    code: str
    text: str


def members_of(curve: str) -> int:
    """Return the number of members of a curve."""
    return sum(cell_sizes()[cell] for cell in CURVES[curve][0])


def read_curves(path: Path, tolerance: Tolerance, *, percent: bool = False) -> list[Reading]:
    """Return the rows of a file with the columns curve, months and survival. Raises DataFileError."""

    def broken(reading: Reading, before: list[Reading]) -> Broken | None:
        found, unit = reading.value, 100 if percent else 1
        if found > 1 + tolerance.survival:
            hint = "check the axis" if percent else "if survival is in percent, use --percent"
            return Broken("survival", "survival_above_one", f"survival is above {unit}; {hint}")
        if found < -tolerance.survival:
            return Broken("survival", "survival_below_zero", "survival is below 0; check where the axis has its zero")
        if before and reading.months < before[-1].months:
            return Broken("months", "months_not_ascending", "months decrease within a curve; sort the rows")
        lowest = min((one.value for one in before), default=1.0)
        if found > lowest + 2 * tolerance.survival + EDGE:
            text = f"survival rises from {lowest * unit:.4g}; check that all rows are of one curve"
            return Broken("survival", "survival_increases", text)
        if found + tolerance.survival + EDGE < 1 and reading.months + tolerance.months < 1:
            text = "survival is 1 before month 1, the first month that was recorded; check that the axis is in months"
            return Broken("months", "starts_below_one", text)
        return None

    return _read(path, "survival", broken, tolerance, scale=100 if percent else 1)


def read_at_risk(path: Path, tolerance: Tolerance) -> list[Reading]:
    """Return the rows of a file with the columns curve, months and at_risk. Raises DataFileError."""

    def broken(reading: Reading, before: list[Reading]) -> Broken | None:
        found, members = reading.value, members_of(reading.curve)
        if found < 0 or not found.is_integer():
            return Broken("at_risk", "not_whole", "a number at risk is a whole number; check the column")
        if found > members:
            text = f"{reading.curve} has only {members} members; check the name of the curve"
            return Broken("at_risk", "more_than_members", text)
        if before and reading.months <= before[-1].months:
            return Broken("months", "months_not_ascending", "months do not increase within a curve; sort the rows")
        if before and found > before[-1].value:
            text = f"{before[-1].value:.0f} were at risk before; check that all rows are of one curve"
            return Broken("at_risk", "at_risk_increases", text)
        if reading.months == 0 and found < members - tolerance.at_risk:
            text = f"all {members} members of {reading.curve} are at risk at month 0; check the name of the curve"
            return Broken("at_risk", "fewer_than_members", text)
        return None

    return _read(path, "at_risk", broken, tolerance)


def _read(
    path: Path,
    column: str,
    broken: Callable[[Reading, list[Reading]], Broken | None],
    tolerance: Tolerance,
    scale: int = 1,
) -> list[Reading]:
    """Return the rows that obey every rule. Raises DataFileError with one problem per row if any does not."""
    columns = ("curve", "months", column)
    readings: list[Reading] = []
    problems: list[DataProblem] = []
    for line, fields in _rows(path, columns):
        reading = _reading(line, fields, columns, tolerance, scale)
        if isinstance(reading, Reading):
            before = [one for one in readings if one.curve == reading.curve]
            found = broken(reading, before)
            if found is None:
                readings.append(reading)
                continue
            reading = found
        problems.append(DataProblem(path.name, line, reading.column, reading.code, reading.text))
    if not readings and not problems:
        problems.append(DataProblem(path.name, 1, "", "no_rows", "the file has no rows below its header"))
    if problems:
        raise DataFileError(tuple(problems))
    return readings


def _rows(path: Path, columns: tuple[str, ...]) -> Iterator[tuple[int, list[str]]]:
    """Yield line and fields of each row below the header. Raises DataFileError if the header is another."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        problem = DataProblem(path.name, 1, "", "not_utf8", "the file is not UTF-8 text; save it as CSV (UTF-8)")
        raise DataFileError((problem,)) from None
    rows = csv.reader(text.splitlines())
    header = [name.strip() for name in next(rows, [])]
    if tuple(header) != columns:
        hint = "separate the columns by commas" if ";" in "".join(header) else "name them in the first line"
        expected = f"the columns must be {', '.join(columns)}; {hint}"
        raise DataFileError((DataProblem(path.name, 1, "", "columns", expected),))
    for fields in rows:
        if fields:
            yield rows.line_num, [field.strip() for field in fields]


def _reading(
    line: int, fields: list[str], columns: tuple[str, ...], tolerance: Tolerance, scale: int
) -> Reading | Broken:
    """Return the row as a reading, or why it cannot be used."""
    if len(fields) != len(columns):
        return Broken("", "fields", f"{len(fields)} fields instead of {len(columns)}; write decimals with a point")
    curve, *texts = fields
    if curve not in FIGURE_CURVES:
        return Broken("curve", "curve_unknown", f"{curve!r} is not a curve; use {', '.join(FIGURE_CURVES)}")
    numbers = []
    for column, text in zip(columns[1:], texts, strict=True):
        if not _NUMBER.fullmatch(text):
            return Broken(column, "not_a_number", f"{text!r} is not a number; write 7.5, with a point and no unit")
        numbers.append(float(text))
    months, value = numbers
    latest = study()["population"]["longest_follow_up_months_derived"]
    if not -tolerance.months <= months <= latest + tolerance.months:
        text = f"nobody was observed at {months:g} months, only from 0 to {latest}; check that the axis is in months"
        return Broken("months", "months_out_of_range", text)
    return Reading(curve, months, value / scale, line)
