"""Files of curves and numbers at risk: what is read, what is refused, and the limits that follow."""

from pathlib import Path

import pytest

from app.core.errors import DataFileError
from model.digitised.coordinates import FIGURE_CURVES, Tolerance, members_of, read_at_risk, read_curves
from model.digitised.limits import check_steps, figure_limits
from model.reconstruction.figure_limits import AT_RISK, SURVIVAL

WITHIN = Tolerance(survival=0.02, months=0.2, at_risk=1)
CURVES = "curve,months,survival\n"
COUNTS = "curve,months,at_risk\n"


def read(path: Path, *, percent: bool) -> None:
    if path.read_bytes().startswith(COUNTS.encode()):
        read_at_risk(path, WITHIN)
    else:
        check_steps(path, read_curves(path, WITHIN, percent=percent), WITHIN)


def problems(tmp_path: Path, text: str | bytes, *, percent: bool = False) -> list[tuple[str, int, str]]:
    """Return code, line and column of each problem of a file."""
    path = tmp_path / "figure.csv"
    content = text.encode() if isinstance(text, str) else text
    path.write_bytes(content)
    with pytest.raises(DataFileError) as caught:
        read(path, percent=percent)
    assert all(one.file == "figure.csv" and one.text for one in caught.value.problems)
    assert str(caught.value).count("\n") == len(caught.value.problems) - 1
    return [(one.code, one.line, one.column) for one in caught.value.problems]


@pytest.mark.parametrize(
    ("text", "code", "line", "column"),
    [
        ("", "columns", 1, ""),
        ("curve,time,survival\n", "columns", 1, ""),
        ("curve;months;survival\nsii_low;0;1\n", "columns", 1, ""),
        (CURVES.encode() + b"sii_low,\xff,1\n", "not_utf8", 1, ""),
        (CURVES, "no_rows", 1, ""),
        (CURVES + "sii_low,0\n", "fields", 2, ""),
        (CURVES + "sii_low,0,5,0,9\n", "fields", 2, ""),
        (CURVES + "sii_low,0,1\nSII low,0,1\n", "curve_unknown", 3, "curve"),
        (CURVES + "pfs_sii_low,0,1\n", "curve_unknown", 2, "curve"),
        (CURVES + "sii_low,3 mo,1\n", "not_a_number", 2, "months"),
        (CURVES + "sii_low,3,nan\n", "not_a_number", 2, "survival"),
        (CURVES + "sii_low,3,\n", "not_a_number", 2, "survival"),
        (CURVES + "sii_low,180,0.4\n", "months_out_of_range", 2, "months"),
        (CURVES + "sii_low,-1,1\n", "months_out_of_range", 2, "months"),
        (CURVES + "sii_low,3,0.9\nsii_low,2,0.9\n", "months_not_ascending", 3, "months"),
        (CURVES + "sii_low,3,90\n", "survival_above_one", 2, "survival"),
        (CURVES + "sii_low,3,1.03\n", "survival_above_one", 2, "survival"),
        (CURVES + "sii_low,3,-0.03\n", "survival_below_zero", 2, "survival"),
        (CURVES + "sii_low,3,0.8\nsii_low,4,0.85\n", "survival_increases", 3, "survival"),
        (CURVES + "sii_low,0.5,0.9\n", "starts_below_one", 2, "months"),
        (CURVES + "sii_low,3.3,0.9\n\nsii_low,3.6,0.8\n", "step_within_month", 4, "months"),
        (COUNTS, "no_rows", 1, ""),
        (COUNTS + "sii_low,3,12.5\n", "not_whole", 2, "at_risk"),
        (COUNTS + "sii_low,3,-1\n", "not_whole", 2, "at_risk"),
        (COUNTS + "sii_low,3,30\n", "more_than_members", 2, "at_risk"),
        (COUNTS + "sii_low,3,9\nsii_low,3,9\n", "months_not_ascending", 3, "months"),
        (COUNTS + "sii_low,3,9\nsii_low,6,10\n", "at_risk_increases", 3, "at_risk"),
        (COUNTS + "sii_low,0,27\n", "fewer_than_members", 2, "at_risk"),
    ],
)
def test_unusable_file_is_refused_with_its_place(
    tmp_path: Path, text: str | bytes, code: str, line: int, column: str
) -> None:
    assert problems(tmp_path, text) == [(code, line, column)]


def test_every_problem_of_a_file_is_named(tmp_path: Path) -> None:
    text = CURVES + "low,x,1\nhigh,1,2\nlow,2,0.9\nlow,1,0.9\n"
    assert [line for _, line, _ in problems(tmp_path, text)] == [2, 3, 5]


def test_percent_is_read_only_if_stated(tmp_path: Path) -> None:
    path = tmp_path / "figure.csv"
    path.write_text(CURVES + "sii_low,3,90\n", encoding="utf-8-sig")
    assert [one.value for one in read_curves(path, WITHIN, percent=True)] == [0.9]
    assert problems(tmp_path, CURVES + "sii_low,3,103\n", percent=True) == [("survival_above_one", 2, "survival")]


def test_values_within_the_tolerance_of_one_and_zero_are_read(tmp_path: Path) -> None:
    path = tmp_path / "figure.csv"
    path.write_text(CURVES + "high,0,1.015\nhigh,19,-0.01\n", encoding="utf-8")
    assert [one.value for one in read_curves(path, WITHIN)] == [1.015, -0.01]


def test_point_limits_the_months_on_both_sides_of_a_step(tmp_path: Path) -> None:
    """At 6.1 months the step of month 6 may lie before or after the point; at 7.5 months there is no step."""
    path = tmp_path / "figure.csv"
    path.write_text(CURVES + "sii_high,6.1,0.6\nsii_high,7.5,0.5\n", encoding="utf-8")
    limits = figure_limits(read_curves(path, WITHIN), [], WITHIN)
    assert set(limits.curve) == {FIGURE_CURVES.index("sii_high")}
    rows = {
        (int(m), int(s)): a[2:4].tolist() for m, s, a in zip(limits.month, limits.statistic, limits.aims, strict=True)
    }
    assert rows == {
        (5, SURVIVAL): pytest.approx([0.58, 1.0]),
        (6, SURVIVAL): pytest.approx([0.0, 0.62], abs=1e-6),
        (7, SURVIVAL): pytest.approx([0.48, 0.52]),
        (8, AT_RISK): [1.0, 29.0],
    }


def test_curves_have_the_published_members() -> None:
    assert {curve: members_of(curve) for curve in FIGURE_CURVES} == {
        "sii_low": 29,
        "sii_high": 29,
        "low": 14,
        "intermediate": 27,
        "high": 17,
    }
